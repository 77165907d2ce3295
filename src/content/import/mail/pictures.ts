// Picture-like blocks of hosted e-mails: image, divider, spacer, social, icons, video (spec 5.7).
import {
  attr,
  cellsOf,
  classes,
  elementsIn,
  find,
  hasClass,
  lineOf,
  outermost,
  tableRows,
  textOf,
} from '../dom.ts';
import { border, length, px, round } from '../../template/css.ts';
import { alignmentIn, alignOf, customAttributes, frameJson, sourceOf, taller } from './frame.ts';
import { merged, narrowText, paddingJson, paddingOf, textJson } from '../values.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Source } from './frame.ts';

const IMG = /^(?:src|alt|title|width|height|style|class|align|border|id|srcset)$/;
const LINK = /^(?:href|target|style|tabindex|rel|class|id|title)$/;

/** Where a link leads; the title of a picture that nobody gave equals its `alt`. */
export function linkJson(link: Element | undefined): Json {
  const href = attr(link, 'href');
  return {
    href,
    target: attr(link, 'target') || '_blank',
    ...(attr(link, 'title') ? { title: attr(link, 'title') } : {}),
  };
}

/** The link around an element, up to the block. */
function linkAround(element: Element, block: Element): Element | undefined {
  for (let up = element.parentNode; up && up !== block && 'tagName' in up; up = up.parentNode) {
    if (up.tagName === 'a') return up;
  }
  return undefined;
}

/** An image; undefined without one. */
export function imageJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const img = find(pad, 'img');
  if (img === undefined || attr(img, 'src') === '') return undefined;
  const style = state.styles.own(img);
  const frame = img.parentNode && 'tagName' in img.parentNode ? img.parentNode : undefined;
  const link = linkAround(img, pad);
  const sized = link?.parentNode && 'tagName' in link.parentNode ? link.parentNode : frame;
  // The newest form puts the width on a div, older ones on the picture.
  const limit =
    sized && sized !== pad ? px(state.styles.own(sized).get('max-width'), undefined) : undefined;
  const width = limit ?? px(style.get('width'), undefined) ?? px(attr(img, 'width'), undefined);
  const names = [img, ...(sized ? [sized] : [])].flatMap((element) => classes(element));
  const full = names.some((name) => /^full(?:Width|MobileWidth|width|widthOnMobile)$/.test(name));
  const placed = alignOf(source, 'center');
  const radius = length(style.get('border-radius'));
  const holder = alignmentIn(source);
  const narrow = elementsIn(holder ?? pad).map((element) => state.styles.narrow(element));
  const margin = narrow.find((entry) => entry.has('margin-left') || entry.has('margin-right'));
  const attributes = [
    ...customAttributes(link, 'link', LINK),
    ...customAttributes(img, 'tag', IMG),
  ];
  const stated = state.styles.own(pad);
  // The renderer prints the zeros of the sides where a template has them, and nothing where it has nothing.
  const sides = Object.fromEntries(
    [['padding-right', 1] as const, ['padding-left', 3] as const]
      .filter(([name, i]) => !stated.has(name) && source.padding[i] === 0)
      .map(([name]) => [name, undefined]),
  );
  return {
    image: {
      src: attr(img, 'src'),
      alt: attr(img, 'alt'),
      ...(attr(img, 'title') === attr(img, 'alt') ? {} : { title: attr(img, 'title') }),
      ...linkJson(link),
    },
    ...frameJson(source, {
      style: {
        ...sides,
        width: '100%',
        ...(radius && radius.value > 0 ? { 'border-radius': `${radius.value}${radius.unit}` } : {}),
      },
      computed: {
        class: `${/^(?:left|right)$/.test(placed) ? placed : 'center'} fixedwidth${full ? ' fullwidth' : ''}`,
        ...(width === undefined ? {} : { width: `${width}px` }),
      },
      mobile: margin ? { class: narrowPlace(margin) } : {},
    }),
    ...(attributes.length > 0 ? { customAttributes: attributes } : {}),
  };
}

