// HTTP that no client should speak, at every door: bad paths and methods, broken requests, slow and half ones.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw, type TestRequest } from '../support/http.ts';
import { expectClean, expectError, expectErrorText, failures } from './shapes.ts';
import { basic, bearer, bodyRequest, DOORS, goodBody, openWorld } from './world.ts';
import type { DoorName, World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld('sqlite', {
    'http-headers-timeout-ms': '1000',
    'http-request-timeout-ms': '1500',
    'http-keep-alive-timeout-ms': '500',
  });
});
afterAll(() => world.close());

/** Credentials that open the door, as headers. */
function keyTo(door: DoorName): Record<string, string> {
  const { mine } = world;
  if (door === 'baasbox') return { 'X-BB-SESSION': mine.session };
  if (door === 'beebole') return basic(mine.timesheetToken);
  return door === 'beefree' ? bearer(mine.apiKey) : {};
}

const token = () => world.mine.connectorSession;

type Refused = [name: string, door: DoorName, status: number, request: () => TestRequest];

const REFUSED: Refused[] = [
  ['an unknown path', 'baasbox', 404, () => ({ path: '/nothing/here' })],
  ['an unknown path', 'beebole', 405, () => ({ path: '/api' })],
  ['an unknown path', 'beefree', 404, () => ({ path: '/v1/message/nothing', method: 'POST' })],
  ['an unknown path', 'beebox', 404, () => ({ path: '/api/nothing' })],
  ['an unknown path below', 'beebox', 404, () => ({ path: '/api/v2/nothing', method: 'POST' })],
  ['an unknown collection', 'beefree', 404, () => ({ path: '/v1/nothing/html', method: 'POST' })],
  ['the root', 'beefree', 404, () => ({ path: '/v1' })],
  ['a wrong method', 'baasbox', 404, () => ({ path: '/document/teas/1/acl', method: 'POST' })],
  ['a wrong method', 'beebole', 405, () => ({ path: '/api/v2', method: 'PUT' })],
  ['a wrong method', 'beefree', 405, () => ({ path: '/v1/message/html', method: 'GET' })],
  ['a wrong method', 'beebox', 404, () => ({ path: '/api/details', method: 'PUT' })],
  ['an odd method', 'baasbox', 404, () => ({ path: '/login', method: 'PROPFIND' })],
  ['an odd method', 'beebole', 405, () => ({ path: '/api', method: 'PROPFIND' })],
  ['an odd method', 'beefree', 405, () => ({ path: '/v1/page/html', method: 'PROPFIND' })],
  ['an odd method', 'beebox', 404, () => ({ path: '/api/connect', method: 'PROPFIND' })],
  ['a broken escape', 'baasbox', 400, () => ({ path: '/document/%zz' })],
  ['a broken escape', 'beefree', 400, () => ({ path: '/v1/message/%zz', method: 'POST' })],
  ['a broken escape', 'beebox', 404, () => ({ path: '/api/%zz' })],
  ['half a character', 'baasbox', 400, () => ({ path: '/document/%e2%82' })],
  ['half a character', 'beefree', 400, () => ({ path: '/v1/files/%ff' })],
  ['a long segment', 'baasbox', 414, () => ({ path: `/document/${'x'.repeat(5000)}` })],
  ['a long segment', 'beefree', 414, () => ({ path: `/v1/files/${'x'.repeat(5000)}` })],
  ['a path that climbs', 'baasbox', 404, () => ({ path: '/../../../../etc/passwd' })],
  ['a hidden climb', 'baasbox', 404, () => ({ path: '/document/teas/..%2f..%2f..%2fetc' })],
  ['a path that climbs', 'beefree', 404, () => ({ path: '/v1/files/..%2f..%2fskep.db' })],
  ['a drive', 'beefree', 404, () => ({ path: '/v1/files/C:%5Cskep.db' })],
  ['NUL', 'beefree', 404, () => ({ path: '/v1/files/%00' })],
  ['a path out of the project', 'beebox', 400, () => fileAt('..%5C..%5Cserver.key')],
  ['a drive', 'beebox', 400, () => fileAt('C%3A%5Cserver.key')],
  ['a share', 'beebox', 400, () => fileAt('%5C%5Chost%5Cserver.key')],
  ['NUL', 'beebox', 400, () => fileAt('a%00.html')],
  ['an absolute URL', 'baasbox', 404, () => ({ path: 'http://elsewhere.test/nothing' })],
  ['two slashes', 'baasbox', 404, () => ({ path: '//nothing//here' })],
];

function fileAt(filename: string): TestRequest {
  return { path: `/api/files/file?token=${token()}&locale=en&folder=&filename=${filename}` };
}

