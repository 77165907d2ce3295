// Takes any document apart in reading order, as well as its structure lets it.
import {
  attr,
  cellsOf,
  classes,
  descendants,
  elementsIn,
  isElement,
  tableRows,
  textOf,
  visibleText,
} from '../dom.ts';
import {
  backgroundOf,
  buttonBox,
  buttonItem,
  dividerItem,
  headingItem,
  headingSize,
  htmlItem,
  lineOfText,
  inlineItems,
  listItem,
  smallPictures,
  socialItem,
  spacerItem,
  tableButton,
} from './leaves.ts';
import { append, blockItem, padded, sealed, statedWidth } from './items.ts';
import { border, px, round } from '../../template/css.ts';
import { dataTable } from '../mail/others.ts';
import { isBlank } from '../rich.ts';
import { lookOf } from './look.ts';
import { narrowText, paddingOf } from '../values.ts';
import type { Around } from './leaves.ts';
import type { ColumnsItem, Item } from './items.ts';
import type { Element, Node } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';
import type { Style } from '../declarations.ts';

const SKIPPED =
  /^(?:script|style|head|title|meta|link|base|template|noembed|object|embed|applet|svg|math|iframe|frame|frameset)$/;
const FLOW =
  /^(?:address|article|aside|blockquote|body|center|dd|details|div|dl|dt|fieldset|figure|figcaption|footer|form|h[1-6]|header|hr|html|li|main|nav|ol|p|pre|section|summary|table|tbody|thead|tfoot|tr|td|th|ul|caption)$/;

