// Rows and columns of hosted e-mails, and the choice of each block's reader (spec 5.3, 5.4).
import {
  attr,
  cellsOf,
  child,
  classes,
  descendants,
  elementsIn,
  find,
  hasClass,
  textOf,
  visibleText,
  tableRows,
} from '../dom.ts';
import { backgroundJson, borderJson, narrowPadding, paddingJson, paddingOf } from '../values.ts';
import {
  buttonJson,
  htmlJson,
  menuJson,
  mergeContentJson,
  tableJson,
  unevenTableJson,
} from './others.ts';
import { columnJson, moduleJson, plainRow, rowType } from '../module.ts';
import {
  debtIn,
  dividerJson,
  iconsJson,
  imageJson,
  socialJson,
  spacerJson,
  videoJson,
} from './pictures.ts';
import { headingJson, legacyTextJson, listJson, paragraphJson } from './text.ts';
import { frameJson, hiddenJson, sourceOf, userClasses } from './frame.ts';
import { px, round } from '../../template/css.ts';
import { looseModules } from '../loose/modules.ts';
import { isBlank } from '../rich.ts';
import { rowParts } from '../parts.ts';
import type { Element, Node } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Source } from './frame.ts';

const ROW = /^(?:row|row-\d+|mobile_hide|desktop_hide)$/;
const COLUMN = /^(?:column|column-\d+|first|last)$/;

const KINDS: Readonly<
  Record<string, readonly [type: string, read: (source: Source) => Json | undefined]>
> = {
  heading_block: ['heading', headingJson],
  paragraph_block: ['paragraph', paragraphJson],
  list_block: ['list', listJson],
  text_block: ['text', legacyTextJson],
  image_block: ['image', imageJson],
  button_block: ['button', buttonJson],
  divider_block: ['divider', dividerJson],
  social_block: ['social', socialJson],
  icons_block: ['icons', iconsJson],
  menu_block: ['menu', menuJson],
  html_block: ['html', htmlJson],
  video_block: ['video', videoJson],
  table_block: ['table', tableJson],
  merge_content_block: ['merge-content', mergeContentJson],
};

/** The content width: the widest row says it. */
export function messageWidth(rows: readonly Element[], state: State): number {
  const widths = rows.map((row) => {
    const content = find(row, '.row-content');
    const own = content ? px(state.styles.own(content).get('width'), undefined) : undefined;
    return own ?? px(attr(content, 'width'), 0);
  });
  return Math.max(...widths) || 500;
}

/** The rows of `table.nl-container`, with the display conditions between them. */
export function mailRows(container: Element, state: State): readonly Json[] {
  return rowParts(container, 'row', isRow, state).flatMap((part) => {
    const rows = part.row ? rowAndNested(part.nodes[0]!, state, part.before, part.after) : [];
    if (rows.length > 0) return rows;
    const modules = columnModules(part.nodes, state);
    return modules.length === 0 ? [] : [plainRow(modules, state)];
  });
}

const isRow = (element: Element) =>
  hasClass(element, 'row') && find(element, '.row-content') !== undefined;

/** A part of a row that was cut: the nodes of its one column, and whether they are the first or last of it. */
interface Cut {
  readonly nodes: readonly Node[];
  readonly first: boolean;
  readonly last: boolean;
}

/** A row; rows that somebody put into its only column come out, and cut it into pieces. */
function rowAndNested(row: Element, state: State, before: string, after: string): readonly Json[] {
  const cells = cellsOf(tableRows(find(row, '.row-content') ?? row)[0]);
  const nodes = cells.length === 1 ? cells[0]!.childNodes : [];
  const nested = nodes.filter((node) => 'tagName' in node && isRow(node));
  if (nested.length === 0) {
    const json = mailRow(row, state);
    return json === undefined ? [] : [conditioned(json, before, after)];
  }
  const around = backgroundJson(state.styles.own(row));
  const result: Json[] = [];
  let start = 0;
  for (const inner of [...nested, undefined]) {
    const end = inner === undefined ? nodes.length : nodes.indexOf(inner);
    const piece = { nodes: nodes.slice(start, end), first: start === 0, last: inner === undefined };
    start = end + 1;
    const own = isBlank(piece.nodes) ? undefined : mailRow(row, state, piece);
    if (own) result.push(own);
    if (inner && 'tagName' in inner) {
      result.push(...rowAndNested(inner, state, '', '').map((json) => lifted(json, around)));
    }
  }
  return result.map((json, i) =>
    conditioned(json, i === 0 ? before : '', i === result.length - 1 ? after : ''),
  );
}

