// What pages can reach: nothing without a network, public addresses only with one. A canary counts every connection.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPng } from '../../../test/support/png.ts';
import type { Page } from './page.ts';
import { createBrowserPool, type BrowserPool } from './pool.ts';

const WINDOW = { width: 100, height: 100 };
const MINUTE = { deadlineMs: 60_000 };
const GREEN_DOT = `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="green"/></svg>`;

let canary: Server;
let port: number;
let connections = 0;
let requests: { url: string; headers: IncomingMessage['headers'] }[] = [];

beforeAll(async () => {
  canary = createServer((req, res) => {
    requests.push({ url: `${req.headers.host}${req.url}`, headers: req.headers });
    if (req.url === '/redirect') res.writeHead(302, { location: 'http://inside.test/x.png' }).end();
    else {
      res.writeHead(200, {
        'content-type': 'image/svg+xml',
        'set-cookie': 'job=1',
        'cache-control': 'max-age=3600',
      });
      res.end(GREEN_DOT);
    }
  });
  canary.on('connection', () => connections++);
  await new Promise<void>((done) => canary.listen(0, '::', done));
  ({ port } = canary.address() as AddressInfo);
});
afterAll(() => new Promise((done) => canary.close(done)));
beforeEach(() => {
  connections = 0;
  requests = [];
});

/** Every way that we know for a document to make a browser without scripts load something. */
const VECTORS: ((url: string) => string)[] = [
  (url) => `<img src="${url}">`,
  (url) => `<img srcset="${url} 1x, ${url}2 2x">`,
  (url) => `<img loading="lazy" src="${url}">`,
  (url) => `<picture><source srcset="${url}"><img alt=""></picture>`,
  (url) => `<div style="background:url('${url}')">x</div>`,
  (url) => `<table background="${url}"><tr><td background="${url}2">x</table>`,
  (url) => `<style>@import "${url}";</style>`,
  (url) => `<style>@import url(${url}) screen;</style>`,
  (url) => `<style>@font-face{font-family:f;src:url(${url})}p{font-family:f}</style><p>x</p>`,
  (url) =>
    `<style>li{list-style-image:url(${url})}i{cursor:url(${url}2),auto;content:url(${url}3)}</style><li>x<i>y</i>`,
  (url) =>
    `<style>b{border-image:url(${url}) 1;mask:url(${url}2);filter:url(${url}3#f);shape-outside:url(${url}4);float:left}</style><b>x</b>`,
  (url) =>
    `<style>u{background:image-set("${url}" 1x);clip-path:url(${url}2#c)}u::before{content:url(${url}3)}</style><u>x</u>`,
  (url) => `<link rel="stylesheet" href="${url}">`,
  (url) =>
    `<link rel="alternate stylesheet" title="a" href="${url}"><link rel="icon" href="${url}2"><link rel="manifest" href="${url}3">`,
  (url) =>
    `<link rel="preload" as="image" href="${url}"><link rel="prefetch" href="${url}2"><link rel="modulepreload" href="${url}3">`,
  (url) =>
    `<link rel="preconnect" href="${url}"><link rel="dns-prefetch" href="${url}"><link rel="prerender" href="${url}">`,
  (url) => `<iframe src="${url}"></iframe>`,
  (url) => `<iframe srcdoc="<img src='${url}'><iframe src='${url}2'></iframe>"></iframe>`,
  (url) =>
    `<iframe src="data:text/html,${encodeURIComponent(`<img src="${url}"><link rel=stylesheet href="${url}2">`)}"></iframe>`,
  (url) => `<iframe sandbox srcdoc="<style>@import '${url}'</style>"></iframe>`,
  (url) =>
    `<object data="${url}"></object><embed src="${url}2"><object type="image/png" data="${url}3"></object>`,
  (url) =>
    `<object type="text/html" data="${url}"></object><embed type="image/svg+xml" src="${url}2">`,
  (url) =>
    `<video src="${url}" poster="${url}2" autoplay></video><audio src="${url}3" autoplay preload="auto"></audio>`,
  (url) => `<video autoplay><source src="${url}"><track default src="${url}2"></video>`,
  (url) => `<svg><image href="${url}"/><image xlink:href="${url}2"/><use href="${url}3#a"/></svg>`,
  (url) =>
    `<svg><filter id="f"><feImage href="${url}"/></filter><rect filter="url(#f)" fill="url(${url}2#p)" width="9" height="9"/></svg>`,
  (url) =>
    `<img src="data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}"/><style>@import "${url}2";</style></svg>`)}">`,
  (url) => `<input type="image" src="${url}"><button formaction="${url}2" autofocus>x</button>`,
  (url) => `<base href="${url}"><img src="x.png"><link rel="stylesheet" href="y.css">`,
  (url) => `<meta http-equiv="refresh" content="0;url=${url}">`,
  (url) =>
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; report-uri ${url}"><img src="data:,x"><img src="${url}2">`,
  (url) => `<meta http-equiv="Link" content="<${url}>; rel=preload; as=image">`,
  (url) =>
    `<script src="${url}"></script><script type="module">import '${url}2'</script><script>fetch('${url}3');new WebSocket('${url.replace(/^http/i, 'ws')}')</script>`,
  (url) =>
    `<script type="speculationrules">{"prefetch":[{"source":"list","urls":["${url}"]}]}</script>`,
  (url) =>
    `<img src=x onerror="new Image().src='${url}'"><body onload="location='${url}'"><svg onload="fetch('${url}')">`,
  (url) => `<frameset><frame src="${url}"></frameset>`,
  (url) =>
    `<a href="${url}" ping="${url}">x</a><form action="${url}"><input autofocus></form><details open ontoggle="fetch('${url}')">`,
  (url) =>
    `<p style="background:u\\72l(${url})">x</p><div style='--x:url(${url});background:var(--x)'>x</div>`,
  (url) =>
    `<?xml-stylesheet href="${url}"?><math href="${url}" xlink:href="${url}"><mi>x</mi></math>`,
];

