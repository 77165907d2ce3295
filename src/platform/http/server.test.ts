// The server around the doors: who answers what, and how it ends.
import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { send, sendRaw } from '../../../test/support/http.ts';
import { Invalid } from '../errors.ts';
import type { Door } from './door.ts';
import { createServer, drain, type Served } from './server.ts';

const http = {
  requestTimeoutMs: 5000,
  headersTimeoutMs: 2000,
  keepAliveTimeoutMs: 1000,
  bodyLimit: 1000,
  maxHeaderBytes: 8192,
  trustProxy: false,
};

function door(name: string, owns: (path: string) => boolean, routes: Door['routes']): Door {
  return {
    name,
    description: name,
    owns,
    routes,
    onError: (error, _request, reply) =>
      reply
        .code((error as { statusCode?: number }).statusCode ?? 418)
        .send({ door: name, message: error instanceof Invalid ? error.message : 'failed' }),
    onNotFound: (_request, reply) => reply.code(404).send({ door: name, message: 'nothing here' }),
    rawError: () => ({ contentType: 'application/json', body: `{"door":"${name}"}` }),
  };
}

let app: FastifyInstance | undefined;
const served: Served[] = [];
const unexpected: unknown[] = [];
let release: () => void = () => undefined;

async function start(): Promise<string> {
  const first = {
    ...door(
      'first',
      (path) => path.startsWith('/api/'),
      (scope) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
          done(null, body),
        );
        scope.post('/api/echo', (request) => ({ bytes: (request.body as Buffer).length }));
        scope.get('/api/bad', () => {
          throw new Invalid('bad', 'you did it');
        });
        scope.get('/api/bug', () => {
          throw new TypeError('secret detail');
        });
      },
    ),
    rewriteUrl: (url: string) => (url.startsWith('//API/') ? url.slice(1).toLowerCase() : url),
  };
  const last = door(
    'last',
    () => true,
    (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        'application/json',
        { parseAs: 'string' },
        scope.getDefaultJsonParser('error', 'error'),
      );
      scope.get('/slow', async () => {
        await new Promise<void>((resolve) => (release = resolve));
        return { ok: true };
      });
      scope.get('/long', () => ({ text: 'abc '.repeat(1000) }));
      scope.post('/json', (request) => ({ got: request.body }));
    },
  );
  served.length = 0;
  unexpected.length = 0;
  app = await createServer({
    http,
    doors: [first, last],
    onServed: (one) => served.push(one),
    onUnexpected: (error) => unexpected.push(error),
  });
  return app.listen({ port: 0, host: '127.0.0.1' });
}

afterEach(async () => {
  release();
  await app?.close();
});

it.each([
  ['/api/nothing', 'first'],
  ['/nothing', 'last'],
  ['/api/%zz', 'first'],
  ['/%zz', 'last'],
])('lets the door that owns %s refuse it', async (path, name) => {
  const response = await send(await start(), { path });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.json()).toMatchObject({ door: name });
});

it.each([
  ['application/json', '{bad'],
  ['application/json', ''],
  ['Stream', 'abc'],
  ['application/json', 'x'.repeat(5000)],
])('answers an unknown path as such, also with a body of %s', async (type, body) => {
  const base = await start();
  for (const [path, name] of [
    ['/api/nothing', 'first'],
    ['/nothing', 'last'],
  ] as const) {
    const headers = { 'content-type': type };
    const response = await send(base, { path, method: 'POST', headers, body });
    expect([response.status, response.json()]).toEqual([
      404,
      { door: name, message: 'nothing here' },
    ]);
  }
});

it('gives an error to the door of its route, and bugs to the operator only', async () => {
  const base = await start();
  expect((await send(base, { path: '/api/bad' })).json()).toEqual({
    door: 'first',
    message: 'you did it',
  });
  expect(unexpected).toHaveLength(0);
  const response = await send(base, { path: '/api/bug' });
  expect(response.json()).toEqual({ door: 'first', message: 'failed' });
  expect(response.text).not.toContain('secret');
  expect(unexpected).toHaveLength(1);
});

it('keeps body parsers apart and rewrites only what a door claims', async () => {
  const base = await start();
  const echoed = await send(base, {
    path: '//API/ECHO',
    method: 'POST',
    headers: { 'content-type': 'text/odd' },
    body: 'abc',
  });
  expect(echoed.json()).toEqual({ bytes: 3 });
  const refused = await send(base, {
    path: '/json',
    method: 'POST',
    headers: { 'content-type': 'text/odd' },
    body: 'abc',
  });
  expect([refused.status, refused.json()]).toEqual([415, { door: 'last', message: 'failed' }]);
});

it('answers 413 in the shape of the door', async () => {
  const response = await send(await start(), { path: '/json', body: { text: 'x'.repeat(2000) } });
  expect([response.status, response.json()]).toEqual([413, { door: 'last', message: 'failed' }]);
});

it('compresses long answers for clients that ask for it, and no others', async () => {
  const base = await start();
  const plain = await send(base, { path: '/long' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  const asked = { 'accept-encoding': 'gzip, deflate' };
  const packed = await send(base, { path: '/long', headers: asked });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true);
  expect(packed.bytes.length).toBeLessThan(200);
  const short = await send(base, { path: '/none', headers: asked });
  expect(short.headers['content-encoding']).toBeUndefined();
});

it('reports every request once, with its door and route', async () => {
  const base = await start();
  await send(base, { path: '/api/bad?x=1' });
  await send(base, { path: '/none' });
  expect(served.map(({ door: name, route, status }) => [name, route, status])).toEqual([
    ['first', '/api/bad', 418],
    ['last', 'unmatched', 404],
  ]);
  expect(new Set(served.map((one) => one.requestId)).size).toBe(2);
});

it('answers what is not HTTP in the last door’s shape and closes', async () => {
  const base = await start();
  const garbage = await sendRaw(base, 'NOT HTTP\r\n\r\n');
  expect(garbage).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  expect(garbage).toContain('{"door":"last"}');
  const large = await sendRaw(base, `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(9000)}\r\n\r\n`);
  expect(large).toMatch(/^HTTP\/1\.1 431/);
  const url = `/api/echo?${'x'.repeat(9000)}`;
  const long = await sendRaw(base, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(long).toMatch(/^HTTP\/1\.1 414/);
  expect(long).toContain('{"door":"first"}');
});

it('finishes running requests when it drains, and closes idle connections', async () => {
  const base = await start();
  const running = send(base, { path: '/slow' });
  const { port } = new URL(base);
  const idle = connect(Number(port), '127.0.0.1');
  const closed = once(idle, 'close');
  idle.write('GET /none HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(idle, 'data');
  const drained = drain(app as FastifyInstance, 60_000);
  await closed;
  release();
  expect((await running).json()).toEqual({ ok: true });
  await drained;
  await expect(send(base, { path: '/none' })).rejects.toThrow(/ECONNREFUSED/);
});

it('cuts what does not end in time', async () => {
  const base = await start();
  const running = send(base, { path: '/slow' });
  const outcome = running.then(
    () => 'answered',
    (error: Error) => error.message,
  );
  await once((app as FastifyInstance).server, 'request');
  await drain(app as FastifyInstance, 10);
  expect(await outcome).toMatch(/hang up|ECONNRESET/);
});
