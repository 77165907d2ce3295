// Scripts that misbehave are stopped, and nobody else notices (BaasBox spec 5.17, 3.5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/backend/baasbox/app.ts';
import { onBothEngines } from '../support/database.ts';
import { dataOf, install } from './plugins.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const LIMITS = {
  enabled: true,
  threads: 2,
  cpuMs: 150,
  timeoutMs: 800,
  memoryMb: 24,
  maxCalls: 50,
  transactionMs: 300,
};

/** Bodies of handlers, and what their failure says. */
const BAD: [name: string, body: string, message: RegExp][] = [
  ['an endless loop', 'for (;;) ;', /processor time|took more than/],
  [
    'a loop that catches everything',
    'for (;;) try { for (;;) ; } catch (e) {}',
    /processor time|took more than/,
  ],
  [
    'a loop that waits',
    'var end = Date.now() + 60000; while (Date.now() < end) ;',
    /processor time|took more than/,
  ],
  ['endless recursion', '(function f() { f() })()', /stack/],
  ['recursion that catches itself', '(function f() { try { f() } finally { f() } })()', /ms|stack/],
  ['a list without end', 'var a = []; for (;;) a.push(new Array(10000).fill(1))', /memory|ms/],
  ['a text without end', "var s = 'x'; for (;;) s += s + s", /memory|too long|ms/],
  ['a huge text', "'x'.repeat(500000000)", /memory|too long/],
  ['a huge list', 'new Array(100000000).fill(1)', /memory|ms/],
  ['a huge number', 'var n = 2n; for (;;) n = n * n', /memory|BigInt|ms/],
  [
    'a regular expression that backtracks',
    "/(a+)+$/.test('a'.repeat(40) + 'b')",
    /processor time|took more than/,
  ],
  ['JSON that nests too deep', "JSON.parse('['.repeat(1000000))", /stack|memory/],
  ['code that nests too deep', "eval('('.repeat(100000))", /stack|memory/],
  ['a flood of promises', 'for (;;) Promise.resolve().then(function () {})', /memory|ms/],
  [
    'promises that make promises',
    '(async function () { for (;;) await 1 })()',
    /processor time|took more than/,
  ],
  ['calls without end', "for (;;) Box.Cache.get('x')", /more than 50 calls/],
  [
    'calls whose failures it catches',
    "for (;;) try { Box.Cache.get('x') } catch (e) {}",
    /more than 50/,
  ],
  [
    'a call that sends too much',
    "Box.Cache.set('k', 'x'.repeat(2000000))",
    /sends more|characters/,
  ],
  ['runAsAdmin without end', '(function f() { Box.runAsAdmin(f) })()', /too deep|calls/],
];

