// Takes any document apart in reading order, as well as its structure lets it.
import { attr, cellsOf, classes, descendants, elementsIn, isElement, tableRows } from '../dom.ts';
import {
  backgroundOf,
  buttonBox,
  buttonItem,
  dividerItem,
  headingItem,
  htmlItem,
  inlineItems,
  listItem,
  smallPictures,
  socialItem,
  spacerItem,
} from './leaves.ts';
import { blockItem, padded, statedWidth } from './items.ts';
import { border, px } from '../../template/css.ts';
import { dataTable } from '../mail/others.ts';
import { isBlank } from '../rich.ts';
import { lookOf } from './look.ts';
import { paddingOf } from '../values.ts';
import type { Around } from './leaves.ts';
import type { ColumnsItem, Item } from './items.ts';
import type { Element, Node } from '../dom.ts';
import type { State } from '../state.ts';
import type { Sides } from '../values.ts';

const SKIPPED =
  /^(?:script|style|head|title|meta|link|base|template|noembed|object|embed|applet|svg|math|iframe|frame|frameset)$/;
const FLOW =
  /^(?:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figure|figcaption|footer|form|h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|thead|tfoot|tr|td|th|ul|caption)$/;

/** The items of some nodes that stand after each other. */
export function walk(nodes: readonly Node[], around: Around, state: State): readonly Item[] {
  const items: Item[] = [];
  let run: Node[] = [];
  const flush = () => {
    items.push(...inlineItems(run, around, state));
    run = [];
  };
  for (const node of nodes) {
    if (!isElement(node)) {
      if (node.nodeName === '#text') run.push(node);
      continue;
    }
    if (SKIPPED.test(node.tagName)) continue;
    const visible = visibility(node, state);
    if (visible === 'never') continue;
    const box = buttonBox(node, state);
    if (box === undefined && visible === 'always' && isInline(node, state)) {
      run.push(node);
      continue;
    }
    flush();
    const inner = box ? [buttonItem(node, box, around, state)] : element(node, around, state);
    for (const item of inner) {
      item.mobileHidden ||= visible === 'wide';
      item.desktopHidden ||= visible === 'narrow';
    }
    items.push(...inner);
  }
  flush();
  return items;
}

/** In which views an element can be seen. */
function visibility(node: Element, state: State): 'always' | 'wide' | 'narrow' | 'never' {
  const own = state.styles.own(node);
  const gone =
    own.get('display') === 'none' ||
    own.get('visibility') === 'hidden' ||
    (/^0(?:px)?$/.test(own.get('max-height') ?? '') && own.get('overflow') === 'hidden') ||
    node.attrs.some(({ name }) => name === 'hidden');
  const narrow = state.styles.narrow(node).get('display');
  if (gone) return narrow !== undefined && narrow !== 'none' ? 'narrow' : 'never';
  return narrow === 'none' ? 'wide' : 'always';
}

/** True when an element and all in it flow with the text. */
function isInline(node: Element, state: State): boolean {
  if (FLOW.test(node.tagName)) return false;
  return elementsIn(node).every(
    (child) => buttonBox(child, state) === undefined && isInline(child, state),
  );
}

function element(node: Element, outer: Around, state: State): readonly Item[] {
  const look = lookOf(node, outer.look, state);
  const width = statedWidth(node, state);
  const around: Around = {
    ...outer,
    look,
    link: node.tagName === 'a' && attr(node, 'href') !== '' ? node : outer.link,
    narrow: outer.narrow || (width !== undefined && !width.percent && width.value <= 1000),
  };
  const items = content(node, around, state);
  const fill = backgroundOf(node, state);
  if (fill !== undefined) {
    for (const item of items) {
      if (around.narrow) item.fill ??= fill;
      else item.strip ??= fill;
    }
  }
  return padded(items, spaceOf(node, state));
}

function content(node: Element, around: Around, state: State): readonly Item[] {
  const tag = node.tagName;
  const style = state.styles.own(node);
  const inner = () => walk(node.childNodes, around, state);
  if (tag === 'hr') {
    const line = border(style.get('border-top')) ?? border(style.get('border-bottom'));
    const width = statedWidth(node, state);
    return [
      dividerItem(
        line ? `${line.width}px ${line.style} ${line.color}` : '1px solid #BBBBBB',
        width ? `${width.value}${width.percent ? '%' : 'px'}` : '100%',
        'center',
      ),
    ];
  }
  if (tag !== 'img' && isEmpty(node)) return emptySpace(node, state);
  if (/^h[1-6]$/.test(tag))
    return elementsIn(node).every((child) => isInline(child, state))
      ? [headingItem(node, around, state)]
      : inner();
  if (tag === 'ul' || tag === 'ol')
    return isSimpleList(node) ? [listItem(node, around, state)] : inner();
  if (tag === 'form' || tag === 'dl' || tag === 'fieldset') {
    const html = htmlItem(node, around, state);
    return html ? [html] : [];
  }
  if (tag === 'table') return table(node, around, state);
  const columns = around.rows ? columnsIn(node, state) : [];
  return columns.length > 1 ? [columnsItem(columns, around, state)] : inner();
}

/** Paddings, and margins above and below where text has them. */
function spaceOf(node: Element, state: State): Sides {
  const style = state.styles.own(node);
  const [top, right, bottom, left] = paddingOf(style);
  const text = /^(?:p|h[1-6]|ul|ol|blockquote)$/.test(node.tagName);
  const margin = (side: string) => Math.max(0, px(style.get(`margin-${side}`), text ? 8 : 0));
  return [top + margin('top'), right, bottom + margin('bottom'), left];
}

