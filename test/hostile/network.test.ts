// Pages that become PDFs and pictures reach nothing on this machine, whatever they are told to load.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPng } from '../support/png.ts';
import { failures } from './shapes.ts';
import { bearer, openWorld, type World } from './world.ts';

const GREEN = '<rect width="100" height="100" fill="green"/>';
const GREEN_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">${GREEN}</svg>`;

/** Listeners on every address of this machine; the standard ports too where the test may have them. */
const canaries: Server[] = [];
const sockets = new Set<Socket>();
let ports: number[] = [];
let connections: string[] = [];

async function listen(port: number): Promise<void> {
  const canary = createServer((socket) => {
    connections.push(`port ${String(socket.localPort)}`);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  canary.listen(port, '::');
  const started = await Promise.race([
    once(canary, 'listening').then(() => true),
    once(canary, 'error').then(() => false),
  ]).catch(() => false);
  if (!started) return;
  canaries.push(canary);
  const address = canary.address();
  if (typeof address === 'object' && address) ports.push(address.port);
}

beforeAll(async () => {
  // Without a privilege, 80 and 443 are refused by the system: then the free port has to do.
  for (const port of [0, 80, 443]) await listen(port);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const canary of canaries) {
    canary.close();
    await once(canary, 'close');
  }
  ports = [];
});

const HOSTS = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST.',
  'canary.localhost',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.1',
  '017700000001',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[64:ff9b::7f00:1]',
  '①②⑦.⓪.⓪.①',
  'user:password@127.0.0.1',
];

const data = (html: string) => `data:text/html,${encodeURIComponent(html)}`;

/** Every way in which a document may ask for something; with an address that is to be reached. */
const VECTORS: ((url: string) => string)[] = [
  (url) => `<img src="${url}/a.png"><img srcset="${url}/b.png 1x, ${url}/c.png 2x">`,
  (url) => `<picture><source srcset="${url}/d.png"><img alt=""></picture>`,
  (url) => `<style>@import "${url}/e.css"; b{background:url(${url}/f.png)}</style><b>x</b>`,
  (url) =>
    `<style>@font-face{font-family:f;src:url(${url}/g.woff)}i{font-family:f}</style><i>x</i>`,
  (url) => `<link rel="stylesheet" href="${url}/h.css"><link rel="icon" href="${url}/i.ico">`,
  (url) => `<link rel="preconnect" href="${url}"><link rel="preload" as="image" href="${url}/j">`,
  (url) => `<iframe src="${url}/k"></iframe><iframe srcdoc="<img src='${url}/l'>"></iframe>`,
  (url) =>
    `<iframe src="${data(`<img src="${url}/m"><iframe src="${url}/n"></iframe>`)}"></iframe>`,
  (url) => `<object data="${url}/o"></object><embed src="${url}/p">`,
  (url) => `<object data="${data(`<img src="${url}/q">`)}"></object>`,
  (url) => `<svg><image href="${url}/r"/><use href="${url}/s#x"/></svg>`,
  (url) =>
    `<img src="data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}/t"/></svg>`)}">`,
  (url) => `<video src="${url}/u" poster="${url}/v"></video><audio src="${url}/w"></audio>`,
  (url) => `<input type="image" src="${url}/x"><table background="${url}/y"></table>`,
  (url) => `<script>fetch('${url}/z')</script><script src="${url}/1"></script>`,
  (url) => `<img src="x" onerror="location='${url}/2'"><svg onload="fetch('${url}/3')"></svg>`,
];

/** These change what the rest of their document does, so each gets a document of its own. */
const ALONE: ((url: string) => string)[] = [
  (url) => `<meta http-equiv="refresh" content="0;url=${url}/4"><p>x</p>`,
  (url) => `<base href="${url}/"><img src="5.png"><link rel="stylesheet" href="6.css">`,
  (url) => `<body onload="location='${url}/7'"><form action="${url}/8"><input autofocus></form>`,
];

const SCHEMES = ['http', 'https', 'ws', 'ftp'];

/** Documents with every vector, and with every host in the vectors that name nothing but an address. */
function documents(): string[] {
  const [port = 0] = ports;
  const here = [
    `http://127.0.0.1:${port}`,
    `//localhost:${port}`,
    `http://127.0.0.1`,
    `https://[::1]`,
  ];
  const all = here.flatMap((url) => VECTORS.map((vector) => vector(url))).join('\n');
  const hosts = HOSTS.flatMap((host) =>
    [...SCHEMES.map((scheme) => `${scheme}://${host}:${port}`), `http://${host}`].map(
      (url) =>
        `<img src="${url}/9"><link rel="stylesheet" href="${url}/10"><embed src="${url}/11">`,
    ),
  ).join('\n');
  return [all, hosts, ...ALONE.map((vector) => vector(here[0] ?? ''))].map(
    (body) => `<!doctype html><html>${body}</html>`,
  );
}

describe.each(['none', 'public'])('with render.network %s', (network) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld('sqlite', { 'render-network': network, 'render-timeout-ms': '20000' });
  });
  afterAll(async () => {
    expect(failures(world.app).join('')).toBe('');
    await world.close();
  });

  const ask = (resource: string, html: string) =>
    world.send({
      path: `/v1/message/${resource}`,
      headers: bearer(world.mine.apiKey),
      body: { html, width: 200, file_type: resource === 'pdf' ? 'pdf' : 'png' },
    });

  it('connects to nothing', async () => {
    connections = [];
    for (const [at, html] of documents().entries()) {
      const response = await ask(at % 2 === 0 ? 'image' : 'pdf', html);
      expect([at, response.status, response.text.slice(0, 100)]).toEqual([
        at,
        200,
        expect.anything(),
      ]);
    }
    expect(connections).toEqual([]);
  }, 60_000);

  it('shows no file of this machine, and what is in the document', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'skep-test-'));
    const file = path.join(folder, 'green.svg');
    await writeFile(file, GREEN_SVG);
    const shown = async (tag: (url: string) => string, url: string) => {
      const style = '<style>body{margin:0}img,iframe{display:block;border:0;width:100px}</style>';
      const { bytes } = await ask('image', `<!doctype html>${style}${tag(url)}`);
      return readPng(bytes).pixel(5, 5);
    };
    try {
      for (const tag of [
        (url: string) => `<img src="${url}">`,
        (url: string) => `<iframe src="${url}"></iframe>`,
      ]) {
        expect(await shown(tag, `file://${file}`)).not.toEqual([0, 128, 0]);
        expect(await shown(tag, `file://localhost${file}`)).not.toEqual([0, 128, 0]);
      }
      const inline = `data:image/svg+xml,${encodeURIComponent(GREEN_SVG)}`;
      expect(await shown((url) => `<img src="${url}">`, inline)).toEqual([0, 128, 0]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});

it('the canaries are awake', async () => {
  connections = [];
  for (const port of ports) {
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
  }
  expect(connections).toEqual(ports.map((port) => `port ${port}`));
});
