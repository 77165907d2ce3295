// A small HTML fragment parser for text that editors wrote: it keeps only what a policy allows, keeps text and
// attribute values byte for byte (merge tags!), and always gives a balanced tree.
import { FLOW, keptAttributes } from './policy.ts';
import { keptComment, keptSheet, keptState } from './kept-markup.ts';
import { makeRoom, type OpenElement } from './nesting.ts';
import { modern } from './old-markup.ts';
import { words } from './words.ts';
import type { Policy } from './policy.ts';

/** An element; `style` is split off because renderers change it. */
export interface Element {
  readonly tag: string;
  /** name and value as written, still with character references */
  readonly attributes: readonly (readonly [string, string])[];
  readonly style: readonly (readonly [string, string])[];
  readonly children: Node[];
}
/** An element, text, or ready markup (`raw`: a comment or a style sheet). */
export type Node = Element | string | { readonly raw: string };

const VOID = words('area br col hr img input link meta source wbr');
/** Elements whose content no tag ends but their own. */
export const RAW_TEXT = words(
  'script style xmp iframe noembed noframes noscript textarea title plaintext',
);
const CLOSES_P = words(
  `${FLOW} table form fieldset article aside footer header main nav details summary`,
);
const TABLE_PARTS = words('caption col colgroup tbody td tfoot th thead tr');
const LISTS = words('ul ol menu');
const MAX_DEPTH = 60;
const WHITE = /[\t\n\f\r ]/;

