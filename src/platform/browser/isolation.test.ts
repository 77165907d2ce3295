// Jobs side by side and one after the other on the same browser: each tries to see what the others left, and sees nothing.
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { squareFont } from '../../../test/support/font.ts';
import { readPng } from '../../../test/support/png.ts';
import type { Page } from './page.ts';
import { createBrowserPool, type BrowserPool } from './pool.ts';

const JOBS = 60;
/** Egyptian hieroglyphs, for which no machine has letters. */
const RARE = '\u{13500}\u{13600}';
const WINDOW = { width: 120, height: 60 };

let server: Server;
let pool: BrowserPool;
let asked: { url: string; cookie: string | undefined }[] = [];

beforeAll(async () => {
  // Everything says that it may be kept for ever, and each answer has a colour of its own.
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', cookie: request.headers.cookie });
    const colour = `rgb(${asked.length % 256},${Math.floor(asked.length / 256)},7)`;
    response.writeHead(200, {
      'content-type': request.url?.endsWith('.css') ? 'text/css' : 'image/svg+xml',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: '"one"',
      'set-cookie': `job=${asked.length}; Path=/; Max-Age=9999`,
      'strict-transport-security': 'max-age=31536000',
    });
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" fill="${colour}"/></svg>`;
    response.end(request.url?.endsWith('.css') ? `i{background:${colour}}` : picture);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  pool = createBrowserPool({
    network: 'public',
    concurrency: 4,
    reach: { resolve: async () => ['93.184.216.34'], dial: () => connect(port, '127.0.0.1') },
  });
});
afterAll(async () => {
  await pool.close();
  await new Promise((done) => server.close(done));
});

/** All load the same address, link to it, and use the same names; every second one has a font that the others name, too. */
function documentOf(job: number): string {
  const font = squareFont('Leak', RARE).toString('base64');
  const face =
    job % 2 === 0
      ? `@font-face{font-family:leak;src:url(data:font/ttf;base64,${font})}@property --leak{syntax:'<color>';inherits:true;initial-value:red}`
      : '';
  return `<!doctype html><meta http-equiv="set-cookie" content="doc=${job}">
<style>${face}body{margin:0;font:10px leak}a{display:block;position:absolute;top:0;left:60px;width:30px;height:60px;background:#0f0}
a:visited{background:#f00}i{display:block;position:absolute;top:0;left:90px;width:30px;height:60px}</style>
<link rel="stylesheet" href="http://site.test/same.css"><img style="display:block" src="http://site.test/same.svg" alt="">
<a href="http://site.test/same.svg" target="leak"></a><i></i><iframe name="leak" hidden></iframe><p id="leak" hidden>x</p><p>${RARE}</p>`;
}

it(`${JOBS} interleaved jobs see nothing of each other`, { timeout: 60_000 }, async () => {
  asked = [];
  const run = (job: number) =>
    pool.run(
      async (page: Page) => {
        await page.setContent(documentOf(job), WINDOW);
        const shot = await page.screenshot({ clip: WINDOW, scale: 1, type: 'png' });
        const shown = readPng(shot);
        return {
          picture: shown.pixel(30, 30).join(),
          sheet: shown.pixel(105, 30).join(),
          link: shown.pixel(75, 30).join(),
          missing: await page.missingFonts(),
        };
      },
      { deadlineMs: 60_000 },
    );
  const seen = await Promise.all(Array.from({ length: JOBS }, (_, job) => run(job)));
  // Nobody got the answer that another got: no cache, of documents or of connections.
  expect(new Set(seen.flatMap(({ picture, sheet }) => [picture, sheet])).size).toBe(2 * JOBS);
  expect(asked.map(({ url }) => url).sort()).toEqual(
    ['/same.css', '/same.svg'].flatMap((url) => Array.from({ length: JOBS }, () => url)),
  );
  // No cookie, no history, no font.
  expect(new Set(asked.map(({ cookie }) => cookie))).toEqual(new Set([undefined]));
  expect(new Set(seen.map(({ link }) => link))).toEqual(new Set(['0,255,0']));
  expect(seen.map(({ missing }) => missing.length)).toEqual(seen.map((_, job) => job % 2));
  expect(pool.stats().browsers).toBe(1);
});