describe('requests that lead nowhere', () => {
  it.each(REFUSED)('%s (%s): %i', async (_name, door, status, make) => {
    const request = make();
    const response = await world.send({ ...request, headers: keyTo(door) });
    expectError(door, response, status);
    if (status === 405) expect(response.headers.allow).toMatch(/POST/);
  });

  it.each(DOORS)('any content type but a readable one, at %s', async (door) => {
    for (const type of [';;;', 'Stream', 'text/html', 'multipart/form-data', 'a/b; c="', 'é']) {
      const body = goodBody(world.mine, door, 'x');
      const request = bodyRequest(world.mine, door, body, { 'content-type': type });
      const response = await world.send(request);
      // BaasBox wants JSON to be called so; the others read the bytes.
      if (door === 'baasbox') expectError(door, response, 400);
      else expect([type, response.status]).toEqual([type, 200]);
    }
  });

  it('parameters that are no pairs are not an error of the server', async () => {
    for (const query of [
      '?',
      '?&&&',
      '?=',
      '?=x&=y',
      '?{"a":1}',
      '?%',
      '?a[]=1&a[b]=2',
      '?%00=%00',
    ]) {
      for (const path of ['/document/teas', '/api/details', '/whois', '/healthz', '/v1/files/x']) {
        const response = await world.send({ path: path + query, headers: keyTo('baasbox') });
        expect([path, query, response.status < 500]).toEqual([path, query, true]);
        expectClean(response.text);
      }
    }
  });

  it('ten thousand parameters take no time', async () => {
    const query = 'a&'.repeat(7000);
    const started = performance.now();
    for (const path of ['/document/teas', '/api/details']) {
      const { status } = await world.send({ path: `${path}?${query}`, headers: keyTo('baasbox') });
      expect(status).toBeLessThan(500);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('headers', () => {
  it.each([
    ['a request id', 'GET /healthz HTTP/1.1', 'X-Request-Id: a\tSet-Cookie: x=1'],
    ['a call id', 'GET /nothing?call_id=a%0d%0aSet-Cookie:%20x=1 HTTP/1.1', 'X: y'],
    [
      'a CORS question',
      'OPTIONS /x HTTP/1.1',
      'Access-Control-Request-Headers: a, b\tSet-Cookie: x',
    ],
    ['an origin', 'OPTIONS /api HTTP/1.1', 'Origin: https://a.test\tSet-Cookie: x'],
    ['a host', 'GET /api/nothing HTTP/1.1', 'X-Forwarded-Host: a\tSet-Cookie: x'],
  ])('%s does not become another header of the answer', async (_name, line, header) => {
    const answer = await raw([line, 'Host: x', header, 'Connection: close']);
    const [head = ''] = answer.split('\r\n\r\n', 1);
    expect(head).not.toMatch(/^set-cookie/im);
    expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /);
  });

  it('the host of links is not taken from headers of proxies that nobody trusts', async () => {
    const headers = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' };
    const response = await world.send({ path: '/api/nothing?token=secret-value', headers });
    expect(response.text).not.toContain('evil.test');
    expect(response.text).not.toContain('secret-value');
  });

  it('a request id is taken only when it is plain', async () => {
    const given = `x'"<script>`;
    await world.send({ path: '/healthz', headers: { 'x-request-id': given } });
    expect(world.app.logged.join('')).not.toContain('<script>');
  });

  it('too many bytes of headers are 431, of a URL 414', async () => {
    expectRaw(await raw(['GET / HTTP/1.1', 'Host: x', `X: ${'x'.repeat(20_000)}`]), 431);
    expectRaw(await raw([`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: x']), 414);
  });

  it('thousands of headers are not an error of the server', async () => {
    const many = Array.from({ length: 1500 }, (_, at) => `a${at}: b`);
    const answer = await raw(['GET /nothing HTTP/1.1', 'Host: x', 'Connection: close', ...many]);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('what is hardly HTTP', () => {
  it.each([
    ['noise', 'NONSENSE\r\n\r\n'],
    ['bytes', Buffer.from('16030100c8010000c40303ffff00', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', 'GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a method of its own', 'FETCH /healthz HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a name', 'GET /healthz HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n: d\r\n\r\n'],
    ['a NUL in a header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n'],
    ['a bare line feed in a value', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n'],
    ['a negative length', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['a length in words', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n'],
    [
      'two lengths',
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    ],
    [
      'length and chunks',
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'an unknown coding',
      'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, odd\r\n\r\n0\r\n\r\n',
    ],
    [
      'a chunk of no size',
      'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n',
    ],
  ])('%s: 400, in an envelope, and the connection ends', async (_name, bytes) => {
    expectRaw(await sendRaw(world.app.url, bytes), 400);
  });

  it.each([
    ['baasbox', '/nothing', 404],
    ['beebole', '/api', 405],
    ['beefree', '/v1/nothing', 404],
    ['beebox', '/api/nothing', 404],
  ] as const)('HTTP/1.0 without a host, at %s', async (door, path, status) => {
    const answer = await sendRaw(world.app.url, `GET ${path} HTTP/1.0\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expectErrorText(door, bodyOf(answer), status);
  });

  it.each([
    ['baasbox', 'GET /nothing'],
    ['beebole', 'POST /api'],
    ['beefree', 'POST /v1/message/html'],
    ['beebox', 'GET /api/nothing'],
  ] as const)('HTTP/1.1 without a host, at %s', async (door, line) => {
    const answer = await sendRaw(world.app.url, `${line} HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expectErrorText(door, bodyOf(answer), 400);
  });

  it('pipelined requests are answered one by one, in order', async () => {
    const paths = ['/whois', '/api', '/v1/nothing', '/nothing', '/healthz'];
    const requests = paths.map((path, at) =>
      [`GET ${path} HTTP/1.1`, 'Host: x', ...(at === 4 ? ['Connection: close'] : []), '', ''].join(
        '\r\n',
      ),
    );
    const answer = await sendRaw(world.app.url, requests.join(''));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(
      [200, 405, 404, 404, 200].map((status) => `HTTP/1.1 ${status}`),
    );
  });

  it('a request hidden in the body of another is not run', async () => {
    const hidden = 'GET /whois HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await raw(
      ['POST /login HTTP/1.1', 'Host: x', 'Connection: close', `Content-Length: ${hidden.length}`],
      hidden,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
    expect(answer).not.toContain('Beebox API');
  });

  it.each(DOORS)('a client that asks before it sends gets its answer at %s', async (door) => {
    const body = goodBody(world.mine, door, 'x');
    const { path, headers = {} } = bodyRequest(world.mine, door, body);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    const answer = await raw(
      [
        `POST ${path} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        'Expect: 100-continue',
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...lines,
      ],
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('clients that take their time', () => {
  it('headers that never end are 408, one byte at a time', async () => {
    const sockets = [open('GET /healthz HTTP/1.1\r\nHost: x\r\nA: '), open('GET /')];
    const drip = setInterval(() => sockets.forEach(({ socket }) => socket.write('x')), 100);
    const answers = await Promise.all(sockets.map(({ answer }) => answer));
    clearInterval(drip);
    for (const answer of answers) expectRaw(answer, 408);
  });

  it.each(DOORS)('half a body ends with the time or the connection, at %s', async (door) => {
    const { path, headers = {} } = bodyRequest(world.mine, door, '');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    const head = [`POST ${path} HTTP/1.1`, 'Host: x', 'Content-Length: 1000', ...lines];
    const given = open(`${head.join('\r\n')}\r\n\r\n{"name":`);
    given.socket.end();
    const answer = await given.answer;
    if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expectClean(answer);
  });

  it('hundreds of idle connections keep nobody else waiting', async () => {
    const idle = Array.from({ length: 300 }, () => open('POST /login HTTP/1.1\r\nHost: x\r\n'));
    await Promise.all(idle.map(({ socket }) => once(socket, 'connect')));
    await expectQuick();
    for (const { socket } of idle) socket.destroy();
  });

  it('a client that leaves before its answer leaves nothing broken', async () => {
    for (const door of DOORS) {
      const body = goodBody(world.mine, door, 'gone');
      const { path, headers = {} } = bodyRequest(world.mine, door, body);
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
      const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${body.length}`, ...lines];
      const { socket } = open(`${head.join('\r\n')}\r\n\r\n${body}`);
      await once(socket, 'connect');
      socket.resetAndDestroy();
    }
    await expectQuick();
  });
});

it('after all that the server is as quick as ever and has seen no failure of its own', async () => {
  await expectQuick();
  const log = world.app.logged.join('');
  expect(failures(world.app).join('')).toBe('');
  for (const secret of [
    world.mine.session,
    token(),
    world.mine.timesheetToken,
    world.mine.apiKey,
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

function raw(lines: string[], body = ''): Promise<string> {
  return sendRaw(world.app.url, `${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Opens a connection, sends the bytes and collects what comes back until the end. */
function open(bytes: string): { socket: Socket; answer: Promise<string> } {
  const { hostname, port } = new URL(world.app.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  if (bytes !== '') socket.write(bytes);
  return { socket, answer: once(socket, 'close').then(() => text) };
}

function expectRaw(answer: string, status: number): void {
  expect(answer.slice(0, 200)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toMatch(/connection: close/i);
  // All of these are paths of the door that owns what is left.
  expectErrorText('baasbox', bodyOf(answer), status);
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

async function expectQuick(): Promise<void> {
  const started = performance.now();
  const answers = await Promise.all(
    ['/healthz', '/readyz', '/whois'].map((path) => world.send({ path })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(performance.now() - started).toBeLessThan(2000);
}
