// What the renderers of pages and popups share: class names with their prefix, and the sheet (spec 5.15, 5.16).
import { attr } from '../escape.ts';
import { safeHref } from '../../template/urls.ts';
import { important, RuleSet } from '../sheet.ts';
import { anySide, mergedBox, paddingPairs, shorthandOf } from '../box.ts';
import type { Body, Box, Frame, Link, TextStyle } from '../../template/types.ts';
import type { Pairs } from '../declarations.ts';
import type { Writer } from '../writer.ts';

/** The rules of a page in the order in which they are printed. */
export class PageSheet {
  /** elements whose margins are reset: `p`, `h1` … */
  readonly resets = new Set<string>();
  /** column widths in use: twelfths */
  readonly widths = new Set<number>();
  /** rules of block kinds */
  readonly kinds = new RuleSet();
  /** rules by number */
  readonly numbered = new RuleSet();
  /** rules of the narrow view */
  readonly narrowKinds = new RuleSet();
  readonly narrow = new RuleSet();
}

export interface PageContext {
  readonly out: Writer;
  readonly body: Body;
  readonly sheet: PageSheet;
  /** `bee` for pages, `bee-popup` for popups */
  readonly prefix: string;
  /** in front of selectors that carry no number: popups must not leak (spec 5.16) */
  readonly scope: string;
  readonly row: number;
  readonly column: number;
  readonly block: number;
  /** px inside the column */
  readonly width: number;
}

/** The numbered selector of the block. */
export function selector(context: PageContext): string {
  const p = context.prefix;
  return `.${p}-row-${context.row} .${p}-col-${context.column} .${p}-block-${context.block}`;
}

/** The selector of a block kind, scoped in popups. */
export function kindSelector(context: PageContext, kind: string, rest = ''): string {
  return `${context.scope}.${context.prefix}-${kind}${rest}`;
}

/** Paddings as the shortest declarations: the shorthand when all sides are set to something. */
export function boxPairs(box: Box): Pairs {
  const { top, right, bottom, left } = box;
  if (top && right && bottom && left) return ['padding', shorthandOf(box)];
  return paddingPairs(box);
}

/** The text style of menus and icons; what is inherited or initial stays out. */
export function labelPairs(style: TextStyle): Pairs {
  return [
    'color',
    style.color,
    'font-family',
    style.inheritsFont ? '' : style.font,
    'font-size',
    `${style.size}px`,
    'font-weight',
    style.weight === '400' ? '' : style.weight,
    'letter-spacing',
    style.spacing === 'normal' ? '' : style.spacing,
  ];
}

/** Adds a rule by number that wins in the narrow view. */
export function narrowRule(
  context: PageContext,
  target: string | readonly string[],
  ...pairs: Pairs
): void {
  context.sheet.narrow.add(target, ...important(pairs));
}

/** Opens `div.<p>-block.<p>-block-B.<p>-<kind>` and adds its padding rules. */
export function openBlock(
  context: PageContext,
  kinds: string,
  block: Frame,
  ...pairs: Pairs
): void {
  const { out, prefix, sheet } = context;
  const hidden = block.hidden.mobile
    ? ` ${prefix}-mobile_hide`
    : block.hidden.desktop
      ? ` ${prefix}-desktop_hide`
      : '';
  const names = kinds
    .split(' ')
    .map((kind) => ` ${prefix}-${kind}`)
    .join('');
  const name = block.className === '' ? '' : ` ${block.className}`;
  const id = block.id === '' ? '' : ` id="${attr(block.id)}"`;
  out.open(
    `<div class="${prefix}-block ${prefix}-block-${context.block}${names}${hidden}${name}"${id}>`,
  );
  sheet.numbered.add(selector(context), ...boxPairs(block.padding), ...pairs);
  if (anySide(block.mobile.padding)) {
    narrowRule(
      context,
      selector(context),
      'padding',
      shorthandOf(mergedBox(block.mobile.padding, block.padding)),
    );
  }
}

/** Closes what `openBlock` opened. */
export function closeBlock(context: PageContext): void {
  context.out.close('</div>');
}

/** `<a …>` or '' without a usable target. */
export function anchor(link: Link, extra = ''): string {
  const url = safeHref(link.href);
  if (url === '') return '';
  const title = link.title === '' ? '' : ` title="${attr(link.title)}"`;
  return `<a href="${attr(url)}" target="${attr(link.target)}"${title}${extra}>`;
}
