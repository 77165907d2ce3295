// Blocks out of the parts of any document: text, headings, lists, pictures, buttons, lines, data tables.
import {
  attr,
  descendants,
  elementsIn,
  innerSource,
  isElement,
  isText,
  lineOf,
  sourceEnd,
  visibleText,
} from '../dom.ts';
import { attr as escaped } from '../../render/escape.ts';
import { backgroundJson, borderJson, merged, paddingJson, paddingOf, textJson } from '../values.ts';
import { blockItem, statedWidth } from './items.ts';
import { border, isClear, px } from '../../template/css.ts';
import { isBlank, linkColorIn, richHtml, richNodes } from '../rich.ts';
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
}

/** A run of inline content: pictures alone become blocks of their own, everything else is a paragraph. */
export function inlineItems(nodes: readonly Node[], around: Around, state: State): readonly Item[] {
  if (isBlank(nodes)) return [];
  const images = nodes.flatMap((node) => (isElement(node) ? imagesIn(node) : []));
  if (images.length > 0 && nodes.every((node) => !hasText(node)))
    return pictureItems(images, nodes, around, state);
  const html = richNodes(state, nodes, { linkColor: state.linkColor });
  return html === '' ? [] : [paragraphItem(`<p>${linked(html, around, html)}</p>`, around, state)];
}

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
function linked(html: string, { link }: Around, content: string): string {
  const href = attr(link, 'href');
  if (href === '' || safeHref(href) === '' || content.includes('<a ')) return html;
  return `<a href="${escaped(href)}" target="_blank">${html}</a>`;
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
    const html = richNodes(state, nodes, { linkColor: state.linkColor });
    return [paragraphItem(`<p>${linked(html, around, html)}</p>`, around, state)];
  }
  return pictures.map((picture) => imageItem(picture, around, state));
}

function imageWidth(img: Element, state: State): number {
  const style = state.styles.own(img);
  return (
    px(style.get('max-width'), undefined) ??
    px(style.get('width'), undefined) ??
    px(attr(img, 'width'), Number.MAX_SAFE_INTEGER)
  );
}

function imageItem({ img, link }: Picture, around: Around, state: State): Item {
  const style = state.styles.own(img);
  const width = imageWidth(img, state);
  const auto = style.get('margin-left') === 'auto' && style.get('margin-right') === 'auto';
  const align = auto ? 'center' : (around.look.get('text-align') ?? 'left');
  const placed = /^(?:left|right)$/.test(align) ? align : 'center';
  const radius = style.get('border-radius') ?? '';
  return blockItem('image', {
    image: {
      src: attr(img, 'src'),
      alt: attr(img, 'alt'),
      ...(attr(img, 'title') ? { title: attr(img, 'title') } : {}),
      ...linkJson(link ?? around.link),
    },
    style: { width: '100%', ...(radius === '' ? {} : { 'border-radius': radius.split(' ')[0] }) },
    computedStyle: {
      class: `${align === 'justify' ? 'left' : placed} ${width < 10_000 ? 'fixedwidth' : 'autowidth'}`,
      ...(width < 10_000 ? { width: `${width}px` } : {}),
    },
  });
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

/** A heading element. */
export function headingItem(element: Element, around: Around, state: State): Item {
  const linkColor = linkColorIn(state, element);
  const html = richHtml(state, element, { linkColor });
  const sizes: Readonly<Record<string, string>> = {
    h1: '32px',
    h2: '24px',
    h3: '19px',
    h4: '16px',
    h5: '13px',
    h6: '11px',
  };
  const own = state.styles.own(element);
  const base = new Map([
    ['font-size', sizes[element.tagName]!],
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
      text: linked(html, around, html),
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
      html: `<${element.tagName}>${richHtml(state, element, { linkColor })}</${element.tagName}>`,
      tag: element.tagName,
      style: textJson(around.look, state),
      computedStyle: {
        linkColor,
        liIndent: '40px',
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
  const place = element.sourceCodeLocation;
  const source = place
    ? state.dom.source.slice(place.startOffset, sourceEnd(element))
    : innerSource(state.dom, element);
  const html = safeMarkup(source);
  if (html === '') return undefined;
  const css = [...look].map(([name, value]) => `${name}: ${value};`).join(' ');
  return blockItem('html', { html: { html: `<div style="${escaped(css)}">${html}</div>` } });
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
    const roomy = paddingOf(style).some((side) => side > 3) || px(style.get('line-height'), 0) > 24;
    return (
      filled &&
      roomy &&
      ![...descendants(element)].some(({ tagName }) => tagName === 'img' || tagName === 'table')
    );
  });
}

/** A button; `box` carries its fill and borders, `link` its target. */
export function buttonItem(link: Element, box: Element, around: Around, state: State): Item {
  const style = state.styles.own(box);
  const own = link === box ? style : merged(style, state.styles.own(link));
  const look = merged(around.look, own);
  const padding =
    link === box ? paddingOf(style) : sum(paddingOf(style), paddingOf(state.styles.own(link)));
  const width = statedWidth(box, state);
  const { 'text-align': _align, ...text } = textJson(look, state);
  const leading = px(look.get('line-height'), undefined);
  const size = px(look.get('font-size'), 14);
  return blockItem('button', {
    button: {
      label: richHtml(state, link, { linkColor: '' }),
      ...linkJson(link),
      style: {
        ...text,
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