/** Every way that we know to write an address that leads to this machine. */
const HOSTS = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  '127.1',
  '2130706433',
  '0x7f000001',
  '017700000001',
  '0177.0.0.1',
  '0.0.0.0',
  '0',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  'user:pass@127.0.0.1',
  'canary.localhost',
  'rebind.test',
  'mixed.test',
];

/** Vectors that would change what the others in the same document do. */
const SOLITARY = /<base|<frameset|http-equiv|onload/;

const DOCUMENTS = [
  ...VECTORS.filter((vector) => SOLITARY.test(vector(''))).map((vector) => [vector]),
  ...chunks(
    VECTORS.filter((vector) => !SOLITARY.test(vector(''))),
    12,
  ),
].map((vectors) => [vectors] as const);

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

const GREEN = [0, 128, 0];

function show(html: string): (page: Page) => Promise<number[]> {
  return async (page) => {
    await page.setContent(html, WINDOW);
    await page.pdf({ paper: WINDOW });
    return readPng(await page.screenshot({ clip: WINDOW, scale: 1, type: 'png' })).pixel(5, 5);
  };
}

/** The colour of a page that shows one thing all over. */
function colourOf(element: string): (page: Page) => Promise<number[]> {
  const style = 'body{margin:0}body>*{display:block;width:100px;height:100px;border:0}';
  return show(`<!doctype html><style>${style}</style>${element}`);
}

