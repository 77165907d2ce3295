// Collects a document in one of its two forms: indented by tabs, or minified with short lines (spec 5.13).
import { attr, needsEscape } from './escape.ts';
import { memo2 } from '../memo.ts';

/** Mail transports cut lines at 998 characters; a new line starts at an attribute after about this many. */
const FOLD = 500;

/** CSS pairs in a row: name, value, name, value … Missing and empty values leave the pair out. */
export type Pairs = readonly (string | undefined)[];

/** Shortens what CSS lets be shorter: `0px`, `0pt`, `#aabbcc`. */
function shortValue(value: string): string {
  const result = value.replaceAll(/(^|[\s,])0(?:px|pt)(?=$|[\s),])/g, '$10');
  return result.includes('url(')
    ? result
    : result.replaceAll(/#([\da-f])\1([\da-f])\2([\da-f])\3(?![\da-f])/gi, '#$1$2$3');
}

/** A minified declaration, ready to stand at the start of a style or behind another one. */
interface Declaration {
  readonly first: string;
  readonly next: string;
  /** nothing in it needs an escape in an attribute */
  readonly plain: boolean;
}

const declarations = memo2((name, value): Declaration => {
  const first = `${name}:${shortValue(value)}`;
  return { first, next: `;${first}`, plain: !needsEscape(value) };
});

/** CSS without `!important`, which AMP refuses. */
export function withoutImportant(value: string): string {
  return value.includes('!') ? value.replaceAll(/ ?! *important/gi, '') : value;
}

/** Declarations as the inside of a style attribute or a rule. */
export function css(pairs: Pairs, pretty: boolean, outlook = true): string {
  let result = '';
  for (let i = 0; i < pairs.length; i += 2) {
    let value = pairs[i + 1];
    if (value === undefined || value === '') continue;
    const name = pairs[i]!;
    if (!outlook) {
      if (name.startsWith('mso-')) continue;
      value = withoutImportant(value);
    }
    if (pretty) result += `${result === '' ? '' : ' '}${name}: ${value};`;
    else {
      const declaration = declarations(name, value);
      result += result === '' ? declaration.first : declaration.next;
    }
  }
  return result;
}

/** One document or a part of it. */
export class Writer {
  readonly pretty: boolean;
  /** false for AMP, where `mso-` properties and `!important` are errors */
  readonly outlook: boolean;
  private depth: number;
  /** Pieces whose end has a known column, and what came after them. */
  private readonly parts: string[] = [];
  private column = 0;
  private recent = '';

  /** `depth` is the indentation of the first line in tabs. */
  constructor(pretty: boolean, depth = 0, outlook = true) {
    this.pretty = pretty;
    this.outlook = outlook;
    this.depth = depth;
  }

  /** A start tag on a line of its own; what follows is indented. */
  open(tag: string): void {
    this.line(tag);
    this.depth += 1;
  }

  /** An end tag on a line of its own, with what must stick to it. */
  close(tag: string): void {
    this.depth -= 1;
    this.line(tag);
  }

  /** Markup of our own on one line; when minified it may be folded at attributes. */
  line(html: string): void {
    if (this.pretty) this.recent += `\n${'\t'.repeat(this.depth)}${html}`;
    else if (this.column + this.recent.length + html.length <= FOLD) this.recent += html;
    else {
      this.settle();
      this.recent = fold(html, this.column);
    }
  }

  /** Markup that must reach the reader byte for byte: html blocks, display conditions. */
  verbatim(html: string): void {
    this.recent += this.pretty ? `\n${html}` : html;
  }

  /** A style attribute with a leading space, or '' when nothing is set. */
  style(...pairs: Pairs): string {
    if (this.pretty || !this.outlook) {
      const value = css(pairs, this.pretty, this.outlook);
      return value === '' ? '' : ` style="${attr(value)}"`;
    }
    let result = '';
    let plain = true;
    for (let i = 0; i < pairs.length; i += 2) {
      const value = pairs[i + 1];
      if (value === undefined || value === '') continue;
      const declaration = declarations(pairs[i]!, value);
      result += result === '' ? declaration.first : declaration.next;
      if (!declaration.plain) plain = false;
    }
    if (result === '') return '';
    return ` style="${plain ? result : attr(result)}"`;
  }