function isEmpty(node: Element): boolean {
  return (
    isBlank(node.childNodes) ||
    (node.childNodes.length === 1 && /^[\s\u00A0\u200A\u200B]*$/.test(textIn(node)))
  );
}

const textIn = (node: Element) => {
  const [only] = node.childNodes;
  return only && 'value' in only ? only.value : 'x';
};

/** An element without content may still be a line or a space. */
function emptySpace(node: Element, state: State): readonly Item[] {
  const found: Item[] = [];
  for (const part of [node, ...descendants(node)]) {
    const style = state.styles.own(part);
    const line = border(style.get('border-top')) ?? border(style.get('border-bottom'));
    if (line && line.color !== 'transparent') {
      return [dividerItem(`${line.width}px ${line.style} ${line.color}`, '100%', 'center')];
    }
    const height = px(style.get('height'), undefined) ?? px(attr(part, 'height'), 0);
    if (found.length === 0 && height >= 4 && height <= 600) found.push(spacerItem(height));
  }
  return found;
}

const isSimpleList = (node: Element) =>
  ![...descendants(node)].some(({ tagName }) => tagName === 'table' || tagName === 'nav');

/** A table with data becomes a block; of one for layout each row of cells is a row of columns. */
function table(node: Element, around: Around, state: State): readonly Item[] {
  const rows = tableRows(node);
  if (isDataTable(node, rows, state)) return [blockItem('table', dataTable(node, state))];
  const filled = rows.map((row) => cellsOf(row).filter((cell) => !isEmpty(cell)));
  const pictures = filled.flat().map((cell) => smallPictures(cell, state));
  if (pictures.length > 1 && pictures.every((found) => found.length > 0)) {
    return [socialItem(pictures.flat(), around, state)];
  }
  if (!around.rows && filled.some((cells) => cells.length > 1)) {
    const html = htmlItem(node, around, state);
    return html ? [html] : [];
  }
  return elementsIn(node).flatMap((part) => tablePart(part, around, state));
}

function tablePart(part: Element, around: Around, state: State): readonly Item[] {
  if (visibility(part, state) === 'never') return [];
  const look = lookOf(part, around.look, state);
  const inside = { ...around, look };
  if (part.tagName !== 'tr') {
    return /^(?:tbody|thead|tfoot)$/.test(part.tagName)
      ? elementsIn(part).flatMap((row) => tablePart(row, inside, state))
      : walk([part], inside, state);
  }
  const cells = cellsOf(part);
  const shown = cells.filter((cell) => !isEmpty(cell) && visibility(cell, state) !== 'never');
  if (shown.length > 1 && around.rows) return [columnsItem(shown, inside, state)];
  // One cell with something in it, or only space.
  return shown.length > 0
    ? shown.flatMap((cell) => walk([cell], inside, state))
    : cells.slice(0, 1).flatMap((cell) => walk([cell], inside, state));
}

function isDataTable(node: Element, rows: readonly Element[], state: State): boolean {
  if (attr(node, 'role') === 'presentation' || rows.length < 2) return false;
  const below = [...descendants(node)];
  if (
    below.some(
      (inner) => /^(?:table|h[1-6]|ul|ol|form|div)$/.test(inner.tagName) || buttonBox(inner, state),
    )
  )
    return false;
  const counts = new Set(rows.map((row) => cellsOf(row).length));
  const plain =
    counts.size === 1 &&
    ([...counts][0] ?? 0) > 1 &&
    below.every(({ attrs }) => attrs.every(({ name }) => !/^(?:colspan|rowspan)$/.test(name)));
  return (
    plain && (below.some(({ tagName }) => tagName === 'th') || Number(attr(node, 'border')) > 0)
  );
}

/** Children of a `div` that stand beside each other. */
function columnsIn(node: Element, state: State): readonly Element[] {
  const children = elementsIn(node).filter(
    (child) => !isEmpty(child) && visibility(child, state) !== 'never',
  );
  if (children.length < 2 || children.length > 12) return [];
  const flex =
    /^(?:inline-)?flex$/.test(state.styles.own(node).get('display') ?? '') &&
    !/column/.test(state.styles.own(node).get('flex-direction') ?? '');
  const beside = (child: Element) => {
    const style = state.styles.own(child);
    const placed =
      /^(?:inline-block|table-cell)$/.test(style.get('display') ?? '') ||
      /^(?:left|right)$/.test(style.get('float') ?? '');
    const width = statedWidth(child, state);
    return child.tagName === 'div' && (flex || (placed && !(width?.percent && width.value > 99)));
  };
  const solid = node.childNodes.every((child) => isElement(child) || isBlank([child]));
  return solid && children.every((child) => beside(child)) ? children : [];
}

function columnsItem(cells: readonly Element[], around: Around, state: State): ColumnsItem {
  const widths = cells.map((cell) => statedWidth(cell, state));
  const comparable = widths.every(
    (width) => width !== undefined && width.percent === widths[0]?.percent,
  );
  return {
    columns: cells.slice(0, 24).map((cell, i) => {
      const fill = backgroundOf(cell, state);
      const inner = {
        ...around,
        rows: false,
        narrow: true,
        look: lookOf(cell, around.look, state),
      };
      // The cells beyond the most that a row may hold go into its last column.
      const parts = i === 23 ? cells.slice(23) : [cell];
      return {
        weight: comparable ? widths[i]!.value : 1,
        style: fill ?? {},
        items: parts.flatMap((part) => [
          ...padded(walk(part.childNodes, inner, state), spaceOf(part, state)),
        ]),
      };
    }),
    padding: [0, 0, 0, 0],
    strip: undefined,
    fill: undefined,
    mobileHidden: false,
    desktopHidden: cells.every((cell) => classes(cell).includes('desktop_hide')),
  };
}
