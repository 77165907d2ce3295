// What may stand inside what: markup of editors puts blocks into inline elements, which HTML does not allow (spec 8.3).
import { words } from './words.ts';

/** An element while its content is read: what it is called may still change. */
export interface OpenElement {
  tag: string;
  style: readonly (readonly [string, string])[];
}

/** How inline elements look; one that turns out to hold blocks becomes a `div` of that look. */
const LOOKS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  abbr: [],
  b: [['font-weight', 'bold']],
  bdi: [],
  bdo: [],
  big: [['font-size', 'larger']],
  cite: [['font-style', 'italic']],
  code: [['font-family', 'monospace']],
  dfn: [['font-style', 'italic']],
  em: [['font-style', 'italic']],
  i: [['font-style', 'italic']],
  kbd: [['font-family', 'monospace']],
  mark: [['background-color', '#ffff00']],
  q: [],
  s: [['text-decoration', 'line-through']],
  samp: [['font-family', 'monospace']],
  small: [['font-size', 'smaller']],
  span: [],
  strike: [['text-decoration', 'line-through']],
  strong: [['font-weight', 'bold']],
  sub: [
    ['vertical-align', 'sub'],
    ['font-size', 'smaller'],
  ],
  sup: [
    ['vertical-align', 'super'],
    ['font-size', 'smaller'],
  ],
  time: [],
  tt: [['font-family', 'monospace']],
  u: [['text-decoration', 'underline']],
  var: [['font-style', 'italic']],
};

/** Elements that take the place of their parent: what may stand there, may stand in them. */
const TRANSPARENT = words('a del ins');
/** Elements for inline content only that stay what they are. */
const INLINE_ONLY = words('button dt h1 h2 h3 h4 h5 h6 label legend p pre summary');

/**
 * Makes room for a block element inside the open ones (outermost first). Inline elements around it become a `div` that
 * is drawn inline; inside a heading and the like, or where `phrase` allows no block at all, it is the new one that
 * becomes a `span`, drawn as a block.
 */
export function makeRoom(open: readonly OpenElement[], added: OpenElement, phrase: boolean): void {
  const around: OpenElement[] = [];
  let inlineOnly = phrase;
  for (let i = open.length - 1; i >= 0; i -= 1) {
    const element = open[i]!;
    if (Object.hasOwn(LOOKS, element.tag)) around.push(element);
    else if (!TRANSPARENT.has(element.tag)) {
      inlineOnly = INLINE_ONLY.has(element.tag);
      break;
    }
  }
  if (inlineOnly) {
    if (added.tag === 'table' || added.tag === 'form') return;
    if (added.tag !== 'hr') added.style = [['display', 'block'], ...added.style];
    added.tag = added.tag === 'hr' ? 'br' : 'span';
    return;
  }
  for (const element of around) {
    const look = LOOKS[element.tag] ?? [];
    element.style = [['display', 'inline'], ...look, ...element.style];
    element.tag = 'div';
  }
}