  /** The lines of a part that was written before. */
  append(part: Writer): void {
    this.parts.push(this.recent);
    for (const text of part.parts) this.parts.push(text);
    this.recent = part.recent;
    this.column = part.column;
  }

  /** Everything so far; the indented form has no empty first line and ends with a line break. */
  toString(): string {
    this.parts.push(this.recent);
    this.recent = '';
    const text = this.parts.join('');
    return this.pretty ? `${text.trimStart()}\n` : text;
  }

  /** Finds the column at the end: only needed where a line may be full, so most pieces are never searched. */
  private settle(): void {
    const { recent } = this;
    const end = recent.lastIndexOf('\n');
    this.column = end === -1 ? this.column + recent.length : recent.length - end - 1;
    this.parts.push(recent);
    this.recent = '';
  }
}

/** Puts a line break before an attribute, or into plain text, wherever a line would get too long. */
function fold(html: string, column: number): string {
  if (column + html.length <= FOLD) return html;
  let result = '';
  let copied = 0;
  // The column of a character is its index plus this; each line break lowers it.
  let shift = column;
  let newline = html.indexOf('\n');
  let at = 0;
  while (at < html.length) {
    if (html.length - at < 400 && html.length + shift <= FOLD) break;
    const start = nextTag(html, at);
    const end = start === -1 ? html.length : start;
    if (end - at >= 400) {
      const text = html.slice(at, end);
      // Text with merge tags is never broken: its bytes belong to the sending system.
      if (!/[{}[\]%*|]/.test(text)) {
        const broken = breakLines(text);
        result += html.slice(copied, at) + broken;
        copied = end;
        const last = broken.lastIndexOf('\n');
        if (last !== -1) shift = Math.min(shift, -(at + last + 1));
      }
    }
    if (start === -1) break;
    while (newline !== -1 && newline < start) {
      shift = Math.min(shift, -(newline + 1));
      newline = html.indexOf('\n', newline + 1);
    }
    const comment = html.startsWith('<!--', start);
    at = comment ? commentEnd(html, start) : tagEnd(html, start);
    if (!comment && at + shift > FOLD) {
      const space = html.indexOf(' ', start);
      if (space !== -1 && space < at) {
        result += `${html.slice(copied, space)}\n`;
        copied = space + 1;
        shift = -copied;
      }
    }
    while (newline !== -1 && newline < at) {
      shift = Math.min(shift, -(newline + 1));
      newline = html.indexOf('\n', newline + 1);
    }
  }
  return result + html.slice(copied);
}

/** Where the next tag or comment starts; `<%= name %>` and `a < b` are text. -1 when there is none. */
function nextTag(html: string, from: number): number {
  let start = html.indexOf('<', from);
  while (start !== -1 && !startsTag(html.charCodeAt(start + 1)))
    start = html.indexOf('<', start + 1);
  return start;
}

/** A letter, `/` or `!`. */
function startsTag(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x2f || code === 0x21;
}

function commentEnd(html: string, start: number): number {
  const end = html.indexOf('-->', start);
  return end === -1 ? html.length : end + 3;
}

/** Where a tag of our own ends: a `>` between double quotes is part of a value. */
function tagEnd(html: string, start: number): number {
  let end = html.indexOf('>', start);
  let quote = html.indexOf('"', start);
  while (quote !== -1 && quote < end) {
    const closing = html.indexOf('"', quote + 1);
    if (closing === -1) return html.length;
    if (closing > end) end = html.indexOf('>', closing + 1);
    quote = html.indexOf('"', closing + 1);
  }
  return end === -1 ? html.length : end + 1;
}

/**
 * Puts line breaks in place of spaces where a line of text has more than 400 characters: at the last space after the
 * first 300, or the next one there is. Looks at each character once; an expression would try every start again.
 */
function breakLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      let result = '';
      let start = 0;
      while (line.length - start > 400) {
        const near = line.slice(start + 300, start + 401).lastIndexOf(' ');
        const space = near === -1 ? line.indexOf(' ', start + 401) : start + 300 + near;
        if (space === -1) break;
        result += `${line.slice(start, space)}\n`;
        start = space + 1;
      }
      return result + line.slice(start);
    })
    .join('\n');
}
