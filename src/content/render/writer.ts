// Collects a document in one of its two forms: indented by tabs, or minified with short lines (spec 5.13).
import { attr } from './escape.ts';

/** Mail transports cut lines at 998 characters; a new line starts at an attribute after about this many. */
const FOLD = 500;

/** CSS pairs in a row: name, value, name, value … Missing and empty values leave the pair out. */
export type Pairs = readonly (string | undefined)[];

/** Shortens what CSS lets be shorter: `0px`, `0pt`, `#aabbcc`. */
function shortValue(value: string): string {
  if (value === '0px' || value === '0pt') return '0';
  let result = value;
  if (result.includes(' 0p') || result.startsWith('0p') || result.includes(',0p')) {
    result = result.replaceAll(/(^|[\s,])0(?:px|pt)(?=$|[\s),])/g, '$10');
  }
  if (result.includes('#') && !result.includes('url(')) {
    result = result.replaceAll(/#([\da-f])\1([\da-f])\2([\da-f])\3(?![\da-f])/gi, '#$1$2$3');
  }
  return result;
}

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
    if (!outlook) {
      if (pairs[i]!.startsWith('mso-')) continue;
      value = withoutImportant(value);
    }
    if (pretty) result += `${result === '' ? '' : ' '}${pairs[i]}: ${value};`;
    else result += `${result === '' ? '' : ';'}${pairs[i]}:${shortValue(value)}`;
  }
  return result;
}

/** One document or a part of it. */
export class Writer {
  readonly pretty: boolean;
  /** false for AMP, where `mso-` properties and `!important` are errors */
  readonly outlook: boolean;
  private depth: number;
  private column = 0;
  private readonly parts: string[] = [];

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
    if (this.pretty) this.parts.push(`\n${'\t'.repeat(this.depth)}`, html);
    else {
      const folded = fold(html, this.column);
      this.parts.push(folded);
      this.advance(folded);
    }
  }

  /** Markup that must reach the reader byte for byte: html blocks, display conditions. */
  verbatim(html: string): void {
    if (this.pretty) this.parts.push('\n', html);
    else {
      this.parts.push(html);
      this.advance(html);
    }
  }

  /** A style attribute with a leading space, or '' when nothing is set. */
  style(...pairs: Pairs): string {
    const value = css(pairs, this.pretty, this.outlook);
    return value === '' ? '' : ` style="${attr(value)}"`;
  }

  /** The lines of a part that was written before. */
  append(part: Writer): void {
    for (const text of part.parts) this.parts.push(text);
    this.column = part.column;
  }

  /** Everything so far; the indented form has no empty first line and ends with a line break. */
  toString(): string {
    const text = this.parts.join('');
    return this.pretty ? `${text.trimStart()}\n` : text;
  }

  private advance(html: string): void {
    const end = html.lastIndexOf('\n');
    this.column = end === -1 ? this.column + html.length : html.length - end - 1;
  }
}

/** Puts a line break before an attribute, or into plain text, wherever a line would get too long. */
function fold(html: string, column: number): string {
  if (column + html.length <= FOLD) return html;
  let line = column;
  let result = '';
  let at = 0;
  const take = (part: string) => {
    result += part;
    const end = part.lastIndexOf('\n');
    line = end === -1 ? line + part.length : part.length - end - 1;
  };
  while (at < html.length) {
    const start = nextTag(html, at);
    const text = html.slice(at, start === -1 ? html.length : start);
    // Text with merge tags is never broken: its bytes belong to the sending system.
    take(text.length < 400 || /[{}[\]%*|]/.test(text) ? text : breakLines(text));
    if (start === -1) break;
    const comment = html.startsWith('<!--', start);
    at = comment ? commentEnd(html, start) : tagEnd(html, start);
    const tag = html.slice(start, at);
    const space = comment ? -1 : tag.indexOf(' ');
    if (space === -1 || line + tag.length <= FOLD) take(tag);
    else take(`${tag.slice(0, space)}\n${tag.slice(space + 1)}`);
  }
  return result;
}

/** Where the next tag or comment starts; `<%= name %>` and `a < b` are text. -1 when there is none. */
function nextTag(html: string, from: number): number {
  let start = html.indexOf('<', from);
  while (start !== -1 && !/[A-Za-z/!]/.test(html[start + 1] ?? '')) {
    start = html.indexOf('<', start + 1);
  }
  return start;
}

function commentEnd(html: string, start: number): number {
  const end = html.indexOf('-->', start);
  return end === -1 ? html.length : end + 3;
}

/** Where a tag of our own ends: a `>` between double quotes is part of a value. */
function tagEnd(html: string, start: number): number {
  for (let at = start; at < html.length; at += 1) {
    if (html[at] === '>') return at + 1;
    if (html[at] === '"') {
      const quote = html.indexOf('"', at + 1);
      if (quote === -1) break;
      at = quote;
    }
  }
  return html.length;
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
