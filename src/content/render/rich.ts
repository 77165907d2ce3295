// Prints text that editors wrote: clean-up of editor marks, safe markup, and the styles that each block adds
// to paragraphs, links and lists (spec 4.8, 5.6).
import { attr } from './escape.ts';
import { lineHeight, round } from '../template/css.ts';
import { parse } from './fragment.ts';
import { PHRASE_POLICY, TEXT_POLICY } from './policy.ts';
import type { Element, Node } from './fragment.ts';
import type { Writer } from './writer.ts';

type Style = readonly (readonly [string, string])[];

/** How one block wants its markup printed. */
interface RichOptions {
  /** inline colour of links; '' leaves links alone (pages style them in the sheet) */
  readonly linkColor: string;
  /** e-mails give every span `word-break`, and no markup may rely on a sheet */
  readonly mail: boolean;
  /** the style of an element; `last` tells the last of its siblings of the same kind */
  readonly restyle?: (element: Element, last: boolean) => Style;
}

const VOID = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
const BLOCK = /^(?:p|div|ul|ol|h[1-6]|blockquote|pre|dl|address|section|center|figure|hr)$/;

/** Parses the text of a block. */
export function parseText(html: string): readonly Node[] {
  return parse(html, TEXT_POLICY);
}

/** Parses the text of a heading, which may hold no blocks. */
export function parsePhrase(html: string): readonly Node[] {
  return parse(html, PHRASE_POLICY);
}

/** True for an element, false for text and ready markup. */
export function isElement(node: Node): node is Element {
  return typeof node === 'object' && 'tag' in node;
}

function classes(element: Element): readonly string[] {
  const value = element.attributes.find(([name]) => name === 'class')?.[1] ?? '';
  return value.split(/\s+/).filter((word) => word !== '');
}

/** Takes the editor's wrapper off; its style belongs to the block. Text around the wrapper stays. */
export function unwrap(nodes: readonly Node[]): {
  readonly style: Style;
  readonly nodes: readonly Node[];
} {
  const meaning = nodes.filter((node) => typeof node !== 'string' || trimmed(node) !== '');
  const [only] = meaning;
  if (
    meaning.length === 1 &&
    only !== undefined &&
    isElement(only) &&
    classes(only).includes('txtTinyMce-wrapper')
  ) {
    const inner = unwrap(only.children);
    return { style: [...only.style, ...inner.style], nodes: inner.nodes };
  }
  return { style: [], nodes };
}

/** The value of one property; the last declaration counts. */
export function property(style: Style, name: string): string {
  return style.findLast(([key]) => key === name)?.[1] ?? '';
}

/** The style without the named properties. */
export function without(style: Style, ...names: readonly string[]): Style {
  return style.filter(([key]) => !names.includes(key));
}

/** The markup on one line. */
export function inline(nodes: readonly Node[], out: Writer, options: RichOptions): string {
  if (nodes.length === 1 && typeof nodes[0] === 'string') return nodes[0];
  const last = lastOfKind(nodes);
  let result = '';
  for (const node of nodes) {
    if (typeof node === 'string') result += node;
    else if ('raw' in node) result += node.raw;
    else result += print(node, out, options, last.get(node.tag) === node);
  }
  return result;
}

/** The markup with one line for each block element at the top level. */
export function lines(nodes: readonly Node[], out: Writer, options: RichOptions): void {
  const last = lastOfKind(nodes);
  let text = '';
  const flush = () => {
    const line = out.pretty ? trimmed(text) : withShortEnds(text);
    if (trimmed(line) !== '') out.line(line);
    text = '';
  };
  for (const node of nodes) {
    if (typeof node === 'string') text += node;
    else if ('raw' in node) text += node.raw;
    else if (BLOCK.test(node.tag)) {
      flush();
      out.line(print(node, out, options, last.get(node.tag) === node));
    } else text += print(node, out, options, last.get(node.tag) === node);
  }
  flush();
}

const SPACE = new Set(['\n', '\r', '\t', ' ']);

/** The text without the white space of HTML at its ends: spaces that do not break are content. */
export function trimmed(text: string): string {
  // An expression that looks for the end would try every start.
  let [start, end] = [0, text.length];
  while (start < end && SPACE.has(text[start]!)) start += 1;
  while (end > start && SPACE.has(text[end - 1]!)) end -= 1;
  return text.slice(start, end);
}

/** White space at either end as one space. */
function withShortEnds(text: string): string {
  const middle = trimmed(text);
  if (middle === '') return text === '' ? '' : ' ';
  return (SPACE.has(text[0]!) ? ' ' : '') + middle + (SPACE.has(text.at(-1)!) ? ' ' : '');
}

/** The last element of each kind among siblings. */
function lastOfKind(nodes: readonly Node[]): ReadonlyMap<string, Element> {
  const last = new Map<string, Element>();
  for (const node of nodes) if (isElement(node)) last.set(node.tag, node);
  return last;
}

function print(given: Element, out: Writer, options: RichOptions, last: boolean): string {
  const element = out.amp === undefined ? given : out.amp.element(given);
  if (element === undefined) return inline(given.children, out, options);
  if (typeof element === 'string') return element;
  let style = options.restyle ? options.restyle(element, last) : element.style;
  const { tag } = element;
  if (options.mail && tag === 'span' && property(style, 'word-break') === '') {
    style = [['word-break', 'break-word'], ...style];
  }
  if (
    tag === 'a' &&
    options.linkColor !== '' &&
    element.attributes.some(([name]) => name === 'href')
  ) {
    style = linkStyle(style, options.linkColor);
  }
  let attributes = '';
  for (const [name, value] of element.attributes) {
    if (name === 'class') {
      const kept = classes(element).filter(
        (word) => !/^(?:tinyMce-placeholder|txtTinyMce-wrapper|mce-)/.test(word),
      );
      if (kept.length > 0) attributes += ` class="${attr(kept.join(' '))}"`;
    } else attributes += ` ${name}="${attr(value)}"`;
  }
  // AMP components take no styles of their own.
  const look = tag.startsWith('amp-') ? '' : out.style(...style.flat());
  const start = `<${tag}${attributes}${look}>`;
  return VOID.has(tag) ? start : `${start}${inline(element.children, out, options)}</${tag}>`;
}

/** Links without a colour get the block's, and an underline unless the link decides (spec 5.6). */
function linkStyle(style: Style, color: string): Style {
  const result: (readonly [string, string])[] = [];
  if (!style.some(([name]) => name.startsWith('text-decoration'))) {
    result.push(['text-decoration', 'underline']);
  }
  result.push(...style);
  if (property(style, 'color') === '') result.push(['color', color]);
  return result;
}

/** Outlook's px line height for a font size and a stored line height. */
export function outlookLineHeight(stored: string, size: number): string {
  const value = lineHeight(stored, size).px;
  return value === undefined ? '' : `${round(value)}px`;
}