function narrowPlace(style: ReadonlyMap<string, string>): string {
  const free = (side: string) => style.get(`margin-${side}`) === 'auto';
  return free('left') && free('right') ? 'center' : free('left') ? 'right' : 'left';
}

/** A divider: a line, or the empty space that an invisible one leaves. */
export function dividerJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const inner = find(pad, '.divider_inner') ?? find(pad, 'td');
  const space = find(pad, '.spacer');
  const placed = alignOf(source, 'center');
  const narrow =
    state.styles.narrow(alignmentIn(source)).get('text-align') ??
    state.styles.narrow(pad).get('text-align');
  const mobile = narrow === undefined ? {} : { 'text-align': narrow };
  const parts = { computed: { align: placed }, mobile };
  if (space !== undefined && inner === undefined) {
    const height = state.styles.own(space).get('height') ?? '0px';
    return {
      divider: { style: { 'border-top': '0px solid transparent', height, width: '100%' } },
      ...frameJson(source, parts),
    };
  }
  if (inner === undefined) return undefined;
  const line = border(state.styles.own(inner).get('border-top'));
  const table = find(pad, 'table');
  const width = attr(table, 'width') || (table && state.styles.own(table).get('width')) || '100%';
  return {
    divider: {
      style: {
        'border-top': line
          ? `${line.width}px ${line.style} ${line.color}`
          : '0px solid transparent',
        width: /^\d+$/.test(width) ? `${width}px` : width,
      },
    },
    ...frameJson(source, parts),
  };
}

/** A spacer: the one block that is no table. */
export function spacerJson(block: Element, state: State, hidden: Json): Json {
  const style = state.styles.own(block);
  const color = style.get('background-color');
  const narrow = state.styles.narrow(block).get('height');
  const id = attr(block, 'id');
  return {
    spacer: {
      style: {
        height: style.get('height') ?? '0px',
        ...(color === undefined ? {} : { 'background-color': color }),
      },
    },
    style: {},
    computedStyle: hidden,
    mobileStyle: narrow === undefined ? {} : { height: narrow },
    ...(id === '' ? {} : { id }),
  };
}

/** Icons of networks: one cell each. */
export function socialJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const cells = outermost(pad, 'img').map((img) => ({ img, link: linkAround(img, pad) }));
  if (cells.length === 0) return undefined;
  const cell = cellsOf(tableRows(find(pad, '.social-table') ?? find(pad, 'table') ?? pad)[0])[0];
  const gap = cell ? paddingOf(state.styles.own(cell)) : [0, 0, 0, 0];
  const narrow =
    state.styles.narrow(alignmentIn(source)).get('text-align') ??
    state.styles.narrow(pad).get('text-align');
  return {
    iconsList: {
      icons: cells.map(({ img, link }) => ({
        name: attr(img, 'alt'),
        type: 'follow',
        text: attr(img, 'alt'),
        image: {
          src: attr(img, 'src'),
          alt: attr(img, 'alt'),
          href: attr(link, 'href'),
          target: attr(link, 'target') || '_blank',
          title: attr(img, 'title'),
        },
      })),
    },
    ...frameJson(taller(source, socialGap(source)), {
      style: { 'text-align': alignOf(source, 'center') },
      computed: {
        iconsDefaultWidth: px(attr(cells[0]!.img, 'width'), 32),
        padding: gap.map((side) => `${side}px`).join(' '),
      },
      mobile: narrow === undefined ? {} : { 'text-align': narrow },
    }),
  };
}

/** How much taller the blocks of a column become than they were, in px. */
export function debtIn(column: Element, state: State): number {
  let debt = 0;
  for (const block of elementsIn(column)) {
    const source = hasClass(block, 'social_block') ? sourceOf(block, state) : undefined;
    if (source) debt += Math.max(0, -socialGap(source) - source.padding[0] - source.padding[2]);
  }
  return debt;
}

