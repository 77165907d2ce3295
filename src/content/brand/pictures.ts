// Widths and places of pictures, which templates store as words and as px (Beefree spec 4.7).
import { paddings, px, round } from '../template/css.ts';
import { object, text } from '../template/values.ts';
import { valueAt, withValue } from './edit.ts';
import type { Raw } from '../template/values.ts';

const CLASS = ['computedStyle', 'class'];

/** The block with its picture at the left, in the middle or at the right. */
export function aligned(descriptor: Raw, align: string): Raw {
  const words = classOf(descriptor);
  const at = words.findIndex((word) => /^(?:left|center|right)$/.test(word));
  if (words[at] === align) return descriptor;
  const others = words.filter((word) => !/^(?:left|center|right)$/.test(word));
  return withValue(descriptor, CLASS, [align, ...others].join(' '));
}

/** The block with a width of its own for the picture: px, or percent of `room` px. */
export function sized(descriptor: Raw, width: string, room: number): Raw {
  const style = paddings(object(descriptor['style']));
  const inner = Math.max(1, room - (style.left ?? 0) - (style.right ?? 0));
  const percent = width.endsWith('%') ? Number.parseFloat(width) : undefined;
  const pixels = percent === undefined ? width : `${round((inner * percent) / 100)}px`;
  const result = withValue(descriptor, ['computedStyle', 'width'], pixels);
  const shared =
    percent === undefined ? result : withValue(result, ['image', 'percWidth'], percent);
  if (result === descriptor) return shared;
  const words = classOf(descriptor).filter((word) => !/^(?:auto|fixed)width$/.test(word));
  return withValue(shared, CLASS, [...words, 'fixedwidth'].join(' '));
}

function classOf(descriptor: Raw): string[] {
  return text(valueAt(descriptor, CLASS))
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** px for the blocks of each column of a row that is `width` px wide. */
export function rooms(row: Raw, width: number): number[] {
  const columns = Array.isArray(row['columns']) ? row['columns'].map(object) : [];
  const grids = columns.map(
    (column) => Number(text(column['grid-columns'])) || 12 / columns.length,
  );
  const sum = grids.reduce((total, grid) => total + grid, 0);
  return columns.map((column, at) => {
    const padding = paddings(object(column['style']));
    return (width * grids[at]!) / sum - (padding.left ?? 0) - (padding.right ?? 0);
  });
}

/** px that a template or a row is wide; what the editor takes for one that does not say. */
export function widthOr500(value: unknown): number {
  const width = px(value, 500);
  return width > 0 ? width : 500;
}
