// The proxy against hostile names, redirects and rebinding; a recording dialer shows what would have been contacted.
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../random.ts';
import { startPinningProxy, type PinningProxy, type PinningProxyOptions } from './pinning-proxy.ts';

let upstream: Server;
let seen: { url?: string | undefined; headers: IncomingMessage['headers'] }[];
let dialled: string[];
let proxies: PinningProxy[];

beforeEach(async () => {
  seen = [];
  dialled = [];
  proxies = [];
  upstream = createServer((req, res) => {
    seen.push({ url: req.url, headers: req.headers });
    if (req.url === '/redirect') res.writeHead(302, { location: 'http://inside.test/' }).end();
    else if (req.url === '/big') res.end(Buffer.alloc(64 * 1024));
    else if (req.url !== '/hang') res.end('hello');
  });
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  upstream.closeAllConnections();
  await new Promise((done) => upstream.close(done));
});

/** A proxy whose names are the given ones, and whose every connection ends at the local upstream. */
async function proxy(
  names: Record<string, string[] | (() => string[])>,
  options: Partial<PinningProxyOptions> = {},
): Promise<PinningProxy> {
  const started = await startPinningProxy({
    random: systemRandom({ now: () => 0 }),
    resolve: async (host) => {
      const answer = names[host];
      if (!answer) throw new Error('ENOTFOUND');
      return typeof answer === 'function' ? answer() : answer;
    },
    dial: (address, port) => {
      dialled.push(`${address} ${port}`);
      return connect((upstream.address() as AddressInfo).port, '127.0.0.1');
    },
    ...options,
  });
  proxies.push(started);
  return started;
}

interface Answer {
  status: number;
  body: string;
  headers: IncomingMessage['headers'];
}

function through(
  via: PinningProxy,
  url: string,
  { method = 'GET', auth = true } = {},
): Promise<Answer> {
  const credentials = Buffer.from(`${via.username}:${via.password}`).toString('base64');
  return new Promise((done, fail) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: via.port,
        method,
        path: url,
        headers: {
          host: 'x',
          cookie: 'a=b',
          ...(auth && { 'proxy-authorization': `Basic ${credentials}` }),
        },
      },
      (res) => {
        let body = '';
        res.on('data', (chunk) => (body += String(chunk)));
        res.on('end', () => done({ status: res.statusCode ?? 0, body, headers: res.headers }));
        res.on('error', fail);
      },
    );
    req.on('connect', (res, socket) => {
      socket.on('error', () => undefined);
      if (res.statusCode !== 200) {
        done({ status: res.statusCode ?? 0, body: '', headers: res.headers });
        return;
      }
      let body = '';
      socket.on('data', (chunk) => (body += String(chunk)));
      socket.on('close', () => done({ status: 200, body, headers: res.headers }));
      socket.end('GET /tunnel HTTP/1.0\r\n\r\n');
    });
    req.on('error', fail);
    req.end();
  });
}

describe('pinning proxy', () => {
  it('fetches from the checked address, with the name in the Host header and no credentials of its own', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] });
    const answer = await through(via, 'http://site.test/pic.png?x=1');
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    expect(dialled).toEqual(['93.184.216.34 80']);
    expect(seen[0]?.url).toBe('/pic.png?x=1');
    expect(seen[0]?.headers.host).toBe('site.test');
    expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('opens a tunnel to the checked address', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] });
    const answer = await through(via, 'site.test:443', { method: 'CONNECT' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('hello');
    expect(dialled).toEqual(['93.184.216.34 443']);
  });

  it('asks a stranger for credentials and dials nothing', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] });
    expect((await through(via, 'http://site.test/', { auth: false })).status).toBe(407);
    expect((await through(via, 'site.test:443', { auth: false, method: 'CONNECT' })).status).toBe(
      407,
    );
    expect(dialled).toEqual([]);
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://localtest.test/',
    'http://mixed.test/',
    'http://6to4.test/',
    'http://93.184.216.34:22/',
    'http://site.test:8080/',
    'https://site.test/',
    'ftp://site.test/',
    'file:///etc/passwd',
    '/relative',
  ])('refuses %s without dialling', async (url) => {
    const via = await proxy({
      'site.test': ['93.184.216.34'],
      'localtest.test': ['127.0.0.1'],
      'mixed.test': ['93.184.216.34', '10.0.0.1'],
      '6to4.test': ['2002:a00:1::'],
    });
    expect((await through(via, url)).status).toBe(403);
    expect(dialled).toEqual([]);
  });

  it.each([
    '127.0.0.1:443',
    '[::1]:443',
    'localtest.test:443',
    'site.test:22',
    'user@site.test:443',
    'site.test:443/x',
  ])('refuses a tunnel to %s without dialling', async (target) => {
    const via = await proxy({ 'site.test': ['93.184.216.34'], 'localtest.test': ['127.0.0.1'] });
    expect((await through(via, target, { method: 'CONNECT' })).status).toBe(403);
    expect(dialled).toEqual([]);
  });

  it('refuses methods that change something', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] });
    expect((await through(via, 'http://site.test/', { method: 'POST' })).status).toBe(403);
    expect(dialled).toEqual([]);
  });

  it('does not follow a redirect; the next hop is checked like a first request', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'], 'inside.test': ['192.168.0.10'] });
    const first = await through(via, 'http://site.test/redirect');
    expect(first).toMatchObject({ status: 302 });
    expect(first.headers.location).toBe('http://inside.test/');
    expect((await through(via, String(first.headers.location))).status).toBe(403);
    expect(dialled).toEqual(['93.184.216.34 80']);
  });

  it('dials what it checked when the name server changes its mind in between', async () => {
    let asked = 0;
    const via = await proxy({
      'rebind.test': () => [asked++ === 0 ? '93.184.216.34' : '127.0.0.1'],
    });
    expect((await through(via, 'http://rebind.test/')).status).toBe(200);
    expect(asked).toBe(1);
    expect((await through(via, 'http://rebind.test/')).status).toBe(403);
    expect(dialled).toEqual(['93.184.216.34 80']);
  });

  it('says 502 for names that do not exist', async () => {
    const via = await proxy({});
    expect((await through(via, 'http://nowhere.test/')).status).toBe(502);
  });

  it('cuts an answer that is larger than the limit', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] }, { maxBytes: 1000 });
    await expect(through(via, 'http://site.test/big')).rejects.toThrow(/aborted|hang up|reset/);
  });

  it('ends a connection that lasts longer than the limit', async () => {
    const via = await proxy({ 'site.test': ['93.184.216.34'] }, { timeoutMs: 50 });
    const answer = await through(via, 'http://site.test/hang').catch((error: unknown) => error);
    expect(answer instanceof Error || (answer as Answer).status === 502).toBe(true);
  });
});
