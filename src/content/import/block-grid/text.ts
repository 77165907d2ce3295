// Texts of the first generation: paragraphs in one or two `div`s that say font, colour and line height.
import { attr, descendants, isElement, isText } from '../dom.ts';
import { blockItem } from '../loose/items.ts';
import { declarations } from '../declarations.ts';
import { fontJson, lineHeightJson, textJson } from '../values.ts';
import { length, px } from '../../template/css.ts';
import { mostCommon } from '../state.ts';
import { richNodes } from '../rich.ts';
import { TEXT_POLICY } from '../../render/policy.ts';
import type { Element, Node } from '../dom.ts';
import type { Item } from '../loose/items.ts';
import type { State } from '../state.ts';
import type { Style } from '../declarations.ts';

type Pairs = readonly (readonly [string, string])[];

const BROWSER_LINK = '#0000EE';
const BLOCKS = /^(?:p|ul|ol|h[1-6]|blockquote|pre|dl|address|center|hr)$/;

/** True for what stands in a text: text, inline markup, paragraphs and lists, without boxes in them. */
export function isFlow(node: Node): boolean {
  if (!isElement(node)) return isText(node);
  if (!TEXT_POLICY.tags.has(node.tagName) || node.tagName === 'div') return false;
  return node.childNodes.every((child) => !isElement(child) || isFlow(child));
}

/** Some nodes as a text block; nothing when there is nothing to see. */
export function textItem(nodes: readonly Node[], look: Style, state: State): readonly Item[] {
  if (!nodes.some((node) => takesSpace(node))) return [];
  const size = px(look.get('font-size'), 16);
  const elements = nodes.filter((node) => isElement(node));
  const paragraphs = elements.filter(({ tagName }) => tagName === 'p');
  const linkColor = linkColorOf(elements, state);
  const markup = richNodes(state, nodes, {
    linkColor,
    restyle: (element, own) => restyled(element, own, state),
  });
  const html = elements.some(({ tagName }) => BLOCKS.test(tagName)) ? markup : `<p>${markup}</p>`;
  const margin = (p: Element | undefined, side: string) =>
    p
      ? px(
          state.styles.own(p).get(`margin-${side}`),
          px(state.styles.own(p).get('font-size'), size),
        )
      : 0;
  const gaps = paragraphs
    .slice(0, -1)
    .map((p, i) => Math.max(margin(p, 'bottom'), margin(paragraphs[i + 1], 'top')));
  const gap = px(mostCommon(gaps.map((value) => `${value}px`)), 0);
  const ends = [elements[0], elements.at(-1)].map((p) => (p?.tagName === 'p' ? p : undefined));
  const padding = [margin(ends[0], 'top'), 0, margin(ends[1], 'bottom'), 0] as const;
  if (gap === 0 && keepsRatio(elements, look, state)) return [legacy(html, look, linkColor, state)];
  return [
    blockItem(
      'paragraph',
      {
        paragraph: {
          html,
          style: textJson(look, state),
          computedStyle: { linkColor, paragraphSpacing: `${gap}px` },
        },
      },
      padding,
    ),
  ];
}

/** The block of these years: one line height for all of it, in a wrapper that says the rest. */
function legacy(html: string, look: Style, linkColor: string, state: State): Item {
  const size = px(look.get('font-size'), 16);
  const align = look.get('text-align') ?? 'left';
  const weight = look.get('font-weight') ?? '400';
  return blockItem('text', {
    text: {
      html:
        align === 'left'
          ? html
          : `<div class="txtTinyMce-wrapper" style="text-align: ${align};">${html}</div>`,
      style: {
        color: look.get('color') ?? '#000000',
        'font-family': fontJson(look.get('font-family'), state),
        'font-size': `${size}px`,
        'line-height': lineHeightJson(look.get('line-height') ?? 'normal', size),
        ...(weight === '400' ? {} : { 'font-weight': weight }),
      },
      computedStyle: { linkColor },
    },
  });
}

/** True when nothing inside has a line height but the ratio of the whole: then one says it for all. */
function keepsRatio(elements: readonly Element[], look: Style, state: State): boolean {
  const whole = length(look.get('line-height'));
  if (whole === undefined || /[a-z]/.test(look.get('line-height') ?? '')) return false;
  const bare = ['font-weight', 'letter-spacing', 'direction'].every((name) => {
    const value = look.get(name) ?? '';
    return /^(?:|400|normal|0px|0|ltr|undefined)$/.test(value);
  });
  return (
    bare &&
    elements
      .flatMap((element) => [element, ...descendants(element)])
      .every((element) => {
        const own = state.styles.own(element);
        const value = own.get('line-height');
        const flat =
          element.tagName !== 'p' ||
          ['top', 'bottom'].every((side) => px(own.get(`margin-${side}`), 1) === 0);
        return (
          flat && (value === undefined || value === 'inherit' || value === look.get('line-height'))
        );
      })
  );
}

function takesSpace(node: Node): boolean {
  if (isText(node)) return /[^\t\n\f\r ]/.test(node.value);
  if (!isElement(node)) return false;
  return /^(?:img|hr|br)$/.test(node.tagName) || node.childNodes.some((child) => takesSpace(child));
}

/** Links without a colour of their own are those of the browser. */
function linkColorOf(elements: readonly Element[], state: State): string {
  const links = elements
    .flatMap((element) => [element, ...descendants(element)])
    .filter((element) => element.tagName === 'a' && attr(element, 'href') !== '');
  const colors = links.map((link) => state.styles.own(link).get('color'));
  if (colors.includes(undefined)) return BROWSER_LINK;
  return mostCommon(colors.map((color) => color ?? '')) || state.linkColor;
}

/** The style of an element in a text: with what sheets say of it, without the margins of paragraphs. */
function restyled(element: Element, own: Pairs, state: State): Pairs {
  const inline = new Set(declarations(attr(element, 'style')).map(({ name }) => name));
  const sheet = [...state.styles.own(element)].filter(
    ([name, value]) =>
      !inline.has(name) &&
      value !== 'inherit' &&
      !/^(?:vertical-align|border-collapse|margin-.*)$/.test(name),
  );
  const style = [...own, ...sheet];
  return element.tagName === 'p'
    ? style.filter(([name]) => name !== 'margin' && !name.startsWith('margin-'))
    : style;
}