/** The space below icons that stand on a line of text: the newest form has it, those of 2021 have not. */
function socialGap({ pad, state }: Source): number {
  const table = find(pad, '.social-table');
  const stated = table && state.styles.own(table).has('display');
  return table === undefined || stated ? 0 : -lineGap(16);
}

/**
 * What a line of text leaves below a box that stands on it: the depth of letters such as g, in px of the font size.
 * Where no font is named browsers take one with serifs, which reaches deeper.
 */
function lineGap(size: number, font = 'inherit'): number {
  return Math.round((/^(?:inherit|.*times|georgia)/i.test(font) ? 0.25 : 0.22) * size);
}

/** A negative margin behind the last item moves centred items by half of it. */
function pulled(source: Source, last: Element | undefined): Source {
  const margin = last ? px(source.state.styles.own(last).get('margin-right'), 0) : 0;
  const [top, right, bottom, left] = source.padding;
  return margin < 0 && alignOf(source, 'center') === 'center'
    ? { ...source, padding: [top, right, bottom, left - margin] }
    : source;
}

/** Pictures with labels; each item has a table of its own, or all share one. */
export function iconsJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const inner = outermost(pad, '.icons-inner');
  const named = inner.length > 0 ? inner : outermost(pad, '.icons-outer');
  // Earlier forms have one table for all items.
  const tables = named.length > 0 ? named : outermost(pad, 'table');
  const items = tables.flatMap((table) => iconItems(table));
  if (items.length === 0) return undefined;
  const base = state.styles.own(pad);
  const label = items.find((item) => item.label)?.label;
  const look = label ? state.styles.own(label) : new Map<string, string>();
  const cell = items.find((item) => item.cell)?.cell;
  const pictured = items.find((item) => item.img)?.img;
  const height = px(attr(pictured, 'height'), undefined) ?? px(attr(pictured, 'width'), 32);
  const sides = cell ? paddingOf(state.styles.own(cell)) : ([5, 5, 5, 5] as const);
  const size = px(base.get('font-size'), 16);
  const narrow = narrowText(merged(state.styles.narrow(pad), state.styles.narrow(label)));
  const text = textJson(merged(base, look), state);
  // Until 2024 the items stood on a line of text; the newest form takes its height away.
  const display = named[0] ? state.styles.own(named[0]).get('display') : undefined;
  const flat = px(state.styles.own(source.block).get('line-height'), 1) === 0;
  const depth = flat ? 0 : lineGap(size, base.get('font-family'));
  // A table that is inline itself stands on the line with the content of its cells.
  const gap =
    display === 'inline-block' ? depth : display === 'inline-table' ? depth - sides[2] : 0;
  return {
    iconsList: {
      icons: items.map(({ img, label: words, position, link }) => ({
        id: state.id(),
        image: attr(img, 'src'),
        text: words ? lineOf(words) : '',
        textPosition: position,
        alt: attr(img, 'alt'),
        title: attr(img, 'title'),
        ...linkJson(link),
        width: `${px(attr(img, 'width'), height)}px`,
        height: `${height}px`,
      })),
    },
    ...frameJson(pulled(taller(source, Math.max(0, gap)), flat ? undefined : named.at(-1)), {
      style: { ...text, 'text-align': base.get('text-align') ?? 'center' },
      computed: {
        iconHeight: `${height}px`,
        iconSpacing: paddingJson(sides),
        itemsSpacing: `${itemGap(named, size, state)}px`,
      },
      mobile: narrow,
    }),
  };
}

/** What is between two items: the padding of the second, a margin, and white space of an indented document. */
function itemGap(tables: readonly Element[], size: number, state: State): number {
  const [first, second] = tables;
  if (first === undefined || second === undefined) return 0;
  const around = first.parentNode?.childNodes ?? [];
  const between = around.slice(around.indexOf(first) + 1, around.indexOf(second));
  const space = between.some((node) => 'value' in node) ? size / 4 : 0;
  const margin = px(state.styles.own(first).get('margin-right'), 0);
  return Math.max(0, round(paddingOf(state.styles.own(second))[3] + margin + space));
}

