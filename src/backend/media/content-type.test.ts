// Types and sizes of files by their bytes and names, whatever they claim.
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { contentTypeOf } from './content-type.ts';
import { imageDimensions } from './image-header.ts';

const type = (content: string | Buffer, name: string, complete = true) =>
  contentTypeOf(Buffer.from(content), name, complete);

const canvas = sharp({ create: { width: 33, height: 17, channels: 3, background: 'red' } });

describe('the type of a file', () => {
  it.each([
    ['hello', 'a.txt', 'text/plain'],
    ['hello', 'noname', 'text/plain'],
    ['', 'empty.csv', 'text/csv'],
    ['a,b\n1,2', 'a.CSV', 'text/csv'],
    ['{"a":1}', 'a.json', 'application/json'],
    ['# Title', 'read.me.md', 'text/markdown'],
    ['naïve', 'a.txt', 'text/plain'],
    ['<!DOCTYPE html><p>x', 'page.html', 'text/html'],
    ['<script>alert(1)</script>', 'harmless.txt', 'text/html'],
    ['<html><body>', 'picture.png', 'text/html'],
    ['hello', 'a.constructor', 'text/plain'],
    ['PK\u0003\u0004', 'a.toString', 'application/zip'],
    ['<div align="center"># Tea', 'README.md', 'text/markdown'],
    ['<svg width="1"/>', 'page.html', 'text/html'],
    ['\ufeff  <html>', 'a.txt', 'text/html'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.png', 'image/svg+xml'],
    ['<?xml version="1.0"?><svg xmlns="x"/>', 'a.xml', 'application/xml'],
    ['<?xml version="1.0"?><svg xmlns="x"/>', 'a', 'image/svg+xml'],
    ['<?xml version="1.0"?><a/>', 'a.gpx', 'application/gpx+xml'],
    ['%PDF-1.7\n', 'a.txt', 'application/pdf'],
    ['PK\u0003\u0004', 'a.bin', 'application/zip'],
    ['\0\u0001\u0002', 'a.txt', 'application/octet-stream'],
    ['\0\u0001\u0002', 'a.png', 'application/octet-stream'],
  ])('%j called %s is %s', async (content, name, expected) => {
    expect(await type(content, name)).toBe(expected);
  });

  it('of text in an 8-bit alphabet or UTF-16 is text', async () => {
    expect(await type(Buffer.from('na\xefve r\xe9sum\xe9', 'latin1'), 'a.txt')).toBe('text/plain');
    expect(await type(Buffer.from('\ufeffhello', 'utf16le'), 'a.txt')).toBe('text/plain');
  });

  it('is text also where its beginning is cut within a character', async () => {
    const cut = Buffer.from('日本語'.repeat(10)).subarray(0, -1);
    expect(await type(cut, 'a.txt', false)).toBe('text/plain');
  });

  it('of an office file in an archive is told by its name', async () => {
    const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(40)]);
    expect(await type(zip, 'letter.docx')).toMatch(/wordprocessingml/);
    expect(await type(zip, 'sheet.ods')).toMatch(/opendocument.spreadsheet/);
  });

  it('of any bytes under any name is one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string(), async (bytes, name) => {
        expect(await type(Buffer.from(bytes), name)).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/);
      }),
    );
  });
});

describe('the size of an image', () => {
  it.each(['png', 'jpeg', 'gif', 'webp'] as const)('is read from a %s', async (format) => {
    const bytes = await canvas.clone().toFormat(format).toBuffer();
    expect(await type(bytes, 'x.txt')).toBe(`image/${format}`);
    expect(imageDimensions(bytes)).toEqual({ width: 33, height: 17 });
  });

  it('is read from lossless WebP, WebP with alpha and BMP', async () => {
    expect(imageDimensions(await canvas.clone().webp({ lossless: true }).toBuffer())).toEqual({
      width: 33,
      height: 17,
    });
    const alpha = await canvas.clone().ensureAlpha(0.5).webp().toBuffer();
    expect(imageDimensions(alpha)).toEqual({ width: 33, height: 17 });
    const bmp = Buffer.alloc(54);
    bmp.write('BM');
    bmp.writeInt32LE(33, 18);
    bmp.writeInt32LE(-17, 22);
    expect(imageDimensions(bmp)).toEqual({ width: 33, height: 17 });
  });

  it('is unknown for other and for cut bytes', async () => {
    const jpeg = await canvas.clone().jpeg().toBuffer();
    expect(imageDimensions(jpeg.subarray(0, 20))).toBeUndefined();
    expect(imageDimensions(Buffer.alloc(0))).toBeUndefined();
    fc.assert(
      fc.property(
        fc.constantFrom(
          '\u0089PNG\r\n\u001a\n',
          'GIF89a',
          'BM',
          'RIFF0000WEBPVP8X',
          '\u00ff\u00d8',
          '',
        ),
        fc.uint8Array({ maxLength: 60 }),
        (magic, rest) => {
          const found = imageDimensions(Buffer.concat([Buffer.from(magic, 'latin1'), rest]));
          if (found) expect(Math.min(found.width, found.height)).toBeGreaterThan(0);
        },
      ),
    );
  });
});
