// Images of every type in other sizes: same type, upright, animated; bombs and other things are refused.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hollowPng } from '../../../test/support/files.ts';
import { parseSize, type ImageSize } from './image-size.ts';
import { resizeImage } from './resize.ts';

const canvas = (width = 40, height = 20) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 20, b: 20 } } });
const size = (text: string) => parseSize(text) as ImageSize;

async function resized(type: string, bytes: Buffer, text: string) {
  const outcome = await resizeImage(type, bytes, size(text));
  if (!('bytes' in outcome)) throw new Error(outcome.refused);
  return sharp(outcome.bytes, { animated: true }).metadata();
}

describe('an image in another size', () => {
  it.each(['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const)('stays %s', async (format) => {
    const bytes = await canvas().toFormat(format).toBuffer();
    const about = await resized(`image/${format}`, bytes, '50%');
    expect(about).toMatchObject({
      format: format === 'avif' ? 'heif' : format,
      width: 20,
      height: 10,
    });
  });

  it.each([
    ['10px-15px', 10, 15],
    ['10px-50%', 10, 10],
    ['<=10px', 10, 5],
    ['<=500px', 40, 20],
    ['200%', 80, 40],
    ['1%', 1, 1],
  ])('%s is %i × %i', async (text, width, height) => {
    const bytes = await canvas().png().toBuffer();
    expect(await resized('image/png', bytes, text)).toMatchObject({ width, height });
  });

  it.each(['gif', 'webp'] as const)('keeps the frames of an animated %s', async (format) => {
    const frames = await Promise.all(
      ['red', 'lime', 'blue'].map((background) =>
        sharp({ create: { width: 40, height: 20, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    const about = await resized(`image/${format}`, bytes, '50%');
    expect(about).toMatchObject({ pages: 3, width: 20, pageHeight: 10 });
  });

  it('stands upright when the camera was turned', async () => {
    const bytes = await canvas(40, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const about = await resized('image/jpeg', bytes, '50%');
    expect([about.width, about.height]).toEqual([10, 20]);
    expect(about.orientation ?? 1).toBe(1);
  });

  it('is refused when it or its result has too many pixels', async () => {
    const bomb = hollowPng(50_000, 50_000);
    expect(await resizeImage('image/png', bomb, size('1%'))).toEqual({ refused: 'too_big' });
    const bytes = await canvas().png().toBuffer();
    expect(await resizeImage('image/png', bytes, size('10000px-10000px'))).toEqual({
      refused: 'too_big',
    });
  });

  it.each<[string, string, string]>([
    ['text', 'image/png', 'no image at all'],
    ['nothing', 'image/png', ''],
    [
      'SVG under the name of PNG',
      'image/png',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    ],
    ['SVG', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['PDF', 'application/pdf', '%PDF-1.4'],
  ])('is refused when it is %s', async (_, type, content) => {
    expect(await resizeImage(type, Buffer.from(content), size('50%'))).toEqual({
      refused: 'no_image',
    });
  });
});