onBothEngines('limits of scripts', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine, { plugins: LIMITS });
    mira = await server.user('mira');
  });
  afterAll(() => server.close());

  describe('stop', () => {
    // Threads know nothing of databases: the whole list runs once.
    it.each(engine === 'sqlite' ? BAD : BAD.slice(0, 2))('%s', async (name, body, message) => {
      const plugin = `bad.${name.replaceAll(' ', '_')}`;
      const path = await install(server, plugin, `http().get(function () { ${body} })`);
      const answered = await mira.send('GET', path);
      expect(answered.status).toBe(500);
      expect(answered.json()).toMatchObject({
        bb_code: '50001',
        message: expect.stringMatching(message) as string,
      });
      // The same server goes on with the next script.
      const good = await install(
        server,
        `good.${plugin.slice(4)}`,
        "http().get(function () { return { content: 'fine' } })",
      );
      expect(dataOf(await mira.send('GET', good))).toBe('fine');
    });
  });

  it('leave requests alone while scripts burn', async () => {
    const path = await install(server, 'burn.requests', 'http().get(function () { for (;;) ; })');
    const scriptsLeft = new Set([1, 2]);
    const scripts = [1, 2].map((script) =>
      mira.send('GET', path).finally(() => scriptsLeft.delete(script)),
    );
    let answered = 0;
    while (scriptsLeft.size === 2) {
      expect((await mira.send('GET', '/me')).status).toBe(200);
      answered += 1;
    }
    expect(answered).toBeGreaterThan(3);
    expect((await Promise.all(scripts)).map(({ status }) => status)).toEqual([500, 500]);
  });

  it('keep one app from taking all threads, and its storage and cache from others', async () => {
    const { platform } = server;
    const tenant = await platform.db.write((trx) =>
      platform.tenants.create(trx, { name: 'other' }),
    );
    const password = await platform.credentials.passwords.prepare('secret');
    const admin = { name: 'boss', password };
    await platform.db.write((trx) =>
      createApp(trx, platform, { tenant: tenant.id, appcode: 'other', admin }),
    );
    const login = await server.send({
      method: 'POST',
      path: '/login',
      body: { username: 'boss', password: 'secret', appcode: 'other' },
    });
    const boss = { 'X-BB-SESSION': String(login.headers['x-bb-session']) };
    const code = `http().get(function () { return { content: [storage.get(), Box.Cache.get('k', { scope: 'app' }), context.userName] } })
      .post(function () { storage.set('secret'); Box.Cache.set('k', 'secret', { scope: 'app' }); globalThis.leak = 'secret'; Object.prototype.leak = 1 })`;
    const shared = await install(server, 'same.name', code);
    await mira.send('POST', shared);
    const plugin = { name: 'same.name', code, lang: 'javascript', active: true };
    await server.send({ method: 'POST', path: '/admin/plugin', headers: boss, body: plugin });

    const burn = await install(server, 'burn.threads', 'http().get(function () { for (;;) ; })');
    let burning = 6;
    const scripts = Array.from({ length: burning }, () =>
      mira.send('GET', burn).finally(() => (burning -= 1)),
    );
    const other = await server.send({ path: '/plugin/same.name', headers: boss });
    expect(dataOf(other)).toEqual([null, null, 'boss']);
    expect(burning).toBeGreaterThan(0);
    await Promise.all(scripts);
    // The app code of the one does not reach the plugins of the other.
    const headers = { 'X-BAASBOX-APPCODE': 'other' };
    expect((await server.send({ path: burn, headers })).status).toBe(404);
  });

  it('leave nothing of one call to the next', async () => {
    const path = await install(
      server,
      'leaky.state',
      `var count = 0;
       http().post(function () { count++; globalThis.leak = 1; Object.prototype.leak = 2; Array.prototype.push = null; JSON.parse = null; return { content: count } })
         .get(function () { return { content: [count, typeof leak, typeof ({}).leak, typeof [].push, typeof JSON.parse] } })`,
    );
    expect(dataOf(await mira.send('POST', path))).toBe(1);
    expect(dataOf(await mira.send('GET', path))).toEqual([
      0,
      'undefined',
      'undefined',
      'function',
      'function',
    ]);
  });

  it('show scripts nothing of the server', async () => {
    const path = await install(
      server,
      'probe.host',
      `http().get(function () {
        var seen = ['process', 'fetch', 'WebAssembly', 'setTimeout', 'XMLHttpRequest', 'Worker', 'Deno', 'global', 'host', 'compile', 'std', 'os']
          .filter(function (name) { return name in globalThis });
        var made = (function () { return this })().constructor.constructor('return this')();
        return { content: { seen: seen, same: made === globalThis, stack: new Error().stack,
          bridge: Object.getOwnPropertyNames(module).concat(Object.keys(Box)).filter(function (n) { return /host|call|_command/.test(n) }) } };
      })`,
    );
    const { seen, same, bridge, stack } = dataOf<{
      seen: string[];
      same: boolean;
      bridge: string[];
      stack: string;
    }>(await mira.send('GET', path));
    expect({ seen, same, bridge }).toEqual({ seen: [], same: true, bridge: [] });
    expect(stack).not.toMatch(/node_modules|src\/backend|file:/);
  });

  it('bound what one run may log', async () => {
    const path = await install(
      server,
      'noisy.log',
      "http().get(function () { for (var i = 0; i < 40; i++) console.log('x'.repeat(10000)); return {} })",
    );
    expect((await mira.send('GET', path)).status).toBe(200);
  });

  it.runIf(engine === 'sqlite')('refuse more scripts than may wait', async () => {
    const path = await install(server, 'burn.queue', 'http().get(function () { for (;;) ; })');
    const answers = await Promise.all(
      Array.from({ length: 130 }, () =>
        server.send({ path, headers: { 'X-BAASBOX-APPCODE': APP } }),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses.has(429)).toBe(true);
    for (const status of statuses) expect([429, 500, 503]).toContain(status);
  });

  it('leaves nothing unforeseen', () => expect(server.unexpected).toEqual([]));
});

onBothEngines('plugins switched off', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { plugins: { ...LIMITS, enabled: false } });
  });
  afterAll(() => server.close());

  it('are neither installed nor run', async () => {
    const plugin = { name: 'off.plugin', code: 'http()', lang: 'javascript', active: true };
    const created = await server.admin.send('POST', '/admin/plugin', plugin);
    expect(created.status).toBe(503);
    expect(created.json()).toMatchObject({ message: 'Plugins are switched off on this server' });
    expect((await server.admin.send('GET', '/plugin/off.plugin')).status).toBe(404);
    expect(dataOf(await server.admin.send('GET', '/admin/plugin'))).toEqual([]);
  });
});
