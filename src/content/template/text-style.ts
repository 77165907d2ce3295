// Reads how text looks: the style objects of headings, paragraphs, lists, buttons, icons, menus, tables.
import { color, fontStack, letterSpacing, lineHeight, px } from './css.ts';
import type { TextStyle } from './types.ts';
import type { ReadContext } from './context.ts';
import { safeValue } from './safe-css.ts';
import type { Raw } from './values.ts';

/** Values for what a style object leaves out; they differ by block (spec 4.7). */
interface TextDefaults {
  readonly color?: string;
  readonly size: number;
  readonly weight?: string;
  readonly lineHeight?: string;
  readonly align?: string;
}

const ALIGNMENTS = new Set(['left', 'center', 'right', 'justify', 'start', 'end']);

/** A horizontal alignment, or `fallback` for anything that is not one. */
export function alignment(value: unknown, fallback = ''): string {
  if (value === undefined) return fallback;
  const word = safeValue(value).toLowerCase();
  return ALIGNMENTS.has(word) ? word : fallback;
}

/** A font weight, or `fallback`; stored files hold the word `undefined` too. */
export function weight(value: unknown, fallback: string): string {
  if (value === undefined) return fallback;
  const safe = safeValue(value);
  return /^(?:[1-9]\d{0,2}|1000|normal|bold|bolder|lighter)$/.test(safe) ? safe : fallback;
}

/** Reads a style object into a complete text style. `linkColor` falls back to the one of the body. */
export function textStyle(
  raw: Raw,
  context: ReadContext,
  defaults: TextDefaults,
  linkColor?: unknown,
): TextStyle {
  const size = px(raw['font-size'], defaults.size);
  const font = safeValue(raw['font-family']);
  return {
    color: color(raw['color'], defaults.color ?? '#000000', true),
    font: fontStack(font, context.body.font),
    inheritsFont: font === '' || font === 'inherit',
    size,
    weight: weight(raw['font-weight'], defaults.weight ?? '400'),
    spacing: letterSpacing(raw['letter-spacing']),
    lineHeight: lineHeight(raw['line-height'], size, defaults.lineHeight ?? '120%'),
    align: alignment(raw['text-align'], defaults.align ?? 'left'),
    direction: safeValue(raw['direction']) === 'rtl' ? 'rtl' : 'ltr',
    linkColor: color(linkColor, context.body.linkColor),
  };
}
