// Colours as eyes get them: layers painted over each other, and the contrast that is left (WCAG 2.0, 1.4.3).
import { converter, formatHex, parse, wcagContrast } from 'culori';
import { memo } from '../memo.ts';

interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly alpha: number;
}

const toRgb = converter('rgb');
const NOTHING: Rgb = { r: 0, g: 0, b: 0, alpha: 0 };
export const WHITE = '#ffffff';

/** A CSS colour; what is none, and merge tags, paint nothing. */
const rgb = memo((css): Rgb => {
  const color = css.length > 100 ? undefined : toRgb(parse(css));
  if (!color) return NOTHING;
  return { r: color.r, g: color.g, b: color.b, alpha: color.alpha ?? 1 };
});

/** True for a value that paints something, be it a little. */
export function paints(css: string): boolean {
  return rgb(css).alpha > 0;
}

/** The colour, as `#rrggbb`, of `top` painted on `bottom`, which is opaque. */
function over(top: string, bottom: string): string {
  const [a, b] = [rgb(top), rgb(bottom)];
  const mix = (x: number, y: number) => x * a.alpha + y * (1 - a.alpha);
  return formatHex({ mode: 'rgb', r: mix(a.r, b.r), g: mix(a.g, b.g), b: mix(a.b, b.b) });
}

/** Layers, the outer ones first, on an opaque ground; undefined when an unknown ground shines through. */
export function painted(layers: readonly string[], ground: string | undefined): string | undefined {
  let result = ground;
  for (const layer of layers) {
    const { alpha } = rgb(layer);
    if (alpha === 1) result = over(layer, WHITE);
    else if (alpha > 0 && result !== undefined) result = over(layer, result);
  }
  return result;
}

/** Contrast of two opaque colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  return wcagContrast(one, other);
}

/** What WCAG AA asks of text: 4.5, or 3 for large text (24px, or 19px in bold). */
export function neededContrast(size: number, bold: boolean): number {
  return size >= 24 || (bold && size >= 19) ? 3 : 4.5;
}

/** True for weights that count as bold. */
export function isBold(weight: string): boolean {
  return /^(?:bold|bolder|[7-9]\d\d|1000)$/.test(weight.trim());
}
