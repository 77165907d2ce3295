// How text looks at a place of any document: the properties that elements inherit.
import { attr } from '../dom.ts';
import { px, round } from '../../template/css.ts';
import type { Element } from '../dom.ts';
import type { State } from '../state.ts';
import type { Style } from '../declarations.ts';

const INHERITED = [
  'color',
  'font-family',
  'font-weight',
  'line-height',
  'letter-spacing',
  'text-align',
  'direction',
] as const;

/** What text looks like where nothing says anything: as browsers have it. */
export const PLAIN: Style = new Map([
  ['font-family', "'Times New Roman'"],
  ['font-size', '16px'],
  ['line-height', 'normal'],
]);

/** Marks an alignment by an attribute: unlike one by CSS, tables inside do not take it over. */
const BY_ATTRIBUTE = '-by-attribute';

/** Sizes of `<font size>`. */
const FONT_SIZES = [10, 13, 16, 18, 24, 32, 48];

/** What an element shows of text, from what its parent shows and what it says itself. */
export function lookOf(element: Element, inherited: Style, state: State): Style {
  const own = state.styles.own(element);
  const look = new Map(inherited);
  const align = attr(element, 'align').toLowerCase();
  const given = element.tagName === 'center' ? 'center' : align;
  if (element.tagName === 'table') {
    if (look.has(BY_ATTRIBUTE)) look.delete('text-align');
    look.delete(BY_ATTRIBUTE);
  } else if (/^(?:left|center|right|justify)$/.test(given)) {
    look.set('text-align', given).set(BY_ATTRIBUTE, given);
  } else if (element.tagName === 'th' && !look.has('text-align')) look.set('text-align', 'center');
  if (/^(?:rtl|ltr)$/.test(attr(element, 'dir'))) look.set('direction', attr(element, 'dir'));
  if (element.tagName === 'font') {
    const size = FONT_SIZES[Number.parseInt(attr(element, 'size'), 10) - 1];
    if (size !== undefined) look.set('font-size', `${size}px`);
    if (/^#?[\w]{3,20}$/.test(attr(element, 'color'))) look.set('color', attr(element, 'color'));
    if (attr(element, 'face') !== '')
      look.set('font-family', attr(element, 'face').replaceAll('"', "'"));
  }
  if (/^(?:b|strong|th)$/.test(element.tagName)) look.set('font-weight', '700');
  for (const name of INHERITED) {
    const value = own.get(name);
    if (value === undefined || value === 'inherit') continue;
    look.set(name, name === 'text-align' ? value.replace(/^-(?:webkit|moz)-/, '') : value);
    if (name === 'text-align') look.delete(BY_ATTRIBUTE);
  }
  const size = own.get('font-size');
  if (size !== undefined)
    look.set('font-size', `${fontSize(size, px(look.get('font-size'), 16))}px`);
  // Shares of the font size are px for everything inside, whatever its own size.
  const leading = /^([\d.]{1,12})(em|%)$/.exec(own.get('line-height') ?? '');
  if (leading) {
    const ratio = Number(leading[1]) / (leading[2] === '%' ? 100 : 1);
    look.set('line-height', `${round(ratio * px(look.get('font-size'), 16))}px`);
  }
  return look;
}

const SIZE_NAMES: Readonly<Record<string, number>> = {
  'xx-small': 9,
  'x-small': 10,
  small: 13,
  medium: 16,
  large: 18,
  'x-large': 24,
  'xx-large': 32,
};

function fontSize(value: string, inherited: number): number {
  const named = SIZE_NAMES[value];
  if (named !== undefined) return named;
  const relative = /^([\d.]+)(em|%)$/.exec(value);
  if (relative) return round((Number(relative[1]) * inherited) / (relative[2] === '%' ? 100 : 1));
  return px(value, inherited);
}
