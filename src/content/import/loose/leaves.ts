// Blocks out of the parts of any document: text, headings, lists, pictures, buttons, lines, data tables.
import {
  attr,
  descendants,
  find,
  elementsIn,
  isElement,
  isText,
  lineOf,
  visibleText,
} from '../dom.ts';
import { declarations } from '../declarations.ts';
import { attr as escaped } from '../../render/escape.ts';
import { backgroundJson, borderJson, merged, paddingJson, paddingOf, textJson } from '../values.ts';
import { blockItem, statedWidth } from './items.ts';
import { border, isClear, length, px } from '../../template/css.ts';
import { isBlank, linkColorIn, richHtml, richNodes } from '../rich.ts';
import { lookOf } from './look.ts';
import { inlinedMarkup, inlinedStyle } from './inlined.ts';
import { linkJson } from '../mail/pictures.ts';
import { safeMarkup } from '../markup.ts';
import { safeHref } from '../../template/urls.ts';
import type { Element, Node } from '../dom.ts';
import type { Item } from './items.ts';
import type { Json, State } from '../state.ts';
import type { Style } from '../declarations.ts';

/** What surrounds a part: how text looks there, and the link that it stands in. */
export interface Around {
  readonly look: Style;
  readonly link: Element | undefined;
  /** false inside a column, which cannot hold columns */
  readonly rows: boolean;
  /** inside an element as narrow as an e-mail: backgrounds are those of the content */
  readonly narrow: boolean;
  /** the elements around the content, whose paddings are not those of the content */
  readonly outside?: ReadonlySet<Element>;
}

const inlining = (state: State, linkColor: string) => ({
  linkColor,
  restyle: (element: Element, own: readonly (readonly [string, string])[]) =>
    inlinedStyle(element, own, state),
});

/** A run of inline content: pictures alone become blocks of their own, everything else is a paragraph. */
export function inlineItems(given: readonly Node[], outer: Around, state: State): readonly Item[] {
  if (isBlank(given)) return [];
  const { nodes, around } = unwrapped(given, outer, state);
  const images = nodes.flatMap((node) => (isElement(node) ? imagesIn(node) : []));
  if (images.length > 0 && nodes.every((node) => !hasText(node)))
    return pictureItems(images, nodes, around, state);
  const html = richNodes(state, nodes, inlining(state, state.linkColor));
  return html === ''
    ? []
    : [paragraphItem(`<p>${linked(html, around, html, state)}</p>`, around, state)];
}

/** One `font` around everything says how the whole block looks. */
function unwrapped(
  nodes: readonly Node[],
  around: Around,
  state: State,
): { readonly nodes: readonly Node[]; readonly around: Around } {
  const found = nodes.filter(
    (node) => !isBlank([node]) || (isElement(node) && node.tagName === 'br'),
  );
  const [only] = found;
  const plain =
    found.length === 1 &&
    only !== undefined &&
    isElement(only) &&
    /^(?:font|span)$/.test(only.tagName) &&
    ![...state.styles.own(only).keys()].some((name) => !INHERITED.test(name));
  if (!plain) return { nodes, around };
  const look = lookOf(only, around.look, state);
  return unwrapped(only.childNodes, { ...around, look }, state);
}

const INHERITED = /^(?:color|font-(?:family|size|weight)|line-height|letter-spacing|mso-.*)$/;

/** px of one line of text; where nothing says it, as most fonts have it. */
export function lineOfText(look: Style): number {
  const size = px(look.get('font-size'), 16);
  const value = look.get('line-height') ?? 'normal';
  const parsed = length(value);
  if (parsed === undefined) return USUAL_LINE * size;
  return /[a-z]/.test(value)
    ? parsed.value
    : parsed.value * (parsed.unit === '%' ? size / 100 : size);
}

/** Line height and descent of most fonts, in em. */
const USUAL_LINE = 1.15;
const DESCENT = 0.21;

/** A paragraph block. */
export function paragraphItem(
  html: string,
  { look }: Around,
  state: State,
  linkColor = state.linkColor,
): Item {
  return blockItem('paragraph', {
    paragraph: {
      html,
      style: textJson(look, state),
      computedStyle: { linkColor, paragraphSpacing: '0px' },
    },
  });
}

/** The link around content that has none of its own. */
function linked(html: string, { link }: Around, content: string, state: State): string {
  const href = attr(link, 'href');
  if (href === '' || safeHref(href) === '' || content.includes('<a ')) return html;
  const own = link
    ? declarations(attr(link, 'style')).map(({ name, value }) => [name, value] as const)
    : [];
  const style = link ? inlinedStyle(link, own, state) : [];
  const kept = style.filter(([name]) =>
    /^(?:color|font-.*|text-decoration.*|letter-spacing)$/.test(name),
  );
  const css = kept.map(([name, value]) => `${name}: ${value};`).join(' ');
  return `<a href="${escaped(href)}" target="_blank" style="${escaped(css)}">${html}</a>`;
}

