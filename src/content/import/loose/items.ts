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
}

export interface BlockItem extends Backed {
  readonly type: string;
  /** without paddings */
  readonly descriptor: Json;
  padding: Sides;
  mobileHidden: boolean;
  desktopHidden: boolean;
}

export interface ColumnsItem extends Backed {
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
        rowColStackOnMobile: true,
        rowReverseColStackOnMobile: false,
        verticalAlign: 'top',
        hideContentOnMobile: own?.mobileHidden ?? false,
        hideContentOnDesktop: own?.desktopHidden ?? false,
      },
    },
    columns,
  };
}

/** Puts the paddings of an element around its items: the sides on all, the ends on the first and the last. */
export function padded(items: readonly Item[], [top, right, bottom, left]: Sides): readonly Item[] {
  for (const [i, item] of items.entries()) {
    const [t, r, b, l] = item.padding;
    // More than a template would ever say comes from tricks with negative margins and the like.
    item.padding = [
      Math.min(200, t + (i === 0 ? top : 0)),
      Math.min(200, r + right),
      Math.min(200, b + (i === items.length - 1 ? bottom : 0)),
      Math.min(200, l + left),
    ];
  }
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
  for (const text of [
    style.get('flex-basis'),
    style.get('width'),
    attr(element, 'width'),
    style.get('max-width'),
  ]) {
    const match = /^\s*([\d.]{1,12})\s*(px|%)?\s*$/.exec(text ?? '');
    if (match && Number(match[1]) > 0)
      return { value: Number(match[1]), percent: match[2] === '%' };
  }
  return undefined;
}
