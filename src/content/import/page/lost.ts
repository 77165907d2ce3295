// What a block of a page holds beside what its template says: words and pictures that somebody added by hand.
import { attr, isElement, isText, parseDom, textOf, visibleText } from '../dom.ts';
import type { Element, Node } from '../dom.ts';

const SILENT = /^(?:style|script|option|datalist|textarea|select|iframe|video|template|noscript)$/;

/** Looks through all of a text; a block that needs more was not made by the service and a few hands. */
const MAX_SCANS = 300;

/**
 * The smallest elements or texts of a block whose words or pictures the descriptor does not have, in document order.
 * `descriptor` is what a reader made of the block.
 */
export function lostNodes(block: Element, descriptor: unknown): readonly Node[] {
  const strings: string[] = [];
  collect(descriptor, strings, 0);
  const known = new Set(strings);
  // Templates hold markup with character references, documents are read without.
  const words = strings.map((text) => (/[<&]/.test(text) ? plain(text) : text)).map(visibleText);
  const all = words.join('\0');
  const markup = strings.filter((text) => text.includes('<')).join('\0');
  const lost: Node[] = [];
  // Words come in the order of the template: looking from the last place on keeps the work with the length.
  let at = 0;
  let scans = 0;
  const has = (said: string): boolean => {
    if (scans > MAX_SCANS) return true;
    const next = all.indexOf(said, at);
    if (next !== -1 && next - at < 10_000) {
      at = next;
      return true;
    }
    scans += 1;
    return all.includes(said);
  };
  const drawn = (src: string): boolean => {
    scans += 1;
    if (scans > MAX_SCANS) return true;
    return markup.includes(src) || markup.includes(src.replaceAll('&', '&amp;'));
  };
  const visit = (parent: Element) => {
    for (const node of parent.childNodes) {
      if (isText(node)) {
        const said = visibleText(node.value);
        if (said !== '' && !has(said)) lost.push(alone(node, parent, block));
      } else if (isElement(node) && !SILENT.test(node.tagName)) {
        const src = node.tagName === 'img' ? attr(node, 'src') : '';
        if (src !== '' && !known.has(src) && !drawn(src)) lost.push(node);
        else visit(node);
      }
    }
  };
  visit(block);
  return [...new Set(lost)];
}

function plain(markup: string): string {
  return markup.trim() === '' ? '' : textOf(parseDom(markup).document);
}

/** The outermost inline element that says no more than the text does. */
function alone(text: Node, parent: Element, block: Element): Node {
  let at: Node = text;
  for (let up = parent; up !== block;) {
    if (visibleText(textOf(up)) !== visibleText(textOf(text)) || !INLINE.test(up.tagName)) break;
    at = up;
    if (!up.parentNode || !isElement(up.parentNode)) break;
    up = up.parentNode;
  }
  return at;
}

const INLINE = /^(?:a|b|strong|i|em|u|s|small|big|font|mark|code|sub|sup|p|h[1-6])$/;

function collect(value: unknown, strings: string[], depth: number): void {
  if (depth > 12) return;
  if (typeof value === 'string') strings.push(value);
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) collect(inner, strings, depth + 1);
  }
}
