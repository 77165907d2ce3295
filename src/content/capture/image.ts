// From an HTML document to a picture: a full-page shot at the requested width, cropped from the bottom; or a thumbnail of an exact
// size.
import { Invalid, TooLarge } from '../../platform/errors.ts';
import type { BrowserPool } from '../../platform/browser/pool.ts';
import type { Page, ScreenshotType, Size } from '../../platform/browser/page.ts';
import { warningsOf, type Captured } from './captured.ts';
import { assertHtml, type CaptureLimits } from './limits.ts';
import { pictureSize } from './picture-size.ts';

export type ImageType = ScreenshotType;

/** What pictures and thumbnails have in common. */
interface Look {
  html: string;
  /** Width of the picture in pixels, 1–4096; times `density`. */
  width: number;
  type: ImageType;
  /** Pixels of the picture for one of `width` and `height`, 1–3; 1 by default. For screens with small pixels. */
  density?: number;
  /** Leave transparent what the document does not paint; not in JPEG. */
  transparent?: boolean;
  /** Width of the window in which the page is laid out, in CSS pixels, 240–4096; 1024 by default. */
  viewport?: number;
}

export interface ImageInput extends Look {
  /** Greatest height in pixels, 1–20 000; without it as tall as the page. Times `density`. */
  height?: number;
}

export interface ThumbnailInput extends Look {
  /** Height of the picture in pixels, 1–20 000; times `density`. */
  height: number;
}

/** Width of the window in which the page is laid out, in CSS pixels (Beefree spec 3.3). */
const VIEWPORT_WIDTH = 1024;
const VIEWPORT_HEIGHT = 1080;

export const MAX_WIDTH = 4096;
export const MAX_HEIGHT = 20_000;
export const MAX_DENSITY = 3;

/** What a picture may have in all: as much as the largest at density 1. */
const MAX_PIXELS = MAX_WIDTH * MAX_HEIGHT;

const QUALITY = 80;

/**
 * Photographs a document. It is laid out 1024 pixels wide and drawn so that this becomes `width`; the browser draws it at
 * that size, so that letters stay sharp. A page whose natural height is less than `height` is not padded (Beefree
 * spec 3.3). Throws `Invalid`, `TooLarge` (a page taller than any picture may be), and what the browser pool throws.
 */
export async function renderImage(
  pool: BrowserPool,
  input: ImageInput,
  limits: CaptureLimits,
): Promise<Captured> {
  assertHtml(input.html, limits);
  assertLook(input, input.height);
  const job = async (page: Page) => {
    const { width, height: most, density = 1, viewport = VIEWPORT_WIDTH } = input;
    await page.setContent(input.html, { width: viewport, height: VIEWPORT_HEIGHT, density });
    const content = await page.contentSize();
    const natural = Math.max(1, Math.round((content.height * width) / viewport));
    return photograph(page, input, Math.min(natural, most ?? natural));
  };
  return pool.run(job, { deadlineMs: limits.deadlineMs });
}

/**
 * Photographs the top of a document in exactly this size. Below the end of a short document its background goes on. Throws as
 * `renderImage` does.
 */
export async function renderThumbnail(
  pool: BrowserPool,
  input: ThumbnailInput,
  limits: CaptureLimits,
): Promise<Captured> {
  assertHtml(input.html, limits);
  assertLook(input, input.height);
  const job = async (page: Page) => {
    const { width, height, density = 1, viewport = VIEWPORT_WIDTH } = input;
    // The window ends where the picture does, so that all of it is painted.
    const windowHeight = Math.ceil((height * viewport) / width);
    await page.setContent(input.html, { width: viewport, height: windowHeight, density });
    return photograph(page, input, height);
  };
  return pool.run(job, { deadlineMs: limits.deadlineMs });
}

/** Draws what is on the page `height` pixels tall, times the density, from the top. */
async function photograph(page: Page, input: Look, height: number): Promise<Captured> {
  const { density = 1, viewport = VIEWPORT_WIDTH } = input;
  const size = {
    width: Math.round(input.width * density),
    height: Math.max(1, Math.round(height * density)),
  };
  if (size.height > MAX_HEIGHT) {
    throw new TooLarge(
      'image_too_tall',
      `The picture would be ${size.height} pixels tall; ${MAX_HEIGHT} is the limit`,
    );
  }
  if (size.width * size.height > MAX_PIXELS) {
    throw new TooLarge('image_too_large', `A picture may have ${MAX_PIXELS} pixels`);
  }
  const warnings = await warningsOf(page);
  const scale = size.width / viewport;
  // The browser cuts at whole CSS pixels: when there is a cut that gives this height, one shot is enough.
  const cut = Math.max(1, Math.round(size.height / scale));
  if (Math.round(cut * scale) === size.height) {
    const bytes = await shoot(page, { width: viewport, height: cut }, scale, input, input.type);
    const found = pictureSize(bytes);
    if (found?.width === size.width && found.height === size.height) return { bytes, warnings };
  }
  const clip = { width: viewport, height: Math.ceil(size.height / scale) };
  const larger = await shoot(page, clip, scale, input, 'png');
  return { bytes: await recut(page, larger, size, input), warnings };
}

/** Draws a picture again in exactly this size, from its upper left corner. */
async function recut(page: Page, png: Buffer, size: Size, look: Look): Promise<Buffer> {
  const style = 'margin:0;overflow:hidden';
  const source = `data:image/png;base64,${png.toString('base64')}`;
  await page.setContent(
    `<!doctype html><body style="${style}"><img style="display:block" src="${source}">`,
    size,
  );
  return shoot(page, size, 1, look, look.type);
}

function shoot(
  page: Page,
  clip: Size,
  scale: number,
  { transparent = false }: Look,
  type: ImageType,
): Promise<Buffer> {
  return page.screenshot({
    clip,
    scale,
    type,
    ...(type !== 'png' && { quality: QUALITY }),
    transparent,
  });
}

function assertLook(look: Look, height = 1): void {
  assertWhole('width', look.width, 1, MAX_WIDTH);
  assertWhole('height', height, 1, MAX_HEIGHT);
  assertWhole('viewport', look.viewport ?? VIEWPORT_WIDTH, 240, MAX_WIDTH);
  const { density = 1 } = look;
  if (!(density >= 1 && density <= MAX_DENSITY)) {
    throw new Invalid('bad_scale', `The scale must be a number from 1 to ${MAX_DENSITY}`);
  }
  if (look.transparent && look.type === 'jpeg') {
    throw new Invalid('bad_transparent', 'A JPEG cannot be transparent');
  }
}

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const message = `The ${name} must be a whole number from ${least} to ${most}`;
  throw new Invalid(`bad_${name}`, message);
}
