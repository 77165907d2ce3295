// Which text may stand in a style: nothing that ends a declaration, swallows the next one, or runs (spec 5.18).
import { memo } from '../memo.ts';
import { decode, safeSrc } from './urls.ts';
import { text } from './values.ts';

// Nearly all values: no bracket, no quote, no colon, no escape, so nothing to check.
const PLAIN = /^[\w#.%, -]+$/;
// Looked for in the value without comments and white space, so that neither can hide it.
const UNSAFE =
  /[<>{};\\\p{Cc}]|expression\(|javascript:|vbscript:|-moz-binding|behaviou?r:|@import/iu;

/**
 * A value that may stand in a declaration, or '' when it must be dropped (spec 5.18): no end of the
 * declaration or the rule, no open quote or bracket, no markup, no script. `"` becomes `'`, because inline
 * styles stand in quotes.
 */
export function safeValue(value: unknown): string {
  return value === undefined ? '' : checked(text(value));
}

const checked = memo((value) => {
  const raw = value.trim();
  if (raw === '' || raw.length > 2000) return '';
  if (PLAIN.test(raw)) return raw;
  const bare = withoutComments(raw);
  if (UNSAFE.test(bare.replaceAll(/\s+/g, ''))) return '';
  const result = bare.replaceAll('"', "'").replaceAll(/[\r\n\t\f]+/g, ' ');
  return isClosed(result) ? result.trim() : '';
});

/** CSS without its comments; one that is not closed reaches to the end. */
export function withoutComments(css: string): string {
  let result = '';
  let at = 0;
  for (;;) {
    const start = css.indexOf('/*', at);
    if (start === -1) return result + css.slice(at);
    result += css.slice(at, start);
    const end = css.indexOf('*/', start + 2);
    if (end === -1) return result;
    at = end + 2;
  }
}

/** True when every quote and bracket has its partner: an open one would swallow what follows. */
function isClosed(value: string): boolean {
  let depth = 0;
  let quoted = false;
  for (const c of value) {
    if (c === "'") quoted = !quoted;
    else if (!quoted && c === '(') depth += 1;
    else if (!quoted && c === ')') {
      depth -= 1;
      if (depth < 0) return false;
    }
  }
  return !quoted && depth === 0;
}

// What would end a quoted URL, the sheet, or the attribute around it; outside merge tags also what CSS
// dislikes in URLs.
const BREAKS = /[<>'"\\\p{Cc}]/gu;
const ODD = /[<>'"\\\s()\p{Cc}]/gu;
const MERGE_TAG = /(\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\})/;

const percent = (c: string) => encodeURIComponent(c).replaceAll(/['()]/g, hex);
const hex = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * A picture address for `url('…')`, or '' when it could run. Character references are resolved first: a style
 * attribute would turn `&#39;` into the quote that ends the URL.
 */
export function styleUrl(value: string): string {
  let url = value.trim();
  for (let i = 0; i < 5; i += 1) url = decode(url);
  if (url !== decode(url)) return '';
  // Odd parts are merge tags, which keep their spaces and brackets.
  return safeSrc(url)
    .split(MERGE_TAG)
    .map((part, i) => part.replaceAll(i % 2 === 1 ? BREAKS : ODD, percent))
    .join('');
}

/** The URL in `url("…")`, `url('…')`, `url(…)` or bare; '' for `none` and what could run (spec 4.10, step 7). */
export function backgroundUrl(value: unknown): string {
  let url = text(value).trim();
  if (/^url\(/i.test(url) && url.endsWith(')')) {
    url = url.slice(4, -1).trim();
    const quote = url[0];
    if ((quote === '"' || quote === "'") && url.length > 1 && url.endsWith(quote))
      url = url.slice(1, -1).trim();
  }
  return url === 'none' || url === 'undefined' ? '' : styleUrl(url);
}
