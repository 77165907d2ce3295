// CSS values as templates store them: lengths, borders, colours, backgrounds, font stacks.
import { backgroundUrl, safeValue } from './safe-css.ts';
import { memo } from '../memo.ts';
import { object, text } from './values.ts';
import type { Background, Border, Borders, Box, Length, LineHeight } from './types.ts';

const LENGTH = /^\s*(-?\d{1,7}(?:\.\d{1,20})?)(px|%|em|rem|pt)?\s*$/;
const BORDER_STYLE = /^(?:dotted|dashed|solid|double|groove|ridge|inset|outset)$/;

/** Parses one length; a bare number is px and points become px (spec 4.10, step 5). */
export function length(value: unknown): Length | undefined {
  // Most lengths of a template are not set.
  if (value === undefined) return undefined;
  const parsed = LENGTHS(text(value));
  return parsed === JUNK ? undefined : parsed;
}

const JUNK: Length = { value: Number.NaN, unit: 'px' };

const LENGTHS = memo((value): Length => {
  const match = LENGTH.exec(value);
  if (!match) return JUNK;
  const number = Number(match[1]);
  const unit = match[2] ?? 'px';
  if (unit === 'pt') return { value: (number * 4) / 3, unit: 'px' };
  return { value: number, unit: unit as Length['unit'] };
});

/** A length in px; `em` and `rem` count 16 px; percent, `auto` and junk give `fallback`. */
export function px<F extends number | undefined>(value: unknown, fallback: F): number | F {
  const parsed = length(value);
  if (!parsed || parsed.unit === '%') return fallback;
  return parsed.unit === 'px' ? parsed.value : parsed.value * 16;
}

/** No side is set. */
export const NO_BOX: Box = { top: undefined, right: undefined, bottom: undefined, left: undefined };

/**
 * `padding-*` of a style object; a side that is not set stays undefined, or is the one of `missing`. Negative values
 * count as 0.
 */
export function paddings(style: unknown, missing = NO_BOX): Box {
  const raw = object(style);
  const all = raw['padding'] === undefined ? NO_BOX : shorthand(raw['padding']);
  return {
    top: side(raw['padding-top'], missing.top, all.top),
    right: side(raw['padding-right'], missing.right, all.right),
    bottom: side(raw['padding-bottom'], missing.bottom, all.bottom),
    left: side(raw['padding-left'], missing.left, all.left),
  };
}

function side(
  value: unknown,
  missing: number | undefined,
  all: number | undefined,
): number | undefined {
  if (value === undefined) return missing ?? all;
  const size = px(value, undefined);
  return size === undefined ? all : Math.max(0, size);
}

/** Parses the shorthand form `1px 2px 3px 4px` with one to four lengths. */
export function shorthand(value: unknown): Box {
  const parts = text(value).trim().split(/\s+/).slice(0, 4);
  const [top, right = top, bottom = top, left = right] = parts.map((part) => px(part, 0));
  return { top, right, bottom, left };
}

/** `<width> <style> <colour>` in any order; undefined when nothing is drawn (spec 4.10, step 6). */
export function border(value: unknown): Border | undefined {
  if (value === undefined) return undefined;
  const parsed = BORDER(text(value));
  return parsed === NOTHING ? undefined : parsed;
}

const NOTHING: Border = { width: 0, style: 'none', color: '' };

const BORDER = memo((value): Border => {
  const safe = safeValue(value);
  // Longer than any border in use, and the split below looks ahead from each space.
  if (safe === '' || safe.length > 200) return NOTHING;
  let width: number | undefined;
  let style = '';
  const colour: string[] = [];
  for (const part of safe.replaceAll(/\s+/g, ' ').split(/ (?![^(]*\))/)) {
    const size = width === undefined ? px(part, undefined) : undefined;
    if (size !== undefined) width = size;
    else if (BORDER_STYLE.test(part)) style = part;
    else if (part === 'none' || part === 'hidden') return NOTHING;
    else colour.push(part);
  }
  if (width === undefined || width <= 0) return NOTHING;
  return { width, style: style || 'solid', color: colour.join(' ') || 'currentcolor' };
});

