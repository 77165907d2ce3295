// Pictures, lines and rows of icons of the first generation.
import {
  attr,
  classes,
  descendants,
  elementsIn,
  find,
  hasClass,
  isElement,
  outermost,
  textOf,
  visibleText,
} from '../dom.ts';
import { blockItem } from '../loose/items.ts';
import { border, isClear, length, px, round } from '../../template/css.ts';
import { linkJson } from '../mail/pictures.ts';
import { paddingOf } from '../values.ts';
import { spacerItem } from '../loose/leaves.ts';
import type { Element } from '../dom.ts';
import type { Item } from '../loose/items.ts';
import type { State } from '../state.ts';
import type { Sides } from '../values.ts';
import type { Style } from '../declarations.ts';

/** px below the base line of text in the size and font that browsers begin with. */
const DESCENT = 4;

/** The height of a line with nothing but a space in it, such as stands above and below pictures; else undefined. */
export function spaceHeight(node: Element, state: State): number | undefined {
  if (node.tagName !== 'div' || elementsIn(node).length > 0) return undefined;
  const text = textOf(node);
  if (visibleText(text) !== '') return undefined;
  const style = state.styles.own(node);
  const stated = px(style.get('height'), 0);
  // White space alone makes no line.
  const line = /^[\t\n\f\r ]*$/.test(text) ? 0 : px(style.get('line-height'), 0);
  return Math.max(stated, line);
}

/** An image in its container; undefined when there is no picture, more than one, or text beside it. */
export function imageItem(container: Element, padding: Sides, state: State): Item | undefined {
  const images = [...descendants(container)].filter(({ tagName }) => tagName === 'img');
  const [img] = images;
  if (img === undefined || images.length > 1 || attr(img, 'src') === '') return undefined;
  if (visibleText(textOf(container)) !== '' || find(container, 'table')) return undefined;
  const [above, below] = spacesAround(container, img, state);
  const style = state.styles.own(img);
  const narrow = state.styles.narrow(img);
  const full = [narrow.get('max-width'), narrow.get('width')].includes('100%');
  const radius = style.get('border-radius');
  const align = attr(container, 'align') || state.styles.own(container).get('text-align') || 'left';
  const width = widthOf(img, style);
  const title = attr(img, 'title');
  const [top, right, bottom, left] = padding;
  return blockItem(
    'image',
    {
      image: {
        src: attr(img, 'src'),
        alt: attr(img, 'alt'),
        ...(title === attr(img, 'alt') ? {} : { title }),
        ...linkJson(linkOf(img, container)),
      },
      style: { width: '100%', ...(radius === undefined ? {} : { 'border-radius': radius }) },
      computedStyle: {
        class: `${/^(?:left|right)$/.test(align) ? align : 'center'} fixedwidth${full ? ' fullwidth' : ''}`,
        ...(width === undefined ? {} : { width: `${width}px` }),
      },
    },
    [top + above, right, bottom + below + (isOnLine(img, style) ? DESCENT : 0), left],
  );
}

/** True for a picture that flows with the text, and so stands on its base line. */
const isOnLine = (img: Element, style: Style) =>
  !/^(?:block|table)/.test(style.get('display') ?? '') &&
  !/^(?:top|middle|bottom)$/.test(style.get('vertical-align') ?? '') &&
  !/^(?:left|right)$/.test(attr(img, 'align') || (style.get('float') ?? ''));

/** px that a picture takes where there is room; undefined when it takes all. */
function widthOf(img: Element, style: Style): number | undefined {
  const limit = px(style.get('max-width'), undefined);
  const width = length(style.get('width'));
  if (width === undefined) return limit ?? px(attr(img, 'width'), undefined);
  if (width.unit === '%') return limit;
  return Math.min(px(style.get('width'), 0), limit ?? Number.MAX_SAFE_INTEGER);
}

/** The link around a picture, up to the block. */
function linkOf(img: Element, container: Element): Element | undefined {
  for (let up = img.parentNode; up && up !== container && isElement(up); up = up.parentNode) {
    if (up.tagName === 'a') return up;
  }
  return undefined;
}

/** Upper and lower paddings of pictures are lines of their own. */
function spacesAround(
  container: Element,
  img: Element,
  state: State,
): readonly [above: number, below: number] {
  let [above, below] = [0, 0];
  let seen = false;
  for (const element of descendants(container)) {
    seen ||= element === img;
    const height = spaceHeight(element, state) ?? 0;
    if (seen) below += height;
    else above += height;
  }
  return [above, below];
}

