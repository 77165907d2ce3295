// Pictures that stand in for those a document names: of the size it states, in a colour that depends on the address alone.
import { parse } from 'parse5';
import { KNOWN_SIZES } from './known-sizes.ts';
import type { DefaultTreeAdapterTypes } from 'parse5';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export type PictureSizes = ReadonlyMap<string, PictureSize>;

/**
 * Natural sizes of the pictures, by address: what the template says, then what the mark-up says. Mark-up states how
 * large a picture is shown; files are twice that, so that a lost width is seen.
 */
export function pictureSizes(json: unknown, documents: readonly string[]): PictureSizes {
  const sizes = new Map<string, PictureSize>(
    Object.entries(KNOWN_SIZES).map(([url, [width, height]]) => [url, { width, height }]),
  );
  collectJson(json, sizes, 0);
  for (const document of documents) collectHtml(parse(document), sizes);
  return sizes;
}

function collectJson(value: unknown, sizes: Map<string, PictureSize>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 60) return;
  const { src, image, width, height } = value as Record<string, unknown>;
  const url = typeof src === 'string' ? src : image;
  if (typeof url === 'string' && url !== '') {
    const size = { width: numberOf(width), height: numberOf(height) };
    if (size.width > 1 && size.height > 1) sizes.set(url.trim(), size);
  }
  for (const child of Object.values(value)) collectJson(child, sizes, depth + 1);
}

function collectHtml(node: DefaultTreeAdapterTypes.ParentNode, sizes: Map<string, PictureSize>) {
  for (const child of node.childNodes) {
    if (!('tagName' in child)) continue;
    if (child.tagName === 'img') {
      const attribute = (name: string) =>
        child.attrs.find((entry) => entry.name === name)?.value.trim() ?? '';
      const src = attribute('src');
      const shown =
        numberOf(attribute('width')) ||
        numberOf(/(?:^|[;\s])width\s*:\s*([\d.]+px)/.exec(attribute('style'))?.[1]) ||
        numberOf(/max-width\s*:\s*([\d.]+px)/.exec(attribute('style'))?.[1]) ||
        (/video_ratio_\d/.test(src) ? 140 : 0);
      if (src !== '' && shown > 0 && !sizes.has(src)) {
        const stated = numberOf(attribute('height'));
        const ratio = stated > 0 ? stated / shown : ratioOf(src, shown);
        // One that may take a whole phone is a photograph: it has more than enough pixels.
        const wide = /(?:^|\s)full(?:Mobile)?Width(?:\s|$)/.test(attribute('class'));
        const width = wide ? Math.max(2 * shown, 1400) : Math.round(2 * shown);
        sizes.set(src, { width, height: Math.round(width * ratio) });
      }
    }
    collectHtml(child, sizes);
  }
}

/** Small pictures are mostly square, larger ones of any shape. */
function ratioOf(url: string, width: number): number {
  // Stands in the first quarter of a video's preview, and is as high as all of it.
  const video = /video_ratio_(\d{1,2})-(\d{1,2})/.exec(url);
  if (video) return (4 * Number(video[2])) / Number(video[1]);
  return width <= 64 ? 1 : 0.4 + (hash(url) % 60) / 100;
}

/** A length in pixels, 0 for anything else. */
function numberOf(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\s*\d+(?:\.\d+)?(?:px)?\s*$/.test(text)
    ? Number.parseFloat(text)
    : 0;
}

/** An SVG that stretches as a photograph does, with a cross from corner to corner that shows how it lies. */
export function placeholder(url: string, size: PictureSize | undefined): Buffer {
  const hue = hash(url) % 360;
  // The previews of videos that everybody uses have one size.
  const usual = url.endsWith('/maxresdefault.jpg')
    ? { width: 1280, height: 720 }
    : { width: 1200, height: 500 + (hash(url) % 400) };
  // One that gives a video its height stands in a quarter of the width.
  const ratio = /ratio[_/](\d+)-(\d+)/.exec(url);
  const forced = ratio && { width: Number(ratio[1]) * 25, height: Number(ratio[2]) * 100 };
  const { width, height } = forced ?? size ?? usual;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none">` +
      `<rect width="100" height="100" fill="hsl(${hue} 55% 72%)"/>` +
      `<path d="M0 0 100 100M100 0 0 100" stroke="hsl(${hue} 55% 55%)" stroke-width="2"/></svg>`,
  );
}

function hash(text: string): number {
  let value = 2166136261;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 16777619) >>> 0;
  }
  return value;
}
