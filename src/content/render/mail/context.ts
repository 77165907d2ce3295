// What the renderers of e-mail blocks share, and the frame around each block (spec 5.3, 5.5).
import { attr } from '../escape.ts';
import { safeHref } from '../../template/urls.ts';
import { anySide, mergedBox, paddingPairs, shorthandOf } from '../box.ts';
import { NO_MOBILE } from '../../template/frame.ts';
import { memo } from '../../memo.ts';
import { ampPairs } from '../amp/css.ts';
import { important, RuleSet } from '../sheet.ts';
import type { Body, Frame, Link } from '../../template/types.ts';
import type { Pairs } from '../declarations.ts';
import type { Writer } from '../writer.ts';

/** Parts of the style sheet that only some documents need. */
export type Feature =
  'social' | 'icons' | 'fullwidth' | 'video' | 'menu' | 'hamburger' | 'list' | 'reverse' | 'gap';

/** The numbered rules of an e-mail, collected while its body is written. */
export class MailSheet {
  readonly features = new Set<Feature>();
  /** outside the media query: in AMP, what the narrow view or the pointer changes */
  readonly wide: RuleSet;
  readonly hover: RuleSet;
  /** inside the media query, in this order */
  readonly helpers: RuleSet;
  readonly blocks: RuleSet;
  readonly columns: RuleSet;
  readonly rows: RuleSet;

  constructor(amp: boolean) {
    const rules = () => new RuleSet(amp ? ampPairs : undefined);
    this.wide = rules();
    this.hover = rules();
    this.helpers = rules();
    this.blocks = rules();
    this.columns = rules();
    this.rows = rules();
  }
}

/** State while the rows of an e-mail are written, one after the other. */
export class MailContext {
  readonly out: Writer;
  readonly body: Body;
  readonly amp: boolean;
  readonly warnings: string[];
  readonly sheet: MailSheet;
  /** numbers from 1, as in the class names */
  row = 0;
  column = 0;
  block = 0;
  /** px inside the column */
  width = 0;
  /** background pictures of rows are drawn by VML, too */
  outlookBackgrounds = false;
  /** the row at hand stands in such a shape, and Outlook draws no other one inside */
  inShape = false;
  /** declarations that hide tables on the desktop, or none */
  hide: Pairs = [];

  /** Tells what is left out of the document, once. */
  warn(message: string): void {
    if (this.warnings.length < 50 && !this.warnings.includes(message)) this.warnings.push(message);
  }

  constructor(out: Writer, body: Body, amp: boolean, warnings: string[]) {
    this.out = out;
    this.body = body;
    this.amp = amp;
    this.warnings = warnings;
    this.sheet = new MailSheet(amp);
  }
}

/** Attributes of every layout table. */
export const TABLE = 'border="0" cellpadding="0" cellspacing="0" role="presentation"';
const SPACES: Pairs = ['mso-table-lspace', '0pt', 'mso-table-rspace', '0pt'];

/** Inline copies for clients that drop the sheet; AMP has no way to override them, so it gets none. */
export const HIDE: Pairs = [
  'mso-hide',
  'all',
  'display',
  'none',
  'max-height',
  '0',
  'overflow',
  'hidden',
];

/** The style attribute of a layout table. */
export function tableStyle(context: MailContext, ...pairs: Pairs): string {
  return context.out.style(...SPACES, ...pairs, ...context.hide);
}

/** The selector of the block, as mobile and hover rules use it. */
export function selector(context: MailContext, kind: string): string {
  return `.row-${context.row} .column-${context.column} .block-${context.block}.${kind}_block`;
}

/** Adds a rule of the narrow view that wins against inline styles. */
export function mobileRule(
  context: MailContext,
  target: string | readonly string[],
  ...pairs: Pairs
): void {
  if (pairs.length === 0) return;
  context.sheet.blocks.add(target, ...(context.amp ? pairs : important(pairs)));
}

/** The alignment of a whole block in the narrow view. */
export function mobileAlign(context: MailContext, kind: string, block: Frame): void {
  if (block.mobile.textAlign === '') return;
  const target = selector(context, kind);
  mobileRule(
    context,
    [`${target} td.pad`, `${target} .alignment`],
    'text-align',
    block.mobile.textAlign,
  );
}

