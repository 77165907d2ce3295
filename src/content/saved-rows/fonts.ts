// Which web fonts the rows of a template really use (Beefree spec 3.7).
import { list, object, text } from '../template/values.ts';
import type { Raw } from '../template/values.ts';

/** Font stacks in the style attributes and `font` elements of texts; both ends of a match are bounded. */
const STACKS = /font-family\s{0,9}:([^;<>{}]{1,500})|\sface\s{0,9}=([^<>]{1,500})/gi;

/**
 * The fonts of the pool that a row of the template needs and that the template does not load yet. Of a font stack, the
 * first family that is loaded or in the pool counts: it is the one that readers see.
 */
export function missingFonts(page: Raw, pool: readonly Raw[]): Raw[] {
  const offered = new Map<string, Raw>();
  for (const font of pool) {
    const family = familyOf(font);
    if (/^https?:\/\//i.test(text(font['url']).trim()) && family !== '' && !offered.has(family)) {
      offered.set(family, font);
    }
  }
  if (offered.size === 0) return [];
  const loaded = [...list(object(page['body'])['webFonts']), ...list(page['webFonts'])].map(object);
  const families = new Set(loaded.map((font) => familyOf(font)));
  const urls = new Set(loaded.map((font) => text(font['url']).trim()));
  const used = new Set<string>();
  const seen = new Set<string>();
  collect(page['rows'], (stack) => {
    if (seen.has(stack)) return;
    seen.add(stack);
    const first = familiesIn(stack).find((name) => families.has(name) || offered.has(name));
    if (first !== undefined) used.add(first);
  });
  return [...offered]
    .filter(([name]) => used.has(name) && !families.has(name))
    .filter(([, font]) => !urls.has(text(font['url']).trim()))
    .map(([, font]) => font);
}

/** Font objects name their family in several ways (spec 4.1). */
function familyOf(font: Raw): string {
  const stack = text(font['fontFamily']) || text(font['family']);
  const name = text(font['name']) || text(font['fontName']);
  return familiesIn(stack)[0] ?? familiesIn(name)[0] ?? '';
}

function familiesIn(stack: string): string[] {
  return stack
    .split(',')
    .map((part) => /^\s{0,99}(["'])([^"']{0,200})\1/.exec(part)?.[2] ?? part.split(/["']/)[0] ?? '')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

function collect(value: unknown, found: (stack: string) => void): void {
  if (typeof value === 'string') {
    if (!/font-family|\sface/i.test(value)) return;
    const plain = value.replaceAll(/&quot;|&#34;|&#39;|&apos;/g, "'");
    for (const [, style, face] of plain.matchAll(STACKS)) found(style ?? face ?? '');
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const isStack = key === 'font-family' || key === 'fontFamily';
      if (isStack && typeof item === 'string') found(item);
      else collect(item, found);
    }
  }
}
