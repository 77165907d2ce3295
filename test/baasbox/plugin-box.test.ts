// What scripts can do: every module of the Box, with the caller's rights and with lifted ones (BaasBox spec 5.17; 8.3
// ScriptDocumentCommandTest, ScriptUsersCommandTest, ScriptStorageTest, ScriptSessionTokensCommandTest,
// ScriptsAdminAndTransactionsTest, ScriptFetchPlanTest, ScriptIssue_740_test, CacheScriptTest, DocumentLinkPluginQueryTest,
// UserDeletionPluginEngineTest).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { dataOf, install, runAs, valueFor } from './plugins.ts';
import { startServer, type TestServer, type TestUser } from './server.ts';

interface Doc {
  id: string;
  '@version': number;
  '@class': string;
  _author: string;
  [field: string]: unknown;
}

onBothEngines('the Box of scripts', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  let bob: TestUser;
  let site: Server;
  let sitePort: number;
  beforeAll(async () => {
    site = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url === '/text') return response.end('plain');
        const { method, url, headers } = request;
        const seen = { method, url, type: headers['content-type'], key: headers['x-key'] };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ...seen, body: Buffer.concat(chunks).toString() }));
      });
    });
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    sitePort = (site.address() as AddressInfo).port;
    server = await startServer(engine, { trustedHosts: [`127.0.0.1:${sitePort}`] });
    mira = await server.user('mira');
    bob = await server.user('bob');
    await server.admin.send('POST', '/admin/collection/teas');
  });
  afterAll(async () => {
    await server.close();
    await new Promise((done) => site.close(done));
  });

  const value = <T>(user: TestUser | undefined, expression: string) =>
    valueFor<T>(server, user, expression);
  const failure = async (user: TestUser | undefined, expression: string) => {
    const answered = await runAs(server, user, `return { content: ${expression} };`);
    expect(answered.status).toBe(500);
    const body = answered.json<{ message: string; bb_code: string }>();
    expect(body.bb_code).toBe('50001');
    return body.message;
  };

  describe('Documents', () => {
    it('saves, finds, changes and removes with the rights of the caller', async () => {
      const made = await value<Doc>(
        mira,
        "Box.Documents.save('teas', { name: 'Assam', grams: 250 })",
      );
      expect(made).toMatchObject({
        '@class': 'teas',
        '@version': 1,
        name: 'Assam',
        _author: 'mira',
      });
      const read = await mira.send('GET', `/document/teas/${made.id}`);
      expect(dataOf(read)).toEqual(made);
      expect(await value(mira, `Box.Documents.find('teas', '${made.id}')`)).toEqual(made);
      // Others see nothing of it, and the script is not one of them.
      expect(await value(bob, `Box.Documents.find('teas', '${made.id}')`)).toBeNull();
      expect(await value(bob, "Box.Documents.find('teas')")).toEqual([]);
      expect(await failure(bob, `Box.Documents.remove('teas', '${made.id}')`)).toContain(
        'not found',
      );

      const changed = await value<Doc>(
        mira,
        `(function () { var d = Box.Documents.find('teas', '${made.id}'); d.grams = 300; return Box.Documents.save(d) })()`,
      );
      expect(changed).toMatchObject({ id: made.id, '@version': 2, name: 'Assam', grams: 300 });
      expect(
        await failure(mira, `Box.Documents.save('teas', { id: '${made.id}', '@version': 1 })`),
      ).toContain('version');
      expect(await value(mira, `Box.Documents.remove('teas', '${made.id}')`)).toBe(true);
      expect(await value(mira, `Box.Documents.find('teas', '${made.id}')`)).toBeNull();
    });

    it('keeps an id that the script chose', async () => {
      const made = await value<Doc>(mira, "Box.Documents.save('teas', { id: 'my-tea', n: 1 })");
      expect(made.id).toBe('my-tea');
      await value(mira, "Box.Documents.remove('teas', 'my-tea')");
    });

    it('finds by criteria', async () => {
      await value(
        mira,
        "['green', 'black', 'white'].map(function (color, i) { return Box.Documents.save('teas', { color: color, i: i }) }).length",
      );
      const colors = await value<Doc[]>(
        mira,
        "Box.Documents.find('teas', { where: 'color = ? or color = ?', params: ['black', 'white'], orderBy: 'i desc' })",
      );
      expect(colors.map(({ color }) => color)).toEqual(['white', 'black']);
      expect(
        await value(
          mira,
          "Box.Documents.find('teas', { where: 'i >= ?', params: 1, page: 0, recordsPerPage: 1, orderBy: 'i' }).map(function (d) { return d.i })",
        ),
      ).toEqual([1]);
      expect(
        await value(
          mira,
          "Box.Documents.find('teas', { where: 'color is not null', fields: 'sum(i) as total' })[0].total",
        ),
      ).toBe(3);
      expect(await value(mira, "Box.Documents.count('teas', { where: \"color = 'green'\" })")).toBe(
        1,
      );
      expect(await failure(mira, "Box.Documents.find('teas', { where: 'in (p)' })")).not.toBe('');
      expect(await failure(mira, "Box.Documents.find('nope')")).toContain(
        'nope is not a valid collection name',
      );
      expect(await failure(mira, "Box.Documents.find('nope', 'x')")).toContain('nope');
      expect(await failure(mira, 'Box.Documents.find()')).toContain('TypeError');
      await value(mira, "Box.DB.exec('delete from teas')");
    });

    it('grants and revokes', async () => {
      const { id } = await value<Doc>(mira, "Box.Documents.save('teas', { shared: true })");
      await value(
        mira,
        `Box.Documents.grant('teas', '${id}', { users: { read: ['bob'], update: ['bob'] }, roles: { read: ['anonymous'] } })`,
      );
      expect((await bob.send('PUT', `/document/teas/${id}`, { by: 'bob' })).status).toBe(200);
      expect(await value(undefined, `Box.Documents.find('teas', '${id}').by`)).toBe('bob');
      await value(mira, `Box.Documents.revoke('teas', '${id}', { roles: { read: 'anonymous' } })`);
      expect(await value(undefined, `Box.Documents.find('teas', '${id}')`)).toBeNull();
      expect(
        await failure(
          mira,
          `Box.Documents.grant('teas', '${id}', { users: { read: ['nobody'] } })`,
        ),
      ).toContain('nobody');
      await value(mira, `Box.Documents.remove('teas', '${id}')`);
    });
  });

  describe('Users', () => {
    it('finds people as the caller may see them', async () => {
      expect(await value(mira, 'Box.Users.me()')).toMatchObject({
        user: { name: 'mira' },
        visibleByTheUser: {},
      });
      expect(await value(undefined, 'Box.Users.me()')).toBeNull();
      expect(await value(mira, "Box.Users.find('bob')")).toMatchObject({
        user: { name: 'bob' },
        visibleByTheUser: null,
      });
      expect(await value(server.admin, "Box.Users.find('bob')")).toMatchObject({
        visibleByTheUser: {},
      });
      expect(await value(mira, "Box.Users.find('nobody')")).toBeNull();
      expect(
        await value(
          mira,
          "Box.Users.find({ where: 'user.name = ?', params: 'bob' }).map(function (u) { return u.user.name })",
        ),
      ).toEqual(['bob']);
    });

    it('creates, saves and removes', async () => {
      const made = await value(
        undefined,
        "Box.Users.create('nora', 'pw', null, { visibleByAnonymousUsers: { hi: 1 } }, null)",
      );
      expect(made).toMatchObject({
        user: { name: 'nora', roles: [{ name: 'registered' }] },
        visibleByAnonymousUsers: { hi: 1 },
      });
      expect(made).not.toHaveProperty('X-BB-SESSION');
      expect(await failure(mira, "Box.Users.create('eve', 'pw', 'administrator')")).toContain(
        'not an administrator',
      );
      const chosen = await value(
        server.admin,
        "Box.Users.create('zoe', 'pw', 'registered', {}, 'zoe-id')",
      );
      expect(chosen).toMatchObject({ id: 'zoe-id', user: { name: 'zoe' } });

      await value(mira, 'Box.Users.save({ visibleByTheUser: { private: 1 } })');
      expect(await value(mira, 'Box.Users.me().visibleByTheUser')).toEqual({ private: 1 });
      // Saving somebody else needs an administrator; of others a caller saves himself.
      await value(server.admin, "Box.Users.save({ username: 'zoe', visibleByFriends: { x: 1 } })");
      expect(await value(server.admin, "Box.Users.find('zoe').visibleByFriends")).toEqual({ x: 1 });

      expect(await failure(mira, "Box.Users.remove('zoe')")).toContain('not an administrator');
      expect(await failure(server.admin, "Box.Users.remove('admin')")).not.toBe('');
      expect(await value(server.admin, "Box.Users.remove('zoe')")).toBe(true);
      expect(await value(server.admin, "Box.Users.find('zoe')")).toBeNull();
    });

    it('follows and unfollows', async () => {
      expect(await value(mira, "Box.Users.follow('bob')")).toMatchObject({ user: { name: 'bob' } });
      expect(
        await value(mira, 'Box.Users.following().map(function (u) { return u.user.name })'),
      ).toEqual(['bob']);
      expect(
        await value(bob, 'Box.Users.followers().map(function (u) { return u.user.name })'),
      ).toEqual(['mira']);
      expect(await value(mira, "Box.Users.unfollow('bob')")).toBe(true);
      expect(await value(mira, 'Box.Users.following()')).toEqual([]);
      expect(await failure(mira, "Box.Users.follow('bob', 'mira')")).toContain(
        'not an administrator',
      );
      expect(await value(server.admin, "Box.Users.follow('bob', 'mira')")).toBe(true);
      expect(await value(server.admin, "Box.Users.unfollow('bob', 'mira')")).toBe(true);
    });

    it('changes names and passwords', async () => {
      const lou = await server.user('lou');
      expect(await failure(lou, "Box.Users.changePassword('wrong', 'new')")).toContain(
        'old password',
      );
      await value(lou, "Box.Users.changePassword('secret', 'second')");
      await value(server.admin, "Box.Users.changePassword('lou', 'third')");
      const login = (username: string, password: string) =>
        server.send({
          method: 'POST',
          path: '/login',
          body: { username, password, appcode: '1234567890' },
        });
      expect((await login('lou', 'third')).status).toBe(200);
      expect(await failure(mira, "Box.Users.changeUsername('lou', 'lu')")).toContain(
        'administrators',
      );
      await value(server.admin, "Box.Users.changeUsername('lou', 'lu')");
      expect((await login('lu', 'third')).status).toBe(200);
      expect((await login('lou', 'third')).status).toBe(401);
    });
  });

  describe('runAsAdmin', () => {
    it('lifts the rights for a function, and only for that', async () => {
      const seen = await value(
        mira,
        `(function () {
          var before = Box.isAdmin();
          var inside = Box.runAsAdmin(function () {
            return { admin: Box.isAdmin(), made: Box.DB.ensureCollection('lifted'), me: Box.Users.me().user.name };
          });
          try { Box.runAsAdmin(function () { throw new Error('inside') }) } catch (e) { inside.thrown = e.message }
          return { before: before, inside: inside, after: Box.isAdmin(), exists: Box.DB.existsCollection('lifted') };
        })()`,
      );
      expect(seen).toEqual({
        before: false,
        inside: { admin: true, made: true, me: 'mira', thrown: 'inside' },
        after: false,
        exists: true,
      });
      expect(await failure(mira, "Box.DB.createCollection('denied')")).toContain(
        'not an administrator',
      );
    });

    it('lets somebody without a name write as the administrator', async () => {
      const made = await value(
        undefined,
        "Box.runAsAdmin(function () { return Box.Documents.save('teas', { by: 'script' }) })",
      );
      expect(made).toMatchObject({ _author: 'admin' });
      expect(await failure(undefined, "Box.Documents.save('teas', {})")).not.toBe('');
      await value(server.admin, "Box.DB.exec('delete from teas')");
    });
  });

  describe('DB', () => {
    it('has collections', async () => {
      const steps = `[Box.DB.existsCollection('pots'), Box.DB.createCollection('pots'), Box.DB.ensureCollection('pots'),
        Box.DB.existsCollection('pots'), Box.DB.dropCollection('pots'), Box.DB.existsCollection('pots')]`;
      expect(await value(server.admin, steps)).toEqual([false, true, true, true, true, false]);
      expect(await failure(server.admin, "Box.DB.createCollection('1bad')")).toContain('invalid');
    });

    it('selects and changes with statements that never reach the database as text', async () => {
      await value(
        mira,
        "[1, 2, 3].map(function (n) { return Box.Documents.save('teas', { n: n, s: 'it\\'s' }) }).length",
      );
      const selected = (statement: string, params = '[]') =>
        value<Doc[]>(mira, `Box.DB.select(${JSON.stringify(statement)}, ${params})`);
      expect(
        (await selected('from teas where n >= ? order by n desc', '[2]')).map(({ n }) => n),
      ).toEqual([3, 2]);
      expect(await selected('select n, s from teas order by n skip 1 limit 1')).toMatchObject([
        { n: 2, s: "it's" },
      ]);
      expect(await selected('select sum(n) as total from teas')).toMatchObject([{ total: 6 }]);
      expect(await selected("from teas where s = 'it\\'s' and (n = 1 or n = 3)")).toHaveLength(2);
      expect(await value(bob, "Box.DB.select('from teas')")).toEqual([]);
      const fetchPlan =
        "Box.DB.select('from teas where n=? and 2=2', [1], { fetchPlan: '_audit:2,class' })";
      expect(await value(mira, fetchPlan)).toMatchObject([{ n: 1 }]);
      expect(
        await value(
          mira,
          "Box.DB.exec('update teas set s = ?, done = true where n > ?', ['x', 1])",
        ),
      ).toBe(2);
      expect((await selected('from teas where done = true and s = ?', "['x']")).length).toBe(2);
      expect(await value(bob, "Box.DB.exec('delete from teas')")).toBe(0);
      expect(await value(mira, "Box.DB.exec('delete from teas where n < 3')")).toBe(2);
      expect(await value(mira, "Box.DB.exec('create property teas.name STRING')")).toBeNull();
      expect(await value(mira, "Box.DB.exec('delete from teas')")).toBe(1);
    });

    it.each([
      "select('select password from OUser')",
      "select('from teas; drop table backend_users')",
      "select('from teas where 1=1) union select * from backend_users --')",
      "select('from (select from teas)')",
      "select('from backend_users')",
      "select('delete from teas')",
      "exec('drop class teas')",
      "exec('insert into teas set a = 1')",
      "exec('update teas set a = (select 1)')",
      "exec('update OUser set status = 1')",
      "exec('delete from backend_users')",
      "exec('truncate class teas')",
    ])('refuses %s', async (statement) => {
      expect(await failure(server.admin, `Box.DB.${statement}`)).not.toBe('');
      expect((await server.admin.send('GET', '/document/teas')).status).toBe(200);
    });

    it('knows ids', async () => {
      expect(
        await value(
          mira,
          "['0f6f0a39-6d8e-4d38-8a51-0a6d0e4b7a10', 'x', '#1:2', 5].map(Box.DB.isAnId)",
        ),
      ).toEqual([true, false, false, false]);
    });
  });

  describe('transactions', () => {
    const names = async () =>
      dataOf<Doc[]>(await server.admin.send('GET', '/document/teas'))
        .map(({ name }) => String(name))
        .sort((a, b) => a.localeCompare(b));
    const clear = () => value(server.admin, "Box.DB.exec('delete from teas')");

    it('store everything at a commit, and see their own changes before', async () => {
      const seen = await value(
        mira,
        `(function () {
          Box.DB.beginTransaction();
          var doc = Box.Documents.save('teas', { name: 'kept' });
          Box.Documents.grant('teas', doc.id, { roles: { read: ['anonymous'] } });
          var inside = [Box.DB.isInTransaction(), Box.Documents.find('teas').length, Box.Documents.find('teas', doc.id).name,
            Box.Documents.find('teas', { where: "name = 'kept'" }).length];
          Box.DB.commit();
          return inside.concat(Box.DB.isInTransaction());
        })()`,
      );
      expect(seen).toEqual([true, 1, 'kept', 1, false]);
      expect(await names()).toEqual(['kept']);
      expect(await value(undefined, "Box.Documents.find('teas').length")).toBe(1);
      await clear();
    });

    it.each([
      ['a rollback', 'Box.DB.beginTransaction(); %; Box.DB.rollback(); return {}'],
      ['an error', 'Box.DB.runInTransaction(function () { %; throw new Error() })'],
      ['ABORT', 'Box.DB.runInTransaction(function (abort) { %; return abort }); return {}'],
      ['a forgotten end', 'Box.DB.beginTransaction(); %; return {}'],
      ['an end by a limit', 'Box.DB.beginTransaction(); %; for (;;) ;'],
    ])('store nothing after %s', async (_what, body) => {
      const work =
        "Box.Documents.save('teas', { name: 'a' }); Box.Documents.save('teas', { name: 'b' })";
      await runAs(server, mira, body.replace('%', work));
      expect(await names()).toEqual([]);
      // Nobody else is kept waiting by it.
      expect((await bob.send('POST', '/document/teas', { name: 'after' })).status).toBe(200);
      await clear();
    });

    it('go on after a step that failed, without that step', async () => {
      await runAs(
        server,
        mira,
        `Box.DB.runInTransaction(function () {
          Box.Documents.save('teas', { name: 'first' });
          try { Box.Documents.save('teas', { id: 'x', name: 'bad', _allowRead: [{ name: 'nobody' }] }) } catch (e) {}
          Box.Documents.save('teas', { name: 'last' });
        }); return {};`,
      );
      expect(await names()).toEqual(['first', 'last']);
      await clear();
    });

    it('end by themselves when they stay open too long', async () => {
      const answered = await runAs(
        server,
        mira,
        `Box.DB.beginTransaction(); Box.Documents.save('teas', { name: 'late' });
         var seen = []; try { for (var end = Date.now() + 5000; Date.now() < end;) Box.Cache.get('x') && 0, Box.Documents.find('teas') }
         catch (e) { seen.push(e.message) }
         return { content: seen };`,
      );
      expect(
        answered.status === 500 || dataOf<string[]>(answered)[0]?.includes('transaction'),
      ).toBe(true);
      expect(await names()).toEqual([]);
    });

    it('are one at a time', async () => {
      const nested = await failure(mira, '(Box.DB.beginTransaction(), Box.DB.beginTransaction())');
      expect(nested).toContain('open already');
      expect(await failure(mira, 'Box.DB.commit()')).toContain('no transaction');
      expect(await value(mira, 'Box.DB.rollback()')).toBeNull();
    });

    it('of many scripts at once all count', async () => {
      const path = await install(
        server,
        'test.counting',
        `http().post(function () { Box.runAsAdmin(function () { Box.DB.runInTransaction(function () {
          var found = Box.Documents.find('teas', 'counter') || { id: 'counter', n: 0 };
          Box.Documents.save('teas', { id: 'counter', n: found.n + 1 });
          storage.swap(function (s) { return { n: ((s || {}).n || 0) + 1 } });
        }) }); return {} })`,
      );
      await server.admin.send('POST', '/document/teas', { id: 'counter', n: 0 });
      const answers = await Promise.all(Array.from({ length: 6 }, () => mira.send('POST', path)));
      const done = answers.filter(({ status }) => status === 200).length;
      expect(done).toBeGreaterThan(0);
      const record = dataOf<{ _storage: { n: number } }>(
        await server.admin.send('GET', '/admin/plugin/test.counting'),
      );
      // What is stored in a transaction is stored exactly as often as it was committed.
      expect(record._storage.n).toBe(done);
      await clear();
    });
  });

  describe('storage', () => {
    it('keeps one value between calls, and changes it atomically', async () => {
      const path = await install(
        server,
        'test.storage',
        `http().post(function () { return { content: storage.swap(function (c) { if (c) c.val += 1; else c = { val: 0 }; return c }) } })
          .put(function () { return { content: storage.trade(function (c) { c.val = 100; return c }) } })
          .get(function () { return { content: storage.get() } })
          ['delete'](function () { return { content: storage.set(null) } })`,
        { _storage: { val: 5 } },
      );
      expect(dataOf(await mira.send('GET', path))).toEqual({ val: 5 });
      const swapped = await Promise.all(Array.from({ length: 10 }, () => mira.send('POST', path)));
      expect(
        swapped.map((answered) => dataOf<{ val: number }>(answered).val).sort((a, b) => a - b),
      ).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
      expect(dataOf(await mira.send('PUT', path))).toEqual({ val: 15 });
      expect(dataOf(await bob.send('GET', path))).toEqual({ val: 100 });
      await mira.send('DELETE', path);
      expect(dataOf(await mira.send('GET', path))).toBeNull();
      expect(dataOf(await mira.send('POST', path))).toEqual({ val: 0 });
    });

    it('is left as it was when the function fails, and free for the next', async () => {
      const path = await install(
        server,
        'test.failing_swap',
        `http().post(function () { storage.swap(function () { throw new Error('no') }) })
          .get(function () { return { content: storage.swap(function (s) { return (s || 0) + 1 }) } })
          .put(function () { storage.swap(function () { for (;;) ; }) })`,
      );
      expect((await mira.send('POST', path)).status).toBe(500);
      expect((await mira.send('PUT', path)).status).toBe(500);
      expect(dataOf(await mira.send('GET', path))).toBe(1);
    });

    it('has room for so much', async () => {
      expect(await failure(mira, "storage.set('x'.repeat(600000))")).toContain('stores at most');
    });
  });

  describe('modules', () => {
    it('are required by name, run once, and have a storage of their own', async () => {
      await install(
        server,
        'lib.greetings',
        `storage.swap(function (n) { return (n || 0) + 1 });
         exports.greet = function (who) { return 'Hello ' + who };
         exports.loaded = function () { return storage.get() };
         exports.main = context.main;`,
        { library: true },
      );
      const path = await install(
        server,
        'test.greeter',
        `var lib = require('lib.greetings');
         http().get(function () { return { content: [
           lib.greet(context.userName), lib === require('lib.greetings'), lib.main, module.id,
           require('baasbox') === Box, require('baasbox').version, storage.get(), this === module ] } })`,
      );
      expect(dataOf(await mira.send('GET', path))).toEqual([
        'Hello mira',
        true,
        'test.greeter',
        'test.greeter',
        true,
        '1.0.0',
        null,
        true,
      ]);
    });

    it('that are no libraries, not active, or not there are not found', async () => {
      await install(server, 'lib.private', 'exports.x = 1');
      await server.admin.send('POST', '/admin/plugin', {
        name: 'lib.asleep',
        code: 'exports.x = 1',
        lang: 'javascript',
        library: true,
      });
      for (const name of ['lib.private', 'lib.asleep', 'lib.nowhere', 'fs', '../box', 'node:fs']) {
        expect(await failure(mira, `require('${name}')`)).toContain('not found');
      }
    });

    it('may require each other', async () => {
      await install(server, 'lib.one', "exports.name = 'one'", { library: true });
      await install(
        server,
        'lib.two',
        "exports.name = 'two'; exports.other = require('lib.one').name",
        {
          library: true,
        },
      );
      await server.admin.send('PUT', '/admin/plugin/lib.one', {
        code: "exports.name = 'one'; exports.other = require('lib.two').name",
      });
      expect(await value(mira, "[require('lib.one').other, require('lib.two').other]")).toEqual([
        'two',
        'one',
      ]);
    });
  });

  describe('Cache', () => {
    it('is shared by the app, or private to a user', async () => {
      await value(mira, "Box.Cache.set('k', { shared: [1] }, { scope: 'app' })");
      await value(mira, "Box.Cache.set('k', 'mine', { scope: 'user' })");
      const both = "[Box.Cache.get('k', { scope: 'app' }), Box.Cache.get('k', { scope: 'user' })]";
      expect(await value(mira, both)).toEqual([{ shared: [1] }, 'mine']);
      expect(await value(bob, both)).toEqual([{ shared: [1] }, null]);
      await value(bob, "Box.Cache.remove('k', { scope: 'app' })");
      expect(await value(mira, both)).toEqual([null, 'mine']);
      expect(
        await value(
          bob,
          "Box.Cache.getOrElse('k', { scope: 'user', callback: function (key) { return { status: 404, key: key } } })",
        ),
      ).toEqual({ status: 404, key: 'k' });
      expect(await failure(mira, "Box.Cache.set('k', 1, { scope: 'world' })")).toContain('scope');
    });

    it('forgets after the time to live', async () => {
      await value(mira, "Box.Cache.set('short', 1, { ttl: 2 })");
      server.advance(1000);
      expect(await value(mira, "Box.Cache.get('short')")).toBe(1);
      server.advance(2000);
      expect(await value(mira, "Box.Cache.get('short')")).toBeNull();
    });
  });

  describe('WS', () => {
    it('calls web services that the operator trusts', async () => {
      const base = `http://127.0.0.1:${sitePort}`;
      expect(await value(mira, `Box.WS.get('${base}/text')`)).toMatchObject({
        status: 200,
        body: 'plain',
      });
      expect(
        await value(
          mira,
          `Box.WS.post('${base}/x', { a: 'ä' }, { params: { q: ['1', 2] }, headers: { 'X-Key': 'k' } }).body`,
        ),
      ).toEqual({
        method: 'POST',
        url: '/x?q=1&q=2',
        type: 'application/json; charset=utf-8',
        key: 'k',
        body: '{"a":"ä"}',
      });
      expect(await value(mira, `Box.WS.put('${base}/x', 'text').body.body`)).toBe('text');
      expect(await value(mira, `Box.WS['delete']('${base}/x').body.method`)).toBe('DELETE');
    });

    it.each([
      'http://127.0.0.1:9/',
      'http://localhost/',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/',
      'http://0x7f.1/',
      'file:///etc/passwd',
      'nonsense',
    ])('does not reach %s', async (url) => {
      expect(await failure(mira, `Box.WS.get('${url}')`)).not.toBe('');
    });

    it('sends no headers that are none', async () => {
      const url = `http://127.0.0.1:${sitePort}/`;
      expect(
        await failure(mira, `Box.WS.get('${url}', { headers: { 'X-A': 'a\\r\\nX-B: b' } })`),
      ).toContain('not a header');
    });
  });

  describe('Sessions', () => {
    it('opens, shows and ends sessions', async () => {
      const sam = await server.user('sam');
      expect(await value(sam, 'Box.Sessions.getCurrent()')).toEqual({
        token: sam.token,
        username: 'sam',
      });
      expect(await value(undefined, 'Box.Sessions.getCurrent()')).toBeNull();
      const made = await value<{ token: string }>(
        undefined,
        "Box.Sessions.create('sam', 'secret')",
      );
      const me = (token: string) =>
        server.send({ path: '/me', headers: { 'X-BB-SESSION': token } });
      expect((await me(made.token)).status).toBe(200);
      const open = await value<{ id: string; username: string }[]>(sam, 'Box.Sessions.find()');
      expect(open).toHaveLength(2);
      expect(JSON.stringify(open)).not.toContain(made.token);
      expect(await failure(mira, "Box.Sessions.find('sam')")).toContain('administrators');
      expect(await failure(mira, `Box.Sessions.revoke('${made.token}')`)).toContain(
        'administrators',
      );
      expect(await value(server.admin, `Box.Sessions.revoke('${made.token}')`)).toBe(true);
      expect((await me(made.token)).status).toBe(401);
      expect(await failure(undefined, "Box.Sessions.create('sam', 'wrong')")).toContain(
        'unauthorized',
      );
      expect(await value(server.admin, "Box.Sessions.revokeAll('sam')")).toBe(1);
      expect((await me(sam.token)).status).toBe(401);
    });
  });

  describe('Links and Push', () => {
    it('links documents, and finds what is linked', async () => {
      const linked = await value(
        mira,
        `(function () {
          var post = Box.Documents.save('teas', { title: 'post' }), note = Box.Documents.save('teas', { title: 'note' });
          var link = Box.Links.save({ sourceId: post.id, destId: note.id, label: 'comment' });
          return { label: link.label, found: Box.Links.find(link.id).label, list: Box.Links.find({ where: "label = 'comment'" }).length,
            out: Box.Documents.find('teas', post.id, { links: { linkName: 'comment', linkDir: 'out', where: null } }).map(function (d) { return d.title }),
            removed: Box.Links.remove(link.id), gone: Box.Links.find(link.id) };
        })()`,
      );
      expect(linked).toEqual({
        label: 'comment',
        found: 'comment',
        list: 1,
        out: ['note'],
        removed: true,
        gone: null,
      });
      await value(server.admin, "Box.DB.exec('delete from teas')");
    });

    it('reports a push that cannot be sent as a failure that the script may catch', async () => {
      const caught = await value<{ status: number }>(
        mira,
        "(function () { try { return Box.Push.send({ message: 'hi' }) } catch (e) { return { name: e.name, status: e.data.status, code: e.data.bb_code } } })()",
      );
      expect(caught).toMatchObject({ name: 'BaasBoxError', status: 400, code: '40023' });
      expect(await value(mira, '[Box.Push.OK, Box.Push.PROFILE_3]')).toEqual([0, 3]);
    });
  });

  it('gives scripts errors with everything that clients get', async () => {
    const seen = await value(
      mira,
      "(function () { try { Box.Documents.save('nope', {}) } catch (e) { return [e instanceof Error, e instanceof BaasBoxError, e.data.status, e.message] } })()",
    );
    expect(seen).toEqual([true, true, 404, 'nope is not a valid collection name']);
  });

  it('leaves nothing unforeseen', () => expect(server.unexpected).toEqual([]));
});