/** No side has a border. */
export const NO_BORDERS: Borders = {
  top: undefined,
  right: undefined,
  bottom: undefined,
  left: undefined,
};

/** The four borders of a style object; `border` counts for the sides that say nothing themselves. */
export function borders(style: unknown): Borders {
  const raw = object(style);
  const all = raw['border'];
  return {
    top: border(raw['border-top'] ?? all),
    right: border(raw['border-right'] ?? all),
    bottom: border(raw['border-bottom'] ?? all),
    left: border(raw['border-left'] ?? all),
  };
}

/** One to four corner radii as CSS, '' when all corners are square or the value is no radius. */
export function radius(value: unknown): string {
  if (value === undefined) return '';
  const parts = text(value).trim().split(/\s+/, 5).map(length);
  if (parts.length > 4 || !parts.some((part) => part !== undefined && part.value > 0)) return '';
  return parts
    .map((part) =>
      part !== undefined && part.value > 0 ? `${round(part.value)}${part.unit}` : '0',
    )
    .join(' ');
}

/** True when a colour paints nothing. */
export function isClear(color: string): boolean {
  return color === '' || color === 'transparent' || /^rgba\(.*,\s*0?\.?0+\s*\)$/.test(color);
}

/** A colour as written; `transparent` and unusable values give '' unless `keep` asks for the word. */
export function color(value: unknown, fallback = '', keep = false): string {
  const safe = safeValue(value);
  if (safe === '' || safe === 'none') return fallback;
  if (safe.length === 11 && safe.toLowerCase() === 'transparent') return keep ? 'transparent' : '';
  return safe;
}

/** The background of a container or content style; `moved` tells where its picture is kept. */
export function background(style: unknown, moved: (url: string) => string): Background {
  const raw = object(style);
  const given = raw['background-image'];
  const image = given === undefined ? '' : moved(backgroundUrl(given));
  return {
    color: color(raw['background-color']),
    image,
    position: image ? safeValue(raw['background-position']) : '',
    repeat: image ? safeValue(raw['background-repeat']) : '',
    size: image ? safeValue(raw['background-size']) : '',
  };
}

/** A font stack as written; `inherit`, missing or unsafe stacks give `inherited` (spec 5.6). */
export function fontStack(value: unknown, inherited: string): string {
  const safe = safeValue(value);
  return safe === '' || safe === 'inherit' ? inherited : safe;
}

const NORMAL: LineHeight = { css: 'normal', px: undefined, ratio: undefined, written: 'normal' };

/** Line height as CSS and as px for Outlook; `120%` and `1.2` are ratios (spec 5.6). */
export function lineHeight(value: unknown, fontSize: number, fallback = '120%'): LineHeight {
  const raw = text(value).trim() || fallback;
  const parsed = length(raw);
  if (!parsed || parsed.value < 0) return NORMAL;
  if (parsed.unit !== '%' && /[a-z]/.test(raw)) {
    const size = parsed.unit === 'px' ? parsed.value : parsed.value * fontSize;
    const css = `${round(size)}px`;
    return { css, px: size, ratio: undefined, written: css };
  }
  const ratio = parsed.unit === '%' ? parsed.value / 100 : parsed.value;
  const css = String(round(ratio));
  const written = parsed.unit === '%' ? `${round(parsed.value)}%` : css;
  return { css, px: ratio * fontSize, ratio, written };
}

/** Letter spacing; zero and missing are the initial value. */
export function letterSpacing(value: unknown): string {
  const safe = safeValue(value);
  const parsed = length(safe);
  if (safe === '' || safe === 'normal' || parsed?.value === 0) return 'normal';
  return parsed ? `${round(parsed.value)}${parsed.unit}` : 'normal';
}

/** Rounds away the noise of binary fractions: at most 4 decimals. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