/** The items of some nodes that stand after each other. */
export function walk(nodes: readonly Node[], around: Around, state: State): readonly Item[] {
  const items: Item[] = [];
  let run: Node[] = [];
  const flush = () => {
    append(items, inlineItems(run, around, state));
    run = [];
  };
  const floats = around.rows ? floatsIn(nodes, state) : [];
  for (const node of nodes) {
    if (isElement(node) && floats.includes(node)) {
      flush();
      if (node === floats[0]) append(items, [columnsItem(floats, around, state)]);
      continue;
    }
    if (!isElement(node)) {
      if (node.nodeName === '#text') run.push(node);
      continue;
    }
    if (SKIPPED.test(node.tagName)) continue;
    const visible = visibility(node, state);
    if (visible === 'never') continue;
    const box = buttonBox(node, state);
    if (node.tagName === 'img' && state.styles.own(node).get('display') === 'block') {
      flush();
      append(items, inlineItems([node], around, state));
      continue;
    }
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
    append(items, inner);
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
  if (node.tagName === 'img' && state.styles.own(node).get('display') === 'block') return false;
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
  const [only] = items;
  if (only && items.length === 1 && !('columns' in only) && only.source === node) return items;
  narrowed(node, items, state);
  if (/^(?:td|th)$/.test(node.tagName)) fillHeight(node, items, state);
  const fill = backgroundOf(node, state);
  const margins = marginsOf(node, around.look, state);
  if (outer.outside?.has(node) === true) return outsideOf(items, node, margins, fill, state);
  const box = /^(?:td|th)$/.test(node.tagName) || isBeside(node, state);
  if (fill === undefined) {
    const around = padded(items, insideOf(node, state), margins);
    return box ? sealed(around) : around;
  }
  padded(items, insideOf(node, state));
  for (const item of items) {
    if (around.narrow) item.fill ??= fill;
    else item.strip ??= fill;
  }
  sealed(items);
  // Margins are outside of the background.
  const [above, below] = margins;
  return [...space(above), ...items, ...space(below)];
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
  if (tag !== 'img' && isEmpty(node)) {
    const own = emptySpace(node, around.look, state);
    if (own.length > 0 || elementsIn(node).length === 0) return own;
  }
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
  if (tag === 'table') {
    const place = picturePlace(node, state);
    if (place === '') return table(node, around, state);
    const look = new Map([...around.look, ['text-align', place]]);
    return table(node, { ...around, look }, state);
  }
  const columns = around.rows ? columnsIn(node, state) : [];
  return columns.length > 1 ? [columnsItem(columns, around, state)] : inner();
}

/** What a narrow view changes in texts, unless something inside says it already. */
function narrowed(node: Element, items: readonly Item[], state: State): void {
  const changed = narrowText(state.styles.narrow(node));
  if (Object.keys(changed).length === 0) return;
  for (const item of items) {
    if ('columns' in item || !/^(?:paragraph|heading|list|button)$/.test(item.type)) continue;
    const before = item.descriptor['mobileStyle'] as Json | undefined;
    item.descriptor = { ...item.descriptor, mobileStyle: { ...changed, ...before } };
  }
}

/** A cell that is higher than its one line of text. */
function fillHeight(cell: Element, items: readonly Item[], state: State): void {
  const [only] = items;
  const height = px(state.styles.own(cell).get('height'), undefined) ?? px(attr(cell, 'height'), 0);
  if (items.length !== 1 || !only || 'columns' in only || height <= 0 || height > 600) return;
  const text = (only.descriptor['paragraph'] as Json | undefined)?.['style'] as Json | undefined;
  if (only.type !== 'paragraph' || !text || textOf(cell).trim().length > 60) return;
  const look = new Map(Object.entries(text).map(([name, value]) => [name, String(value)]));
  const line = Math.round(lineOfText(look));
  const [top, , bottom] = insideOf(cell, state);
  const free = Math.max(0, height - line - (attr(cell, 'height') === '' ? 0 : top + bottom));
  const share = { top: 0, middle: 0.5, bottom: 1 }[verticalOf(cell, state)] ?? 0;
  only.padding = [
    only.padding[0] + free * share,
    only.padding[1],
    only.padding[2] + free * (1 - share),
    only.padding[3],
  ];
}

/** What stands around the content: its sides are those of the window, and it is above and below the content. */
function outsideOf(
  items: readonly Item[],
  node: Element,
  [above, below]: readonly [number, number],
  fill: Json | undefined,
  state: State,
): readonly Item[] {
  const [top, , bottom] = insideOf(node, state);
  const all = [...space(top), ...items, ...space(bottom)];
  if (fill) for (const item of all) item.strip ??= fill;
  return [...space(above), ...sealed(all), ...space(below)];
}

const space = (height: number): readonly Item[] => (height > 0 ? [spacerItem(height)] : []);

/** em that browsers leave above and below. */
const MARGINS: Readonly<Record<string, number>> = {
  p: 1,
  ul: 1,
  ol: 1,
  dl: 1,
  blockquote: 1,
  pre: 1,
  figure: 1,
  h1: 0.67,
  h2: 0.83,
  h3: 1,
  h4: 1.33,
  h5: 1.67,
  h6: 2.33,
};

/** Margins above and below in px; those that browsers give where nothing is said. */
function marginsOf(node: Element, look: Style, state: State): [above: number, below: number] {
  const style = state.styles.own(node);
  const size = px(style.get('font-size') ?? headingSize(node) ?? look.get('font-size'), 16);
  const side = (name: string) => {
    const given = style.get(`margin-${name}`);
    const em = /^\s*(-?[\d.]{1,12})em\s*$/.exec(given ?? '');
    if (em) return Math.max(0, Number(em[1]) * px(look.get('font-size'), 16));
    const usual = (MARGINS[node.tagName] ?? 0) * size;
    return Math.max(0, round(given === undefined ? usual : px(given, 0)));
  };
  return [side('top'), side('bottom')];
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
function emptySpace(node: Element, look: Style, state: State): readonly Item[] {
  const style = state.styles.own(node);
  const line = border(style.get('border-top')) ?? border(style.get('border-bottom'));
  if (line && line.color !== 'transparent') {
    return [dividerItem(`${line.width}px ${line.style} ${line.color}`, '100%', 'center')];
  }
  const height = px(style.get('height'), undefined) ?? px(attr(node, 'height'), 0);
  if (height >= 4 && height <= 600) return [spacerItem(height)];
  // A space that does not break makes a line.
  const text = node.childNodes.some(
    (child) => 'value' in child && /[\u00A0\u200A\u200B]/.test(child.value),
  );
  const space = text ? Math.round(lineOfText(look)) : 0;
  return space >= 4 ? [spacerItem(space)] : [];
}

const isSimpleList = (node: Element) =>
  ![...descendants(node)].some(({ tagName }) => tagName === 'table' || tagName === 'nav');

/** A table with data becomes a block; of one for layout each row of cells is a row of columns. */
function table(node: Element, around: Around, state: State): readonly Item[] {
  const rows = tableRows(node);
  if (isDataTable(node, rows, state)) {
    if (isUniform(rows, around.look, state)) return [blockItem('table', dataTable(node, state))];
    const html = htmlItem(node, around, state);
    return html ? [html] : [];
  }
  const found = tableButton(node, state);
  const button =
    found && (found.box.tagName === 'table' ? found.box === node : tableOf(found.box) === node)
      ? found
      : undefined;
  if (button) {
    const align = attr(node, 'align').toLowerCase();
    const style = state.styles.own(node);
    const auto = style.get('margin-left') === 'auto' && style.get('margin-right') === 'auto';
    const place = auto ? 'center' : align || parentAlign(node);
    const look = new Map(around.look);
    look.set('text-align', /^(?:left|center|right)$/.test(place) ? place : 'left');
    return [buttonItem(button.link, button.box, { ...around, look }, state)];
  }
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

/** Where a table that is smaller than what is around it puts its pictures; '' where text is in it, too. */
function picturePlace(node: Element, state: State): string {
  const width = statedWidth(node, state);
  if ((width?.percent && width.value > 99) || visibleText(textOf(node)) !== '') return '';
  const style = state.styles.own(node);
  if (style.get('margin-left') === 'auto' && style.get('margin-right') === 'auto') return 'center';
  const align = attr(node, 'align').toLowerCase() || parentAlign(node);
  return /^(?:left|center|right)$/.test(align) ? align : '';
}

/** Where a table stands in its cell: attributes place it, other than CSS. */
function parentAlign(node: Element): string {
  for (let up = node.parentNode; up && isElement(up); up = up.parentNode) {
    if (up.tagName === 'table') return '';
    if (up.tagName === 'center') return 'center';
    const align = attr(up, 'align').toLowerCase();
    if (align !== '') return align;
  }
  return '';
}

/** The paddings of an element; cells also have those that their table gives them. */
function insideOf(node: Element, state: State): Sides {
  const style = state.styles.own(node);
  const given = paddingOf(style);
  if (!/^(?:td|th)$/.test(node.tagName)) return given;
  const table = tableOf(node);
  if (table === undefined) return given;
  const all = attr(table, 'cellpadding');
  const usual = all === '' ? 1 : Math.max(0, px(all, 0));
  const frame = state.styles.own(table);
  const space = frame.get('border-spacing') ?? (attr(table, 'cellspacing') || '2px');
  const gap = frame.get('border-collapse') === 'collapse' ? 0 : Math.max(0, px(space, 0));
  const side = (name: string, value: number) => (style.has(`padding-${name}`) ? value : usual);
  const [top, right, bottom, left] = given;
  return [
    side('top', top) + gap,
    side('right', right) + gap,
    side('bottom', bottom),
    side('left', left) + gap,
  ];
}

function tableOf(cell: Element): Element | undefined {
  for (let up = cell.parentNode; up && isElement(up); up = up.parentNode) {
    if (up.tagName === 'table') return up;
  }
  return undefined;
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

/** True when all cells look alike, as those of a block do; only headings may differ. */
function isUniform(rows: readonly Element[], look: Style, state: State): boolean {
  const looks = new Set<string>();
  for (const cell of rows.flatMap((row) => cellsOf(row))) {
    if (elementsIn(cell).some((inside) => FLOW.test(inside.tagName))) return false;
    const own = lookOf(cell, look, state);
    const kind = cell.tagName;
    looks.add(
      `${kind} ${['color', 'font-size', 'font-family', 'text-align'].map((name) => own.get(name)).join()}`,
    );
  }
  return looks.size <= 2;
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

/** True for an element that stands beside others, and so is a box of its own. */
function isBeside(node: Element, state: State): boolean {
  const style = state.styles.own(node);
  return (
    /^(?:inline-block|table-cell|inline-table)$/.test(style.get('display') ?? '') ||
    /^(?:left|right)$/.test(style.get('float') ?? '')
  );
}

/** Tables and boxes that float beside each other, when there is nothing else. */
function floatsIn(nodes: readonly Node[], state: State): readonly Element[] {
  const elements = nodes.filter((node) => isElement(node));
  const floats = elements.filter((node) => {
    const style = state.styles.own(node);
    const side = style.get('float') ?? (node.tagName === 'table' ? attr(node, 'align') : '');
    const width = statedWidth(node, state);
    const inner = node.tagName === 'table' && width === undefined ? cellWidth(node, state) : width;
    return (
      /^(?:table|div)$/.test(node.tagName) &&
      /^(?:left|right)$/.test(side) &&
      !isEmpty(node) &&
      inner !== undefined &&
      !(inner.percent && inner.value > 99)
    );
  });
  const alone =
    floats.length === elements.filter((node) => !isEmpty(node)).length &&
    nodes.every((node) => isElement(node) || isBlank([node]));
  return alone && floats.length > 1 && floats.length <= 12 ? floats : [];
}

/** The width of a table with one cell. */
function cellWidth(node: Element, state: State): ReturnType<typeof statedWidth> {
  const cells = tableRows(node).flatMap((row) => cellsOf(row));
  return cells.length > 0 && cells[0] ? statedWidth(cells[0], state) : undefined;
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
  const widths = cells.map((cell) => statedWidth(cell, state) ?? cellWidth(cell, state));
  const comparable = widths.every(
    (width) => width !== undefined && width.percent === widths[0]?.percent,
  );
  const [first] = cells;
  const floating = first !== undefined && /^(?:table|div)$/.test(first.tagName);
  const apart =
    first?.tagName === 'table' && comparable && widths[0]?.percent === false && cells.length > 1;
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
        items: sealed(
          parts.flatMap((part) => [
            ...padded(
              part.tagName === 'table'
                ? walk([part], inner, state)
                : walk(part.childNodes, inner, state),
              part.tagName === 'table' ? [0, 0, 0, 0] : insideOf(part, state),
            ),
          ]),
        ),
      };
    }),
    stack: cells.some((cell) => stacks(cell, state)),
    vertical: floating ? 'top' : verticalOf(first, state),
    floating: apart ? widths.reduce((sum, width) => sum + (width?.value ?? 0), 0) : undefined,
    padding: [0, 0, 0, 0],
    margins: [0, 0],
    strip: undefined,
    fill: undefined,
    mobileHidden: false,
    desktopHidden: cells.every((cell) => classes(cell).includes('desktop_hide')),
  };
}

/** True for a column that goes below the one before it on phones. */
function stacks(cell: Element, state: State): boolean {
  if (!/^(?:td|th)$/.test(cell.tagName)) return true;
  const narrow = state.styles.narrow(cell);
  return (
    /^(?:block|inline-block|table|table-row|flex)$/.test(narrow.get('display') ?? '') ||
    narrow.get('width') === '100%' ||
    /^(?:left|none)$/.test(narrow.get('float') ?? '')
  );
}

/** Cells show what is in them in the middle, unless something says otherwise. */
function verticalOf(cell: Element | undefined, state: State): string {
  for (let at = cell, i = 0; at && i < 2; i += 1) {
    const given = state.styles.own(at).get('vertical-align') ?? attr(at, 'valign').toLowerCase();
    if (/^(?:top|baseline|text-top)$/.test(given)) return 'top';
    if (/^(?:middle|bottom)$/.test(given)) return given;
    at = at.parentNode && isElement(at.parentNode) ? at.parentNode : undefined;
  }
  return cell && /^(?:td|th)$/.test(cell.tagName) ? 'middle' : 'top';
}
