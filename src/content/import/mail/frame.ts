// What every block of a hosted e-mail has around it: paddings, visibility, class name, id (spec 5.3, 5.5).
import { attr, cellsOf, child, classes, find, tableRows } from '../dom.ts';
import { narrowPadding, paddingJson, paddingOf } from '../values.ts';
import type { Element } from '../dom.ts';
import type { Json, State } from '../state.ts';
import type { Sides } from '../values.ts';

/** A block of a document, and what is known of it before its kind is. */
export interface Source {
  readonly block: Element;
  /** the cell with the paddings */
  readonly pad: Element;
  readonly state: State;
  readonly padding: Sides;
  /** the start of `mobileStyle` */
  readonly mobile: Json;
}

const OWN = /^(?:[a-z_]+_block|block-\d+|mobile_hide|desktop_hide)$/;

/** The service's own ids of lists, of 2023. */
const SERVICE_ID = /^list-r\d+c\d+m\d+$/;

/** Class names that the user gave. */
export function userClasses(element: Element, own: RegExp = OWN): string {
  return classes(element)
    .filter((name) => !own.test(name))
    .join(' ');
}

/** The frame of a block; undefined when it has no cell to hold anything. */
export function sourceOf(block: Element, state: State): Source | undefined {
  const pad = find(block, '.pad') ?? cellsOf(tableRows(block)[0])[0];
  if (pad === undefined) return undefined;
  const all = Number(attr(block, 'cellpadding'));
  const style = state.styles.own(pad);
  const given = ['top', 'right', 'bottom', 'left'].some((side) => style.has(`padding-${side}`));
  const padding: Sides =
    !given && Number.isFinite(all) && all > 0 ? [all, all, all, all] : paddingOf(style);
  return { block, pad, state, padding, mobile: narrowPadding(state.styles.narrow(pad), padding) };
}

/** The same block with more space below, or less as far as there is some: first below, then above. */
export function taller(source: Source, pixels: number): Source {
  if (pixels === 0) return source;
  const [top, right, bottom, left] = source.padding;
  const below = Math.max(0, bottom + pixels);
  const above = Math.max(0, top + pixels + (bottom - below));
  return { ...source, padding: [pixels < 0 ? above : top, right, below, left] };
}

/** The visibility flags of a row or block (spec 5.4.5). */
export function hiddenJson(element: Element): Json {
  const names = classes(element);
  return {
    hideContentOnMobile: names.includes('mobile_hide'),
    hideContentOnDesktop: names.includes('desktop_hide'),
  };
}

/** The members of a descriptor that all kinds share; `more` goes into `style`, `computed` into `computedStyle`. */
export function frameJson(
  source: Source,
  parts: { readonly style?: Json; readonly computed?: Json; readonly mobile?: Json } = {},
): Json {
  const id = attr(source.block, 'id').replace(SERVICE_ID, '');
  return {
    style: { ...paddingJson(source.padding), ...parts.style },
    computedStyle: { ...hiddenJson(source.block), ...parts.computed },
    mobileStyle: { ...source.mobile, ...parts.mobile },
    ...(id === '' ? {} : { id }),
  };
}

/** The element that places a block: `div.alignment`, or what older generations had in its place. */
export function alignmentIn(source: Source): Element | undefined {
  return find(source.pad, '.alignment') ?? child(source.pad, 'div');
}

/** left, center or right, wherever the document says it. */
export function alignOf(source: Source, standard: string): string {
  const holder = alignmentIn(source);
  const style = source.state.styles.own(source.pad);
  return (
    attr(holder, 'align') ||
    (holder && source.state.styles.own(holder).get('text-align')) ||
    style.get('text-align') ||
    attr(source.pad, 'align') ||
    standard
  );
}

/** Attributes that a user put on a link or an element: those that the renderer never writes (spec 4.6). */
export function customAttributes(
  element: Element | undefined,
  target: 'link' | 'tag',
  known: RegExp,
): readonly Json[] {
  return (element?.attrs ?? [])
    .filter(({ name }) => !known.test(name) && !/^(?:on|style$|class$|id$|xmlns)/.test(name))
    .slice(0, 50)
    .map(({ name, value }) => ({ key: name, value, target }));
}
