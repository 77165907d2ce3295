// Fetching against hostile names, redirects and rebinding; a recording dialer shows what would have been contacted.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchPublic, type PublicFetchOptions } from './public-fetch.ts';

let site: Server;
let seen: {
  method?: string | undefined;
  url?: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}[] = [];
let dialled: string[] = [];

const answers: Record<string, (res: ServerResponse) => void> = {
  '/redirect': (res) => res.writeHead(302, { location: 'http://inside.test/' }).end(),
  '/relative': (res) => res.writeHead(301, { location: '/pic.png?x=1' }).end(),
  '/see-other': (res) => res.writeHead(303, { location: '/seen' }).end(),
  '/moved': (res) => res.writeHead(307, { location: '/seen' }).end(),
  '/elsewhere': (res) => res.writeHead(307, { location: 'http://other.test/seen' }).end(),
  '/loop': (res) => res.writeHead(302, { location: '/loop' }).end(),
  '/to-file': (res) => res.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-port': (res) => res.writeHead(302, { location: 'http://site.test:22/' }).end(),
  '/to-number': (res) => res.writeHead(302, { location: 'http://2130706433/' }).end(),
  '/big': (res) => res.end(Buffer.alloc(64 * 1024)),
  '/bomb': (res) =>
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000))),
  '/gzip': (res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello')),
  '/brotli': (res) =>
    res.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('hello')),
  '/broken': (res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
  '/hang': () => undefined,
  '/trickle': (res) => void res.write('a'),
};

beforeAll(async () => {
  site = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { method, url, headers } = req;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers[url ?? ''];
      if (answer) answer(res);
      else res.end('hello');
    });
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  site.closeAllConnections();
  await new Promise((done) => site.close(done));
});
beforeEach(() => {
  seen = [];
  dialled = [];
});

type Names = Record<string, string[] | (() => string[])>;

const NAMES: Names = {
  'site.test': ['93.184.216.34'],
  'other.test': ['93.184.216.35'],
  'inside.test': ['192.168.0.10'],
  'localtest.test': ['127.0.0.1'],
  'mixed.test': ['93.184.216.34', '10.0.0.1'],
  '6to4.test': ['2002:a00:1::'],
  'empty.test': [],
};

/** Fetches with the given names; every connection ends at the local site. */
function get(url: string, options: Partial<PublicFetchOptions> = {}, names: Names = NAMES) {
  return fetchPublic(url, {
    maxBytes: 1_000_000,
    timeoutMs: 10_000,
    resolve: async (host) => {
      const answer = names[host];
      if (!answer) throw new Error('ENOTFOUND');
      return typeof answer === 'function' ? answer() : answer;
    },
    dial: (address, port) => {
      dialled.push(`${address} ${port}`);
      return connect((site.address() as AddressInfo).port, '127.0.0.1');
    },
    ...options,
  });
}

