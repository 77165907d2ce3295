// Compares screenshots: pixels that look different, and how alike two pictures are in structure.
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';
import type { Box } from './measured.ts';

interface Raster {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface PictureDifference {
  /** share of pixels that look different, in percent */
  readonly percent: number;
  /** PNG that shows where; undefined when both are the same or none was asked for */
  readonly png?: Buffer;
}

/** Compares two screenshots of the same width; where one is longer, the other lacks all of it. */
export async function pictureDifference(
  ours: Buffer,
  theirs: Buffer,
  wantPicture: boolean,
): Promise<PictureDifference> {
  if (ours.equals(theirs)) return { percent: 0 };
  const [a, b] = await Promise.all([raster(ours), raster(theirs)]);
  const width = Math.max(a.width, b.width);
  const height = Math.max(a.height, b.height);
  const shown = wantPicture ? Buffer.alloc(width * height * 4) : undefined;
  const different = pixelmatch(
    extended(a, width, height, 0),
    extended(b, width, height, 255),
    shown,
    width,
    height,
    { threshold: 0.1 },
  );
  const percent = (100 * different) / (width * height);
  if (!shown || different === 0) return { percent };
  const png = await sharp(shown, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
  return { percent, png };
}

/** A picture with more below and beside it; the fill differs, so that what one picture lacks counts. */
function extended(picture: Raster, width: number, height: number, fill: number): Buffer {
  if (picture.width === width && picture.height === height) return picture.data;
  const out = Buffer.alloc(width * height * 4, fill);
  for (let at = 3; at < out.length; at += 4) out[at] = 255;
  for (let y = 0; y < picture.height; y += 1) {
    const from = y * picture.width * 4;
    picture.data.copy(out, y * width * 4, from, from + picture.width * 4);
  }
  return out;
}

async function raster(file: Buffer): Promise<Raster> {
  const { data, info } = await sharp(file)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Width and height of a picture file. */
export async function sizeOf(file: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(file).metadata();
  return { width, height };
}

/** Paints over parts of a picture, in CSS pixels: both pictures get the same grey where nothing can be compared. */
export async function masked(file: Buffer, boxes: readonly Box[]): Promise<Buffer> {
  const { width, height } = await sizeOf(file);
  const rects = boxes
    .map(
      (box) =>
        `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="#888"/>`,
    )
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rects}</svg>`;
  return sharp(file)
    .composite([{ input: Buffer.from(svg), top: 0, left: 0 }])
    .png({ compressionLevel: 3 })
    .toBuffer();
}

const WINDOW = 8;
const STEP = 4;

/**
 * Structural similarity of two pictures, 0 to 1: the mean over windows of 8 × 8 of their grey values. The longer
 * picture is cut to the length of the other.
 */
export async function similarity(ours: Buffer, theirs: Buffer): Promise<number> {
  const [a, b] = await Promise.all([grey(ours), grey(theirs)]);
  const width = Math.min(a.width, b.width);
  const height = Math.min(a.height, b.height);
  let sum = 0;
  let count = 0;
  for (let y = 0; y + WINDOW <= height; y += STEP) {
    for (let x = 0; x + WINDOW <= width; x += STEP) {
      sum += windowSimilarity(a, b, x, y);
      count += 1;
    }
  }
  return count === 0 ? 1 : sum / count;
}

/** The formula of Wang et al. (2004) with its usual constants for 8-bit values. */
function windowSimilarity(a: Raster, b: Raster, left: number, top: number): number {
  let sumA = 0;
  let sumB = 0;
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let y = top; y < top + WINDOW; y += 1) {
    for (let x = left; x < left + WINDOW; x += 1) {
      const valueA = a.data[y * a.width + x]!;
      const valueB = b.data[y * b.width + x]!;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
    }
  }
  const size = WINDOW * WINDOW;
  const meanA = sumA / size;
  const meanB = sumB / size;
  const varianceA = squareA / size - meanA * meanA;
  const varianceB = squareB / size - meanB * meanB;
  const covariance = product / size - meanA * meanB;
  const c1 = 6.5025;
  const c2 = 58.5225;
  return (
    ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
    ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
  );
}

async function grey(file: Buffer): Promise<Raster> {
  const { data, info } = await sharp(file)
    .flatten({ background: '#ffffff' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