/** A line, or the empty space that one without colour leaves. */
export function dividerItem(node: Element, state: State): readonly Item[] {
  const inner = find(node, '.divider_inner')!;
  const table = find(inner, '.divider_content') ?? find(inner, 'table') ?? inner;
  const style = state.styles.own(table);
  const line = border(style.get('border-top'));
  const clear = line === undefined || isClear(line.color);
  const stated = Math.max(px(style.get('height'), 0), px(attr(table, 'height'), 0));
  const height = Math.max(stated, line?.width ?? 0);
  const [top, right, bottom, left] = paddingOf(state.styles.own(inner));
  const width = style.get('width') ?? (attr(table, 'width') || '100%');
  const align = attr(table, 'align') || 'center';
  // Where there is nothing but paddings, a line of the newest generation would still be one px of text.
  if (clear && height === 0) return top + bottom > 0 ? [spacerItem(top + bottom)] : [];
  const drawn = (line?.width ?? 0) + 1;
  const rest = clear ? 0 : height - drawn;
  const padding: Sides = [top, right, Math.max(0, bottom + rest), left];
  const share = /^\d+$/.test(width) ? `${width}px` : width;
  const item = blockItem(
    'divider',
    {
      divider: {
        style: clear
          ? { 'border-top': '0px solid transparent', height: `${height}px`, width: '100%' }
          : { 'border-top': `${line.width}px ${line.style} ${line.color}`, width: share },
      },
      computedStyle: { align: /^(?:left|right)$/.test(align) ? align : 'center' },
    },
    padding,
  );
  return [item];
}

/** True for small pictures in cells beside each other, without a word. */
export function isSocial(node: Element): boolean {
  if (hasClass(node, 'social_icons')) return true;
  const images = [...descendants(node)].filter(({ tagName }) => tagName === 'img');
  return (
    images.length > 0 &&
    !hasClass(node, 'img-container') &&
    find(node, 'table') !== undefined &&
    visibleText(textOf(node)) === '' &&
    images.every((img) => px(attr(img, 'width'), 1000) <= 64) &&
    !classesIn(node).has('icons-inner') &&
    !classesIn(node).has('video-preview')
  );
}

const classesIn = (node: Element) =>
  new Set([...descendants(node)].flatMap((element) => classes(element)));

/** Icons of networks: cells of one table, or before 2019 a table for each. */
export function socialItem(node: Element, padding: Sides, look: Style, state: State): Item {
  const images = outermost(node, 'img');
  const frame = find(node, '.social_table');
  const cell = frame?.parentNode && isElement(frame.parentNode) ? frame.parentNode : undefined;
  const own = cell ? paddingOf(state.styles.own(cell)) : padding;
  const align =
    attr(frame, 'align') ||
    (cell && attr(cell, 'align')) ||
    attr(node, 'align') ||
    look.get('text-align') ||
    'center';
  const size = px(attr(images[0], 'width'), 32);
  const above = frame ? 0 : firstSpace(node, state);
  const [top, right, bottom, left] = own;
  const gap = gapOf(images[0], align, state);
  // The icons of today stand on a line of text, whose descent shows below them.
  return blockItem(
    'social',
    {
      iconsList: {
        icons: images.map((img) => {
          const link = linkOf(img, node);
          return {
            name: attr(img, 'alt') || attr(link, 'title'),
            type: 'follow',
            text: attr(img, 'alt'),
            image: {
              src: attr(img, 'src'),
              alt: attr(img, 'alt'),
              title: attr(img, 'title'),
              href: attr(link, 'href'),
              target: attr(link, 'target') || '_blank',
            },
          };
        }),
      },
      style: { 'text-align': align },
      computedStyle: {
        iconsDefaultWidth: size,
        padding: gap.map((side) => `${round(side)}px`).join(' '),
      },
    },
    [top + above, right, Math.max(0, bottom - DESCENT), left],
  );
}

function firstSpace(node: Element, state: State): number {
  const first = elementsIn(node)[0];
  return first ? (spaceHeight(first, state) ?? 0) : 0;
}

/** The room around one icon: paddings of its cell, or what its own table leaves to the next one. */
function gapOf(img: Element | undefined, align: string, state: State): Sides {
  const cell = img && up(img, 'td');
  const table = cell && up(cell, 'table');
  if (!cell || !table) return [0, 0, 0, 0];
  const [top, right, bottom, left] = paddingOf(state.styles.own(cell));
  const below = elementsIn(cell).reduce((sum, part) => sum + (spaceHeight(part, state) ?? 0), 0);
  const margin = px(state.styles.own(table).get('margin-right'), 0);
  // The last table has no margin: half of it on both sides keeps the icons where they are.
  const [before, after] =
    align === 'left' ? [0, margin] : align === 'right' ? [margin, 0] : [margin / 2, margin / 2];
  return [top, right + after, bottom + below, left + before];
}

function up(element: Element, tag: string): Element | undefined {
  for (let at = element.parentNode; at && isElement(at); at = at.parentNode) {
    if (at.tagName === tag) return at;
  }
  return undefined;
}
