// Documents that want more than they may have: each gives a file or a clear error within its time, and the next document works.
import { existsSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBrowserPool, type BrowserPool } from '../../platform/browser/pool.ts';
import type { Captured } from './captured.ts';
import { renderImage } from './image.ts';
import { renderPdf } from './pdf.ts';

/** Documents that are only stopped need not have long. */
const SHORT_MS = 1500;
const LONG_MS = 30_000;
/** What ending a job and starting a browser may take besides, on a machine with other work. */
const GRACE_MS = 8000;
const limitsOf = (deadlineMs: number) => ({ maxHtmlLength: 20_000_000, deadlineMs });
const MEGABYTE = 2 ** 20;

const pool = createBrowserPool({ maxProcessBytes: 700 * MEGABYTE, settleMs: 1000 });
afterAll(() => pool.close());

const picture = (html: string, ms = LONG_MS, on: BrowserPool = pool) =>
  renderImage(on, { html, width: 300, height: 300, type: 'png' }, limitsOf(ms));
const paper = (html: string, ms = LONG_MS) =>
  renderPdf(pool, { html, pageSize: 'A4', orientation: 'portrait' }, limitsOf(ms));
const continuous = (html: string, ms = LONG_MS) =>
  renderPdf(pool, { html, pageSize: 'full', orientation: 'portrait' }, limitsOf(ms));
const FORMS = [picture, paper, continuous];

const PLAIN = '<!doctype html><p>the next job</p>';

/** A file, or an error that a client can be told; in time. */
async function outcome(work: Promise<Captured>, ms = LONG_MS): Promise<string> {
  const started = performance.now();
  const result = await work.then(
    ({ bytes }) => (bytes.length > 100 ? 'made' : 'empty'),
    (error: { kind?: string; code?: string }) => `${error.kind} ${error.code}`,
  );
  expect(performance.now() - started).toBeLessThan(ms + GRACE_MS);
  return result;
}

const STOPPED =
  /^made$|^deadline render_timeout$|^too_large page_(?:memory|too_tall)$|^unavailable page_crashed$/;

const repeat = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join('');
const svg = (inside: string, size = 50_000) =>
  `<img src="data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${inside}</svg>`)}">`;

