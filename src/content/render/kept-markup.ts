// Comments and style sheets of html blocks: what may stay of them, byte for byte (spec 4.7, 5.10).
import { decode } from '../template/urls.ts';
import { withoutComments } from '../template/safe-css.ts';

const REVEALED = /^<!--\[if [^\]<>]{1,60}\]><!(?:-- ?)?-->$/;
const REVEALED_END = /^<!-- ?<!\[endif\]-->$/;
const ACTIVE =
  /<\/?(?:script|i?frame|frameset|object|embed|applet|svg|math|base|meta)|[\s"'/]on[a-z]{3,30}\s{0,9}=|script:/i;

/** A comment that holds nothing active: plain ones, and Outlook's conditional ones. Every other one gives ''. */
export function keptComment(comment: string): string {
  if (REVEALED.test(comment) || REVEALED_END.test(comment) || isPlain(comment)) return comment;
  if (!/^<!--\[if [^\]<>]{1,60}\]>/.test(comment) || !comment.endsWith('<![endif]-->')) return '';
  return ACTIVE.test(decode(comment)) ? '' : comment;
}

const MARKS = /<!--\[if [^\]<>]{1,60}\]><!(?:-- ?)?-->|<!-- ?<!\[endif\]-->/g;

/** Markup without the marks around what Outlook skips that have no partner: they would hide what follows, or show it. */
export function withPairedMarks(html: string): string {
  if (!html.includes('<![endif]--') && !html.includes('<!--[if')) return html;
  const open: number[] = [];
  const paired = new Set<number>();
  for (const { 0: mark, index } of html.matchAll(MARKS)) {
    if (mark.startsWith('<!--[')) open.push(index);
    else if (open.length > 0) paired.add(open.pop()!).add(index);
  }
  return html.replaceAll(MARKS, (mark, index: number) => (paired.has(index) ? mark : ''));
}

/** No end of the comment inside, no markup, no condition: programs of all ages agree that this is a comment. */
function isPlain(comment: string): boolean {
  if (!comment.startsWith('<!--') || !comment.endsWith('-->') || comment.length < 7) return false;
  const inside = comment.slice(4, -3);
  return !/[<>]|--|^-|-$|^\s*\[/.test(inside);
}

const LOADS = /expression\s{0,9}\(|javascript:|vbscript:|-moz-binding|behaviou?r\s{0,9}:/i;

/** CSS as a browser reads its escapes: `\65` is an e. */
function unescaped(css: string): string {
  return css.replaceAll(/\\(?:([\da-f]{1,6})\s?|)/gi, (_whole, hex?: string) =>
    hex === undefined ? '' : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10_ff_ff)),
  );
}

/** A style sheet, or '' when it could load code or leave its element; comment marks of old pages go. */
export function keptSheet(css: string, attributes: readonly (readonly [string, string])[]): string {
  const plain = css.replaceAll(/<!--|-->/g, '');
  const meant = unescaped(plain);
  // With and without comments: they hide words from a simple search, and strings hide them from CSS.
  if (/<[^\s=]|<$/.test(plain) || LOADS.test(meant) || LOADS.test(withoutComments(meant)))
    return '';
  const kept = attributes
    .filter(([name, value]) => SHEET_ATTRIBUTES[name]?.test(value) === true)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
  return `<style${kept}>${plain}</style>`;
}

const SHEET_ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  media: /^[\w\s():,-]{1,200}$/,
  type: /^text\/css$/i,
};

/** Characters of the data that an AMP e-mail may start with. */
const STATE_LIMIT = 100_000;

/** The JSON of an `amp-state`, written anew so that nothing in it ends the element; '' for anything else. */
export function keptState(
  json: string,
  attributes: readonly (readonly [string, string])[],
  wanted: 'application/json' | 'application/ld+json',
): string {
  const type = attributes.find(([name]) => name === 'type')?.[1];
  if (type !== wanted || json.length > STATE_LIMIT) return '';
  try {
    const state = JSON.stringify(JSON.parse(json)).replaceAll('<', String.raw`\u003c`);
    return `<script type="${wanted}">${state}</script>`;
  } catch {
    return '';
  }
}
