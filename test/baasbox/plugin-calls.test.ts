// Calls of plugins over HTTP: requests, responses, failures (BaasBox spec 3.2, 3.5, 5.17; 8.3 ScriptRequestTest,
// ScriptResponseTest, ScriptResponsePlainTextTest, ScriptAppCodeInPath).
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { dataOf, install } from './plugins.ts';
import { ADMIN, APP, startServer, type TestServer, type TestUser } from './server.ts';

/** Answers with the request that it was given. */
const ECHO = `
  function echo(request) { return { status: 200, content: request } }
  http().get(echo).post(echo).put(echo)['delete'](echo)`;

const CONTENTS = `{
  object: { k: 'v', n: 1 }, collection: ['hello', 42, { k: 'v' }, true], null: null, string: 'Hello World!',
  empty_string: '', string_quote: 'Hello "World!"', number: 42, decimal: 45.98, negative: -45.98, exp: 234e9,
  infinity: 234e956, not_a_number: NaN, boolean: false, date: new Date(0), own: { toJSON: function () { return 'own' } }
}`;

onBothEngines('calls of plugins', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let echo: string;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    echo = await install(server, 'test.echo', ECHO);
  });
  afterAll(() => server.close());

  describe('the request object', () => {
    it('has every key', async () => {
      const response = await server.send({
        method: 'POST',
        path: `${echo}/some/deep%20path?a=1&a=2&b=%20x`,
        headers: {
          'X-BB-SESSION': mira.token,
          accept: 'text/plain;q=0.5, application/json',
          'accept-language': 'it, en;q=0.8',
          'X-Custom': 'yes',
        },
        body: { coll: 'teas', n: [1, null] },
      });
      expect(response.status).toBe(200);
      const data = dataOf<Record<string, unknown>>(response);
      expect(data).toMatchObject({
        method: 'POST',
        path: `${echo}/some/deep%20path`,
        remote: '127.0.0.1',
        remoteAddress: '127.0.0.1',
        queryString: { a: ['1', '2'], b: [' x'] },
        body: { coll: 'teas', n: [1, null] },
        pathParamsString: 'some/deep path',
        pathParams: ['some', 'deep path'],
        pluginName: 'test.echo',
        acceptedTypes: ['application/json', 'text/plain'],
        acceptLanguages: ['it', 'en'],
        host: new URL(server.base).host,
        uri: `${echo}/some/deep%20path?a=1&a=2&b=%20x`,
        username: 'mira',
        appcode: APP,
        requestId: expect.any(String) as string,
        serverTimestamp: expect.any(Number) as number,
        serverVersion: '1.0.0',
        serverDBVersion: expect.any(String) as string,
      });
      expect(data['headers']).toMatchObject({ 'X-Custom': ['yes'] });
    });

    it.each([
      ['a form', 'application/x-www-form-urlencoded', 'a=1&b=x+y&b=z', { a: '1', b: ['x y', 'z'] }],
      ['text', 'text/plain', 'plain ☕', 'plain ☕'],
      ['XML', 'application/xml', '<a/>', '<a/>'],
      ['JSON with a charset', 'application/json; charset=UTF-8', '[1]', [1]],
      ['other JSON', 'application/vnd.api+json', '{"a":1}', { a: 1 }],
      ['bytes', 'application/octet-stream', '\u0001', null],
      ['nothing', 'application/json', '', null],
    ])('has %s as body', async (_what, type, body, expected) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'GET']) {
        const headers = { 'X-BB-SESSION': mira.token, 'content-type': type };
        const response = await server.send({ method, path: echo, headers, body });
        expect([response.status, dataOf<{ body: unknown }>(response).body]).toEqual([
          200,
          expected,
        ]);
      }
    });

    it('takes raw JSON after the question mark, as one client library sends it', async () => {
      const query = encodeURI('{"name":"mira"}');
      const response = await mira.send('GET', `${echo}?${query}`);
      expect(dataOf(response)).toMatchObject({ queryString: { '{"name":"mira"}': [''] } });
    });

    it('has no user name for callers with an app code alone', async () => {
      const headers = { 'X-BAASBOX-APPCODE': APP };
      expect(dataOf(await server.send({ path: echo, headers }))).toMatchObject({ username: '' });
    });

    it('is refused when its body is not JSON, or too long', async () => {
      const json = { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' };
      const text = { ...json, 'content-type': 'text/plain' };
      const long = 'x'.repeat(1_100_000);
      for (const [method, headers, body] of [
        ['POST', json, '{'],
        ['POST', text, long],
        ['GET', text, long],
      ] as const) {
        const response = await server.send({ method, path: echo, headers, body });
        expect(response.status).toBe(400);
        expect(response.json()).toMatchObject({ result: 'error' });
      }
    });
  });

  describe('the response', () => {
    let path: string;
    beforeAll(async () => {
      path = await install(
        server,
        'test.response',
        `http().get(function (request) {
          var what = request.queryString.what[0], all = ${CONTENTS};
          var type = request.queryString.type, result = { status: 200 };
          if (what !== 'nothing') result.content = all[what];
          if (type) result.headers = { 'Content-Type': type[0] };
          return result;
        })`,
      );
    });

    it.each([
      ['object', { k: 'v', n: 1 }],
      ['collection', ['hello', 42, { k: 'v' }, true]],
      ['null', null],
      ['nothing', ''],
      ['string', 'Hello World!'],
      ['empty_string', ''],
      ['string_quote', 'Hello "World!"'],
      ['number', 42],
      ['decimal', 45.98],
      ['negative', -45.98],
      ['exp', 234e9],
      ['infinity', 'Infinity'],
      ['not_a_number', 'NaN'],
      ['boolean', false],
      ['date', '1970-01-01T00:00:00.000Z'],
      ['own', 'own'],
    ])('has %s as data', async (what, data) => {
      for (const type of ['', '&type=application/json']) {
        const response = await mira.send('GET', `${path}?what=${what}${type}&call_id=7`);
        expect(response.json()).toEqual({ result: 'ok', call_id: '7', data, http_code: 200 });
        expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      }
    });

    it.each([
      ['object', ''],
      ['collection', ''],
      ['null', 'null'],
      ['nothing', ''],
      ['string', 'Hello World!'],
      ['empty_string', ''],
      ['string_quote', 'Hello "World!"'],
      ['number', '42'],
      ['decimal', '45.98'],
      ['negative', '-45.98'],
      ['exp', '234000000000'],
      ['infinity', 'Infinity'],
      ['boolean', 'false'],
    ])('is bare text for %s of another type', async (what, text) => {
      const response = await mira.send('GET', `${path}?what=${what}&type=text/plain`);
      expect([response.status, response.text]).toEqual([200, text]);
      expect(response.headers['content-type']).toBe('text/plain');
    });

    it('has the status and the headers of the script', async () => {
      const own = await install(
        server,
        'test.headers',
        `http().get(function () { return { status: 202, content: 1, headers: {
          'X-Own': 'yes', 'X-Number': 5, 'Set-Cookie': 'a=b', 'Content-Length': '99', 'Transfer-Encoding': 'chunked',
          'X-Split': 'a\\r\\nX-Evil: 1', 'bad name': 'x', Connection: 'close' } } })`,
      );
      const response = await mira.send('GET', own);
      expect(response.json()).toMatchObject({ data: 1, http_code: 202 });
      expect(response.headers).toMatchObject({ 'x-own': 'yes', 'x-number': '5' });
      for (const name of ['set-cookie', 'x-split', 'x-evil', 'bad name', 'transfer-encoding']) {
        expect(response.headers).not.toHaveProperty(name);
      }
    });

    it.each([301, 302, 303, 307])('redirects with %i', async (status) => {
      const own = await install(
        server,
        `test.redirect${status}`,
        `http().get(function () { return { status: ${status}, headers: { Location: '/elsewhere' } } })`,
      );
      const response = await mira.send('GET', own);
      expect([response.status, response.headers['location'], response.text]).toEqual([
        status,
        '/elsewhere',
        '',
      ]);
    });

    it('of a page has an origin of its own, so that it cannot act for users of this one', async () => {
      const own = await install(
        server,
        'test.page',
        `http().get(function () { return { content: '<script>1</script>', headers: {
          'content-type': 'text/html', 'Content-Security-Policy': 'none' } } })`,
      );
      const { headers, text } = await mira.send('GET', own);
      expect(text).toBe('<script>1</script>');
      expect(headers['content-security-policy']).toMatch(/^sandbox /);
      expect(headers['content-security-policy']).not.toContain('allow-same-origin');
      expect(headers['x-content-type-options']).toBe('nosniff');
    });

    it.each([
      [404, "'nothing here'", 'nothing here'],
      [400, '{ why: 1 }', '{"why":1}'],
      [503, 'undefined', ''],
    ])('of status %i goes through the error envelope', async (status, content, message) => {
      const own = await install(
        server,
        `test.error${status}`,
        `http().get(function () { return { status: ${status}, content: ${content} } })`,
      );
      const response = await mira.send('GET', own);
      expect(response.status).toBe(status);
      expect(response.json()).toMatchObject({ result: 'error', message, http_code: status });
      expect(response.json()).not.toHaveProperty('bb_code');
    });

    it('waits for promises', async () => {
      const own = await install(
        server,
        'test.async',
        `http().get(async function () { await null; return { content: await Promise.resolve('later') } })`,
      );
      expect(dataOf(await mira.send('GET', own))).toBe('later');
    });
  });

  describe('fails', () => {
    it.each([
      ['throws', "http().get(function () { throw new TypeError('oh no') })", 'TypeError: oh no'],
      ['throws a text', "http().get(function () { throw 'oh no' })", 'oh no'],
      ['has no handler for the method', 'http().post(function () { return {} })', 'GET'],
      ['has no handler at all', 'var x = 1', 'GET'],
      ['rejects', "http().get(async function () { throw new Error('late') })", 'Error: late'],
      [
        'never settles',
        'http().get(function () { return new Promise(function () {}) })',
        'settles',
      ],
      [
        'answers a circle',
        'http().get(function (r) { r.r = r; return { content: r } })',
        'circular',
      ],
      [
        'answers too much',
        "http().get(function () { return { content: 'x'.repeat(2000000) } })",
        'longer than',
      ],
    ])('when the script %s', async (what, code, message) => {
      const path = await install(server, `fails.${what.replaceAll(' ', '_')}`, code);
      const response = await mira.send('GET', path);
      expect(response.status).toBe(500);
      const body = response.json<Record<string, unknown>>();
      expect(body).toMatchObject({ result: 'error', bb_code: '50001', http_code: 500 });
      expect(body['message']).toContain(message);
      // Where it happened is for its author.
      expect(response.text).not.toMatch(/box\.js|\.js:\d|\\n/);
    });

    it('with 404 when there is no such plugin, 503 when it is inactive, also as a library', async () => {
      expect((await mira.send('GET', '/plugin/no.such')).status).toBe(404);
      expect((await mira.send('GET', '/plugin/no.such/deeper')).status).toBe(404);
      await server.admin.send('POST', '/admin/plugin', {
        name: 'test.sleeping',
        code: ECHO,
        lang: 'javascript',
      });
      const asleep = await mira.send('GET', '/plugin/test.sleeping');
      expect(asleep.status).toBe(503);
      expect(asleep.json()).toMatchObject({ result: 'error', http_code: 503 });
      await server.admin.send('PUT', '/admin/plugin/test.sleeping/active');
      expect((await mira.send('GET', '/plugin/test.sleeping')).status).toBe(200);
    });
  });

  describe('needs', () => {
    it.each([
      ['the app code in the header', echoOf, { 'X-BAASBOX-APPCODE': APP }, 200],
      ['the app code in the query', () => `${echo}?X-BAASBOX-APPCODE=${APP}`, {}, 200],
      ['the app code as the last segment', () => `${echo}/test/path/${APP}`, {}, 200],
      ['the app code as the only segment', () => `${echo}/${APP}`, {}, 200],
      ['an app code, and a path is none', () => `${echo}/test/path/`, {}, 400],
      ['an app code, and another segment is none', () => `${echo}/test/path`, {}, 400],
      ['an app code', echoOf, {}, 400],
      ['the right app code', echoOf, { 'X-BAASBOX-APPCODE': 'nope' }, 401],
      [
        'the right app code, header first',
        () => `${echo}/${APP}`,
        { 'X-BAASBOX-APPCODE': 'no' },
        401,
      ],
      ['a good session', echoOf, { 'X-BB-SESSION': 'nope' }, 401],
    ])('%s', async (_what, path, headers, status) => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        expect((await server.send({ method, path: path(), headers })).status).toBe(status);
      }
    });

    function echoOf(): string {
      return echo;
    }

    it('credentials that are right, and with them the app code may be in the path', async () => {
      const basic = (password: string) => ({
        authorization: `Basic ${Buffer.from(`${ADMIN.username}:${password}`).toString('base64')}`,
      });
      const path = `${echo}/hook/${APP}`;
      const good = await server.send({ path, headers: basic(ADMIN.password) });
      expect(dataOf(good)).toMatchObject({ username: 'admin', pathParams: ['hook', APP] });
      expect((await server.send({ path, headers: basic('wrong') })).status).toBe(400);
    });

    it('its endpoint group to be on', async () => {
      const group = '/admin/endpoints/baasbox.scripts.invoke/enabled';
      await server.admin.send('DELETE', group);
      expect((await mira.send('GET', echo)).status).toBe(403);
      expect((await server.admin.send('GET', echo)).status).toBe(200);
      await server.admin.send('PUT', group);
      expect((await mira.send('GET', echo)).status).toBe(200);
    });
  });

  it('goes on when a client leaves in the middle', async () => {
    const path = await install(
      server,
      'test.slow',
      'http().get(function () { var end = Date.now() + 100; while (Date.now() < end); return {} })',
    );
    const socket = connect(Number(new URL(server.base).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-BB-SESSION: ${mira.token}\r\n\r\n`);
    await once(socket, 'connect');
    socket.destroy();
    expect((await mira.send('GET', path)).status).toBe(200);
  });

  it('leaves nothing unforeseen', () => expect(server.unexpected).toEqual([]));
});
