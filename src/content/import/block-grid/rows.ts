// Rows and columns of hosted e-mails of the first generation (2017–2020): `div`s that are as wide as twelve columns.
import { attr, classes, elementsIn, find, hasClass, isComment, isElement, isText } from '../dom.ts';
import { backgroundJson, borderJson, paddingJson, paddingOf } from '../values.ts';
import { columnBlocks, holdsBlocks } from './blocks.ts';
import { columnJson, rowType } from '../module.ts';
import { isBlank, textSource } from '../rich.ts';
import { lookOf } from '../loose/look.ts';
import { modulesOf, rowsOf } from '../loose/items.ts';
import { onlyChild } from './only-child.ts';
import { px } from '../../template/css.ts';
import { splitCondition } from '../mail/conditions.ts';
import { walk } from '../loose/walk.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';

/** A row with the text of the sending system around it, or what somebody put between rows by hand. */
interface Part {
  readonly nodes: Element[];
  /** the `div.block-grid` of a row */
  readonly grid: Element | undefined;
  before: string;
  after: string;
}

const GRID = 'block-grid';

/**
 * The rows of a document of the first generation and its width; undefined for any other. Rows are looked for in the
 * whole body: end tags that somebody left over may have closed the container before its time.
 */
export function gridRows(
  body: Element,
  state: State,
): { readonly rows: readonly Json[]; readonly width: number } | undefined {
  const found: Found = { parts: [], text: '' };
  collect(body, found, state);
  const { parts } = found;
  const last = parts.at(-1);
  if (last) last.after += found.text.trim();
  const grids = parts.flatMap(({ grid }) => (grid ? [grid] : []));
  if (grids.length === 0) return undefined;
  const width = Math.max(...grids.map((grid) => gridWidth(grid, state))) || 500;
  const rows = parts.flatMap((part) => {
    if (part.grid) return [gridRow(part.grid, part, width, state)];
    const look = lookOf(body, new Map([['font-size', '16px']]), state);
    const around = { look, link: undefined, rows: true, narrow: false };
    // Where end tags are wrong, blocks may stand outside of their rows.
    const items = part.nodes.some((node) => holdsBlocks(node))
      ? columnBlocks(part.nodes, state)
      : walk(part.nodes, around, state);
    return rowsOf(items, width, state);
  });
  return { rows, width };
}

/** True for the `div` of a row: the class alone is also that of an old style sheet for lists. */
const isGrid = (element: Element) =>
  element.tagName === 'div' && hasClass(element, GRID) && find(element, '.col') !== undefined;

function gridWidth(grid: Element, state: State): number {
  const style = state.styles.own(grid);
  const stated = px(style.get('max-width'), undefined) ?? px(style.get('width'), 0);
  return stated <= 2000 ? stated : 0;
}

/** Rows so far, and the text of the sending system since the last one. */
interface Found {
  readonly parts: Part[];
  text: string;
}

function collect(parent: Element, found: Found, state: State): void {
  for (const node of parent.childNodes) {
    if (isText(node)) found.text += textSource(state, node);
    else if (isComment(node)) found.text += conditionComment(node.data);
    else if (!isElement(node) || /^(?:style|script|link|meta|title)$/.test(node.tagName)) continue;
    else if (isGrid(node)) add(found, { nodes: [node], grid: node, before: '', after: '' });
    else if (find(node, `.${GRID}`)) collect(node, found, state);
    else if (!isBlank([node]) || holdsBlocks(node)) {
      const last = found.parts.at(-1);
      if (last && !last.grid && found.text.trim() === '') {
        last.nodes.push(node);
      } else add(found, { nodes: [node], grid: undefined, before: '', after: '' });
    }
  }
}

/** The text before a part belongs to it, or with a closing tag to the row above. */
function add(found: Found, part: Part): void {
  const above = found.parts.at(-1);
  const split = above?.grid ? splitCondition(found.text) : { after: '', before: found.text.trim() };
  if (above?.grid) above.after += split.after;
  part.before = split.before;
  found.parts.push(part);
  found.text = '';
}