/** A picture of black and white pixels that is a thousand times larger than its file. */
function hugePng(size: number): string {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(size / 8) + 1) * size), { level: 1 });
  const file = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${file.toString('base64')}`;
}

/** What looks endless, and is drawn all the same. */
const DRAWN: [name: string, html: () => string][] = [
  [
    'animations without an end',
    () =>
      `<style>@keyframes a{to{width:1000px}}b{display:block;animation:a 1s infinite;background:red}</style>${'<b>x</b>'.repeat(500)}<marquee>y</marquee><svg><rect width="1" height="9"><animate attributeName="width" to="99" dur="1s" repeatCount="indefinite"/></rect></svg>`,
  ],
  [
    'scripts without an end',
    () =>
      '<script>for(;;);</script><img src=x onerror="for(;;);"><svg onload="setInterval(function(){},0)">x',
  ],
  [
    'a box of 50 000 × 50 000',
    () => '<div style="width:50000px;height:50000px;background:linear-gradient(red,blue)">x</div>',
  ],
  ['a vector picture of 50 000 × 50 000', () => svg('<rect width="99999" height="99999"/>')],
  [
    'a picture of 50 000 × 50 000 pixels',
    () => `<p>x<img width="300" src="${hugePng(50_000)}"><img src="${hugePng(50_000)}">`,
  ],
  ['letters of a billion pixels', () => '<p style="font-size:1e9px">x'],
  [
    'patterns within patterns',
    () =>
      `<svg width="800" height="800">${repeat(10, (i) => `<pattern id="p${i}" width=".1" height=".1"><rect width="9" height="9" fill="url(#p${i + 1})"/></pattern>`)}<rect width="800" height="800" fill="url(#p0)"/></svg>`,
  ],
  [
    'variables that double',
    () =>
      `<style>:root{--a0:xxxxxxxx;${repeat(40, (i) => `--a${i + 1}:var(--a${i}) var(--a${i});`)}}p::before{content:var(--a40)}</style><p>x`,
  ],
];

/** What takes more than there is. */
const ENDED: [name: string, html: () => string][] = [
  [
    'a drawing that doubles',
    () =>
      `<svg><g id="a0"><rect width="1" height="1"/></g>${repeat(25, (i) => `<g id="a${i + 1}"><use href="#a${i}"/><use href="#a${i}"/></g>`)}</svg>`,
  ],
  [
    'a table of 200 000 cells',
    () => `<table>${`<tr>${'<td>x</td>'.repeat(1000)}`.repeat(200)}</table>`,
  ],
  ['3000 tables within each other', () => '<table><tr><td>'.repeat(3000)],
  ['10 MB of paragraphs', () => '<p>Lorem ipsum dolor sit amet consectetur '.repeat(250_000)],
  ['10 MB of one word', () => `<p>${'x'.repeat(10_000_000)}`],
  ['columns of a pixel', () => `<div style="columns:1px;height:1px">${'x '.repeat(200_000)}`],
  [
    'blurs upon blurs',
    () => `<div style="filter:${'blur(200px) '.repeat(300)};width:900px;height:900px">x`,
  ],
  ['300 frames', () => '<iframe srcdoc="<p>x"></iframe>'.repeat(300)],
];

describe('hostile documents', () => {
  it.each(DRAWN)('%s', { timeout: 60_000 }, async (_name, html) => {
    const document = `<!doctype html>${html()}`;
    for (const make of FORMS) {
      const tall = make === continuous ? /^made$|page_too_tall$/ : /^made$/;
      expect(await outcome(make(document))).toMatch(tall);
    }
  });

  it.each(ENDED.map(([name, html], i) => [name, html, FORMS[i % FORMS.length]!] as const))(
    '%s',
    { timeout: 60_000 },
    async (_name, html, make) => {
      const document = `<!doctype html>${html()}`;
      expect(await outcome(make(document, SHORT_MS), SHORT_MS)).toMatch(STOPPED);
      expect(await outcome(picture(PLAIN))).toBe('made');
    },
  );

  describe.runIf(existsSync('/proc/self/status'))('that take too much memory', () => {
    let bomb: string;
    beforeAll(async () => {
      const create = { width: 15_000, height: 15_000, channels: 3, background: 'red' } as const;
      const png = await sharp({ create, limitInputPixels: false }).png().toBuffer();
      bomb = `<!doctype html><img width="200" src="data:image/png;base64,${png.toString('base64')}">`;
    });

    it('are ended, and the machine keeps its memory', { timeout: 60_000 }, async () => {
      expect(await outcome(picture(bomb))).toMatch(/page_memory|render_timeout/);
      expect(await outcome(picture(PLAIN))).toBe('made');
    });

    it('do not take another document with them', { timeout: 60_000 }, async () => {
      const bombed = outcome(picture(bomb));
      const others = [outcome(picture(PLAIN)), outcome(paper(PLAIN)), outcome(continuous(PLAIN))];
      expect(await Promise.all(others)).toEqual(['made', 'made', 'made']);
      expect(await bombed).toMatch(/page_memory|render_timeout/);
    });
  });
});

describe('with a public network', () => {
  let slow: BrowserPool | undefined;
  afterEach(() => slow?.close());

  it('pictures that trickle are left out, and said to be missing', async () => {
    slow = createBrowserPool({
      network: 'public',
      settleMs: 300,
      reach: { resolve: () => new Promise(() => undefined) },
    });
    const html = `<!doctype html>${repeat(50, (i) => `<img src="http://slow.test/${i}">`)}<link rel="stylesheet" href="http://slow.test/a.css"><p>text`;
    const { bytes } = await picture(html, LONG_MS, slow);
    expect(bytes.length).toBeGreaterThan(100);
  });

  it('a site that only redirects is given up', async () => {
    const asked: string[] = [];
    slow = createBrowserPool({
      network: 'public',
      settleMs: 2000,
      reach: {
        resolve: async (host) => {
          asked.push(host);
          throw new Error('nowhere');
        },
      },
    });
    const html =
      '<!doctype html><meta http-equiv="refresh" content="0;url=http://a.test/"><p>text<img src="http://b.test/">';
    const { warnings } = await picture(html, LONG_MS, slow);
    expect(warnings).toEqual(['1 picture, font or style sheet was not loaded']);
    expect(asked).toEqual(['b.test']);
  });
});

describe('a browser that is killed in the middle', () => {
  it('fails that job alone', { timeout: 60_000 }, async () => {
    await picture(PLAIN);
    const table = `<!doctype html><table>${`<tr>${'<td>x</td>'.repeat(1000)}`.repeat(300)}</table>`;
    const dying = outcome(paper(table));
    await expect.poll(() => pool.stats().running).toBe(1);
    for (const pid of pool.stats().pids) process.kill(-pid, 'SIGKILL');
    expect(await dying).toBe('unavailable browser_gone');
    expect(await outcome(picture(PLAIN))).toBe('made');
  });
});