describe.each(['none', 'public'] as const)('with network: %s', (network) => {
  let pool: BrowserPool;

  beforeAll(() => {
    pool = createBrowserPool({
      network,
      settleMs: 1000,
      reach: {
        ports: [80, 443, port],
        resolve: async (host) =>
          host === 'mixed.test' ? ['93.184.216.34', '127.0.0.1'] : ['127.0.0.1'],
      },
    });
  });
  afterAll(() => pool.close());

  it.each(DOCUMENTS)('document %#: its vectors reach nothing', async (vectors) => {
    const urls = [
      `http://127.0.0.1:${port}/a`,
      `http://localhost:${port}/b`,
      `//127.0.0.1:${port}/c`,
      `HTTP://[::1]:${port}/d`,
    ];
    const html = `<!doctype html>${urls.flatMap((url) => vectors.map((vector) => vector(url))).join('\n')}`;
    await pool.run(show(html), MINUTE);
    expect({ connections, requests }).toEqual({ connections: 0, requests: [] });
  });

  it.each(chunks(HOSTS, 7))('hosts %s … reach nothing', async (...hosts) => {
    const urls = hosts.flatMap((host) =>
      ['http', 'https', 'ftp', 'ws'].map((scheme) => `${scheme}://${host}:${port}/x.png`),
    );
    const html = urls.map(
      (url) =>
        `<img src="${url}"><link rel="stylesheet" href="${url}"><link rel="preconnect" href="${url}"><iframe src="${url}"></iframe>`,
    );
    await pool.run(show(`<!doctype html>${html.join('')}`), MINUTE);
    expect({ connections, requests }).toEqual({ connections: 0, requests: [] });
  });

  it('reads no file of the machine', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'skep-test-'));
    try {
      chmodSync(folder, 0o755);
      const file = path.join(folder, 'dot.svg');
      writeFileSync(file, GREEN_DOT, { mode: 0o644 });
      const urls = [
        `file://${file}`,
        `FILE:${file}`,
        `file://localhost${file}`,
        `view-source:file://${file}`,
      ];
      for (const show of [
        (url: string) => `<img src="${url}">`,
        (url: string) => `<iframe src="${url}"></iframe>`,
        (url: string) => `<object data="${url}"></object>`,
        (url: string) => `<embed src="${url}">`,
        (url: string) => `<div style="background:url('${url}')"></div>`,
        (url: string) => `<svg><image href="${url}" width="100" height="100"/></svg>`,
        (url: string) =>
          `<iframe srcdoc="<body style=margin:0><img src='${url}' width=100 height=100>"></iframe>`,
      ]) {
        for (const url of urls)
          expect(await pool.run(colourOf(show(url)), MINUTE)).not.toEqual(GREEN);
      }
      const inline = `data:image/svg+xml,${encodeURIComponent(GREEN_DOT)}`;
      expect(await pool.run(colourOf(`<img src="${inline}">`), MINUTE)).toEqual(GREEN);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('with a public network', () => {
  let dialled: string[] = [];
  let names: Record<string, string[]> = {};
  let pool: BrowserPool;

  beforeAll(() => {
    pool = createBrowserPool({
      network: 'public',
      reach: {
        resolve: async (host) => names[host] ?? [],
        dial: (address, to) => {
          dialled.push(`${address} ${to}`);
          return connect(port, '127.0.0.1');
        },
      },
    });
  });
  afterAll(() => pool.close());
  beforeEach(() => {
    dialled = [];
    names = { 'site.test': ['93.184.216.34'], 'inside.test': ['10.0.0.1'] };
  });

  const picture = (url: string) => colourOf(`<img src="${url}">`);
  it('loads what the vectors name: they are alive', async () => {
    for (const [vectors] of DOCUMENTS) {
      const html = vectors.map((vector, i) => vector(`http://site.test/v${i}`));
      await pool.run(show(`<!doctype html>${html.join('\n')}`), MINUTE);
    }
    expect(new Set(requests.map(({ url }) => url)).size).toBeGreaterThan(25);
  });

  it('shows pictures of public sites', async () => {
    expect(await pool.run(picture('http://site.test/dot.svg'), MINUTE)).toEqual(GREEN);
    expect(dialled).toEqual(['93.184.216.34 80']);
  });

  it('dials secure sites at their port', async () => {
    await pool.run(picture('https://site.test/dot.svg'), MINUTE);
    expect(new Set(dialled)).toEqual(new Set(['93.184.216.34 443']));
  });

  it('checks where a redirect leads', async () => {
    await pool.run(picture('http://site.test/redirect'), MINUTE);
    expect(requests.map(({ url }) => url)).toEqual(['site.test/redirect']);
    expect(dialled).toEqual(['93.184.216.34 80']);
  });

  it('keeps nothing of one job for the next: no cookie, no cache', async () => {
    await pool.run(picture('http://site.test/dot.svg'), MINUTE);
    await pool.run(picture('http://site.test/dot.svg'), MINUTE);
    expect(requests).toHaveLength(2);
    expect(requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  it('does not wait for ever for a site that does not answer', async () => {
    const patient = createBrowserPool({
      network: 'public',
      settleMs: 200,
      reach: { resolve: () => new Promise(() => undefined) },
    });
    try {
      const html = `<!doctype html><body style="margin:0;background:green"><img src="http://slow.test/" style="margin:50px">`;
      expect(await patient.run(show(html), { deadlineMs: 20_000 })).toEqual(GREEN);
    } finally {
      await patient.close();
    }
  });
});
