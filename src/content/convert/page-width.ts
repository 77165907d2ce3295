// The content width of a stored template (Beefree spec 4.3).
import { px } from '../template/css.ts';
import { object, type Raw } from '../template/values.ts';
import { isObject } from './walk.ts';

/** px of the widest e-mail that editors make, and of the pages that e-mails become. */
export const COMMON_WIDTH = 900;

/** The content width in px; undefined when the template says none that can be read. */
export function contentWidth(page: Raw): number | undefined {
  const computed = object(object(object(page['body'])['content'])['computedStyle']);
  return px(computed['messageWidth'], undefined);
}

/** A copy of `page.body` with another content width. */
export function bodyOfWidth(page: Raw, width: number): Raw {
  const body = object(page['body']);
  const content = object(body['content']);
  const computed = object(content['computedStyle']);
  return {
    ...body,
    content: { ...content, computedStyle: { ...computed, messageWidth: `${width}px` } },
  };
}

/** A row that says the width too, where it said one. Renderers ignore it, editors show it (spec 4.4). */
export function rowOfWidth(row: Raw, width: number): Raw {
  const content = object(row['content']);
  const style = object(content['style']);
  if (style['width'] === undefined || !isObject(row['content'])) return row;
  return { ...row, content: { ...content, style: { ...style, width: `${width}px` } } };
}
