// Administration of users (BaasBox spec 5.11, 8.3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

interface Person {
  user: { name: string; status: string; roles: { name: string }[] };
  id: string;
}

const SECTIONS = {
  visibleByTheUser: {},
  visibleByFriends: {},
  visibleByRegisteredUsers: {},
  visibleByAnonymousUsers: {},
};

onBothEngines('administration of users', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
    await server.admin.send('POST', '/admin/role/editors');
    await server.admin.send('POST', '/admin/collection/teas');
    const put = await mira.send('PUT', '/me', {
      visibleByTheUser: { email: 'mira@mail.test' },
      visibleByFriends: { phone: '+39' },
    });
    expect(put.status).toBe(200);
    const device = sql`insert into backend_devices (tenant_id, os, token, user_id, registered_at)
      select tenant_id, 'ios', 'device-1', id, 0 from backend_users where name = 'mira'`;
    await server.platform.db.write((trx) => device.execute(trx));
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const login = (username: string, password: string) =>
    server.send({ method: 'POST', path: '/login', body: { username, password, appcode: APP } });
  const asAdmin = (
    name: string,
    [method, path, body]: [string, string, unknown?],
    expected: Scenario['expect'],
    forbid: string[] = [],
  ): Scenario => ({
    name,
    request: () => ({ method, path, body, headers: { 'X-BB-SESSION': server.admin.token } }),
    expect: expected,
    forbid: ['argon2', 'secret', ...forbid],
  });
  const says = (status: number, text: string): Scenario['expect'] => ({
    status,
    json: { result: 'error', message: expect.stringContaining(text) as unknown },
  });

  describe('looking', () => {
    runScenarios(
      [
        asAdmin('one, with devices and everything', ['GET', '/admin/user/MIRA'], {
          status: 200,
          json: {
            data: {
              user: {
                name: 'mira',
                status: 'ACTIVE',
                roles: [{ name: 'registered', isrole: true }],
              },
              visibleByTheUser: { email: 'mira@mail.test' },
              visibleByFriends: { phone: '+39' },
              system: { login_info: [{ os: 'ios', pushToken: 'device-1' }] },
            },
          },
        }),
        asAdmin('all', ['GET', '/admin/user'], {
          status: 200,
          json: {
            data: [
              { user: { name: 'admin' }, system: { login_info: [] } },
              {
                user: { name: 'mira' },
                visibleByTheUser: { email: 'mira@mail.test' },
                system: { login_info: [{ os: 'ios', pushToken: 'device-1' }] },
              },
            ],
          },
        }),
        asAdmin(
          'those with a device',
          [
            'GET',
            '/admin/user?where=system.login_info%20contains%20(os%3D%27ios%27)&fields=user.name,system',
          ],
          {
            status: 200,
            json: {
              data: [
                { name: 'mira', system: { login_info: [{ os: 'ios', pushToken: 'device-1' }] } },
              ],
            },
          },
          ['admin'],
        ),
        asAdmin('a count', ['GET', '/admin/user?count=true'], {
          status: 200,
          body: '{"result":"ok","data":[{"@rid":"#-2:0","@version":0,"count":2}],"http_code":200}',
        }),
        asAdmin('nobody', ['GET', '/admin/user/nobody'], says(404, 'nobody not found')),
        asAdmin('bad criteria', ['GET', '/admin/user?where=in%20(p)'], { status: 400 }),
      ],
      () => server.base,
      () => undefined,
    );

    it('is not for others', async () => {
      for (const [method, path] of [
        ['GET', '/admin/user'],
        ['GET', '/admin/user/mira'],
        ['POST', '/admin/user'],
        ['PUT', '/admin/user/mira'],
        ['PUT', '/admin/user/mira/password'],
        ['DELETE', '/admin/user/mira'],
        ['PUT', '/admin/user/suspend/mira'],
        ['PUT', '/admin/user/activate/mira'],
        ['GET', '/admin/sessions'],
        ['DELETE', '/admin/sessions?user=admin'],
        ['GET', '/admin/role'],
        ['POST', '/admin/role/x'],
      ] as const) {
        const response = await mira.send(method, path, method === 'GET' ? undefined : {});
        expect([method, path, response.status]).toEqual([method, path, 403]);
        expect(response.text).toContain('User mira is not an administrator');
        expect((await server.send({ method, path })).status).toBe(400);
        const headers = { 'X-BAASBOX-APPCODE': APP };
        expect((await server.send({ method, path, headers })).status).toBe(401);
      }
    });
  });

  describe('making', () => {
    const create = (name: string, body: object, expected: Scenario['expect']) =>
      asAdmin(name, ['POST', '/admin/user', body], expected);
    const good = { username: 'nora', password: 'honey', role: 'editors' };
    runScenarios(
      [
        create(
          'with role, sections and id',
          {
            ...good,
            id: 'nora-1',
            visibleByTheUser: { email: 'nora@mail.test' },
            visibleByFriends: null,
          },
          { status: 201, body: '{"result":"ok","data":"","http_code":201}' },
        ),
        create('without a name', { ...good, username: undefined }, says(400, "'username'")),
        create('without a password', { ...good, password: undefined }, says(400, "'password'")),
        create('without a role', { ...good, role: undefined }, says(400, "'role'")),
        create(
          'of a role that is none',
          { ...good, username: 'a1', role: 'kings' },
          says(400, 'kings is not a role'),
        ),
        create(
          'of a role for nobody',
          { ...good, username: 'a1', role: 'anonymous' },
          says(400, 'is not a role'),
        ),
        create(
          'of a role of friends',
          { ...good, username: 'a1', role: 'friends_of_mira' },
          says(400, 'is not a role'),
        ),
        create(
          'of a name that is taken',
          { ...good, username: 'NORA' },
          says(400, 'Error signing up'),
        ),
        create('of an internal name', { ...good, username: 'baasbox' }, { status: 400 }),
        create(
          'with a taken address',
          { ...good, username: 'a1', visibleByTheUser: { email: 'Mira@mail.test' } },
          says(400, 'Error signing up'),
        ),
        create(
          'with a bad address',
          { ...good, username: 'a1', visibleByTheUser: { email: 'x' } },
          says(400, 'email'),
        ),
        create(
          'with a bad section',
          { ...good, username: 'a1', visibleByFriends: 5 },
          says(400, 'One or more profile sections'),
        ),
        create(
          'with a taken id',
          { ...good, username: 'a1', id: 'nora-1' },
          says(400, 'already exists'),
        ),
        create('with a bad id', { ...good, username: 'a1', id: 'a/b' }, { status: 400 }),
        create(
          'with an empty password',
          { ...good, username: 'a1', password: '' },
          { status: 422 },
        ),
        create('with a null id', { ...good, username: 'otto', id: null }, { status: 201 }),
        asAdmin('leaves nothing of what was refused', ['GET', '/admin/user/a1'], { status: 404 }),
      ],
      () => server.base,
      () => undefined,
    );

    it('gives accounts that work', async () => {
      const nora = await login('Nora', 'honey');
      expect(nora.json()).toMatchObject({
        data: { id: 'nora-1', user: { name: 'nora', roles: [{ name: 'editors', isrole: true }] } },
      });
      const token = String(nora.headers['x-bb-session']);
      const created = await server.send({
        method: 'POST',
        path: '/document/teas',
        headers: { 'X-BB-SESSION': token },
        body: { id: 'nora-1' },
      });
      // One id names one object, of whatever kind.
      expect(created.status).toBe(400);
    });

    it('cannot take the id of a document', async () => {
      await mira.send('POST', '/document/teas', { id: 'tea-1' });
      const body = { username: 'tea', password: 'x', role: 'registered', id: 'tea-1' };
      expect((await server.admin.send('POST', '/admin/user', body)).status).toBe(400);
      expect((await server.admin.send('GET', '/admin/user/tea')).status).toBe(404);
    });
  });

  describe('changing', () => {
    const change = (
      name: string,
      path: string,
      body: object,
      expected: Scenario['expect'],
    ): Scenario => asAdmin(name, ['PUT', `/admin/user/${path}`, body], expected);
    const without = (section: string) =>
      Object.fromEntries(Object.entries(SECTIONS).filter(([name]) => name !== section));
    runScenarios(
      [
        change(
          'sections and role',
          'mira',
          { ...SECTIONS, visibleByFriends: { a: 1 }, role: 'editors' },
          {
            status: 200,
            json: {
              data: {
                user: { roles: [{ name: 'editors', isrole: true }] },
                visibleByFriends: { a: 1 },
                visibleByTheUser: {},
                visibleByRegisteredUsers: { _social: {} },
                system: { login_info: [{ os: 'ios' }] },
              },
            },
          },
        ),
        change('without a role', 'mira', SECTIONS, {
          status: 200,
          contains: ['"roles":[{"name":"editors","isrole":true}]'],
        }),
        change(
          'back, with the role that starts the list',
          'mira',
          { ...SECTIONS, role: 'registered' },
          { status: 200, contains: ['"roles":[{"name":"registered"'] },
        ),
        ...Object.keys(SECTIONS).map((section) =>
          change(`without ${section}`, 'mira', without(section), says(400, section)),
        ),
        change('nobody', 'nobody', SECTIONS, says(400, 'nobody is not a user')),
        change(
          'to no role',
          'mira',
          { ...SECTIONS, role: 'kings' },
          says(400, 'kings is not a role'),
        ),
        change(
          'to a bad address',
          'mira',
          { ...SECTIONS, visibleByTheUser: { email: 'x' } },
          says(400, 'email'),
        ),
        change(
          'the role of admin',
          'admin',
          { ...SECTIONS, role: 'registered' },
          says(400, "User 'admin' cannot change role"),
        ),
        change('admin otherwise', 'admin', { ...SECTIONS, role: 'administrator' }, { status: 200 }),
        change(
          'a password',
          'mira/password',
          { password: 'clover' },
          {
            status: 200,
            body: '{"result":"ok","data":"","http_code":200}',
          },
        ),
        change(
          'no password',
          'mira/password',
          {},
          says(400, "The body payload doesn't contain password field"),
        ),
        change('an empty password', 'mira/password', { password: '' }, { status: 400 }),
        change("nobody's password", 'nobody/password', { password: 'x' }, says(404, 'nobody')),
        change('suspend nobody', 'suspend/nobody', {}, says(400, 'nobody is not a user')),
        change('suspend an internal user', 'suspend/baasbox', {}, { status: 400 }),
        change('activate nobody', 'activate/nobody', {}, says(400, 'nobody is not a user')),
        change('activate an internal user', 'activate/internal_admin', {}, { status: 400 }),
      ],
      () => server.base,
      () => undefined,
    );

    it('of a password ends the sessions', async () => {
      expect((await mira.send('GET', '/me')).status).toBe(401);
      expect((await login('mira', 'secret')).status).toBe(401);
      expect((await login('mira', 'clover')).status).toBe(200);
    });

    it('of a role counts at once, for sessions that are open', async () => {
      const olga = await server.user('olga');
      expect((await olga.send('GET', '/admin/user')).status).toBe(403);
      const put = (role: string) =>
        server.admin.send('PUT', '/admin/user/olga', { ...SECTIONS, role });
      expect((await put('administrator')).status).toBe(200);
      expect((await olga.send('GET', '/admin/user')).status).toBe(200);
      // The second administrator may go; the last may not.
      expect((await olga.send('PUT', '/admin/user/suspend/admin')).status).toBe(200);
      expect((await olga.send('PUT', '/me/suspend')).status).toBe(400);
      const demoted = await olga.send('PUT', '/admin/user/olga', {
        ...SECTIONS,
        role: 'registered',
      });
      expect(demoted.json()).toMatchObject({ message: 'olga is the only active administrator' });
      expect((await olga.send('DELETE', '/admin/user/olga')).status).toBe(400);
      expect((await olga.send('PUT', '/admin/user/activate/admin')).status).toBe(200);
      expect((await put('registered')).status).toBe(200);
      expect((await olga.send('GET', '/admin/user')).status).toBe(403);
    });

    it('lets no two administrators suspend each other', async () => {
      const [first, second] = [
        await server.user('adm1', 'administrator'),
        await server.user('adm2', 'administrator'),
      ];
      await first.send('PUT', '/admin/user/suspend/admin');
      const answers = await Promise.all([
        first.send('PUT', '/admin/user/suspend/adm2'),
        second.send('PUT', '/admin/user/suspend/adm1'),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const [left] = answers[0]?.status === 200 ? [first] : [second];
      for (const name of ['admin', 'adm1', 'adm2']) {
        expect((await left?.send('PUT', `/admin/user/activate/${name}`))?.status).toBe(200);
      }
    });
  });

  describe('deleting', () => {
    it('takes everything of the user along', async () => {
      const paul = await server.user('paul');
      const rosa = await server.user('rosa');
      const profile = await server.admin.send('GET', '/admin/user/paul');
      const { id: userId } = profile.json<{ data: Person }>().data;
      const make = async (user: TestUser, body: object) => {
        const response = await user.send('POST', '/document/teas', body);
        expect(response.status).toBe(200);
        return response.json<{ data: { id: string } }>().data.id;
      };
      const everyone = [{ name: 'registered', isrole: true }];
      const own = [];
      for (let index = 0; index < 120; index++) {
        own.push(await make(paul, { index, _allowRead: everyone }));
      }
      const grants = {
        _allowRead: [{ name: 'paul' }, { name: 'mira' }],
        _allowUpdate: [{ name: 'paul' }],
        _allowDelete: [{ name: 'friends_of_paul', isrole: true }],
      };
      const granted = await make(rosa, { tea: 'granted', ...grants });
      const updateOnly = await make(rosa, { tea: 'update', _allowUpdate: [{ name: 'paul' }] });
      const count = async (user: TestUser) =>
        (await user.send('GET', '/document/teas/count')).json<{ data: { count: number } }>().data
          .count;
      const before = await count(rosa);
      expect((await rosa.send('POST', '/follow/paul')).status).toBe(201);
      expect((await paul.send('POST', '/follow/rosa')).status).toBe(201);

      const deleted = await server.admin.send('DELETE', '/admin/user/PAUL');
      expect([deleted.status, deleted.text]).toEqual([
        200,
        '{"result":"ok","data":"","http_code":200}',
      ]);
      for (const path of ['/admin/user/paul', '/user/paul', '/admin/role/friends_of_paul']) {
        expect([path, (await server.admin.send('GET', path)).status]).toEqual([path, 404]);
      }
      expect((await server.admin.send('DELETE', '/admin/user/paul')).status).toBe(404);
      const old = await paul.send('GET', '/me');
      expect([old.status, old.json()]).toMatchObject([401, { bb_code: '40101' }]);
      expect((await login('paul', 'secret')).status).toBe(401);
      for (const id of own.slice(0, 3)) {
        expect((await rosa.send('GET', `/document/teas/${id}`)).status).toBe(404);
      }
      expect(before - (await count(rosa))).toBe(120);
      expect(
        (await server.admin.send('GET', '/document/teas?where=index%20>=%200')).json(),
      ).toMatchObject({ data: [] });

      // Objects of others stay, without him.
      const kept = await rosa.send('GET', `/document/teas/${granted}?withAcl=true`);
      expect(kept.json()).toMatchObject({
        data: {
          tea: 'granted',
          _allowRead: [{ name: 'mira' }],
          _allowUpdate: [],
          _allowDelete: [],
        },
      });
      expect((await rosa.send('GET', `/document/teas/${updateOnly}`)).status).toBe(200);
      expect((await rosa.send('GET', '/me')).text).not.toContain('friends_of');
      for (const path of ['/followers', '/following']) {
        expect((await rosa.send('GET', path)).json()).toMatchObject({ data: [] });
      }

      // Whoever comes after, even with the same name and id, gets nothing of it.
      const heir = { username: 'paul', password: 'secret', role: 'registered', id: userId };
      expect((await server.admin.send('POST', '/admin/user', heir)).status).toBe(201);
      const token = String((await login('paul', 'secret')).headers['x-bb-session']);
      for (const id of [granted, updateOnly]) {
        const path = `/document/teas/${id}`;
        const headers = { 'X-BB-SESSION': token };
        expect((await server.send({ path, headers })).status).toBe(404);
        expect((await server.send({ method: 'PUT', path, headers, body: {} })).status).toBe(404);
      }
      expect((await rosa.send('GET', '/following')).json()).toMatchObject({ data: [] });
    });

    it('takes the links along that join the user or that the user made', async () => {
      const quinn = await server.user('quinn');
      const rita = await server.user('rita');
      const make = async (user: TestUser, id: string) => {
        const _allowRead = [{ name: 'registered', isrole: true }];
        const made = await user.send('POST', '/document/teas', { id, _allowRead });
        expect(made.status).toBe(200);
      };
      await make(rita, 'from');
      await make(rita, 'to');
      await make(quinn, 'his');
      const profile = await server.admin.send('GET', '/user/quinn');
      const { id: quinnId } = profile.json<{ data: Person }>().data;
      const link = async (user: TestUser, source: string, target: string) => {
        const made = await user.send('POST', `/link/${source}/near/${target}`);
        expect(made.status).toBe(200);
        return made.json<{ data: { id: string } }>().data.id;
      };
      const kept = await link(rita, 'from', 'to');
      const gone = [
        await link(rita, 'from', 'his'),
        await link(rita, 'from', quinnId),
        await link(quinn, 'from', 'to'),
      ];
      expect((await server.admin.send('DELETE', '/admin/user/quinn')).status).toBe(200);
      for (const id of gone) expect((await rita.send('GET', `/link/${id}`)).status).toBe(404);
      expect((await rita.send('GET', `/link/${kept}`)).status).toBe(200);
      const near = await rita.send('GET', '/document/teas/from/near');
      expect(near.json()).toMatchObject({ data: [{ id: 'to' }] });
      expect((await rita.send('DELETE', `/link/${kept}`)).status).toBe(200);
      const rest = await rita.send('GET', '/document/teas/from/near');
      expect(rest.text).toMatch(/^\{"result":"ok","data":\[\]/);
    });

    it('forgets devices and frees name and address', async () => {
      await server.admin.send('PUT', '/admin/user/mira', {
        ...SECTIONS,
        visibleByTheUser: { email: 'mira@mail.test' },
      });
      expect((await server.admin.send('DELETE', '/admin/user/mira')).status).toBe(200);
      const devices = await sql`select token from backend_devices`.execute(
        server.platform.db.tables(),
      );
      expect(devices.rows).toEqual([]);
      const body = {
        username: 'mira',
        password: 'secret',
        visibleByTheUser: { email: 'mira@mail.test' },
      };
      const headers = { 'X-BAASBOX-APPCODE': APP };
      expect((await server.send({ method: 'POST', path: '/user', headers, body })).status).toBe(
        201,
      );
    });

    it.each([
      ['admin', 400],
      ['ADMIN', 400],
      ['baasbox', 400],
      ['internal_admin', 400],
      ['nobody', 404],
    ])('not %s', async (name, status) => {
      expect((await server.admin.send('DELETE', `/admin/user/${name}`)).status).toBe(status);
      expect((await server.admin.send('GET', '/me')).status).toBe(200);
    });
  });
});
