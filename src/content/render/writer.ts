// Collects a document in one of its two forms: indented by tabs, or minified with short lines (spec 5.13).
import { attr } from './escape.ts';
import { ampPairs } from './amp/css.ts';
import { minified, styleAttribute } from './declarations.ts';
import type { AmpMarkup } from './amp/markup.ts';
import type { Pairs } from './declarations.ts';

/** Mail transports cut lines at 998 characters; a new line starts at an attribute after about this many. */
const FOLD = 500;
/** Indented lines stay whole up to this many, without their tabs. */
const LONG = 960;

/** Declarations as the inside of a style attribute or a rule. */
export function css(pairs: Pairs, pretty: boolean): string {
  return pretty ? spaced(pairs) : minified(pairs);
}

function spaced(pairs: Pairs): string {
  let result = '';
  for (let i = 0; i < pairs.length; i += 2) {
    const value = pairs[i + 1];
    if (value !== undefined && value !== '') {
      result += `${result === '' ? '' : ' '}${pairs[i]}: ${value};`;
    }
  }
  return result;
}

/** One document or a part of it. */
export class Writer {
  readonly pretty: boolean;
  /** what AMP takes, in documents of AMP */
  readonly amp: AmpMarkup | undefined;
  private depth: number;
  /** Pieces whose end has a known column, and what came after them. */
  private readonly parts: string[] = [];
  private column = 0;
  private recent = '';

  /** `depth` is the indentation of the first line in tabs. */
  constructor(pretty: boolean, depth = 0, amp?: AmpMarkup) {
    this.pretty = pretty;
    this.amp = amp;
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

  /** An end tag and the start tag of a neighbour on one line: white space between inline boxes would part them. */
  next(tags: string): void {
    this.depth -= 1;
    this.open(tags);
  }

  /** Markup of our own on one line; when minified it may be folded at attributes. */
  line(html: string): void {
    if (this.pretty) {
      const short = html.length > LONG ? fold(html, 0).html : html;
      this.recent += `\n${'\t'.repeat(this.depth)}${short}`;
    } else if (this.column + this.recent.length + html.length <= FOLD) this.recent += html;
    else {
      this.settle();
      if (this.column + html.length <= FOLD) {
        this.recent = html;
        return;
      }
      const folded = fold(html, this.column);
      this.parts.push(folded.html);
      this.column = folded.column;
    }
  }

  /** Markup that must reach the reader byte for byte: html blocks, display conditions. */
  verbatim(html: string): void {
    this.recent += this.pretty ? `\n${html}` : html;
  }

  /** A style attribute with a leading space, or '' when nothing is set. */
  style(...pairs: Pairs): string {
    const allowed = this.amp === undefined ? pairs : ampPairs(pairs);
    if (!this.pretty) return styleAttribute(allowed);
    const value = spaced(allowed);
    return value === '' ? '' : ` style="${attr(value)}"`;
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
    const first = recent.indexOf('\n');
    this.column =
      first === -1 ? this.column + recent.length : recent.length - recent.lastIndexOf('\n') - 1;
    this.parts.push(recent);
    this.recent = '';
  }
}

interface Folded {
  readonly html: string;
  /** where the next character stands */
  readonly column: number;
}

/** Puts a line break before an attribute, or into plain text, wherever a line would get too long. */
function fold(html: string, column: number): Folded {
  if (isOneTag(html)) return foldTag(html, column);
  let result = '';
  let copied = 0;
  // The column of a character is its index plus this; each line break lowers it.
  let shift = column;
  let newline = html.indexOf('\n');
  const pass = (end: number) => {
    while (newline !== -1 && newline < end) {
      shift = Math.min(shift, -(newline + 1));
      newline = html.indexOf('\n', newline + 1);
    }
  };
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
    pass(end);
    if (start === -1) break;
    const comment = html.startsWith('<!--', start);
    at = comment ? commentEnd(html, start) : tagEnd(html, start);
    if (!comment && at + shift > FOLD) {
      const space = within(html, ' ', start, at);
      if (space !== -1) {
        result += `${html.slice(copied, space)}\n`;
        copied = space + 1;
        shift = -copied;
      }
    }
    pass(at);
  }
  pass(html.length);
  return { html: result + html.slice(copied), column: html.length + shift };
}

/** The same for one tag that is too long for the line. */
function foldTag(html: string, column: number): Folded {
  const space = html.indexOf(' ');
  if (space === -1) return { html, column: column + html.length };
  const last = html.includes('\n', space) ? html.lastIndexOf('\n') : space;
  return {
    html: `${html.slice(0, space)}\n${html.slice(space + 1)}`,
    column: html.length - last - 1,
  };
}

/** True for a tag and nothing else; false, too, for one with a `>` in a value. */
function isOneTag(html: string): boolean {
  return (
    html.startsWith('<') &&
    html.charCodeAt(1) !== 0x21 &&
    startsTag(html.charCodeAt(1)) &&
    html.indexOf('>') === html.length - 1
  );
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
  let quote = within(html, '"', start, end);
  while (quote !== -1) {
    const closing = html.indexOf('"', quote + 1);
    if (closing === -1) return html.length;
    if (closing > end) end = html.indexOf('>', closing + 1);
    quote = within(html, '"', closing + 1, end);
  }
  return end === -1 ? html.length : end + 1;
}

/** Where a character stands between two places, or -1; a search to the end of the text for each tag would take too long. */
function within(html: string, char: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (html[at] === char) return at;
  return -1;
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
