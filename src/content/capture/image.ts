// From an HTML document to a picture: a full-page shot at the requested width, cropped from the bottom.
import { Invalid, TooLarge } from '../../platform/errors.ts';
import type { BrowserPool } from '../../platform/browser/pool.ts';
import type { Page, Size } from '../../platform/browser/page.ts';
import { assertHtml, type CaptureLimits } from './limits.ts';

export type ImageType = 'png' | 'jpeg';

export interface ImageInput {
  html: string;
  /** Width of the picture in pixels, 1–4096. */
  width: number;
  /** Greatest height in pixels, 1–20 000; without it as tall as the page. */
  height?: number;
  type: ImageType;
}

/** Width of the window in which the page is laid out, in CSS pixels (Beefree spec 3.3). */
const VIEWPORT_WIDTH = 1024;
const VIEWPORT_HEIGHT = 1080;

export const MAX_WIDTH = 4096;
export const MAX_HEIGHT = 20_000;

const JPEG_QUALITY = 80;

/**
 * Photographs a document. It is laid out 1024 pixels wide and drawn so that this becomes `width`; the browser draws it at
 * that size, so that letters stay sharp. A page whose natural height is less than `height` is not padded (Beefree
 * spec 3.3). Throws `Invalid`, `TooLarge` (a page taller than any picture may be), and what the browser pool throws.
 */
export async function renderImage(
  pool: BrowserPool,
  input: ImageInput,
  limits: CaptureLimits,
): Promise<Buffer> {
  assertHtml(input.html, limits);
  assertSize(input);
  return pool.run((page) => photograph(page, input), { deadlineMs: limits.deadlineMs });
}

async function photograph(page: Page, input: ImageInput): Promise<Buffer> {
  await page.setContent(input.html, { width: VIEWPORT_WIDTH, height: VIEWPORT_HEIGHT });
  const { height: contentHeight } = await page.contentSize();
  const scale = input.width / VIEWPORT_WIDTH;
  const natural = Math.max(1, Math.round(contentHeight * scale));
  const height = Math.min(natural, input.height ?? natural);
  if (height > MAX_HEIGHT) {
    throw new TooLarge(
      'image_too_tall',
      `The picture would be ${height} pixels tall; ${MAX_HEIGHT} is the limit`,
    );
  }
  const size = { width: input.width, height };

  // The browser cuts at whole CSS pixels: when there is a cut that gives this height, one shot is enough.
  const cut = Math.max(1, Math.round(height / scale));
  if (Math.round(cut * scale) === height) {
    const shot = await shoot(page, { width: VIEWPORT_WIDTH, height: cut }, scale, input.type);
    if (hasSize(shot, size)) return shot;
  }
  const larger = await shoot(
    page,
    { width: VIEWPORT_WIDTH, height: Math.ceil(height / scale) },
    scale,
    'png',
  );
  return recut(page, larger, size, input.type);
}

/** Draws a picture again in exactly this size, from its upper left corner. */
async function recut(page: Page, png: Buffer, size: Size, type: ImageType): Promise<Buffer> {
  const style = 'margin:0;overflow:hidden';
  const source = `data:image/png;base64,${png.toString('base64')}`;
  await page.setContent(
    `<!doctype html><body style="${style}"><img style="display:block" src="${source}">`,
    size,
  );
  return shoot(page, size, 1, type);
}

function shoot(page: Page, clip: Size, scale: number, type: ImageType): Promise<Buffer> {
  return page.screenshot({ clip, scale, type, ...(type === 'jpeg' && { quality: JPEG_QUALITY }) });
}

function assertSize({ width, height = 1 }: ImageInput): void {
  const inRange = (value: number, most: number) =>
    Number.isInteger(value) && value >= 1 && value <= most;
  if (!inRange(width, MAX_WIDTH)) {
    throw new Invalid('bad_width', `The width must be a whole number from 1 to ${MAX_WIDTH}`);
  }
  if (!inRange(height, MAX_HEIGHT)) {
    throw new Invalid('bad_height', `The height must be a whole number from 1 to ${MAX_HEIGHT}`);
  }
}

/** Whether a PNG or JPEG has this size, by its header. */
function hasSize(file: Buffer, size: Size): boolean {
  const found = file[0] === 0xff ? jpegSize(file) : pngSize(file);
  return found?.width === size.width && found.height === size.height;
}

function pngSize(file: Buffer): Size {
  return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
}

/** Walks the segments of a JPEG up to the start of its frame, which says the size. */
function jpegSize(file: Buffer): Size | undefined {
  for (let at = 2; at + 9 < file.length; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file[at + 1] ?? 0;
    const startOfFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (startOfFrame)
      return { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
  }
  return undefined;
}