interface IconItem {
  readonly img: Element | undefined;
  readonly cell: Element | undefined;
  readonly label: Element | undefined;
  readonly position: string;
  readonly link: Element | undefined;
}

function iconItems(table: Element): readonly IconItem[] {
  const rows = tableRows(table);
  const cells = rows
    .flatMap((row) => cellsOf(row))
    .filter((cell) => find(cell, 'img') || textOf(cell).trim() !== '');
  const stacked = rows.length > 1 && cells.length === 2;
  const items: IconItem[] = [];
  for (let i = 0; i < cells.length; i += 1) {
    const [here, next] = [cells[i]!, cells[i + 1]];
    const pair = next !== undefined && Boolean(find(here, 'img')) !== Boolean(find(next, 'img'));
    const picture = find(here, 'img') ? here : pair ? next : undefined;
    const label = find(here, 'img') ? (pair ? next : undefined) : here;
    const first = picture === here;
    items.push({
      img: find(picture, 'img'),
      cell: picture,
      label,
      position: stacked ? (first ? 'bottom' : 'top') : first ? 'right' : 'left',
      link: find(picture ?? label, 'a') ?? find(label, 'a'),
    });
    if (pair) i += 1;
  }
  return items;
}

/** A video: the preview picture with its play button. */
export function videoJson(source: Source): Json | undefined {
  const { state, pad } = source;
  const frame = find(pad, '.video-preview');
  if (frame === undefined) return undefined;
  const table = find(frame, 'table');
  const look = table ? state.styles.own(table) : new Map<string, string>();
  const shown = /^url\((['"]?)(.*)\1\)$/i.exec(look.get('background-image') ?? '')?.[2] ?? '';
  const play = [...frameElements(frame)].find((element) =>
    classes(element).some((name) => name.startsWith('play-button')),
  );
  const button = play ? state.styles.own(play) : new Map<string, string>();
  const icon = play
    ? undefined
    : outermost(frame, 'img').find((img) => !/ratio/i.test(attr(img, 'src')));
  const circle = border(button.get('border-top'));
  const sizer = find(pad, '.sizer') ?? frame;
  const width = px(state.styles.own(sizer).get('max-width'), undefined);
  return {
    video: {
      src: attr(frame, 'href'),
      mode: 'thumbnail',
      thumbSrc: attr(table, 'background') || shown,
      thumbRatio: videoRatio(frame, state),
      iconSize: px(button.get('width'), undefined) ?? px(attr(icon, 'width'), 60),
      iconColor1: circle?.color ?? '#ffffff',
      iconColor2: button.get('background-color') ?? 'transparent',
      ...(icon ? { iconSrc: attr(icon, 'src') } : {}),
    },
    ...frameJson(source, { computed: width === undefined ? {} : { width: `${width}px` } }),
  };
}

function* frameElements(parent: Element): Generator<Element> {
  for (const element of elementsIn(parent)) {
    yield element;
    yield* frameElements(element);
  }
}

/** Width by height: by what forces the height, or by the smallest height of the frame. */
function videoRatio(frame: Element, state: State): number {
  for (const element of frameElements(frame)) {
    const forced = length(state.styles.own(element).get('padding-top'));
    if (forced?.unit === '%' && forced.value > 0) return round(400 / forced.value);
    const named = element.tagName === 'img' && /ratio[_/](\d+)-(\d+)/.exec(attr(element, 'src'));
    if (named) return round(Number(named[1]) / Number(named[2]));
    if (hasClass(element, 'video-preview')) break;
  }
  const style = state.styles.own(frame);
  const [width, height] = [px(style.get('max-width'), 0), px(style.get('min-height'), 0)];
  return width > 0 && height > 0 ? round(width / height) : round(16 / 9);
}
