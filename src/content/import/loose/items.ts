// What any document is taken apart into: blocks in order, and groups of columns beside each other.
import { attr, classes } from '../dom.ts';
import { columnJson, moduleJson, rowType } from '../module.ts';
import { paddingJson } from '../values.ts';
import { round } from '../../template/css.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';

/** The backgrounds behind an item: of the strip across the window, and of the content. */
interface Backed {
  strip: Json | undefined;
  fill: Json | undefined;
  /** px of the upper and the lower padding that are margins, which meet those of neighbours */
  margins: [above: number, below: number];
}

export interface BlockItem extends Backed {
  readonly type: string;
  /** without paddings */
  descriptor: Json;
  /** the element that is kept as markup, with its own paddings and margins */
  source?: Element;
  padding: Sides;
  mobileHidden: boolean;
  desktopHidden: boolean;
}

export interface ColumnsItem extends Backed {
  /** false where columns stay beside each other on phones */
  readonly stack: boolean;
  readonly vertical: string;
  /** px of all columns together where they float apart; undefined where they fill the row */
  readonly floating: number | undefined;
  readonly columns: readonly {
    readonly weight: number;
    readonly style: Json;
    readonly items: readonly Item[];
  }[];
  padding: Sides;
  mobileHidden: boolean;
  desktopHidden: boolean;
}

export type Item = BlockItem | ColumnsItem;

const NOTHING: Sides = [0, 0, 0, 0];

/** One block. */
export function blockItem(type: string, descriptor: Json, padding: Sides = NOTHING): BlockItem {
  return {
    type,
    descriptor,
    padding,
    strip: undefined,
    fill: undefined,
    margins: [0, 0],
    mobileHidden: false,
    desktopHidden: false,
  };
}

/** The blocks of some items; columns stand below each other, because a column holds no columns. */
export function modulesOf(items: readonly Item[], state: State): readonly Json[] {
  return items.flatMap((item) =>
    'columns' in item
      ? item.columns.flatMap((column) => modulesOf(column.items, state))
      : [blockModule(item, state)],
  );
}

function blockModule(item: BlockItem, state: State): Json {
  const { style, computedStyle, ...rest } = item.descriptor as {
    style?: Json;
    computedStyle?: Json;
  };
  return moduleJson(state, item.type, {
    ...rest,
    style: { ...paddingJson(item.padding), ...style },
    computedStyle: {
      hideContentOnMobile: item.mobileHidden,
      hideContentOnDesktop: item.desktopHidden,
      ...computedStyle,
    },
  });
}

/** The rows of a document: neighbours with the same background share one. */
export function rowsOf(items: readonly Item[], width: number, state: State): readonly Json[] {
  const rows: Json[] = [];
  let group: BlockItem[] = [];
  const key = (item: Item) => JSON.stringify([item.strip, item.fill]);
  const flush = () => {
    const [first] = group;
    if (first) {
      const column = columnJson(state, 12, {}, modulesOf(group, state));
      rows.push(rowJson(state, first, width, [12], [column]));
    }
    group = [];
  };
  for (const item of items) {
    if (!('columns' in item)) {
      if (group[0] && key(group[0]) !== key(item)) flush();
      group.push(item);
      continue;
    }
    flush();
    const total = item.columns.reduce((sum, column) => sum + column.weight, 0);
    const grids = item.columns.map((column) => grid((12 * column.weight) / total));
    const columns = item.columns.map((column, i) =>
      columnJson(state, grids[i]!, column.style, modulesOf(column.items, state)),
    );
    rows.push(rowJson(state, item, width, grids, columns));
  }
  flush();
  return rows;
}

const grid = (value: number) =>
  Math.abs(value - Math.round(value)) < 0.05
    ? Math.max(1, Math.round(value))
    : round(Math.max(0.25, value));