/** A row with what stands before and after it. */
function conditioned(row: Json, before: string, after: string): Json {
  if (before + after === '') return row;
  const label = { type: 'imported', label: 'Display condition', description: '' };
  const container = row['container'] as Json;
  return {
    ...row,
    container: { ...container, displayCondition: { ...label, before, after } },
  };
}

/** A row that stood inside another one: what is beside its content area is the other one's. */
function lifted(row: Json, around: Json): Json {
  const [container, content] = [row['container'] as Json, row['content'] as Json];
  const [strip, style] = [container['style'] as Json, content['style'] as Json];
  const clear = style['background-color'] === 'transparent' && !('background-image' in style);
  return {
    ...row,
    container: { ...container, style: around },
    content: { ...content, style: clear ? { ...style, ...strip } : style },
  };
}

function mailRow(row: Element, state: State, cut?: Cut): Json | undefined {
  const content = find(row, '.row-content');
  if (content === undefined) return undefined;
  const line = tableRows(content)[0];
  const cells = cellsOf(line);
  const columns = cells.filter((cell) => !hasClass(cell, 'gap'));
  const [first] = columns;
  if (first === undefined) return undefined;
  const style = state.styles.own(content);
  const padding = paddingOf(style);
  const gap = cells.find((cell) => hasClass(cell, 'gap'));
  const grids = gridsOf(columns);
  const reverse = line ? hasClass(line, 'reverse') : false;
  const radius = px(style.get('border-radius'), 0);
  const vertical = state.styles.own(first).get('vertical-align');
  const className = userClasses(row, ROW);
  const mobile = narrowPadding(state.styles.narrow(content), padding);
  return {
    uuid: state.id(),
    type: rowType(grids),
    locked: false,
    synced: false,
    container: { style: backgroundJson(state.styles.own(row)) },
    content: {
      style: {
        ...backgroundJson(style),
        color: style.get('color') ?? '#000000',
        width: `${px(style.get('width'), undefined) ?? px(attr(content, 'width'), 500)}px`,
        ...borderJson(style),
        ...(radius > 0 ? { 'border-radius': `${radius}px` } : {}),
        ...paddingJson(padding),
      },
      computedStyle: {
        rowColStackOnMobile: hasClass(content, 'stack'),
        rowReverseColStackOnMobile: reverse,
        verticalAlign: vertical === 'middle' || vertical === 'bottom' ? vertical : 'top',
        ...hiddenJson(row),
        ...(gap ? { columnsSpacing: `${px(attr(gap, 'width'), 0)}px` } : {}),
      },
      ...(Object.keys(mobile).length > 0 ? { mobileStyle: mobile } : {}),
    },
    columns: columns.map((cell, i) => mailColumn(cell, grids[i]!, state, cut)),
    ...(className === '' ? {} : { customFields: { className } }),
  };
}

/** Twelfths by the widths of the cells; cells without a width share what is left. */
export function gridsOf(columns: readonly Element[]): readonly number[] {
  const widths = columns.map((cell) => {
    const value = Number.parseFloat(attr(cell, 'width'));
    return value > 0 ? value : undefined;
  });
  const known = widths.reduce<number>((sum, width) => sum + (width ?? 0), 0);
  const missing = widths.filter((width) => width === undefined).length;
  const share = missing > 0 ? Math.max(1, (100 - known) / missing) : 0;
  const all = widths.map((width) => width ?? share);
  const total = all.reduce((sum, width) => sum + width, 0);
  return all.map((width) => {
    const grid = (12 * width) / total;
    return Math.abs(grid - Math.round(grid)) < 0.01 && Math.round(grid) > 0
      ? Math.round(grid)
      : round(grid);
  });
}

function mailColumn(cell: Element, grid: number, state: State, cut?: Cut): Json {
  const style = state.styles.own(cell);
  const [above, right, below, left] = paddingOf(style);
  const [top, bottom] = [cut?.first === false ? 0 : above, cut?.last === false ? 0 : below];
  // What blocks could not give back in their own paddings, so that the rows below stay in place.
  const padding = [top, right, Math.max(0, bottom - debtIn(cell, state)), left] as const;
  const wrapper =
    elementsIn(cell).length === 1
      ? elementsIn(cell).find((element) => hasClass(element, 'border'))
      : undefined;
  const holder = wrapper ?? cell;
  const padded = padding.some((pixels) => pixels > 0);
  const narrow = padded && swapped(cell) ? swappedStyle(cell, state) : state.styles.narrow(holder);
  const radius = px(style.get('border-radius'), 0);
  const changed = narrowPadding(narrow, padding);
  const same =
    wrapper !== undefined &&
    Object.entries(changed).every(([name, value]) => px(value, 0) === px(style.get(name), 0));
  const mobile = { ...(same ? {} : changed), ...(wrapper ? {} : borderJson(narrow)) };
  const className = userClasses(cell, COLUMN);
  return columnJson(
    state,
    grid,
    {
      'background-color': style.get('background-color') ?? 'transparent',
      ...paddingJson(padding),
      ...borderJson(style),
      ...(radius > 0 ? { 'border-radius': `${radius}px` } : {}),
    },
    columnModules(cut?.nodes ?? holder.childNodes, state),
    {
      ...(Object.keys(mobile).length > 0 ? { mobileStyle: mobile } : {}),
      ...(className === '' ? {} : { customFields: { className } }),
    },
  );
}

