// Markup of texts: what editors may have written stays, byte for byte where possible; the renderer's own additions go.
import { attr as escaped } from '../render/escape.ts';
import { keptAttributes, TEXT_POLICY } from '../render/policy.ts';
import { trimmed } from '../render/rich.ts';
import { isElement, isText } from './dom.ts';
import { mostCommon } from './state.ts';
import type { Element, Node } from './dom.ts';
import type { State } from './state.ts';

type Pairs = readonly (readonly [string, string])[];

interface RichOptions {
  /** colour that links of the block have anyway */
  readonly linkColor?: string;
  /** what stays of an element's style */
  readonly restyle?: (element: Element, style: Pairs) => Pairs;
}

const VOID = /^(?:br|hr|img|wbr|area|col|input)$/;
const DROPPED =
  /^(?:script|style|head|title|meta|link|base|iframe|frame|frameset|object|embed|applet|noembed|template|svg|math|select|textarea|input|audio|video|canvas|xmp|plaintext)$/;
const BLOCK = /^(?:p|div|ul|ol|h[1-6]|blockquote|pre|dl|address|section|center|figure|hr)$/;
const SPACE = /^[\t\n\f\r ]*$/;

/** The children of an element as the HTML of a text field. */
export function richHtml(state: State, element: Element, options: RichOptions = {}): string {
  return richNodes(state, element.childNodes, options);
}

/** Some nodes as the HTML of a text field; white space at the ends and around paragraphs goes. */
export function richNodes(state: State, nodes: readonly Node[], options: RichOptions = {}): string {
  const blocks = nodes.some((node) => isElement(node) && BLOCK.test(node.tagName));
  const html = nodes
    .filter((node) => !(blocks && isText(node) && SPACE.test(node.value)))
    .map((node) => print(state, node, options))
    .join('');
  return trimmed(html);
}

function print(state: State, node: Node, options: RichOptions): string {
  if (isText(node)) return textSource(state, node);
  if (!isElement(node) || DROPPED.test(node.tagName)) return '';
  const inside = () => node.childNodes.map((child) => print(state, child, options)).join('');
  const tag = node.tagName;
  if (!TEXT_POLICY.tags.has(tag)) {
    // Cells and table rows that stand beside each other must not run into one word.
    return /^(?:td|th|tr)$/.test(tag) ? `${inside()} ` : inside();
  }
  const kept = keptAttributes(tag, rawAttributes(state, node), TEXT_POLICY);
  if (kept === undefined) return '';
  const own = withoutAdditions(tag, kept.style, options.linkColor);
  const style = options.restyle ? options.restyle(node, own) : own;
  const css = style.map(([name, value]) => `${name}: ${value};`).join(' ');
  const attributes = kept.attributes
    .filter(([name]) => name !== 'class' && name !== 'id')
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
  const start = `<${tag}${attributes}${css === '' ? '' : ` style="${escaped(css)}"`}>`;
  return VOID.test(tag) ? start : `${start}${inside()}</${tag}>`;
}

/** Attributes as written, still with character references: merge tags must keep their bytes. */
export function rawAttributes(state: State, element: Element): Pairs {
  const places = element.sourceCodeLocation?.attrs ?? {};
  return element.attrs.map(({ name, value }) => {
    const place = places[name];
    const source = place && state.dom.source.slice(place.startOffset, place.endOffset);
    const equals = source?.indexOf('=') ?? -1;
    if (source === undefined || equals === -1) return [name, value];
    const raw = source.slice(equals + 1).trim();
    const quoted = /^(["'])([^]*)\1$/.exec(raw);
    return [name, quoted ? quoted[2]! : raw];
  });
}

/** Text as written; text that the parser moved or put together is escaped anew. */
export function textSource(state: State, node: Extract<Node, { value: string }>): string {
  const place = node.sourceCodeLocation;
  const source = place ? state.dom.source.slice(place.startOffset, place.endOffset) : '<a';
  if (!/<[A-Za-z/!?]/.test(source) && source !== '') {
    // The next text may follow at once, and must not make a tag of the two.
    return source.endsWith('<') ? `${source.slice(0, -1)}&lt;` : source;
  }
  return node.value
    .replaceAll('&', '&amp;')
    .replaceAll(/<(?=[A-Za-z/!?]|$)/g, '&lt;')
    .replaceAll('\u00A0', '&nbsp;');
}

/** Takes off what the renderer adds to links, spans and paragraphs by itself (spec 5.6). */
function withoutAdditions(tag: string, given: Pairs, linkColor = ''): Pairs {
  let style = given.filter(([name]) => name !== 'mso-line-height-alt');
  const is = (at: number, name: string, value: string) =>
    style.at(at)?.[0] === name && style.at(at)?.[1] === value;
  if (tag === 'span' && is(0, 'word-break', 'break-word')) style = style.slice(1);
  if (tag === 'a') {
    if (is(0, 'text-decoration', 'underline')) style = style.slice(1);
    if (linkColor !== '' && is(-1, 'color', linkColor)) style = style.slice(0, -1);
  }
  return style;
}

/** The colour that most links inside have; the one of the body when none says. */
export function linkColorIn(state: State, element: Element): string {
  const colors: string[] = [];
  const visit = (parent: Element) => {
    for (const node of parent.childNodes) {
      if (!isElement(node)) continue;
      const color = node.tagName === 'a' ? state.styles.own(node).get('color') : undefined;
      if (color !== undefined) colors.push(color);
      visit(node);
    }
  };
  visit(element);
  return mostCommon(colors) || state.linkColor;
}

/** True when there is nothing to see: no text, no picture. */
export function isBlank(nodes: readonly Node[]): boolean {
  return nodes.every((node) =>
    isText(node)
      ? SPACE.test(node.value)
      : !isElement(node) ||
        DROPPED.test(node.tagName) ||
        (node.tagName !== 'img' && node.tagName !== 'hr' && isBlank(node.childNodes)),
  );
}