/** Parses a fragment under a policy. What is not allowed loses its tags; scripts and the like go with content. */
export function parse(html: string, policy: Policy): Node[] {
  const root: Node[] = [];
  if (!html.includes('<')) return html === '' ? root : [html];
  const open: Open[] = [];
  const target = () => open.at(-1)?.children ?? root;
  let at = 0;
  const close = (index: number) => {
    open.length = index;
  };
  while (at < html.length) {
    const next = html.indexOf('<', at);
    if (next === -1) {
      target().push(html.slice(at));
      break;
    }
    if (next > at) target().push(html.slice(at, next));
    const after = html[next + 1] ?? '';
    if (after === '!' || after === '?') {
      const end = commentEnd(html, next);
      const kept = policy.sheets ? keptComment(html.slice(next, end)) : '';
      if (kept !== '') target().push({ raw: kept });
      at = end;
    } else if (after === '/') {
      const end = html.indexOf('>', next);
      const name = /^[a-z][^\t\n\f\r />]*/i
        .exec(html.slice(next + 2, next + 42))?.[0]
        .toLowerCase();
      if (end === -1) break;
      at = end + 1;
      if (name === undefined) {
        // Template languages end their blocks so: `</#if>`. HTML reads it as an empty comment.
        const mark = html.slice(next, at);
        if (/^<\/[#@][\w.]{0,60}\s?>$/.test(mark)) target().push(mark);
        continue;
      }
      const index = open.findLastIndex((element) => element.tag === name);
      if (index !== -1) close(index);
      else if (name === 'br') target().push(element('br'));
    } else if (/[A-Za-z]/.test(after)) {
      const tag = readTag(html, next);
      if (tag === undefined) break;
      at = tag.end;
      if (RAW_TEXT.has(tag.name)) {
        const end = rawTextEnd(html, at, tag.name);
        if (tag.name === 'style' && policy.sheets) {
          const sheet = keptSheet(html.slice(at, end.from), tag.attributes);
          if (sheet !== '') target().push({ raw: sheet });
        }
        if (policy.amp && tag.name === 'script' && open.at(-1)?.tag === 'amp-state') {
          const state = keptState(html.slice(at, end.from), tag.attributes, 'application/json');
          if (state !== '') target().push({ raw: state });
        } else if (policy.data === true && tag.name === 'script') {
          const data = keptState(html.slice(at, end.from), tag.attributes, 'application/ld+json');
          if (data !== '') target().push({ raw: data });
        }
        at = end.to;
        continue;
      }
      openTag(tag, policy, open, root);
    } else {
      // No parser takes this for markup: `a < b`, `<%= name %>`.
      // Before another `<` it is escaped: what follows may vanish, and the rest must not become a tag.
      target().push(after === '' || after === '<' ? '&lt;' : '<');
      at = next + 1;
    }
  }
  return root;
}

function element(tag: string): Element {
  return { tag, attributes: [], style: [], children: [] };
}

interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly end: number;
}

/** What is open: the name that ends it, where its content goes, and the element itself unless its tags are left out. */
interface Open {
  readonly tag: string;
  readonly children: Node[];
  readonly element?: OpenElement;
}

function openTag(tag: Tag, policy: Policy, open: Open[], root: Node[]): void {
  const { name } = tag;
  if (CLOSES_P.has(name)) closeImplied(open, 'p', name);
  if (name === 'li') closeImplied(open, 'li', 'li');
  if (name === 'a') {
    // A link cannot hold a link: the outer one ends here, with everything opened inside it.
    const outer = open.findIndex((entry) => entry.tag === 'a');
    if (outer !== -1) open.length = outer;
  }
  if (policy.text !== undefined && name !== 'li') openItem(open);
  const parent = open.at(-1)?.children ?? root;
  const merge = name === 'code' && tag.attributes.some(([key]) => key.startsWith('data-bee-'));
  // Parts of tables mean nothing outside, and every parser skips their tags there.
  const stray = TABLE_PARTS.has(name) && !open.some((entry) => entry.tag === 'table');
  if (!policy.tags.has(name) || merge || stray) {
    // The content stays with the parent; the entry makes the end tag find its partner.
    if (merge && open.length < MAX_DEPTH) open.push({ tag: name, children: parent });
    return;
  }
  const kept = keptAttributes(name, tag.attributes, policy);
  if (kept === undefined) return;
  const given = { tag: name, ...kept, children: [] as Node[] };
  const node = policy.text === undefined ? given : modern(given);
  if (policy.text !== undefined) place(node, open, policy.text === 'phrase');
  if (VOID.has(name)) {
    parent.push(node);
    return;
  }
  if (open.length >= MAX_DEPTH) return;
  parent.push(node);
  open.push({ tag: name, children: node.children, element: node });
}

/** Lists hold items only: a list right inside a list, as some editors write it, gets an item without a mark. */
function openItem(open: Open[]): void {
  const list = open.at(-1);
  if (list?.element === undefined || !LISTS.has(list.element.tag)) return;
  const item: Element = {
    tag: 'li',
    attributes: [],
    style: [['list-style-type', 'none']],
    children: [],
  };
  list.children.push(item);
  open.push({ tag: 'li', children: item.children, element: { tag: 'li', style: [] } });
}

/** Has a block of a text stand where blocks may. */
function place(node: OpenElement, open: readonly Open[], phrase: boolean): void {
  if (!CLOSES_P.has(node.tag)) return;
  if (node.tag === 'li') {
    const above = open.at(-1)?.element?.tag;
    // An item belongs to a list; texts of lists may begin with bare items.
    if (!phrase && (above === undefined || LISTS.has(above))) return;
    node.tag = 'div';
  }
  if (!phrase && open.length === 0) return;
  const elements = open.flatMap(({ element }) => element ?? []);
  makeRoom(elements, node, phrase);
}

/** HTML ends an open `p` (or `li`) when certain tags start; not across a table cell or another list. */
function closeImplied(open: { tag: string }[], tag: string, opening: string): void {
  for (let i = open.length - 1; i >= 0; i -= 1) {
    const name = open[i]!.tag;
    if (name === tag) {
      open.length = i;
      return;
    }
    if (/^(?:td|th|table|caption|button)$/.test(name)) return;
    if (opening === 'li' && /^(?:ul|ol|div|p)$/.test(name)) return;
  }
}

/** Reads a start tag as HTML does; undefined when the text ends inside it. The first of two equal names counts. */
export function readTag(html: string, start: number): Tag | undefined {
  const name = /^[a-z][^\t\n\f\r />]*/i.exec(html.slice(start + 1, start + 101))![0].toLowerCase();
  const attributes: (readonly [string, string])[] = [];
  let at = start + 1 + name.length;
  const end = html.length;
  while (at < end) {
    while (at < end && (WHITE.test(html[at]!) || html[at] === '/')) at += 1;
    if (html[at] === '>') return { name, attributes, end: at + 1 };
    const from = at;
    at += 1;
    while (at < end && !/[\t\n\f\r />=]/.test(html[at]!)) at += 1;
    const key = html.slice(from, at).toLowerCase();
    while (at < end && WHITE.test(html[at]!)) at += 1;
    let value = '';
    if (html[at] === '=') {
      at += 1;
      while (at < end && WHITE.test(html[at]!)) at += 1;
      const quote = html[at];
      if (quote === '"' || quote === "'") {
        const stop = html.indexOf(quote, at + 1);
        if (stop === -1) return undefined;
        value = html.slice(at + 1, stop);
        at = stop + 1;
      } else {
        const begin = at;
        while (at < end && !/[\t\n\f\r >]/.test(html[at]!)) at += 1;
        value = html.slice(begin, at);
      }
    }
    if (attributes.length < 100 && !attributes.some(([known]) => known === key)) {
      attributes.push([key, value]);
    }
  }
  return undefined;
}

/** Where a comment, doctype or processing instruction ends. */
export function commentEnd(html: string, start: number): number {
  if (!html.startsWith('<!--', start)) {
    const end = html.indexOf('>', start);
    return end === -1 ? html.length : end + 1;
  }
  if (html.startsWith('<!-->', start)) return start + 5;
  if (html.startsWith('<!--->', start)) return start + 6;
  const end = /--!?>/g;
  end.lastIndex = start + 4;
  return end.exec(html) ? end.lastIndex : html.length;
}

/** Where raw text ends: at its end tag, or at the end of the document. */
export function rawTextEnd(
  html: string,
  start: number,
  name: string,
): { from: number; to: number } {
  const pattern = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi');
  pattern.lastIndex = start;
  const match = name === 'plaintext' ? null : pattern.exec(html);
  if (!match) return { from: html.length, to: html.length };
  const end = html.indexOf('>', match.index);
  return { from: match.index, to: end === -1 ? html.length : end + 1 };
}
