// Reads rows and columns: layout, widths, backgrounds, visibility (spec 4.4, 4.5, 5.4).
import { background, borders, color, paddings, px, radius } from './css.ts';
import { classNames, mobile, visibility } from './frame.ts';
import { flag, list, object, text } from './values.ts';
import { countMarkup, LIMITS, warn } from './context.ts';
import { readBlock } from './blocks/block.ts';
import { TooLarge } from '../../platform/errors.ts';
import type { Borders, Box, Column, DisplayCondition, Row } from './types.ts';
import type { ReadContext } from './context.ts';
import type { Raw } from './values.ts';

/** px that left and right paddings and borders of a box take. */
function horizontal(padding: Box, border: Borders): number {
  return (
    (padding.left ?? 0) +
    (padding.right ?? 0) +
    (border.left?.width ?? 0) +
    (border.right?.width ?? 0)
  );
}

/** Reads one entry of `rows[]`. Columns without `grid-columns` share what is left of twelve. */
export function readRow(value: unknown, context: ReadContext): Row {
  const raw = object(value);
  const content = object(raw['content']);
  const style = object(content['style']);
  const computed = object(content['computedStyle']);
  const align = text(computed['verticalAlign']) || text(computed['vertical-align']);
  const rowBorders = borders(style);
  const padding = paddings(style);
  const entries = list(raw['columns']);
  if (entries.length > LIMITS.columns) {
    throw new TooLarge('template_too_large', `A row may hold ${LIMITS.columns} columns.`);
  }
  const gap = Math.min(99, Math.max(0, px(computed['columnsSpacing'], 0)));
  const width = Math.max(0, context.body.width - horizontal(padding, rowBorders));
  const columnRadius = radius(computed['columnsBorderRadius']);
  const columns = entries.length > 0 ? entries.map(object) : [EMPTY_COLUMN];
  const grids = shares(columns, context);
  const sum = grids.reduce((total, grid) => total + grid, 0);
  // With gaps the columns share what the gaps leave, still written as percent of the whole row.
  const free = gap > 0 && width > 0 ? Math.max(0, width - gap * (columns.length - 1)) / width : 1;
  return {
    container: background(object(object(raw['container'])['style']), context.moved),
    content: background(style, context.moved),
    color: color(style['color'], '#000000', true),
    borders: rowBorders,
    radius: radius(style['border-radius']),
    padding,
    stack: flag(computed['rowColStackOnMobile'], true),
    reverse: flag(computed['rowReverseColStackOnMobile']),
    verticalAlign: align === 'middle' || align === 'bottom' ? align : 'top',
    hidden: visibility(computed),
    className: classNames(object(raw['customFields'])['className']),
    condition: condition(object(raw['container'])['displayCondition'], context),
    gap: columns.length > 1 ? gap : 0,
    mobile: mobile(content['mobileStyle']),
    columns: columns.map((column, i) =>
      readColumn(column, grids[i]!, ((100 * grids[i]!) / sum) * free, width, columnRadius, context),
    ),
  };
}

const EMPTY_COLUMN: Raw = { 'grid-columns': 12 };

function shares(columns: readonly Raw[], context: ReadContext): readonly number[] {
  const given = columns.map((column) => {
    const grid = Number(text(column['grid-columns']));
    return Number.isFinite(grid) && grid > 0 && grid <= 100 ? grid : undefined;
  });
  const missing = given.filter((grid) => grid === undefined).length;
  const used = given.reduce<number>((total, grid) => total + (grid ?? 0), 0);
  const share = missing === 0 ? 0 : Math.max(1, (12 - used) / missing);
  const grids = given.map((grid) => grid ?? share);
  const sum = grids.reduce((total, grid) => total + grid, 0);
  if (Math.abs(sum - 12) > 0.01) warn(context, `the columns of a row add up to ${sum} of 12`);
  return grids;
}

function readColumn(
  raw: Raw,
  grid: number,
  percent: number,
  rowWidth: number,
  rowRadius: string,
  context: ReadContext,
): Column {
  const style = object(raw['style']);
  const padding = paddings(style);
  const border = borders(style);
  return {
    grid: Math.max(1, Math.round(grid)),
    percent,
    innerWidth: Math.max(1, (rowWidth * percent) / 100 - horizontal(padding, border)),
    color: color(style['background-color']),
    padding,
    borders: border,
    radius: style['border-radius'] === undefined ? rowRadius : radius(style['border-radius']),
    className: classNames(object(raw['customFields'])['className']),
    mobile: mobile(raw['mobileStyle']),
    blocks: list(raw['modules']).map((module) => readBlock(module, context)),
  };
}

/** A display condition that is active and says something (spec 5.12). */
function condition(value: unknown, context: ReadContext): DisplayCondition | undefined {
  const raw = object(value);
  const before = text(raw['before']);
  const after = text(raw['after']);
  if ((before === '' && after === '') || !flag(raw['isActive'], true)) return undefined;
  countMarkup(context, before);
  countMarkup(context, after);
  return { before, after };
}
