// Administration of plugins over HTTP (BaasBox spec 5.16, 8.3 AdminCreateScriptsTest).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { dataOf, install } from './plugins.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

interface Record {
  name: string;
  code: string[];
  lang: string;
  library: boolean;
  active: boolean;
  _storage: unknown;
  _creation_date: string;
}

onBothEngines('administration of plugins', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
  });
  afterAll(() => server.close());

  const HELLO = "http().get(function () { return { content: 'hello' } })";
  const create = (plugin: object) =>
    server.admin.send('POST', '/admin/plugin', {
      code: HELLO,
      lang: 'javascript',
      ...plugin,
    });
  const read = async (name: string) =>
    dataOf<Record>(await server.admin.send('GET', `/admin/plugin/${name}`));

  it('creates, reads, updates and deletes a plugin', async () => {
    expect((await server.admin.send('GET', '/admin/plugin/acme.orders')).status).toBe(404);
    const created = await create({ name: 'acme.orders', _storage: { next: 1 } });
    expect(created.status).toBe(201);
    expect(created.json()).toMatchObject({ result: 'ok', data: expect.any(String) as string });
    const record = await read('acme.orders');
    expect(record).toMatchObject({
      name: 'acme.orders',
      code: [HELLO],
      lang: 'javascript',
      library: false,
      active: false,
      _storage: { next: 1 },
    });
    expect(record._creation_date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/);

    const updated = await server.admin.send('PUT', '/admin/plugin/acme.orders', {
      code: Buffer.from('http()').toString('base64'),
      encoded: 'BASE64',
    });
    expect(updated.status).toBe(200);
    expect((await read('acme.orders')).code).toEqual(['http()', HELLO]);

    expect((await server.admin.send('DELETE', '/admin/plugin/acme.orders')).json()).toMatchObject({
      data: '',
      http_code: 200,
    });
    expect((await server.admin.send('GET', '/admin/plugin/acme.orders')).status).toBe(404);
    expect((await server.admin.send('DELETE', '/admin/plugin/acme.orders')).status).toBe(404);
  });

  it('says that a plugin exists', async () => {
    await create({ name: 'acme.twice' });
    const again = await create({ name: 'acme.twice' });
    expect(again.status).toBe(400);
    expect(again.json()).toMatchObject({ message: 'Script acme.twice already exists' });
    expect((await read('acme.twice')).code).toHaveLength(1);
  });

  it.each([
    ['no name', { name: undefined }],
    ['one word', { name: 'orders' }],
    ['an empty word', { name: 'acme..orders' }],
    ['a word that begins with a digit', { name: 'acme.2orders' }],
    ['a path', { name: 'acme.orders/../x' }],
    ['a dash', { name: 'acme.my-orders' }],
    ['a reserved name', { name: 'baasbox.forbidden' }],
    ['a reserved name in capitals', { name: 'BaasBoxer.forbidden' }],
    ['a number as name', { name: 5 }],
    ['no code', { name: 'acme.bad', code: undefined }],
    ['blank code', { name: 'acme.bad', code: ' ' }],
    ['no language', { name: 'acme.bad', lang: undefined }],
    ['another language', { name: 'acme.bad', lang: 'python' }],
    ['another encoding', { name: 'acme.bad', encoded: 'HEX' }],
    ['code that is not encoded', { name: 'acme.bad', encoded: 'BASE64' }],
    ['a flag that is a text', { name: 'acme.bad', active: 'yes' }],
    ['code that does not compile', { name: 'acme.bad', code: 'http().get(' }],
    ['code that throws', { name: 'acme.bad', code: "throw new Error('no')" }],
    ['code that never ends', { name: 'acme.bad', code: 'for (;;) ;' }],
    ['an install hook that throws', { name: 'acme.bad', code: "on('install', () => nothing)" }],
    ['an install hook with a strange answer', { name: 'acme.bad', code: "on('install', () => 5)" }],
    ['code that is too long', { name: 'acme.bad', code: `//${' '.repeat(600_000)}` }],
  ])('refuses %s', async (_what, plugin) => {
    const refused = await create(plugin);
    expect([400, 413]).toContain(refused.status);
    expect(refused.json()).toMatchObject({ result: 'error', http_code: refused.status });
    expect((await server.admin.send('GET', '/admin/plugin/acme.bad')).status).toBe(404);
  });

  it('is for administrators alone', async () => {
    for (const [method, path] of [
      ['POST', '/admin/plugin'],
      ['GET', '/admin/plugin'],
      ['PUT', '/admin/plugin/a.b'],
      ['DELETE', '/admin/plugin/a.b/last'],
      ['PUT', '/admin/plugin/a.b/active'],
      ['GET', '/admin/plugin/logs'],
      ['GET', '/admin/log'],
    ] as const) {
      const body = method === 'GET' ? undefined : {};
      expect((await mira.send(method, path, body)).status).toBe(403);
      expect((await server.send({ method, path })).status).toBe(400);
    }
  });

  it('lists plugins by criteria', async () => {
    await create({ name: 'list.one', library: true });
    await create({ name: 'list.two' });
    const list = async (query: string) =>
      dataOf<Record[]>(await server.admin.send('GET', `/admin/plugin?${query}`));
    const named = (
      await list("where=name like 'list.%25'&orderBy=name desc".replaceAll(' ', '+'))
    ).map(({ name }) => name);
    expect(named).toEqual(['list.two', 'list.one']);
    expect((await list('where=library=true')).map(({ name }) => name)).toEqual(['list.one']);
    expect(await list('count=true')).toMatchObject([{ count: expect.any(Number) as number }]);
    expect((await server.admin.send('GET', '/admin/plugin?where=in%20(p)')).status).toBe(400);
  });

  it('goes back to the version before, and ends with the first', async () => {
    await create({ name: 'acme.back' });
    for (const code of ['http() // 2', 'http() // 3']) {
      await server.admin.send('PUT', '/admin/plugin/acme.back', { code });
    }
    await server.admin.send('DELETE', '/admin/plugin/acme.back/last');
    expect((await read('acme.back')).code).toEqual(['http() // 2', HELLO]);
    await server.admin.send('PUT', '/admin/plugin/acme.back', { code: 'http() // 4' });
    expect((await read('acme.back')).code).toEqual(['http() // 4', 'http() // 2', HELLO]);
    for (const left of [2, 1]) {
      await server.admin.send('DELETE', '/admin/plugin/acme.back/last');
      expect((await read('acme.back')).code).toHaveLength(left);
    }
    const last = '/admin/plugin/acme.back/last';
    expect((await server.admin.send('DELETE', last)).status).toBe(200);
    expect((await server.admin.send('DELETE', last)).status).toBe(404);
  });

  it('switches plugins on and off', async () => {
    await create({ name: 'acme.switch' });
    const state = async (method: string) => {
      const answered = await server.admin.send(method, '/admin/plugin/acme.switch/active');
      expect(answered.status).toBe(200);
      return [dataOf(answered), (await read('acme.switch')).active];
    };
    expect(await state('PUT')).toEqual(['Script: acme.switch is now active', true]);
    expect(await state('PUT')).toEqual(['Script: acme.switch is already active', true]);
    expect(await state('DELETE')).toEqual(['Script: acme.switch is no longer active', false]);
    for (const method of ['PUT', 'DELETE']) {
      expect((await server.admin.send(method, '/admin/plugin/no.such/active')).status).toBe(404);
    }
    expect((await server.admin.send('PUT', '/admin/plugin/no.such', { code: 'x' })).status).toBe(
      404,
    );
  });

  describe('hooks', () => {
    it('let a script refuse to be installed', async () => {
      const code = "on('install', function () { return { status: false, message: 'not here' } })";
      const refused = await create({ name: 'hook.refuses', code });
      expect(refused.status).toBe(200);
      expect(dataOf(refused)).toBe('not here');
      expect((await server.admin.send('GET', '/admin/plugin/hook.refuses')).status).toBe(404);
    });

    it('run at each step of a life, with storage and the rights of the administrator', async () => {
      const code = `
        function note(event) {
          storage.swap(function (all) { return (all || []).concat(event.name + ':' + Box.isAdmin()) });
          return { status: true, message: 'done ' + event.name };
        }
        ['install', 'activate', 'deactivate', 'upgrade'].forEach(function (name) { on(name, note) });
        on('uninstall', function () { Box.DB.ensureCollection('left-behind') });`;
      const created = await create({ name: 'hook.life', code });
      expect(dataOf(created)).toBe('done install');
      await server.admin.send('PUT', '/admin/plugin/hook.life/active');
      const upgraded = await server.admin.send('PUT', '/admin/plugin/hook.life', { code });
      expect(dataOf(upgraded)).toBe('done upgrade');
      await server.admin.send('DELETE', '/admin/plugin/hook.life/active');
      expect((await read('hook.life'))._storage).toEqual([
        'install:true',
        'activate:true',
        'upgrade:true',
        'deactivate:true',
      ]);
      await server.admin.send('DELETE', '/admin/plugin/hook.life');
      const collections = dataOf<{ name: string }[]>(
        await server.admin.send('GET', '/admin/collection'),
      );
      expect(collections.map(({ name }) => name)).toContain('left-behind');
    });

    it('of a new version can refuse it or break: then the old one goes on', async () => {
      const path = await install(server, 'hook.upgrade', HELLO);
      const put = (code: string) =>
        server.admin.send('PUT', '/admin/plugin/hook.upgrade', { code });
      expect((await put("on('upgrade', function () { return false })")).status).toBe(200);
      expect((await put("on('install', function () { throw 1 })")).status).toBe(400);
      expect((await put('http().get(')).status).toBe(400);
      expect((await read('hook.upgrade')).code).toEqual([HELLO]);
      expect(dataOf(await mira.send('GET', path))).toBe('hello');
    });

    it('can refuse to be activated, but not to be stopped or removed', async () => {
      const code =
        "on('activate', function () { return false }); on('deactivate', function () { throw 1 }); on('uninstall', function () { throw 1 })";
      await create({ name: 'hook.stubborn', code });
      const on = await server.admin.send('PUT', '/admin/plugin/hook.stubborn/active');
      expect(on.status).toBe(200);
      expect((await read('hook.stubborn')).active).toBe(false);
      await server.admin.send('PUT', '/admin/plugin/hook.stubborn', {
        code: code.slice(code.indexOf(';') + 1),
      });
      await server.admin.send('PUT', '/admin/plugin/hook.stubborn/active');
      expect((await read('hook.stubborn')).active).toBe(true);
      await server.admin.send('DELETE', '/admin/plugin/hook.stubborn/active');
      expect((await read('hook.stubborn')).active).toBe(false);
      expect((await server.admin.send('DELETE', '/admin/plugin/hook.stubborn')).status).toBe(200);
    });
  });

  it('leaves nothing unforeseen', () => expect(server.unexpected).toEqual([]));
});
