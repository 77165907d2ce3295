// Reads style attributes into safe declarations (spec 5.18).
import { decode } from '../template/urls.ts';
import { safeValue } from '../template/safe-css.ts';

const NAME = /^-{0,2}[a-z][a-z0-9-]{0,60}$/;

/** Splits a style attribute, still with character references, into safe declarations. */
export function parseStyle(css: string): readonly (readonly [string, string])[] {
  const result: (readonly [string, string])[] = [];
  const plain = decode(css).replaceAll('"', "'");
  if (plain.length > 4000) return result;
  for (const part of splitDeclarations(plain)) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (!NAME.test(name) || name === 'behavior' || name === '-moz-binding') continue;
    const value = safeValue(
      part.slice(colon + 1).replaceAll(/\(([^()]*)\)/g, (whole) => whole.replaceAll(';', '%3B')),
    );
    if (value !== '') result.push([name, value]);
  }
  return result;
}

/** A semicolon inside quotes or brackets belongs to the value; an open quote or bracket counts as text. */
function splitDeclarations(css: string): readonly string[] {
  const last = { "'": css.lastIndexOf("'"), '(': css.lastIndexOf(')') };
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < css.length; at += 1) {
    const c = css[at]!;
    if (c === ';') {
      parts.push(css.slice(from, at));
      from = at + 1;
    } else if ((c === "'" || c === '(') && at < last[c]) {
      at = css.indexOf(c === '(' ? ')' : c, at + 1);
    }
  }
  parts.push(css.slice(from));
  return parts;
}
