// What every block of a hosted page has around it: paddings, visibility, class name, id, inherited text styles (spec 5.15).
import { attr, elementsIn, find, hasClass, isElement, isText } from '../dom.ts';
import { fontJson, narrowPadding, paddingJson, paddingOf, textJson } from '../values.ts';
import { givenClasses } from './names.ts';
import { isBlank } from '../rich.ts';
import { length, px, round } from '../../template/css.ts';
import type { Element, Node } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';
import type { Style } from '../declarations.ts';

/** A block of a page. */
export interface PageBlock {
  readonly block: Element;
  readonly prefix: string;
  readonly state: State;
}

/** The first element below with `prefix-name`. */
export function part(source: PageBlock, name: string): Element | undefined {
  return find(source.block, `.${source.prefix}-${name}`);
}

/** The visibility flags of a row or block. */
export function hiddenJson(element: Element, prefix: string): Json {
  return {
    hideContentOnMobile: hasClass(element, `${prefix}-mobile_hide`),
    hideContentOnDesktop: hasClass(element, `${prefix}-desktop_hide`),
  };
}

/** The members of a descriptor that all kinds share. */
export function frameJson(
  source: PageBlock,
  parts: { readonly style?: Json; readonly computed?: Json; readonly mobile?: Json } = {},
): Json {
  const { block, prefix, state } = source;
  const padding = paddingOf(state.styles.own(block));
  const id = attr(block, 'id');
  return {
    style: { ...paddingJson(padding), ...parts.style },
    computedStyle: { ...hiddenJson(block, prefix), ...parts.computed },
    mobileStyle: { ...narrowPadding(state.styles.narrow(block), padding), ...parts.mobile },
    ...(id === '' ? {} : { id }),
  };
}

/** The class names that the user gave to a block. */
export const blockClasses = ({ block, prefix }: PageBlock) => givenClasses(block, prefix);

const INHERITED = [
  'color',
  'direction',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'letter-spacing',
  'line-height',
  'text-align',
] as const;

/** The style of an element with what it takes over from those around it, up to the body. */
export function lookOf(element: Element, state: State): Style {
  const look = new Map(state.styles.own(element));
  for (const name of INHERITED) if (passes(look.get(name))) look.delete(name);
  for (let up = element.parentNode; up && isElement(up); up = up.parentNode) {
    const style = state.styles.own(up);
    for (const name of INHERITED) {
      const value = look.has(name) ? undefined : style.get(name);
      if (value !== undefined && !passes(value)) look.set(name, value);
    }
  }
  return look;
}

/** True for a value that means the one of the parent; browsers drop stacks that name `inherit`. */
const passes = (value: string | undefined) =>
  value !== undefined && /^(?:inherit|unset|revert|undefined)\b/.test(value);

/** Text properties as a template stores them; line heights stay percent or factor, which differ for text inside. */
export function pageText(look: Style, state: State): Json {
  const leading = look.get('line-height');
  return {
    ...textJson(look, state),
    'font-family': fontJson(look.get('font-family'), state),
    'font-size': `${fontSize(look)}px`,
    'line-height': length(leading) ? leading : 'normal',
  };
}

/** px; what says nothing has the size that browsers start with. */
export function fontSize(look: Style): number {
  const parsed = length(look.get('font-size'));
  if (!parsed) return 16;
  return parsed.unit === 'px' ? parsed.value : parsed.value * (parsed.unit === '%' ? 0.16 : 16);
}

/** The alignment of a block, `left` where nothing is said. */
export function alignOf(look: Style): string {
  const align = look.get('text-align') ?? '';
  return /^(?:left|center|right|justify)$/.test(align) ? align : 'left';
}

/** The text properties that the narrow view changes, without values that no browser takes. */
export function narrowText(narrow: Style): Json {
  const result: Record<string, string> = {};
  const align = narrow.get('text-align');
  if (align !== undefined) result['text-align'] = align;
  if (length(narrow.get('font-size'))) result['font-size'] = narrow.get('font-size')!;
  if (length(narrow.get('line-height'))) result['line-height'] = narrow.get('line-height')!;
  return result;
}

/** px that white space between inline blocks takes: a space of the usual fonts is a bit over a quarter of their size. */
export function spaceBetween(siblings: readonly Node[], look: Style): number {
  const spaced = siblings.some((node, i) => {
    const next = siblings[i + 1];
    return (
      isElement(node) &&
      next !== undefined &&
      isText(next) &&
      /^\s+$/.test(next.value) &&
      siblings.slice(i + 2).some((other) => isElement(other))
    );
  });
  if (!spaced) return 0;
  return Math.round(fontSize(look) * 27.8) / 100 + px(look.get('letter-spacing'), 0);
}

/** Paddings of inline blocks with the white space between them, on the sides where it does not move the whole line. */
export function spread([top, right, bottom, left]: Sides, space: number, align: string): Sides {
  const before = align === 'right' ? space : align === 'center' ? space / 2 : 0;
  return [top, round(right + space - before), bottom, round(left + before)];
}

/** True when all that an element holds besides white space is one of the given elements. */
export function holdsOnly(parent: Element, ...expected: readonly (Element | undefined)[]): boolean {
  const rest = parent.childNodes.filter((node) => !(isElement(node) && expected.includes(node)));
  return elementsIn(parent).every((node) => expected.includes(node)) && isBlank(rest);
}
