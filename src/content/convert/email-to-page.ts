// A template for e-mails becomes one for pages (Beefree spec 3.12).
import { findPage, rawRows } from '../template/read.ts';
import { object, type Raw } from '../template/values.ts';
import { bodyOfWidth, COMMON_WIDTH, rowOfWidth } from './page-width.ts';
import { changedRows, isKind, isObject } from './walk.ts';

/**
 * The page of a template, for pages: 900 pixels wide, without carousels, subject and preheader. Links, translations and
 * everything else stay. Takes what `readTemplate` takes and throws `Invalid` as it does without a page.
 */
export function emailToPage(template: unknown): Raw {
  const page = findPage(template);
  return {
    ...page,
    ...(isObject(page['head']) ? { head: headWithoutMail(page['head']) } : {}),
    body: bodyOfWidth(page, COMMON_WIDTH),
    rows: changedRows(rawRows(page), {
      row: (row) => rowOfWidth(row, COMMON_WIDTH),
      module: (module) => (isKind(module, 'carousel') ? undefined : module),
    }),
  };
}

function headWithoutMail(head: Raw): Raw {
  if (!isObject(head['meta'])) return head;
  const meta = withoutMail(head['meta']);
  if (!isObject(meta['translations'])) return { ...head, meta };
  const translations = Object.entries(object(meta['translations'])).map(([language, fields]) => [
    language,
    isObject(fields) ? withoutMail(fields) : fields,
  ]);
  return { ...head, meta: { ...meta, translations: Object.fromEntries(translations) } };
}

function withoutMail({ subject: _subject, preheader: _preheader, ...rest }: Raw): Raw {
  return rest;
}
