// Pictures of real documents: exact sizes from the file header, and pixels where the geometry says what they are.
import { afterAll, describe, expect, it } from 'vitest';
import { readPng } from '../../../test/support/png.ts';
import { createBrowserPool } from '../../platform/browser/pool.ts';
import { renderImage, type ImageInput } from './image.ts';

const pool = createBrowserPool({});
afterAll(() => pool.close());
const limits = { maxHtmlLength: 1_000_000, deadlineMs: 60_000 };

const HEAD = '<!doctype html><style>body{margin:0}div{height:1000px}</style>';
/** 2000 pixels tall at 1024 wide: red above blue. */
const TWO = `${HEAD}<div style="background:#f00"></div><div style="background:#00f"></div>`;

function shoot(html: string, options: Partial<ImageInput>): Promise<Buffer> {
  return renderImage(pool, { html, width: 1024, type: 'png', ...options }, limits);
}

async function sizeOf(html: string, options: Partial<ImageInput>): Promise<[number, number]> {
  const { width, height } = readPng(await shoot(html, options));
  return [width, height];
}

/** Size in the frame header of a baseline or progressive JPEG. */
function jpegSize(file: Buffer): [number, number] {
  expect(file.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  const frame = file.findIndex(
    (byte, at) => byte === 0xff && (file[at + 1] === 0xc0 || file[at + 1] === 0xc2),
  );
  return [file.readUInt16BE(frame + 7), file.readUInt16BE(frame + 5)];
}

describe('renderImage', () => {
  it.each([
    // width, height asked for, width and height of the picture: the page is 1024 × 2000
    [1024, undefined, 1024, 2000],
    [512, undefined, 512, 1000],
    [215, undefined, 215, 420],
    [1, undefined, 1, 2],
    [1000, undefined, 1000, 1953],
    [1025, undefined, 1025, 2002],
    [1500, undefined, 1500, 2930],
    [215, 125, 215, 125],
    [215, 420, 215, 420],
    [215, 421, 215, 420],
    [215, 9999, 215, 420],
    [512, 999, 512, 999],
    [1024, 1, 1024, 1],
    [1025, 13, 1025, 13],
    [1500, 13, 1500, 13],
    [2048, 13, 2048, 13],
    [4096, 1999, 4096, 1999],
  ])('width %d and height %s give %d × %d', async (width, height, w, h) => {
    expect(await sizeOf(TWO, { width, ...(height !== undefined && { height }) })).toEqual([w, h]);
  });

  it('gives JPEG files of the same sizes', async () => {
    expect(jpegSize(await shoot(TWO, { width: 215, height: 125, type: 'jpeg' }))).toEqual([
      215, 125,
    ]);
    expect(jpegSize(await shoot(TWO, { width: 2048, height: 13, type: 'jpeg' }))).toEqual([
      2048, 13,
    ]);
  });

  it('scales the whole page', async () => {
    const picture = readPng(await shoot(TWO, { width: 512 }));
    expect(picture.pixel(0, 0)).toEqual([255, 0, 0]);
    expect(picture.pixel(511, 498)).toEqual([255, 0, 0]);
    expect(picture.pixel(511, 501)).toEqual([0, 0, 255]);
    expect(picture.pixel(0, 999)).toEqual([0, 0, 255]);
  });

  it('cuts off the bottom, also where the cut is between two pixels of the page', async () => {
    const picture = readPng(await shoot(TWO, { width: 2048, height: 2001 }));
    expect([picture.width, picture.height]).toEqual([2048, 2001]);
    expect(picture.pixel(2047, 1999)).toEqual([255, 0, 0]);
    expect(picture.pixel(0, 2000)).toEqual([0, 0, 255]);
  });

  it('does not pad a short page', async () => {
    const html = `${HEAD}<div style="height:300px;background:#0f0"></div>`;
    expect(await sizeOf(html, { height: 500 })).toEqual([1024, 300]);
    expect(await sizeOf(html, { width: 512, height: 5000 })).toEqual([512, 150]);
    expect(await sizeOf('<p style="margin:10px;line-height:20px">quirks', {})).toEqual([1024, 40]);
    expect(await sizeOf('<!doctype html>&nbsp;', { width: 10 })).toEqual([10, 1]);
  });

  it('has a white background', async () => {
    const picture = readPng(await shoot(`${HEAD}<div></div>`, { width: 100 }));
    expect(picture.pixel(50, 50)).toEqual([255, 255, 255]);
  });

  it('lays the page out 1024 pixels wide', async () => {
    const html = `${HEAD}<style>div{background:#f00}@media(width:1024px){div{background:#00f}}</style><div></div>`;
    expect(readPng(await shoot(html, { width: 64 })).pixel(5, 5)).toEqual([0, 0, 255]);
  });

  it('draws the largest picture there may be', async () => {
    const html = `${HEAD}<div style="height:20000px;background:linear-gradient(#f00 19990px,#00f 19990px)"></div>`;
    const picture = readPng(await shoot(html, { width: 1024, height: 20_000 }));
    expect([picture.width, picture.height]).toEqual([1024, 20_000]);
    expect(picture.pixel(1000, 19_985)).toEqual([255, 0, 0]);
    expect(picture.pixel(1000, 19_995)).toEqual([0, 0, 255]);
  });

  it('refuses a page that would give a taller one, unless it is cut', async () => {
    const html = `${HEAD}<div style="height:20001px"></div>`;
    await expect(shoot(html, {})).rejects.toMatchObject({
      kind: 'too_large',
      code: 'image_too_tall',
    });
    expect(await sizeOf(html, { width: 100, height: 50 })).toEqual([100, 50]);
  });

  it.each([
    [{ width: 0 }, 'bad_width'],
    [{ width: 4097 }, 'bad_width'],
    [{ width: 1.5 }, 'bad_width'],
    [{ width: Number.NaN }, 'bad_width'],
    [{ height: 0 }, 'bad_height'],
    [{ height: 20_001 }, 'bad_height'],
    [{ html: '' }, 'html_missing'],
  ])('refuses %o', async (options, code) => {
    await expect(shoot(TWO, options)).rejects.toMatchObject({ kind: 'invalid', code });
  });
});