/**
 * The style attribute of an element that `over` changes in the narrow view. Nothing beats an inline style in
 * AMP, which knows no `!important`, so there the changing properties move to the sheet, under `target`.
 */
export function changingStyle(
  context: MailContext,
  target: string,
  over: Pairs,
  ...pairs: Pairs
): string {
  if (!context.amp) return context.out.style(...pairs);
  const names = over.filter((_name, i) => i % 2 === 0 && (over[i + 1] ?? '') !== '');
  const moves = (name: string | undefined) =>
    names.some((changed) => name === changed || name?.startsWith(`${changed}-`) === true);
  const moved: (string | undefined)[] = [];
  const kept: (string | undefined)[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    (moves(pairs[i]) ? moved : kept).push(pairs[i], pairs[i + 1]);
  }
  context.sheet.wide.add(target, ...moved);
  return context.out.style(...kept);
}

function classes(context: MailContext, kind: string, block: Frame): string {
  const hidden = block.hidden.mobile ? ' mobile_hide' : block.hidden.desktop ? ' desktop_hide' : '';
  return `${kind}_block block-${context.block}${hidden}${block.className === '' ? '' : ` ${block.className}`}`;
}

/** The class and id attributes of a block that is not a table. */
export function blockAttributes(context: MailContext, kind: string, block: Frame): string {
  const { amp } = context.out;
  const named = block.id !== '' && (amp === undefined || amp.takesAnywhere('id', block.id));
  return `class="${classes(context, kind, block)}"${named ? ` id="${attr(block.id)}"` : ''}`;
}

/**
 * Opens `table.<kind>_block > tr > td.pad`. Four equal paddings become `cellpadding` with a bare cell;
 * otherwise the cell carries the paddings and then `pad`. `always` is printed in both cases (spec 5.5).
 */
export function openBlock(
  context: MailContext,
  kind: string,
  block: Frame,
  styles: { readonly table?: Pairs; readonly pad?: Pairs; readonly always?: Pairs } = {},
): void {
  const { out } = context;
  const { top, right, bottom, left } = block.padding;
  const equal = top !== undefined && top > 0 && top === right && top === bottom && top === left;
  const pad = equal ? [] : [...paddingPairs(block.padding), ...(styles.pad ?? [])];
  out.open(
    `<table ${blockAttributes(context, kind, block)} width="100%" border="0" cellpadding="${equal ? top : 0}" cellspacing="0" role="presentation"${tableStyle(context, ...(styles.table ?? []))}>`,
  );
  out.open('<tr>');
  if (block.mobile === NO_MOBILE) {
    out.open(`<td class="pad"${out.style(...pad, ...(styles.always ?? []))}>`);
    return;
  }
  const target = `${selector(context, kind)} td.pad`;
  const over = anySide(block.mobile.padding)
    ? ['padding', shorthandOf(mergedBox(block.mobile.padding, block.padding))]
    : [];
  // Menus, icons and social blocks also change the alignment of the cell.
  const align = ['text-align', block.mobile.textAlign];
  const style = changingStyle(
    context,
    target,
    [...over, ...align],
    ...pad,
    ...(styles.always ?? []),
  );
  out.open(`<td class="pad"${style}>`);
  mobileRule(context, target, ...over);
}

/** Closes what `openBlock` opened. */
export function closeBlock(context: MailContext): void {
  context.out.close('</td>');
  context.out.close('</tr>');
  context.out.close('</table>');
}

/** A link target that may be printed; AMP wants absolute addresses or merge tags (spec 5.17). */
export function href(context: MailContext, url: string): string {
  const safe = safeHref(url);
  return context.out.amp === undefined ? safe : context.out.amp.href(safe);
}

/** `<a …>` for a link of our own, or '' without a target. */
export function anchor(context: MailContext, link: Link, extra = ''): string {
  const url = href(context, link.href);
  if (url === '') return '';
  const target = context.amp ? '_blank' : link.target;
  return `<a href="${attr(url)}" target="${attr(target)}"${extra}>`;
}

/** The generic family of a stack, for programs that know none of its names. */
export const genericFont = memo((stack) => {
  const last = stack.split(',').at(-1)?.trim().replaceAll("'", '').toLowerCase() ?? '';
  return /^(?:serif|sans-serif|monospace|cursive|fantasy)$/.test(last) ? last : 'sans-serif';
});