function rowJson(
  state: State,
  item: Item,
  width: number,
  grids: readonly number[],
  columns: readonly Json[],
): Json {
  const own = 'columns' in item ? item : undefined;
  return {
    uuid: state.id(),
    type: rowType(grids),
    locked: false,
    synced: false,
    container: { style: item.strip ?? { 'background-color': 'transparent' } },
    content: {
      style: {
        ...(item.fill ?? { 'background-color': 'transparent' }),
        color: '#000000',
        width: `${width}px`,
        ...paddingJson(own?.padding ?? NOTHING),
      },
      computedStyle: {
        rowColStackOnMobile: own?.stack ?? true,
        rowReverseColStackOnMobile: false,
        verticalAlign: own?.vertical ?? 'top',
        ...(own ? gapJson(own, width) : {}),
        hideContentOnMobile: own?.mobileHidden ?? false,
        hideContentOnDesktop: own?.desktopHidden ?? false,
      },
    },
    columns,
  };
}

/** What is left between columns that float apart. */
function gapJson({ floating, padding, columns }: ColumnsItem, width: number): Json {
  if (floating === undefined) return {};
  const left = width - padding[1] - padding[3] - floating;
  const gap = Math.floor(left / (columns.length - 1));
  return gap >= 2 && gap < 100 ? { columnsSpacing: `${gap}px` } : {};
}

/**
 * Puts the paddings and the margins of an element around its items: the sides on all, the ends on the first and the
 * last. Where no padding stands between, the margins of an element and of what it begins with are one.
 */
export function padded(
  items: readonly Item[],
  [top, right, bottom, left]: Sides,
  margins: readonly [above: number, below: number] = [0, 0],
): readonly Item[] {
  for (const item of items) {
    const [t, r, b, l] = item.padding;
    item.padding = [t, limited(r + right), b, limited(l + left)];
  }
  for (const [end, padding] of [[0, top] as const, [1, bottom] as const]) {
    const item = items.at(-end);
    if (item === undefined) continue;
    const margin = margins[end];
    const kept = padding > 0 ? 0 : item.margins[end];
    const outer = padding > 0 ? margin : Math.max(margin, kept);
    const sides: [number, number, number, number] = [...item.padding];
    sides[2 * end] = limited(sides[2 * end]! - kept + padding + outer);
    item.padding = sides;
    item.margins[end] = outer;
  }
  return items;
}

/** More than a template would ever say comes from tricks with negative margins and the like. */
const limited = (side: number) => Math.min(200, Math.max(0, side));

/** Puts items below others: of two margins that meet the larger one counts. */
export function append(items: Item[], more: readonly Item[]): void {
  const [last, first] = [items.at(-1), more[0]];
  if (last && first) {
    const overlap = Math.min(last.margins[1], first.margins[0]);
    const [top, ...others] = first.padding;
    first.padding = [Math.max(0, top - overlap), ...others];
  }
  items.push(...more);
}

/** Margins inside a cell, or what else is a box of its own, do not meet those outside. */
export function sealed(items: readonly Item[]): readonly Item[] {
  for (const item of items) item.margins = [0, 0];
  return items;
}

/** The width in px or percent that an element says it has; undefined when it says nothing. */
export function statedWidth(
  element: Element,
  state: State,
): { readonly value: number; readonly percent: boolean } | undefined {
  const style = state.styles.own(element);
  const grid = /^(?:num|bee-col-w)(\d{1,2})$/;
  const named = classes(element)
    .map((name) => grid.exec(name)?.[1])
    .find((found) => found !== undefined);
  if (named !== undefined) return { value: (100 * Number(named)) / 12, percent: true };
  // A share of the window with a limit: where there is room the limit counts.
  const share = /^\s*(9\d|100)(?:\.\d+)?%\s*$/;
  const fluid = share.test(style.get('width') ?? attr(element, 'width')) && style.has('max-width');
  for (const text of [
    style.get('flex-basis'),
    fluid ? style.get('max-width') : style.get('width'),
    fluid ? '' : attr(element, 'width'),
    style.get('max-width'),
  ]) {
    const match = /^\s*([\d.]{1,12})\s*(px|%)?\s*$/.exec(text ?? '');
    if (match && Number(match[1]) > 0)
      return { value: Number(match[1]), percent: match[2] === '%' };
  }
  return undefined;
}