describe('fetchPublic', () => {
  it('fetches from the checked address, with the name in the Host header', async () => {
    const answer = await get('http://site.test/pic.png?x=1', { headers: { accept: 'image/*' } });
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('hello') });
    expect(dialled).toEqual(['93.184.216.34 80']);
    expect(seen[0]).toMatchObject({
      url: '/pic.png?x=1',
      headers: { host: 'site.test', accept: 'image/*' },
    });
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://localtest.test/',
    'http://mixed.test/',
    'http://6to4.test/',
    'http://93.184.216.34:22/',
    'http://site.test:8080/',
    'ftp://site.test/',
    'file:///etc/passwd',
    '/relative',
    '',
    'http://user:secret@site.test/',
    'http://user@site.test/',
    'gopher://site.test/',
    'http://①②⑦.⓪.⓪.①/',
    'https://127.0.0.1/',
    'https://localtest.test/',
  ])('refuses %s without dialling', async (url) => {
    await expect(get(url)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(dialled).toEqual([]);
  });

  it('follows a redirect on the same site', async () => {
    const answer = await get('http://site.test/relative');
    expect(answer.url.href).toBe('http://site.test/pic.png?x=1');
    expect(dialled).toHaveLength(2);
  });

  it.each(['/redirect', '/to-file', '/to-port', '/to-number'])(
    'checks where %s leads',
    async (path) => {
      await expect(get(`http://site.test${path}`)).rejects.toMatchObject({ kind: 'forbidden' });
      expect(dialled).toEqual(['93.184.216.34 80']);
    },
  );

  it('stops in a circle of redirects', async () => {
    await expect(get('http://site.test/loop')).rejects.toMatchObject({
      code: 'too_many_redirects',
    });
    expect(dialled).toHaveLength(6);
  });

  it('dials what it checked when the name server changes its mind', async () => {
    let asked = 0;
    const names = { 'rebind.test': () => [asked++ === 0 ? '93.184.216.34' : '127.0.0.1'] };
    expect((await get('http://rebind.test/', {}, names)).status).toBe(200);
    expect(asked).toBe(1);
    await expect(get('http://rebind.test/', {}, names)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(dialled).toEqual(['93.184.216.34 80']);
  });

  it('tries the next address when one does not answer', async () => {
    const names = { 'two.test': ['93.184.216.34', '93.184.216.35'] };
    const answer = await get(
      'http://two.test/',
      {
        dial: (address) => {
          dialled.push(address);
          // Port 1 of this machine is closed.
          return connect(
            address.endsWith('35') ? (site.address() as AddressInfo).port : 1,
            '127.0.0.1',
          );
        },
      },
      names,
    );
    expect(answer.status).toBe(200);
    expect(dialled).toEqual(['93.184.216.34', '93.184.216.35']);
  });

  it.each(['/gzip', '/brotli'])('decompresses %s', async (path) => {
    expect((await get(`http://site.test${path}`)).body.toString()).toBe('hello');
  });

  it.each([['/big'], ['/bomb']])('stops %s at the limit of bytes', async (path) => {
    await expect(get(`http://site.test${path}`, { maxBytes: 1000 })).rejects.toMatchObject({
      kind: 'too_large',
    });
  });

  it.each(['/hang', '/trickle'])('stops %s at the limit of time', async (path) => {
    await expect(get(`http://site.test${path}`, { timeoutMs: 100 })).rejects.toMatchObject({
      kind: 'deadline',
    });
  });

  it('does not wait longer for a name server', async () => {
    const resolve = () => new Promise<string[]>(() => undefined);
    await expect(get('http://slow.test/', { timeoutMs: 50, resolve })).rejects.toMatchObject({
      kind: 'deadline',
    });
  });

  it.each([
    'http://nowhere.test/',
    'http://empty.test/',
    'http://site.test/broken',
    'https://site.test/',
  ])('says that %s does not answer', async (url) => {
    await expect(get(url)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)(
    'sends the body of a %s with its length',
    async (method) => {
      const body = Buffer.from('{"ä":1}');
      const headers = { 'content-type': 'application/json' };
      await get('http://site.test/seen', { method, body, headers });
      expect(seen).toEqual([
        expect.objectContaining({
          method,
          body: '{"ä":1}',
          headers: expect.objectContaining({ 'content-length': '8', ...headers }) as unknown,
        }),
      ]);
    },
  );

  it('asks with GET and without body where "see other" leads', async () => {
    const headers = { 'content-type': 'text/plain', authorization: 'Bearer x' };
    await get('http://site.test/see-other', { method: 'POST', body: Buffer.from('x'), headers });
    expect(seen[1]).toMatchObject({
      method: 'GET',
      body: '',
      headers: { authorization: 'Bearer x' },
    });
    expect(seen[1]?.headers).not.toHaveProperty('content-type');
  });

  it('repeats the whole request after 307, without credentials for another site', async () => {
    const headers = { 'Content-Type': 'text/plain', Authorization: 'Bearer x', cookie: 'a=b' };
    const post = { method: 'POST', body: Buffer.from('x'), headers } as const;
    await get('http://site.test/moved', post);
    expect(seen[1]).toMatchObject({
      method: 'POST',
      body: 'x',
      headers: { authorization: 'Bearer x' },
    });
    seen = [];
    await get('http://site.test/elsewhere', post);
    expect(seen[1]).toMatchObject({ method: 'POST', body: 'x', headers: { host: 'other.test' } });
    expect(seen[1]?.headers).not.toHaveProperty('authorization');
    expect(seen[1]?.headers).not.toHaveProperty('cookie');
  });

  it('reaches a host that the operator trusts, on the port that was named, and no other', async () => {
    const trusted = ['inside.test:8080', '127.0.0.1:8081', '[::1]:80'];
    await get('http://inside.test:8080/', { trusted });
    await get('http://127.0.0.1:8081/', { trusted });
    expect(dialled).toEqual(['192.168.0.10 8080', '127.0.0.1 8081']);
    for (const url of ['http://inside.test/', 'http://127.0.0.1:8080/', 'http://localtest.test/']) {
      await expect(get(url, { trusted })).rejects.toMatchObject({ kind: 'forbidden' });
    }
    // A public site cannot lead there unless it is named too.
    await expect(get('http://site.test/redirect', { trusted })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});
