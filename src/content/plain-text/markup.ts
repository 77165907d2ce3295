// HTML that somebody wrote as lines of text: paragraphs, lists, tables, links, emphasis (Beefree spec 3.6).
import { MAIL_HTML_POLICY } from '../render/policy.ts';
import { safeHref } from '../template/urls.ts';
import { parse } from '../render/fragment.ts';
import type { Element, Node } from '../render/fragment.ts';
import type { Policy } from '../render/policy.ts';
import type { Verbatim } from './verbatim.ts';

const BLOCK =
  /^(?:address|article|aside|blockquote|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)$/;

/** Text that stands by itself. `list` says that its first line has a marker already. */
interface Part {
  readonly text: string;
  readonly list: boolean;
}

/** What the text around a part puts around each of its lines. */
type Wrap = (text: string) => string;

/** Marks that a text around has set already. */
interface Marks {
  readonly bold: boolean;
  readonly italic: boolean;
}

const NOTHING: Marks = { bold: false, italic: false };

/** Converts the markup of one template. `verbatim` holds what has to stay byte for byte until the end. */
export class Markup {
  readonly #verbatim: Verbatim;

  constructor(verbatim: Verbatim) {
    this.#verbatim = verbatim;
  }

  /** The paragraphs of any HTML, with an empty line between them; styles, scripts and what cannot be seen say nothing. */
  paragraphs(html: string): string {
    return joined(this.#parts(parse(html, POLICY), [], NOTHING));
  }

  /** The paragraphs of a list block; items without a list around them get one. */
  list(html: string, tag: 'ul' | 'ol', start: number): string {
    const nodes = parse(html, POLICY);
    const loose = nodes.some((node) => isElement(node) && node.tag === 'li');
    const first = (element: Element): Element =>
      element.attributes.some(([name]) => name === 'start')
        ? element
        : { ...element, attributes: [...element.attributes, ['start', String(start)]] };
    const lists = loose
      ? [first({ tag, attributes: [], style: [], children: nodes })]
      : nodes.map((node) => (isElement(node) && node.tag === 'ol' ? first(node) : node));
    return joined(this.#parts(lists, [], NOTHING));
  }

  /** Everything on one line. */
  line(html: string): string {
    return oneLine(
      this.#parts(parse(html, POLICY), [], NOTHING)
        .map((part) => part.text)
        .join(' '),
    );
  }

  /** The text of a label that is a link as a whole: what it links to itself does not count. */
  label(html: string): string {
    return oneLine(
      this.#parts(withoutLinks(parse(html, POLICY)), [], NOTHING)
        .map((part) => part.text)
        .join(' '),
    );
  }

  /** `[text](url)`; the one of both that is not empty; the URL alone when the text is the URL. */
  link(text: string, href: string): string {
    const url = this.#verbatim.attribute(href).trim();
    if (url === '') return text;
    if (text === '' || text === url) return url;
    return `[${text}](${url})`;
  }

  #parts(nodes: readonly Node[], wraps: readonly Wrap[], set: Marks): Part[] {
    const parts: Part[] = [];
    let run: Node[] = [];
    const flush = () => {
      if (run.length === 0) return;
      const text = tidy(this.#inline(run, set));
      run = [];
      if (text !== '') parts.push({ text: wrapped(text, wraps), list: false });
    };
    for (const node of nodes) {
      if (!isElement(node) || !holdsBlock(node)) {
        run.push(node);
        continue;
      }
      flush();
      if (isUnseen(node)) continue;
      if (node.tag === 'ul' || node.tag === 'ol') {
        const lines = this.#items(node, wraps, set);
        if (lines.length > 0) parts.push({ text: lines.join('\n'), list: true });
      } else if (node.tag === 'li') {
        parts.push(...this.#item(node, '- ', wraps, set));
      } else if (node.tag === 'table') parts.push(...this.#table(node, wraps, set));
      else if (BLOCK.test(node.tag)) parts.push(...this.#parts(node.children, wraps, set));
      else parts.push(...this.#around(node, wraps, set));
    }
    flush();
    return parts;
  }

  /** An inline element with blocks inside: each line gets what the element means. */
  #around(element: Element, wraps: readonly Wrap[], set: Marks): Part[] {
    const mark = markOf(element);
    if (mark === '**' && !set.bold) {
      const inner = { ...set, bold: true };
      return this.#parts(element.children, [(text) => emphasized(text, '**'), ...wraps], inner);
    }
    if (mark === '*' && !set.italic) {
      const inner = { ...set, italic: true };
      return this.#parts(element.children, [(text) => emphasized(text, '*'), ...wraps], inner);
    }
    const href = element.tag === 'a' ? attribute(element, 'href') : '';
    if (href === '') return this.#parts(element.children, wraps, set);
    const inner = this.#parts(element.children, [], set);
    const text = oneLine(inner.map((part) => part.text).join(' '));
    const linked = this.link(text, href);
    return linked === '' ? [] : [{ text: wrapped(linked, wraps), list: false }];
  }

  #items(list: Element, wraps: readonly Wrap[], set: Marks): string[] {
    const lines: string[] = [];
    let number = whole(attribute(list, 'start')) ?? 1;
    for (const child of list.children) {
      if (isElement(child) && child.tag === 'li') {
        number = whole(attribute(child, 'value')) ?? number;
        const marker = list.tag === 'ol' ? `${number}. ` : '- ';
        number += 1;
        lines.push(...this.#item(child, marker, wraps, set).map((part) => part.text));
      } else if (isElement(child) && (child.tag === 'ul' || child.tag === 'ol')) {
        lines.push(...this.#items(child, wraps, set).map((line) => indented(line)));
      } else lines.push(...this.#parts([child], wraps, set).map((part) => part.text));
    }
    return lines;
  }

  /** One item: its first line behind the marker, everything else two spaces in. */
  #item(item: Element, marker: string, wraps: readonly Wrap[], set: Marks): Part[] {
    if (isUnseen(item)) return [];
    const lines: string[] = [];
    for (const part of this.#parts(item.children, wraps, set)) {
      if (lines.length > 0 || part.list) lines.push(indented(part.text));
      else lines.push(marker + part.text.replaceAll('\n', '\n  '));
    }
    return lines.length === 0 ? [] : [{ text: lines.join('\n'), list: true }];
  }

  /** Rows of short cells become lines; cells with more than a line are parts of their own. */
  #table(table: Element, wraps: readonly Wrap[], set: Marks): Part[] {
    const parts: Part[] = [];
    let lines: string[] = [];
    const flush = () => {
      if (lines.length > 0) parts.push({ text: lines.join('\n'), list: false });
      lines = [];
    };
    for (const piece of rowsOf(table)) {
      if (piece.tag !== 'tr') {
        flush();
        parts.push(...this.#parts([piece], wraps, set));
        continue;
      }
      const cells = piece.children.map((cell) => this.#parts([cell], wraps, set));
      const filled = cells.flat();
      if (
        filled.some((part) => part.text.includes('\n')) ||
        cells.some((cell) => cell.length > 1)
      ) {
        flush();
        parts.push(...filled);
      } else if (filled.length > 0) lines.push(filled.map((part) => part.text).join(' | '));
    }
    flush();
    return parts;
  }

  #inline(nodes: readonly Node[], set: Marks): string {
    let text = '';
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at]!;
      if (typeof node === 'string') {
        // The parser cuts text at every `<`, also within merge tags.
        let source = node;
        for (let next = nodes[at + 1]; typeof next === 'string'; next = nodes[at + 1]) {
          source += next;
          at += 1;
        }
        text = added(text, this.#verbatim.text(source));
        continue;
      }
      if (!isElement(node) || isUnseen(node)) continue;
      const mark = markOf(node);
      if (mark === '') {
        text = added(text, this.#element(node, set));
        continue;
      }
      // Neighbours with the same emphasis are one emphasis: `**a****b**` is none.
      const children = [...node.children];
      for (let next = nodes[at + 1]; next !== undefined && isElement(next); next = nodes[at + 1]) {
        if (markOf(next) !== mark || isUnseen(next)) break;
        children.push(...next.children);
        at += 1;
      }
      const known = mark === '**' ? set.bold : set.italic;
      const inner = this.#inline(
        children,
        mark === '**' ? { ...set, bold: true } : { ...set, italic: true },
      );
      text = added(text, known ? inner : emphasized(inner, mark));
    }
    return text;
  }

  #element(element: Element, set: Marks): string {
    switch (element.tag) {
      case 'br':
        return '\n';
      case 'img':
        return this.#verbatim.attribute(attribute(element, 'alt')).trim();
      case 'input':
      case 'select':
      case 'option':
        return '';
      case 'a':
        return this.#anchor(element, set);
      default:
        return this.#inline(element.children, set);
    }
  }

  #anchor(element: Element, set: Marks): string {
    const inner = this.#inline(element.children, set);
    const href = attribute(element, 'href').trim();
    if (href === '') return inner;
    const text = oneLine(inner);
    // A link around nothing cannot be clicked; around a picture it can.
    if (text === '' && !element.children.some((child) => holdsPicture(child))) return inner;
    const [before, after] = [inner.trimStart() !== inner, inner.trimEnd() !== inner];
    return (before ? ' ' : '') + this.link(text, href) + (after ? ' ' : '');
  }
}

/** Everything that e-mails may hold, with every link that is safe; comments and sheets say nothing. */
const POLICY: Policy = { tags: MAIL_HTML_POLICY.tags, href: safeHref, sheets: false };

function isElement(node: Node): node is Element {
  return typeof node === 'object' && 'tag' in node;
}

/** A block, or an inline element with one inside. */
function holdsBlock(element: Element): boolean {
  return (
    BLOCK.test(element.tag) ||
    element.children.some((child) => isElement(child) && holdsBlock(child))
  );
}

function holdsPicture(node: Node): boolean {
  return (
    isElement(node) && (node.tag === 'img' || node.children.some((child) => holdsPicture(child)))
  );
}

function isUnseen(element: Element): boolean {
  return element.style.some(([name, value]) => name === 'display' && /^none\b/i.test(value.trim()));
}

function markOf(element: Element): '' | '*' | '**' {
  if (element.tag === 'strong' || element.tag === 'b') return '**';
  return element.tag === 'em' || element.tag === 'i' ? '*' : '';
}

function attribute(element: Element, name: string): string {
  return element.attributes.find(([key]) => key === name)?.[1] ?? '';
}

function whole(value: string): number | undefined {
  return /^\s*-?\d{1,6}\s*$/.test(value) ? Number(value) : undefined;
}

function* rowsOf(table: Element): Generator<Element> {
  for (const child of table.children) {
    if (!isElement(child)) {
      if (typeof child === 'string' && child.trim() !== '') {
        yield { tag: 'p', attributes: [], style: [], children: [child] };
      }
    } else if (/^(?:tbody|thead|tfoot)$/.test(child.tag) && !isUnseen(child)) yield* rowsOf(child);
    else if (!isUnseen(child)) yield child;
  }
}

function withoutLinks(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => {
    if (!isElement(node)) return [node];
    const children = withoutLinks(node.children);
    return node.tag === 'a' ? children : [{ ...node, children }];
  });
}

/** The piece behind the text; of two spaces where they meet, one goes. */
function added(text: string, piece: string): string {
  const meets = piece.startsWith(' ') && (text.endsWith(' ') || text.endsWith('\n'));
  return meets ? text + piece.slice(1) : text + piece;
}

/** Marks around each line, inside of its white space; nothing around nothing. */
function emphasized(text: string, mark: string): string {
  return text
    .split('\n')
    .map((line) => {
      const body = line.trim();
      if (body === '') return line;
      const start = line.indexOf(body);
      return line.slice(0, start) + mark + body + mark + line.slice(start + body.length);
    })
    .join('\n');
}

function wrapped(text: string, wraps: readonly Wrap[]): string {
  return wraps.reduce((result, wrap) => wrap(result), text);
}

/** No white space at either end of a line, no empty lines at the ends, and not two of them anywhere. */
function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const kept = lines.filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''));
  if (kept[0] === '') kept.shift();
  if (kept.at(-1) === '') kept.pop();
  return kept.join('\n');
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}

function indented(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}

function joined(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('\n\n');
}
