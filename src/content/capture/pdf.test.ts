// PDFs of real documents, read back from the bytes: size of the sheets, their number, and what is refused.
import { afterAll, describe, expect, it } from 'vitest';
import { createBrowserPool } from '../../platform/browser/pool.ts';
import { orientationOf, pageSizeOf, renderPdf, type PdfInput } from './pdf.ts';

const pool = createBrowserPool({});
afterAll(() => pool.close());
const limits = { maxHtmlLength: 1_000_000, deadlineMs: 60_000 };

const HEAD = '<!doctype html><style>body{margin:0}</style>';

async function print(html: string, options: Partial<PdfInput> = {}) {
  const { bytes: pdf } = await renderPdf(
    pool,
    { html: HEAD + html, pageSize: 'full', orientation: 'portrait', ...options },
    limits,
  );
  const text = pdf.toString('latin1');
  expect(text.startsWith('%PDF-')).toBe(true);
  const boxes = [...text.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)];
  return {
    pages: boxes.length,
    // Points to CSS pixels; Chromium rounds to 1/300 inch, a third of a pixel.
    width: Math.round(Number(boxes[0]?.[1]) / 0.75),
    height: Math.round(Number(boxes[0]?.[2]) / 0.75),
  };
}

const tall = (height: number) => `<div style="height:${height}px;background:#eee"></div>`;

describe('renderPdf on paper', () => {
  it.each([
    ['letter', 'portrait', 816, 1056],
    ['letter', 'landscape', 1056, 816],
    ['A4', 'portrait', 794, 1123],
    ['A4', 'landscape', 1123, 794],
    ['A3', 'portrait', 1123, 1587],
    ['A3', 'landscape', 1587, 1123],
  ] as const)('%s %s is %d × %d pixels', async (pageSize, orientation, width, height) => {
    const result = await print(tall(100), { pageSize, orientation });
    expect(result.pages).toBe(1);
    expect(Math.abs(result.width - width)).toBeLessThanOrEqual(1);
    expect(Math.abs(result.height - height)).toBeLessThanOrEqual(1);
  });

  it('needs as many sheets as the content', async () => {
    expect(await print(tall(3000), { pageSize: 'A4' })).toMatchObject({ pages: 3 });
  });

  it('breaks where the document says so', async () => {
    const html = `<p style="break-after:page">one</p><p>two</p>`;
    expect(await print(html, { pageSize: 'A4' })).toMatchObject({ pages: 2 });
  });

  it('keeps the size, orientation and margins that the caller chose', async () => {
    const html = `<style>@page{size:A5 portrait;margin:5cm}</style>${tall(780)}`;
    const result = await print(html, { pageSize: 'A4', orientation: 'landscape' });
    expect(result).toMatchObject({ pages: 1, width: 1123 });
    expect(Math.abs(result.height - 794)).toBeLessThanOrEqual(1);
  });

  it('uses the styles for the screen', async () => {
    const html = `<style>@media print{div{height:5000px!important}}</style>${tall(100)}`;
    expect(await print(html, { pageSize: 'A4' })).toMatchObject({ pages: 1 });
  });
});

describe('renderPdf of one continuous page', () => {
  it.each([1, 37, 300, 1080, 1081, 2500, 19_999, 30_000])(
    'is 900 pixels wide and as tall as %d pixels of content',
    async (height) => {
      const result = await print(tall(height));
      expect(result).toMatchObject({ pages: 1, width: 900 });
      expect(Math.abs(result.height - height)).toBeLessThanOrEqual(1);
    },
  );

  it('ignores the orientation', async () => {
    const landscape = await print(tall(500), { orientation: 'landscape' });
    expect(landscape).toEqual(await print(tall(500), { orientation: 'portrait' }));
    expect(landscape.width).toBe(900);
  });

  it.each([
    [
      'breaks',
      `<div style="height:300px;break-after:page">a</div><div style="height:300px;page-break-before:always">b</div>`,
      600,
    ],
    [
      'unbreakable boxes',
      `<div style="break-inside:avoid;height:1500px">a</div><div style="break-inside:avoid;height:1500px">b</div>`,
      3000,
    ],
    ['paper of its own', `<style>@page{size:A6;margin:3cm}</style>${tall(700)}`, 700],
    ['a box as tall as the window', `<div style="min-height:100vh">a</div>${tall(50)}`, 1130],
    [
      'content that hangs out',
      `<div style="position:absolute;top:3000px;height:20px">deep</div>`,
      3020,
    ],
    [
      'odd line heights',
      Array.from({ length: 37 }, () => '<p style="margin:0;line-height:17.3px">x</p>').join(''),
      641,
    ],
    [
      'many rows',
      `<table cellspacing="0" cellpadding="0">${'<tr><td style="height:40px">x</td></tr>'.repeat(100)}</table>`,
      4000,
    ],
  ])('stays one page with %s', async (_title, html, height) => {
    const result = await print(html);
    expect(result.pages).toBe(1);
    expect(Math.abs(result.height - height)).toBeLessThanOrEqual(2);
  });

  it('refuses a page that is taller than any reader could show', async () => {
    await expect(print(tall(200_000))).rejects.toMatchObject({
      kind: 'too_large',
      code: 'page_too_tall',
    });
  });
});

describe('limits and names', () => {
  it('refuses empty and oversized documents', async () => {
    const input = { html: ' \n', pageSize: 'full', orientation: 'portrait' } as const;
    await expect(renderPdf(pool, input, limits)).rejects.toMatchObject({ code: 'html_missing' });
    const large = { ...input, html: 'x'.repeat(11) };
    await expect(renderPdf(pool, large, { ...limits, maxHtmlLength: 10 })).rejects.toMatchObject({
      code: 'html_too_large',
    });
  });

  it('reads sizes and orientations in any case', () => {
    expect(['Full', 'a4', 'A3', 'LETTER'].map(pageSizeOf)).toEqual(['full', 'A4', 'A3', 'letter']);
    expect(['Portrait', 'LANDSCAPE'].map(orientationOf)).toEqual(['portrait', 'landscape']);
    expect(() => pageSizeOf('A5')).toThrow('page size');
    expect(() => orientationOf('sideways')).toThrow('orientation');
  });
});
