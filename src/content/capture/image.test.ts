// Pictures of real documents: exact sizes from the file header, and pixels where the geometry says what they are.
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { readPng } from '../../../test/support/png.ts';
import { createBrowserPool } from '../../platform/browser/pool.ts';
import { renderImage, renderThumbnail, type ImageInput, type ThumbnailInput } from './image.ts';
import { pictureSize } from './picture-size.ts';

const pool = createBrowserPool({});
afterAll(() => pool.close());
const limits = { maxHtmlLength: 1_000_000, deadlineMs: 60_000 };

const HEAD = '<!doctype html><style>body{margin:0}div{height:1000px}</style>';
/** 2000 pixels tall at 1024 wide: red above blue. */
const TWO = `${HEAD}<div style="background:#f00"></div><div style="background:#00f"></div>`;

async function shoot(html: string, options: Partial<ImageInput>): Promise<Buffer> {
  const input: ImageInput = { html, width: 1024, type: 'png', ...options };
  return (await renderImage(pool, input, limits)).bytes;
}

async function sizeOf(html: string, options: Partial<ImageInput>): Promise<[number, number]> {
  const { width, height } = readPng(await shoot(html, options));
  return [width, height];
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

  it.each([
    ['jpeg', 215, 125],
    ['jpeg', 2048, 13],
    ['webp', 215, 125],
    ['webp', 2048, 13],
  ] as const)('gives a %s of the same size: %d × %d', async (type, width, height) => {
    const file = await shoot(TWO, { width, height, type });
    const starts = { jpeg: Buffer.from([0xff, 0xd8, 0xff]), webp: Buffer.from('RIFF') };
    expect(file.subarray(0, starts[type].length)).toEqual(starts[type]);
    expect(pictureSize(file)).toEqual({ width, height });
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
    [{ density: 0.5 }, 'bad_scale'],
    [{ density: 4 }, 'bad_scale'],
    [{ density: Number.NaN }, 'bad_scale'],
    [{ viewport: 100 }, 'bad_viewport'],
    [{ viewport: 5000 }, 'bad_viewport'],
    [{ transparent: true, type: 'jpeg' as const }, 'bad_transparent'],
    [{ html: '' }, 'html_missing'],
  ])('refuses %o', async (options, code) => {
    await expect(shoot(TWO, options)).rejects.toMatchObject({ kind: 'invalid', code });
  });

  it.each([
    // scale, height asked for, width and height of the picture 215 pixels wide
    [1, undefined, 215, 420],
    [2, undefined, 430, 840],
    [3, undefined, 645, 1260],
    [1.5, undefined, 323, 630],
    [2, 125, 430, 250],
    [2, 5000, 430, 840],
    [3, 1, 645, 3],
  ])('with scale %d and height %s gives %d × %d', async (density, height, w, h) => {
    const options = { width: 215, density, ...(height !== undefined && { height }) };
    expect(await sizeOf(TWO, options)).toEqual([w, h]);
  });

  it('draws the same sharper at a higher scale, in the styles for such screens', async () => {
    const html = `${HEAD}<style>div{width:512px;height:512px;background:#f00}@media(min-resolution:2dppx){div{background:#00f}}</style><div></div>`;
    expect(readPng(await shoot(html, {})).pixel(511, 511)).toEqual([255, 0, 0]);
    const picture = readPng(await shoot(html, { density: 2 }));
    expect([picture.width, picture.height]).toEqual([2048, 1024]);
    expect(picture.pixel(1023, 1023)).toEqual([0, 0, 255]);
    expect(picture.pixel(1024, 1023)).toEqual([255, 255, 255]);
  });

  it('refuses more pixels than the largest picture has', async () => {
    const html = `${HEAD}<div style="height:9000px"></div>`;
    await expect(shoot(html, { width: 4096, density: 3, height: 6667 })).rejects.toMatchObject({
      kind: 'too_large',
    });
  });

  it.each(['png', 'webp'] as const)(
    'leaves out the white when a %s is to be transparent',
    async (type) => {
      const html = `${HEAD}<div style="width:512px;background:#f00"></div>`;
      const file = await shoot(html, { width: 64, type, transparent: true });
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([64, 63, 4]);
      const alpha = (x: number) => data[(30 * 64 + x) * 4 + 3];
      expect([alpha(16), alpha(48)]).toEqual([255, 0]);
    },
  );

  it('lays out as wide as it is told', async () => {
    const html = `${HEAD}<style>div{background:#f00}@media(max-width:320px){div{background:#00f}}</style><div></div>`;
    const picture = readPng(await shoot(html, { width: 64, viewport: 320 }));
    expect([picture.width, picture.height]).toEqual([64, 200]);
    expect(picture.pixel(5, 5)).toEqual([0, 0, 255]);
  });

  it('gives the same bytes for the same input', async () => {
    expect(await shoot(TWO, { width: 333 })).toEqual(await shoot(TWO, { width: 333 }));
  });
});

describe('renderThumbnail', () => {
  const thumbnail = async (html: string, options: Partial<ThumbnailInput>) => {
    const input: ThumbnailInput = { html, width: 300, height: 400, type: 'png', ...options };
    return (await renderThumbnail(pool, input, limits)).bytes;
  };

  it.each([
    ['png', 300, 400, 1],
    ['jpeg', 300, 400, 1],
    ['webp', 300, 400, 1],
    ['png', 97, 301, 1],
    ['png', 301, 97, 2],
    ['png', 1, 1, 1],
    ['jpeg', 640, 3, 3],
  ] as const)('is a %s of exactly %d × %d at scale %d', async (type, width, height, density) => {
    for (const html of [TWO, '<p>short']) {
      const file = await thumbnail(html, { type, width, height, density });
      expect(pictureSize(file)).toEqual({ width: width * density, height: height * density });
    }
  });

  it('shows the top, and the background below a short document', async () => {
    const html = `${HEAD}<style>body{background:#0f0}</style><div style="height:512px;background:#f00"></div>`;
    const picture = readPng(await thumbnail(html, { width: 100, height: 200 }));
    expect(picture.pixel(50, 45)).toEqual([255, 0, 0]);
    expect(picture.pixel(50, 55)).toEqual([0, 255, 0]);
    expect(picture.pixel(99, 199)).toEqual([0, 255, 0]);
  });
});

describe('warnings', () => {
  const warningsFor = async (html: string) =>
    (await renderImage(pool, { html, width: 64, type: 'png' }, limits)).warnings;

  it('are none for a document that needs nothing', async () => {
    expect(await warningsFor(`${HEAD}<p>Grüße – “quoted” • 5 € ™`)).toEqual([]);
  });

  it('count what was not loaded, once an address', async () => {
    const html = `${HEAD}<img src="https://a.example/1.png"><img src="https://a.example/1.png"><p style="background:url(https://a.example/2.png)">x</p>`;
    expect(await warningsFor(html)).toEqual(['2 pictures, fonts or style sheets were not loaded']);
    expect(await warningsFor(`${HEAD}<img src="https://a.example/1.png">`)).toEqual([
      '1 picture, font or style sheet was not loaded',
    ]);
  });
});