/** A column of 2021 that changes its place on phones: it becomes a group of lines there, which has no paddings. */
function swapped(cell: Element): boolean {
  const line = cell.parentNode;
  if (line === null || !('tagName' in line) || !hasClass(line, 'reverse')) return false;
  return cellsOf(line).length === 2 && !find(cell, '.border');
}

/** What such a column has on phones: nothing above and below, and what its blocks take over beside. */
function swappedStyle(cell: Element, state: State): ReadonlyMap<string, string> {
  const block = elementsIn(cell).find(({ tagName }) => tagName === 'table');
  const none = ['padding-top', 'padding-bottom'].map((name) => [name, '0px'] as const);
  return new Map([...state.styles.narrow(block), ...none]);
}

/** The blocks of a column; what somebody put between them by hand is kept as it comes. */
function columnModules(nodes: readonly Node[], state: State): readonly Json[] {
  const modules: Json[] = [];
  let loose: Node[] = [];
  const flush = () => {
    if (!isBlank(loose)) modules.push(...looseModules(loose, state));
    loose = [];
  };
  for (const node of nodes) {
    if (!('tagName' in node)) loose.push(node);
    else if (!isBlock(node)) loose.push(node);
    else {
      flush();
      modules.push(...blockModules(node, state));
    }
  }
  flush();
  return modules;
}

const isBlock = (element: Element) => classes(element).some((name) => /^[a-z_]+_block$/.test(name));

function blockModules(block: Element, state: State): readonly Json[] {
  const kind = classes(block).find((name) => name.endsWith('_block')) ?? '';
  const className = userClasses(block);
  if (kind === 'empty_block') return isBlank(block.childNodes) ? [] : looseModules([block], state);
  if (kind === 'spacer_block') {
    const spacer = moduleJson(
      state,
      'spacer',
      spacerJson(block, state, hiddenJson(block)),
      className,
    );
    return isBlank(block.childNodes) || invisible(block)
      ? [spacer]
      : [spacer, ...looseModules(block.childNodes, state)];
  }
  const source = sourceOf(block, state);
  if (source === undefined) return [];
  const uneven = kind === 'table_block' ? unevenTableJson(source) : undefined;
  if (uneven) return [moduleJson(state, 'html', uneven, className)];
  const [type, read] = KINDS[kind] ?? ['', () => undefined];
  const descriptor = read(source);
  if (descriptor !== undefined && complete(block, kind))
    return [moduleJson(state, type, descriptor, className)];
  return isBlank(block.childNodes)
    ? blankModules(source, type, className)
    : looseModules([source.pad], state);
}

/** What holds the text of a block that may be empty and still be what it is. */
const TEXTS: Readonly<Record<string, Json>> = {
  heading: { heading: { title: 'h1', text: '' } },
  paragraph: { paragraph: { html: '' } },
  text: { text: { html: '' } },
};

/** A block with nothing in it: its paddings still take space. */
function blankModules(source: Source, type: string, className: string): readonly Json[] {
  const { state, block, padding } = source;
  const content = TEXTS[type];
  if (content) return [moduleJson(state, type, { ...content, ...frameJson(source) }, className)];
  const height = padding[0] + padding[2];
  if (height === 0) return [];
  const spacer = { spacer: { style: { height: `${height}px` } }, computedStyle: hiddenJson(block) };
  return [moduleJson(state, 'spacer', spacer, className)];
}

/** Spaces of all kinds count as nothing here: a spacer holds one. */
const invisible = (block: Element) => visibleText(textOf(block)) === '';

/** False when somebody added a second picture to an image block and the like: then nothing may get lost. */
function complete(block: Element, kind: string): boolean {
  if (kind !== 'image_block' && kind !== 'button_block' && kind !== 'heading_block') return true;
  const own = [...descendants(block)];
  if (kind === 'image_block')
    return own.filter(({ tagName }) => tagName === 'img').length === 1 && invisible(block);
  if (kind === 'button_block')
    return (
      own.filter(({ tagName }) => tagName === 'a').length <= 1 &&
      !own.some(({ tagName }) => tagName === 'img')
    );
  const pad = find(block, '.pad');
  return pad === undefined || elementsIn(pad).length === 1 || child(pad, 'div') === undefined;
}