interface Picture {
  readonly img: Element;
  readonly link: Element | undefined;
}

function imagesIn(element: Element, link?: Element): readonly Picture[] {
  const inner = element.tagName === 'a' ? element : link;
  if (element.tagName === 'img') return attr(element, 'src') === '' ? [] : [{ img: element, link }];
  return elementsIn(element).flatMap((child) => imagesIn(child, inner));
}

function hasText(node: Node): boolean {
  if (isText(node)) return visibleText(node.value) !== '';
  if (!isElement(node) || /^(?:script|style|title)$/.test(node.tagName)) return false;
  return node.childNodes.some((child) => hasText(child));
}

function pictureItems(
  pictures: readonly Picture[],
  nodes: readonly Node[],
  around: Around,
  state: State,
): readonly Item[] {
  const small = pictures.every(({ img }) => imageWidth(img, state) <= 64);
  if (pictures.length > 1 && small) return [socialItem(pictures, around, state)];
  if (pictures.length > 1 && pictures.every(({ img }) => imageWidth(img, state) < 250)) {
    const html = richNodes(state, nodes, inlining(state, state.linkColor));
    return [paragraphItem(`<p>${linked(html, around, html, state)}</p>`, around, state)];
  }
  return pictures.map((picture) => imageItem(picture, around, state));
}

/** px that a picture takes where there is room. */
function imageWidth(img: Element, state: State): number {
  const style = state.styles.own(img);
  const most = px(style.get('max-width'), Number.MAX_SAFE_INTEGER);
  const stated = px(style.get('width'), undefined) ?? px(attr(img, 'width'), most);
  return Math.min(stated, most, style.get('width') === '100%' ? frameWidth(img, state) : most);
}

/** The width of what stands closely around a picture that takes all of it. */
function frameWidth(img: Element, state: State): number {
  let up = img.parentNode;
  for (let i = 0; i < 3 && up && isElement(up); i += 1) {
    const width = px(state.styles.own(up).get('width'), undefined);
    if (width !== undefined && width > 0) return width;
    up = up.parentNode;
  }
  return Number.MAX_SAFE_INTEGER;
}

function imageItem({ img, link }: Picture, around: Around, state: State): Item {
  const style = state.styles.own(img);
  const width = imageWidth(img, state);
  const auto = style.get('margin-left') === 'auto' && style.get('margin-right') === 'auto';
  const align = auto ? 'center' : (around.look.get('text-align') ?? 'left');
  const placed = /^(?:left|right)$/.test(align) ? align : 'center';
  const radius = style.get('border-radius') ?? '';
  const size = px(around.look.get('font-size'), 16);
  // A picture on a line of text leaves room for the descent of that line.
  const onLine =
    !/^(?:block|table)/.test(style.get('display') ?? '') &&
    !/^(?:top|middle|bottom)$/.test(style.get('vertical-align') ?? '') &&
    !/^(?:left|right)$/.test(attr(img, 'align') || (style.get('float') ?? ''));
  const below = onLine
    ? Math.max(0, Math.round((lineOfText(around.look) - USUAL_LINE * size) / 2 + DESCENT * size))
    : 0;
  const [marginTop, marginBottom] = ['top', 'bottom'].map((side) =>
    Math.max(0, px(style.get(`margin-${side}`), 0) + px(style.get(`padding-${side}`), 0)),
  ) as [number, number];
  const narrow = state.styles.narrow(img);
  const full = narrow.get('width') === '100%' || narrow.get('max-width') === '100%';
  return blockItem(
    'image',
    {
      image: {
        src: attr(img, 'src'),
        alt: attr(img, 'alt'),
        ...(attr(img, 'title') ? { title: attr(img, 'title') } : {}),
        ...linkJson(link ?? around.link),
      },
      style: { width: '100%', ...(radius === '' ? {} : { 'border-radius': radius.split(' ')[0] }) },
      computedStyle: {
        class: `${align === 'justify' ? 'left' : placed} ${width < 10_000 ? 'fixedwidth' : 'autowidth'}${full ? ' fullwidth' : ''}`,
        ...(width < 10_000 ? { width: `${width}px` } : {}),
      },
    },
    [marginTop, 0, marginBottom + below, 0],
  );
}

