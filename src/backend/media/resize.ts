// Makes an image of another size: of the same type, upright, animated if the original is (BaasBox spec 5.7).
import sharp from 'sharp';
import { targetOf, type ImageSize } from './image-size.ts';
import { ENCODERS, isResizable } from './image-types.ts';

/** Pixels of an original, all its frames together, and of a result. More would take too much memory and time. */
const MAX_PIXELS = 60_000_000;
const MAX_RESULT_PIXELS = 40_000_000;
const MAX_FRAMES = 500;

const ANIMATED = new Set(['image/gif', 'image/webp']);

/** What became of an image: a new one, or why there is none. */
export type Resized = { bytes: Buffer } | { refused: 'no_image' | 'too_big' };

let restricted = false;

/**
 * Decodes, scales and encodes an image of this type. Only for processes that can be killed: decoders are native code that
 * is fed with strangers' bytes.
 */
export async function resizeImage(
  mediaType: string,
  bytes: Buffer,
  size: ImageSize,
): Promise<Resized> {
  if (!isResizable(mediaType)) return { refused: 'no_image' };
  const encoder = ENCODERS[mediaType];
  restrict();
  try {
    const options = {
      limitInputPixels: MAX_PIXELS,
      failOn: 'none',
      sequentialRead: true,
      animated: ANIMATED.has(mediaType),
    } as const;
    const about = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
    const frames = about.pages ?? 1;
    const original = about.autoOrient;
    const height = about.pageHeight ?? original.height;
    if (frames > MAX_FRAMES || original.width * height * frames > MAX_PIXELS) {
      return { refused: 'too_big' };
    }
    const target = targetOf(size, { width: original.width, height });
    if (target.width * target.height * frames > MAX_RESULT_PIXELS) return { refused: 'too_big' };
    const image = sharp(bytes, options)
      .autoOrient()
      .resize({ ...target, fit: 'fill' })
      .toFormat(encoder, encoder === 'gif' ? { effort: 3 } : {});
    return { bytes: await image.toBuffer() };
  } catch {
    // Damaged, or something else under the signature of an image.
    return { refused: 'no_image' };
  }
}

/** Leaves only the decoders that are needed: others read files, fonts and whole languages. */
function restrict(): void {
  if (restricted) return;
  restricted = true;
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: [
      'VipsForeignLoadJpegBuffer',
      'VipsForeignLoadPngBuffer',
      'VipsForeignLoadNsgifBuffer',
      'VipsForeignLoadWebpBuffer',
      'VipsForeignLoadTiffBuffer',
      'VipsForeignLoadHeifBuffer',
    ],
  });
}
