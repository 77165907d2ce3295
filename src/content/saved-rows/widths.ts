// Fits the pictures of a row to a template of another width (Beefree spec 3.7).
import { px, round } from '../template/css.ts';
import { list, object, text } from '../template/values.ts';
import type { Raw } from '../template/values.ts';

const PICTURES = /(?:^|-)(?:image|gif|stickers?|video|addon)$/;

/**
 * The row with the display widths of its pictures in proportion to the new width, both in px. The width that the row
 * says it was made for becomes the new one, so that a copy of it is not fitted again. Without a usable width of either,
 * or when both are the same, it is the row itself.
 */
export function fitted(row: Raw, width: number | undefined): Raw {
  const content = object(row['content']);
  const style = object(content['style']);
  const old = px(style['width'], undefined);
  if (old === undefined || width === undefined || old <= 0 || width <= 0 || old === width) {
    return row;
  }
  const factor = width / old;
  return {
    ...row,
    content: { ...content, style: { ...style, width: likewise(style['width'], width) } },
    ...(Array.isArray(row['columns'])
      ? { columns: row['columns'].map((column) => fittedColumn(column, factor)) }
      : {}),
  };
}

function fittedColumn(column: unknown, factor: number): unknown {
  const { modules } = object(column);
  return Array.isArray(modules)
    ? { ...object(column), modules: list(modules).map((module) => fittedModule(module, factor)) }
    : column;
}

function fittedModule(module: unknown, factor: number): unknown {
  const raw = object(module);
  const descriptor = object(raw['descriptor']);
  const computed = object(descriptor['computedStyle']);
  const width = px(computed['width'], undefined);
  if (width === undefined || !PICTURES.test(text(raw['type']))) return module;
  const computedStyle = { ...computed, width: likewise(computed['width'], width * factor) };
  return { ...raw, descriptor: { ...descriptor, computedStyle } };
}

/** A width as the template writes it: a number stays a number. */
function likewise(written: unknown, width: number): number | string {
  const rounded = round(width);
  return typeof written === 'number' ? rounded : `${rounded}px`;
}
