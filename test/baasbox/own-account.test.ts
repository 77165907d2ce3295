// The caller's own account: profile, password, name, suspension (BaasBox spec 2.6, 5.1, 8.3, 8.5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const NOT_VALID = 'Authentication info not valid or not provided. HINT: is your session expired?';

onBothEngines('own account', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine);
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const app = { 'X-BAASBOX-APPCODE': APP };
  const signUp = (body: object) =>
    server.send({ method: 'POST', path: '/user', headers: app, body });
  const login = (username: string, password: string) =>
    server.send({ method: 'POST', path: '/login', body: { username, password, appcode: APP } });

  it.each(['root', 'ROOT', 'internal_admin', 'a/b', 'a:b', ' '])(
    'lets nobody sign up as %j',
    async (username) => {
      expect((await signUp({ username, password: 'secret' })).status).toBe(400);
    },
  );

  describe('profile', () => {
    let mira: TestUser;
    beforeAll(async () => {
      mira = await server.user('mira');
      await server.user('taken');
      await signUp({
        username: 'other',
        password: 'secret',
        visibleByTheUser: { email: 'Other@mail.test' },
      });
    });

    const put = (
      name: string,
      body: unknown,
      expected: Scenario['expect'],
      path = '/me',
    ): Scenario => ({
      name,
      request: () => ({
        method: 'PUT',
        path,
        body,
        headers: {
          'X-BB-SESSION': mira.token,
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        },
      }),
      expect: expected,
      forbid: ['password', 'secret'],
    });
    const refused = (name: string, body: unknown, text: string): Scenario =>
      put(name, body, {
        status: 400,
        json: { result: 'error', message: expect.stringContaining(text) as unknown },
      });

    runScenarios(
      [
        put(
          'replaces a section as a whole and leaves the others',
          { visibleByTheUser: { email: 'mira@mail.test', a: 1 }, visibleByFriends: { b: [1, 2] } },
          {
            status: 200,
            json: {
              data: {
                user: {
                  name: 'mira',
                  status: 'ACTIVE',
                  roles: [{ name: 'registered', isrole: true }],
                },
                visibleByTheUser: { email: 'mira@mail.test', a: 1 },
                visibleByFriends: { b: [1, 2] },
                visibleByRegisteredUsers: { _social: {} },
                visibleByAnonymousUsers: {},
              },
            },
          },
        ),
        put(
          'replaces it again, at the old path',
          { visibleByFriends: { c: null } },
          {
            status: 200,
            contains: ['"visibleByFriends":{"c":null}', '"email":"mira@mail.test"'],
          },
          '/user',
        ),
        put(
          'keeps what networks say, whatever is sent',
          { visibleByRegisteredUsers: { nick: 'mi', _social: { facebook: { id: 'x' } } } },
          { status: 200, contains: ['"visibleByRegisteredUsers":{"nick":"mi","_social":{}}'] },
        ),
        put(
          'leaves a section that is null, and ignores other keys',
          { visibleByFriends: null, username: 'x', id: 'x', user: {}, roles: ['administrator'] },
          {
            status: 200,
            contains: ['"visibleByFriends":{"c":null}', '"name":"mira"', '"name":"registered"'],
          },
        ),
        put(
          'keeps the address when the section has its own again',
          {
            visibleByTheUser: { email: 'MIRA@mail.test' },
          },
          { status: 200 },
        ),
        refused(
          'a section that is a list',
          { visibleByFriends: [] },
          'One or more profile sections',
        ),
        refused(
          'a section that is a text',
          { visibleByTheUser: 'x' },
          'is not a valid JSON object',
        ),
        refused('an address that is none', { visibleByTheUser: { email: 'mira' } }, 'email'),
        refused('an address that is a number', { visibleByTheUser: { email: 5 } }, 'email'),
        refused(
          "another user's address in other letters",
          { visibleByTheUser: { email: 'oTHER@mail.test' } },
          'email',
        ),
        refused('a list', [], 'JSON'),
        refused('no body', '', 'Invalid Json'),
        refused('no JSON', '{', 'Invalid Json'),
        {
          name: 'nothing of a refused change is stored',
          request: () => ({ path: '/me', headers: { 'X-BB-SESSION': mira.token } }),
          expect: {
            status: 200,
            json: {
              data: {
                visibleByTheUser: { email: 'MIRA@mail.test' },
                visibleByFriends: { c: null },
              },
            },
          },
        },
        {
          name: 'another body type',
          request: () => ({
            method: 'PUT',
            path: '/me',
            body: 'visibleByFriends={}',
            headers: {
              'X-BB-SESSION': mira.token,
              'content-type': 'application/x-www-form-urlencoded',
            },
          }),
          expect: { status: 400, contains: ['expecting JSON body'] },
        },
        {
          name: 'app code alone',
          request: { method: 'PUT', path: '/me', headers: app, body: {} },
          expect: { status: 401 },
        },
      ],
      () => server.base,
      () => undefined,
    );

    it('lets go of an address that is not sent any more', async () => {
      const put = await mira.send('PUT', '/me', { visibleByTheUser: {} });
      expect(put.status).toBe(200);
      const taken = await signUp({
        username: 'heir',
        password: 'secret',
        visibleByTheUser: { email: 'mira@mail.test' },
      });
      expect(taken.status).toBe(201);
      // In another section it is a text as any other.
      const elsewhere = await mira.send('PUT', '/me', {
        visibleByFriends: { email: 'mira@mail.test' },
      });
      expect(elsewhere.status).toBe(200);
    });

    it('stores letters that not every engine can search', async () => {
      const put = await mira.send('PUT', '/me', { visibleByFriends: { 'a\0': 'b\ud800' } });
      expect(put.json()).toMatchObject({ data: { visibleByFriends: { 'a\uFFFD': 'b\uFFFD' } } });
      const found = await mira.send(
        'GET',
        '/users?where=visibleByFriends.nothing%20is%20null%20and%20visibleByFriends.a%20is%20null&fields=id',
      );
      expect(found.status).toBe(200);
    });
  });

  describe('password', () => {
    it.each(['/me/password', '/user/password'])('changes at %s', async (path) => {
      const name = `pw${path.length}`;
      const user = await server.user(name);
      const again = String((await login(name, 'secret')).headers['x-bb-session']);
      const put = (body: unknown) => user.send('PUT', path, body);
      const wrong = await put({ old: 'nope', new: 'clover' });
      expect([wrong.status, wrong.json()]).toMatchObject([
        400,
        { message: 'The old password does not match with the current one' },
      ]);
      for (const body of [{ old: 'secret' }, { new: 'x' }, { old: 'secret', new: 5 }, {}]) {
        expect((await put(body)).status).toBe(400);
      }
      expect((await put({ old: 'secret', new: '' })).status).toBe(400);
      expect((await user.send('GET', '/me')).status).toBe(200);

      const changed = await put({ old: 'secret', new: 'clo:ver' });
      expect([changed.status, changed.text]).toEqual([
        200,
        '{"result":"ok","data":"","http_code":200}',
      ]);
      // Every old token is refused as row 8 of 2.4, without a code.
      for (const token of [user.token, again]) {
        const me = await server.send({ path: '/me', headers: { 'X-BB-SESSION': token } });
        expect([me.status, me.json()]).toMatchObject([
          401,
          { message: `User ${name} is not authorized to access` },
        ]);
        expect(me.text).not.toContain('bb_code');
      }
      expect((await login(name, 'secret')).status).toBe(401);
      const back = await login(name, 'clo:ver');
      expect(back.status).toBe(200);
      const token = String(back.headers['x-bb-session']);
      const reverted = await server.send({
        method: 'PUT',
        path,
        headers: { 'X-BB-SESSION': token },
        body: { old: 'clo:ver', new: 'secret' },
      });
      expect(reverted.status).toBe(200);
      expect((await login(name, 'secret')).status).toBe(200);
    });
  });

  describe('name', () => {
    it('changes for what the user has made, granted and been granted', async () => {
      await server.admin.send('POST', '/admin/collection/teas');
      const anna = await server.user('anna');
      const bert = await server.user('bert');
      const created = await anna.send('POST', '/document/teas', {
        tea: 'Assam',
        _allowRead: [{ name: 'friends_of_anna', isrole: true }],
      });
      const { id } = created.json<{ data: { id: string } }>().data;
      expect((await bert.send('POST', '/follow/anna')).status).toBe(201);
      expect((await bert.send('GET', `/document/teas/${id}`)).status).toBe(200);

      const renamed = await anna.send('PUT', '/me/username', { username: 'Hanna' });
      expect([renamed.status, renamed.text]).toEqual([
        200,
        '{"result":"ok","data":"","http_code":200}',
      ]);
      const old = await anna.send('GET', '/me');
      expect([old.status, old.text.includes('bb_code')]).toEqual([401, false]);
      expect((await login('anna', 'secret')).status).toBe(401);
      const back = await login('hanna', 'secret');
      expect(back.json()).toMatchObject({
        data: { user: { name: 'Hanna' }, generated_username: false },
      });
      const headers = { 'X-BB-SESSION': String(back.headers['x-bb-session']) };
      const own = await server.send({ path: `/document/teas/${id}`, headers });
      expect(own.json()).toMatchObject({ data: { _author: 'Hanna' } });
      const acl = await server.send({ path: `/document/teas/${id}?withAcl=true`, headers });
      expect(acl.text).toContain('"friends_of_Hanna"');
      // Followers go on reading, under the role's new name.
      expect((await bert.send('GET', `/document/teas/${id}`)).status).toBe(200);
      const me = await bert.send('GET', '/me');
      expect(me.text).toContain('friends_of_Hanna');
      const list = await bert.send('GET', '/document/teas?where=_author%3D%27Hanna%27');
      expect(list.json<{ data: unknown[] }>().data).toHaveLength(1);
    });

    it('must be free and usable', async () => {
      const user = await server.user('clara');
      await server.user('dora');
      const put = async (username: unknown) => {
        const answer = await user.send('PUT', '/me/username', { username });
        expect(answer.text).not.toContain('SQL');
        return answer.status;
      };
      for (const name of ['DORA', '', ' ', 'a/b', 'a:b', 'a\nb', 'baasbox', 'Internal_Admin']) {
        expect([name, await put(name)]).toEqual([name, 400]);
      }
      for (const name of [5, null, undefined, ['x'], 'x'.repeat(256), '\ud800']) {
        expect(await put(name)).toBe(400);
      }
      // Still logged in, and the own name in other letters is no clash.
      expect((await user.send('GET', '/me')).status).toBe(200);
      expect(await put('CLARA')).toBe(200);
      expect((await login('clara', 'secret')).json()).toMatchObject({
        data: { user: { name: 'CLARA' } },
      });
    });

    it('of the administrator called admin stays', async () => {
      const renamed = await server.admin.send('PUT', '/me/username', { username: 'boss' });
      expect(renamed.status).toBe(400);
      expect((await server.admin.send('GET', '/me')).status).toBe(200);
    });
  });

  describe('suspension', () => {
    const basic = (name: string) => ({
      ...app,
      Authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}`,
    });

    it.each(['/me/suspend', '/user/suspend'])('at %s', async (path) => {
      const name = `sleeper${path.length}`;
      const user = await server.user(name);
      const suspended = await user.send('PUT', path);
      expect([suspended.status, suspended.text]).toEqual([
        200,
        '{"result":"ok","data":"","http_code":200}',
      ]);
      const me = await user.send('GET', '/me');
      expect([me.status, me.json()]).toMatchObject([
        401,
        { message: `User ${name} is not authorized to access` },
      ]);
      expect(me.text).not.toContain('bb_code');
      expect((await login(name, 'secret')).status).toBe(401);
      expect((await server.send({ path: '/me', headers: basic(name) })).status).toBe(400);
      const seen = await server.admin.send('GET', `/admin/user/${name}`);
      expect(seen.json()).toMatchObject({ data: { user: { status: 'SUSPENDED' } } });

      // After activation the same token is good again (8.5 row 22).
      await server.admin.send('PUT', `/admin/user/activate/${name}`);
      expect((await user.send('GET', '/me')).json()).toMatchObject({
        data: { user: { name, status: 'ACTIVE' } },
      });
      expect((await server.send({ path: '/me', headers: basic(name) })).status).toBe(200);
    });

    it('by an administrator, in any letter case', async () => {
      const user = await server.user('Nap');
      expect((await server.admin.send('PUT', '/admin/user/suspend/NAP')).status).toBe(200);
      expect((await user.send('GET', '/me')).status).toBe(401);
      expect((await server.admin.send('PUT', '/admin/user/suspend/nap')).status).toBe(200);
      expect((await server.admin.send('PUT', '/admin/user/activate/nap')).status).toBe(200);
      expect((await user.send('GET', '/me')).status).toBe(200);
    });

    it('does not bring back tokens from before another password', async () => {
      const user = await server.user('changer');
      await server.admin.send('PUT', '/admin/user/suspend/changer');
      await server.admin.send('PUT', '/admin/user/changer/password', { password: 'clover' });
      await server.admin.send('PUT', '/admin/user/activate/changer');
      expect((await user.send('GET', '/me')).status).toBe(401);
      expect((await login('changer', 'secret')).status).toBe(401);
      expect((await login('changer', 'clover')).status).toBe(200);
    });

    it('does not bring back tokens that were logged out or have expired', async () => {
      const user = await server.user('idler');
      await server.admin.send('PUT', '/admin/user/suspend/idler');
      server.advance(16 * 60_000);
      const admin = await login('admin', 'admin-secret');
      const headers = { 'X-BB-SESSION': String(admin.headers['x-bb-session']) };
      const put = { method: 'PUT', path: '/admin/user/activate/idler', headers };
      expect((await server.send(put)).status).toBe(200);
      const me = await user.send('GET', '/me');
      expect([me.status, me.json()]).toMatchObject([401, { message: NOT_VALID, bb_code: '40101' }]);
    });
  });
});