/** Some systems write their conditions as comments. */
function conditionComment(data: string): string {
  return /[{%*|$]/.test(data) && !/^\[if|^<!\[endif/.test(data) ? `<!--${data}-->` : '';
}

function gridRow(grid: Element, part: Part, width: number, state: State): Json {
  const parent = grid.parentNode;
  const strip = parent && isElement(parent) && parent.tagName === 'div' ? parent : undefined;
  const content = elementsIn(grid).find((element) => element.tagName === 'div') ?? grid;
  // A line from right to left has its columns the other way round, and stacks them as they are written.
  const turned = isRightToLeft(grid, state) || isRightToLeft(content, state);
  const columns = turned ? columnsOf(grid).toReversed() : columnsOf(grid);
  const grids = gridsOf(columns, state);
  const style = state.styles.own(grid);
  // The picture stands on the inner `div`; where only one of the two has a colour, it is the one that is seen.
  const inner = state.styles.own(content);
  const fill = inner.has('background-color') || inner.has('background-image') ? inner : style;
  const radius = style.get('border-radius') ?? inner.get('border-radius');
  const names = new Set([strip, grid].flatMap((element) => (element ? classes(element) : [])));
  const { before, after } = part;
  return {
    uuid: state.id(),
    type: rowType(grids),
    locked: false,
    synced: false,
    container: {
      style: strip
        ? backgroundJson(state.styles.own(strip))
        : { 'background-color': 'transparent' },
      ...(before + after === ''
        ? {}
        : {
            displayCondition: {
              type: 'imported',
              label: 'Display condition',
              description: '',
              before,
              after,
            },
          }),
    },
    content: {
      style: {
        ...backgroundJson(fill),
        color: '#000000',
        width: `${width}px`,
        ...borderJson(style),
        ...(radius === undefined ? {} : { 'border-radius': radius }),
      },
      computedStyle: {
        rowColStackOnMobile: !hasClass(grid, 'no-stack'),
        rowReverseColStackOnMobile: turned && columns.length > 1,
        verticalAlign: verticalOf(columns, state),
        hideContentOnMobile: names.has('mobile_hide'),
        hideContentOnDesktop: names.has('desktop_hide'),
      },
    },
    columns: columns.map((column, i) => gridColumn(column, grids[i]!, state)),
  };
}

const isRightToLeft = (element: Element, state: State) =>
  attr(element, 'dir') === 'rtl' || state.styles.own(element).get('direction') === 'rtl';

/** The columns of a row; what stands beside them was put there by hand and gets one of its own. */
function columnsOf(grid: Element): readonly Element[] {
  const first = find(grid, '.col');
  const line = first?.parentNode;
  return line && isElement(line)
    ? elementsIn(line).filter((element) => hasClass(element, 'col') || !isBlank([element]))
    : [];
}

function verticalOf(columns: readonly Element[], state: State): string {
  const align = columns[0] ? state.styles.own(columns[0]).get('vertical-align') : undefined;
  return align === 'middle' || align === 'bottom' ? align : 'top';
}

/** Twelfths: the class names say them, else the widths. */
function gridsOf(columns: readonly Element[], state: State): readonly number[] {
  const named = columns.map((column) =>
    Number(
      classes(column)
        .map((name) => /^num(\d{1,2})$/.exec(name)?.[1])
        .find((found) => found !== undefined),
    ),
  );
  if (named.every((grid) => grid >= 1 && grid <= 12)) return named;
  const widths = columns.map((column) => px(state.styles.own(column).get('width'), 0));
  const total = widths.reduce((sum, width) => sum + width, 0);
  return widths.every((width) => width > 0)
    ? widths.map((width) => Math.round((1200 * width) / total) / 100)
    : columns.map(() => 12 / columns.length);
}

function gridColumn(column: Element, grid: number, state: State): Json {
  if (!hasClass(column, 'col')) {
    return columnJson(state, grid, {}, modulesOf(columnBlocks([column], state), state));
  }
  const layers = layersOf(column, state);
  const holder = layers.at(-1)!;
  const styles = layers.map((layer) => state.styles.own(layer));
  const color = styles.map((style) => style.get('background-color')).findLast(isColor);
  const box = styles.at(-1)!;
  const radius = styles.map((style) => style.get('border-radius')).findLast((value) => value);
  return columnJson(
    state,
    grid,
    {
      'background-color': color ?? 'transparent',
      ...paddingJson(paddingOf(box)),
      ...borderJson(box),
      ...(radius === undefined ? {} : { 'border-radius': radius }),
    },
    modulesOf(columnBlocks(holder.childNodes, state), state),
  );
}

const isColor = (value: string | undefined) => value !== undefined && value !== 'transparent';

/** `div.col`, `div.col_cont` and the `div` with borders and paddings. */
function layersOf(column: Element, state: State): readonly Element[] {
  const layers = [column];
  for (let i = 0; i < 2; i += 1) {
    const next = onlyChild(layers.at(-1)!);
    if (next === undefined || attr(next, 'align') !== '') break;
    const style = state.styles.own(next);
    // The second one has no style but its width; the third one says its borders and paddings.
    const frame = i === 0 ? style.has('width') : style.has('border-top');
    if (!frame || classes(next).some((name) => name !== 'col_cont')) break;
    layers.push(next);
  }
  return layers;
}