/** Small linked pictures in a line. */
export function socialItem(pictures: readonly Picture[], { look }: Around, state: State): Item {
  const size = Math.max(
    8,
    ...pictures.map(({ img }) => imageWidth(img, state)).filter((width) => width < 10_000),
  );
  return blockItem('social', {
    iconsList: {
      icons: pictures.map(({ img, link }) => ({
        name: attr(img, 'alt'),
        type: 'custom',
        text: attr(img, 'alt'),
        image: {
          src: attr(img, 'src'),
          alt: attr(img, 'alt'),
          title: attr(img, 'title'),
          href: attr(link, 'href'),
          target: attr(link, 'target') || '_blank',
        },
      })),
    },
    style: { 'text-align': look.get('text-align') ?? 'left' },
    computedStyle: { iconsDefaultWidth: size, padding: '0px 5px 0px 5px' },
  });
}

/** Pictures without text, for a row of icons. */
export function smallPictures(element: Element, state: State): readonly Picture[] {
  const pictures = imagesIn(element);
  return pictures.length > 0 &&
    !hasText(element) &&
    pictures.every(({ img }) => imageWidth(img, state) <= 64)
    ? pictures
    : [];
}

const HEADINGS: Readonly<Record<string, string>> = {
  h1: '32px',
  h2: '24px',
  h3: '18.72px',
  h4: '16px',
  h5: '13.28px',
  h6: '10.72px',
};

/** The size that browsers give to a heading. */
export const headingSize = ({ tagName }: Element): string | undefined => HEADINGS[tagName];

/** A heading element. */
export function headingItem(element: Element, around: Around, state: State): Item {
  const linkColor = linkColorIn(state, element);
  const html = richHtml(state, element, inlining(state, linkColor));
  const own = state.styles.own(element);
  const base = new Map([
    ['font-size', headingSize(element) ?? '16px'],
    ['font-weight', '700'],
  ]);
  const look = merged(
    around.look,
    own.has('font-size') ? new Map() : base,
    own.has('font-weight') ? new Map() : new Map([['font-weight', '700']]),
  );
  return blockItem('heading', {
    heading: {
      title: element.tagName,
      text: linked(html, around, html, state),
      style: { ...textJson(look, state), 'link-color': linkColor },
    },
    style: { 'text-align': look.get('text-align') ?? 'left', width: '100%' },
  });
}

/** A list with everything in it. */
export function listItem(element: Element, around: Around, state: State): Item {
  const linkColor = linkColorIn(state, element);
  const style = state.styles.own(element);
  return blockItem('list', {
    list: {
      html: `<${element.tagName}>${richHtml(state, element, inlining(state, linkColor))}</${element.tagName}>`,
      tag: element.tagName,
      style: textJson(around.look, state),
      computedStyle: {
        linkColor,
        // 20 px of it are what hosted e-mails take back.
        liIndent: `${px(style.get('padding-left'), 40) + px(style.get('margin-left'), 0) + 20}px`,
        liSpacing: '0px',
        listStyleType: style.get('list-style-type') ?? 'revert',
        listStylePosition: 'outside',
        startList: /^\d{1,5}$/.test(attr(element, 'start')) ? attr(element, 'start') : '1',
      },
    },
  });
}

/** A line. */
export function dividerItem(line: string, width: string, align: string): Item {
  return blockItem('divider', {
    divider: { style: { 'border-top': line, width } },
    computedStyle: { align: align === 'left' || align === 'right' ? align : 'center' },
  });
}

/** Empty space. */
export function spacerItem(height: number): Item {
  return blockItem('spacer', { spacer: { style: { height: `${height}px` } } });
}

/** Markup that no other block can hold, in a frame that looks like the place where it stood. */
export function htmlItem(element: Element, { look }: Around, state: State): Item | undefined {
  const html = safeMarkup(inlinedMarkup(element, state));
  if (html === '') return undefined;
  const css = [...new Map([['text-align', 'left'], ...look])]
    .filter(([name]) => !name.startsWith('-'))
    .map(([name, value]) => `${name}: ${value};`)
    .join(' ');
  const item = blockItem('html', {
    html: { html: `<div style="${escaped(css)}">${html}</div>` },
  });
  item.source = element;
  return item;
}

/** True for a link that is drawn as a button: it has a fill or a border, and room around its label. */
export function buttonBox(element: Element, state: State): Element | undefined {
  if (element.tagName !== 'a' || attr(element, 'href') === '' || !hasText(element))
    return undefined;
  const [only] = elementsIn(element);
  const candidates =
    only && elementsIn(element).length === 1 && lineOf(only) === lineOf(element)
      ? [element, only]
      : [element];
  return candidates.find((candidate) => {
    const style = state.styles.own(candidate);
    const filled =
      !isClear(style.get('background-color') ?? '') ||
      border(style.get('border-top')) !== undefined;
    const edges = ['top', 'right', 'bottom', 'left'].map(
      (side) => border(style.get(`border-${side}`))?.width ?? 0,
    );
    const roomy =
      [...paddingOf(style), ...edges].some((side) => side > 3) ||
      px(style.get('line-height'), 0) > 24;
    return (
      filled &&
      roomy &&
      ![...descendants(element)].some(({ tagName }) => tagName === 'img' || tagName === 'table')
    );
  });
}

