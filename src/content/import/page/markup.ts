// Markup of users on pages, where html blocks are printed as they are: kept byte for byte unless it would run code.
import { attr, descendants, isElement, sourceEnd } from '../dom.ts';
import { safeHref } from '../../template/urls.ts';
import { safeMarkup } from '../markup.ts';
import type { Element, Node } from '../dom.ts';
import type { State } from '../state.ts';

/** The source of some neighbouring nodes; without scripts, handlers and the like where it has any. */
export function pageMarkup(nodes: readonly Node[], state: State): string {
  const placed = nodes.filter((node) => node.sourceCodeLocation);
  const first = placed[0]?.sourceCodeLocation;
  const last = placed.at(-1);
  if (!first || !last) return '';
  const end = isElement(last) ? sourceEnd(last) : last.sourceCodeLocation!.endOffset;
  const html = state.dom.source.slice(first.startOffset, Math.max(end, first.startOffset));
  return (isHarmless(nodes) ? html : safeMarkup(html)).trim();
}

const RUNS =
  /^(?:script|object|embed|applet|base|frame|frameset|portal|noscript|plaintext|xmp|svg|math|template)$/;
const TARGETS = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'srcdoc'];

function isHarmless(nodes: readonly Node[]): boolean {
  return nodes.every(
    (node) => !isElement(node) || [node, ...descendants(node)].every((one) => isCalm(one)),
  );
}

function isCalm(element: Element): boolean {
  if (RUNS.test(element.tagName)) return false;
  if (element.attrs.some(({ name }) => name.startsWith('on'))) return false;
  if (element.tagName === 'meta' && attr(element, 'http-equiv') !== '') return false;
  if (element.tagName === 'iframe' && !/^(?:https?:)?\/\//i.test(attr(element, 'src')))
    return false;
  return TARGETS.every((name) => {
    const target = attr(element, name);
    return name === 'srcdoc' ? target === '' : safeHref(target) === target;
  });
}
