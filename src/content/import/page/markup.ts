// Markup of users on pages, where html blocks are printed as they are: kept byte for byte but for what would run.
import { attr, descendants, isElement, parseDom, sourceEnd } from '../dom.ts';
import { safeHref, safeSrc } from '../../template/urls.ts';
import { safeMarkup } from '../markup.ts';
import type { Element, Node } from '../dom.ts';
import type { State } from '../state.ts';

/** The source of some neighbouring nodes, without scripts, handlers and the like. Players in frames stay. */
export function pageMarkup(nodes: readonly Node[], state: State): string {
  const placed = nodes.filter((node) => node.sourceCodeLocation);
  const first = placed[0]?.sourceCodeLocation;
  const last = placed.at(-1);
  if (!first || !last) return '';
  const end = isElement(last) ? sourceEnd(last) : last.sourceCodeLocation!.endOffset;
  return calmed(state.dom.source.slice(first.startOffset, Math.max(end, first.startOffset))).trim();
}

/** Cuts out what would run until nothing is left that would: a cut may bring the halves of a tag together. */
export function calmed(html: string): string {
  let result = html;
  for (let round = 0; round < 5 && result.trim() !== ''; round += 1) {
    const parts = [...descendants(parseDom(result).document)].flatMap((element) =>
      running(element),
    );
    if (parts.length === 0) return result;
    if (parts.some((part) => part === undefined)) break;
    result = without(result, parts as readonly Range[]);
  }
  return result.trim() === '' ? '' : safeMarkup(result);
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
}

function without(text: string, parts: readonly Range[]): string {
  let result = '';
  let at = 0;
  for (const part of parts.toSorted((a, b) => a.startOffset - b.startOffset)) {
    result += text.slice(at, Math.max(at, part.startOffset));
    at = Math.max(at, part.endOffset);
  }
  return result + text.slice(at);
}

const RUNS =
  /^(?:script|object|embed|applet|base|frame|frameset|portal|plaintext|xmp|svg|math|template)$/;

/** Where the parts of an element stand that would run; `undefined` for one that cannot be told. */
function running(element: Element): readonly (Range | undefined)[] {
  const place = element.sourceCodeLocation ?? undefined;
  const whole = place && { startOffset: place.startOffset, endOffset: sourceEnd(element) };
  if (RUNS.test(element.tagName)) return [whole];
  if (element.tagName === 'meta' && attr(element, 'http-equiv') !== '') return [whole];
  if (element.tagName === 'iframe' && !/^(?:https?:)?\/\//i.test(attr(element, 'src').trim())) {
    return [whole];
  }
  return element.attrs
    .filter(({ name, value }) => isRunning(name, value))
    .map(({ name }) => place?.attrs?.[name]);
}

function isRunning(name: string, value: string): boolean {
  if (name.startsWith('on') || name === 'srcdoc') return true;
  if (name === 'src' || name === 'background' || name === 'poster') return safeSrc(value) !== value;
  return (
    /^(?:href|action|formaction|data|xlink:href|ping)$/.test(name) && safeHref(value) !== value
  );
}