/** The link in a table that is drawn as a button: one cell with a fill, and nothing but the link in it. */
export function tableButton(
  table: Element,
  state: State,
): { readonly link: Element; readonly box: Element } | undefined {
  const links = [...descendants(table)].filter(({ tagName }) => tagName === 'a');
  const [link] = links;
  if (links.length !== 1 || !link || attr(link, 'href') === '' || !hasText(link)) return undefined;
  if (lineOf(link) !== lineOf(table) || find(table, 'img')) return undefined;
  const layers: Element[] = [];
  for (let up: Element | undefined = link; up && up !== table.parentNode;) {
    layers.push(up);
    up = up.parentNode && isElement(up.parentNode) ? up.parentNode : undefined;
  }
  const box = layers.find((layer) => {
    const style = state.styles.own(layer);
    const fill = style.get('background-color') ?? attr(layer, 'bgcolor');
    return !isClear(fill) && !/^(?:a|span)$/.test(layer.tagName);
  });
  if (box === undefined) return undefined;
  const inside = layers.slice(0, layers.indexOf(box) + 1);
  const width = statedWidth(box, state);
  const wide = width === undefined ? false : width.percent || width.value > 400;
  const roomy = inside.some(
    (layer) =>
      paddingOf(state.styles.own(layer)).some((side) => side > 3) ||
      px(state.styles.own(layer).get('line-height'), 0) > 24,
  );
  return roomy && !wide ? { link, box } : undefined;
}

/** A button; `box` carries its fill and borders, `link` its target. */
export function buttonItem(link: Element, box: Element, around: Around, state: State): Item {
  const style = state.styles.own(box);
  const own = link === box ? style : merged(style, state.styles.own(link));
  const look = merged(lookBetween(link, box, around.look, state), own);
  const padding = link === box ? paddingOf(style) : between(link, box, state);
  const width = statedWidth(box, state);
  const { 'text-align': _align, ...text } = textJson(look, state);
  const leading = px(look.get('line-height'), undefined);
  const size = px(look.get('font-size'), 14);
  return blockItem('button', {
    button: {
      label: richHtml(state, link, inlining(state, '')),
      ...linkJson(link),
      style: {
        ...text,
        // Labels have no line height of their own accord.
        ...(look.get('line-height') === 'normal'
          ? { 'line-height': `${Math.round(100 * USUAL_LINE)}%` }
          : {}),
        ...(leading !== undefined && /px/.test(look.get('line-height')!)
          ? { 'line-height': `${Math.round((leading / size) * 100)}%` }
          : {}),
        'background-color':
          (style.get('background-color') ?? attr(box, 'bgcolor')) || 'transparent',
        ...borderJson(style),
        'border-radius': (style.get('border-radius') ?? '0px').split(' ')[0],
        ...paddingJson(padding),
        width: width?.percent && box.tagName === 'a' ? `${width.value}%` : 'auto',
        'max-width': '100%',
      },
    },
    style: { 'text-align': around.look.get('text-align') ?? 'left' },
  });
}

/** How text looks in a link: what stands between it and its box says it, too. */
function lookBetween(link: Element, box: Element, look: Style, state: State): Style {
  const layers: Element[] = [link];
  for (let up = link.parentNode; up && isElement(up) && layers.at(-1) !== box; up = up.parentNode) {
    layers.push(up);
    if (layers.length > 8) return look;
  }
  return layers.reduceRight((outer, layer) => lookOf(layer, outer, state), look);
}

/** The paddings of a link, of its box, and of what stands between them. */
function between(link: Element, box: Element, state: State): Four {
  let total: Four = paddingOf(state.styles.own(link));
  if ([...descendants(link)].includes(box)) return sum(total, paddingOf(state.styles.own(box)));
  for (let up = link.parentNode; up && isElement(up); up = up.parentNode) {
    if (!/^(?:tr|tbody|table)$/.test(up.tagName)) {
      total = sum(total, paddingOf(state.styles.own(up)));
    }
    if (up === box) break;
  }
  return total;
}

type Four = readonly [number, number, number, number];
const sum = (a: Four, b: Four): Four => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];

/** The background of an element, or undefined when it has none of its own. */
export function backgroundOf(element: Element, state: State): Json | undefined {
  const background = attr(element, 'background');
  const json = backgroundJson(state.styles.own(element), {
    bgcolor: attr(element, 'bgcolor'),
    ...(background === '' ? {} : { background }),
  });
  return isClear(String(json['background-color'])) && json['background-image'] === undefined
    ? undefined
    : json;
}
