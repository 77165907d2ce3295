// The document to import as a tree, and the few questions that the importer asks of it.
import { defaultTreeAdapter, parse } from 'parse5';
import { IMPORT_LIMITS } from './limits.ts';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import type { DefaultTreeAdapterTypes as Tree, DefaultTreeAdapterMap, TreeAdapter } from 'parse5';

export type Element = Tree.Element;
export type Node = Tree.ChildNode;
type Parent = Tree.ParentNode;

/** A parsed document; `source` is its text, for what must stay byte for byte. */
export interface Dom {
  readonly source: string;
  readonly document: Tree.Document;
}

/**
 * Parses a document as browsers do. Throws `Invalid` (`html_missing`) without content, `TooLarge` beyond the
 * limits of length, depth and number of elements.
 */
export function parseDom(html: string): Dom {
  if (html.trim() === '') throw new Invalid('html_missing', 'The request has no HTML.');
  if (html.length > IMPORT_LIMITS.html) {
    throw new TooLarge('html_too_large', `A document may have ${IMPORT_LIMITS.html} characters.`);
  }
  return { source: html, document: parse(html, OPTIONS(adapter())) };
}

const OPTIONS = (treeAdapter: TreeAdapter<DefaultTreeAdapterMap>) => ({
  treeAdapter,
  sourceCodeLocationInfo: true,
  // What stands in `noscript` is what mail programs show.
  scriptingEnabled: false,
});

/** The usual tree with counters: the parser itself knows no limits. */
function adapter(): TreeAdapter<DefaultTreeAdapterMap> {
  let depth = 0;
  let elements = 0;
  return {
    ...defaultTreeAdapter,
    createElement(...given) {
      elements += 1;
      if (elements > IMPORT_LIMITS.elements) {
        const most = IMPORT_LIMITS.elements;
        throw new TooLarge('html_too_large', `A document may have ${most} elements.`);
      }
      return defaultTreeAdapter.createElement(...given);
    },
    onItemPush() {
      depth += 1;
      if (depth > IMPORT_LIMITS.depth) {
        const most = IMPORT_LIMITS.depth;
        throw new TooLarge('html_too_deep', `Elements may stand ${most} deep in each other.`);
      }
    },
    onItemPop() {
      depth -= 1;
    },
  };
}

/** True for an element, false for text, comments and doctypes. */
export function isElement(node: Node | Parent): node is Element {
  return 'tagName' in node;
}

/** True for text. */
export function isText(node: Node): node is Tree.TextNode {
  return node.nodeName === '#text';
}

/** True for a comment. */
export function isComment(node: Node): node is Tree.CommentNode {
  return node.nodeName === '#comment';
}

/** The value of an attribute, '' when it is missing. */
export function attr(element: Element | undefined, name: string): string {
  return element?.attrs.find((entry) => entry.name === name)?.value ?? '';
}

/** The words of the class attribute. */
export function classes(element: Element): readonly string[] {
  return attr(element, 'class')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** True when the element has the class. */
export function hasClass(element: Element, name: string): boolean {
  return classes(element).includes(name);
}

/** The element children. */
export function elementsIn(parent: Parent): readonly Element[] {
  return parent.childNodes.filter((node) => isElement(node));
}

/** All elements below, in document order. */
export function* descendants(parent: Parent): Generator<Element> {
  const waiting = elementsIn(parent).toReversed();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (const child of elementsIn(next).toReversed()) waiting.push(child);
  }
}

/** What to look for: a tag name, or `.class`. */
function matches(element: Element, what: string): boolean {
  return what.startsWith('.') ? hasClass(element, what.slice(1)) : element.tagName === what;
}

/** The first element below that has the tag name or `.class`. */
export function find(parent: Parent | undefined, what: string): Element | undefined {
  if (parent === undefined) return undefined;
  for (const element of descendants(parent)) if (matches(element, what)) return element;
  return undefined;
}

/** All elements below that have the tag name or `.class`; inside a found one nothing more is looked for. */
export function outermost(parent: Parent, what: string): readonly Element[] {
  return elementsIn(parent).flatMap((child) =>
    matches(child, what) ? [child] : outermost(child, what),
  );
}

/** The first element child with the tag name. */
export function child(parent: Parent | undefined, tag: string): Element | undefined {
  return parent && elementsIn(parent).find((element) => element.tagName === tag);
}

/** The rows of a table itself, without those of tables in its cells. */
export function tableRows(table: Element): readonly Element[] {
  return elementsIn(table).flatMap((part) =>
    part.tagName === 'tr'
      ? [part]
      : /^(?:tbody|thead|tfoot)$/.test(part.tagName)
        ? tableRows(part)
        : [],
  );
}

/** The cells of a table row. */
export function cellsOf(row: Element | undefined): readonly Element[] {
  return row ? elementsIn(row).filter(({ tagName }) => tagName === 'td' || tagName === 'th') : [];
}

/** The text below, as the reader sees it but with all white space. */
export function textOf(node: Node | Parent): string {
  if ('value' in node) return node.value;
  if (!('childNodes' in node)) return '';
  return node.childNodes.map((entry) => textOf(entry)).join('');
}

// Spaces of all widths, marks of direction, and what keeps the preview of an inbox from going on.
const INVISIBLE =
  /[\s\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2800\uFEFF]|\u034F/g;

/** The text without what cannot be seen. */
export function visibleText(text: string): string {
  return text.replaceAll(INVISIBLE, '');
}

/** The text below on one line. */
export function lineOf(node: Node | Parent): string {
  return textOf(node)
    .replaceAll(/[\t\n\f\r ]+/g, ' ')
    .trim();
}

/** What stands between the tags of an element, byte for byte; '' where the parser made the element up. */
export function innerSource(dom: Dom, element: Element): string {
  const place = element.sourceCodeLocation;
  if (!place?.startTag) return '';
  const last = element.childNodes.at(-1)?.sourceCodeLocation?.endOffset;
  return dom.source.slice(place.startTag.endOffset, place.endTag?.startOffset ?? last ?? 0);
}

/** The comments directly inside and below, such as those for Outlook. */
export function commentsIn(parent: Parent): readonly string[] {
  return parent.childNodes.flatMap((node) =>
    isComment(node) ? [node.data] : isElement(node) ? commentsIn(node) : [],
  );
}

/**
 * Where an element and all in it end in the source. Its own end tag may come before that of something in it: a
 * second `form` is ignored, but its end tag closes the first.
 */
export function sourceEnd(element: Element): number {
  let end = element.sourceCodeLocation?.endOffset ?? 0;
  for (const part of [element, ...descendants(element)]) {
    for (const node of part.childNodes) {
      end = Math.max(end, node.sourceCodeLocation?.endOffset ?? 0);
    }
  }
  return end;
}
