// Administration of roles, and what they inherit (BaasBox spec 2.3, 5.11, 8.1, 8.3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

onBothEngines('roles', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine);
    await server.admin.send('POST', '/admin/collection/teas');
    await server.user('mira');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const role = (name: string, more: object = {}) => ({
    name,
    mode: 0,
    isrole: true,
    internal: false,
    modifiable: true,
    assignable: true,
    ...more,
  });
  const call = (
    name: string,
    [method, path, body]: [string, string, unknown?],
    expected: Scenario['expect'],
  ): Scenario => ({
    name,
    request: () => ({
      method,
      path: `/admin/${path}`,
      body,
      headers: { 'X-BB-SESSION': server.admin.token },
    }),
    expect: expected,
  });
  const says = (status: number, text: string): Scenario['expect'] => ({
    status,
    json: { result: 'error', message: expect.stringContaining(text) as unknown },
  });
  const nothing = (status: number): Scenario['expect'] => ({
    status,
    body: `{"result":"ok","data":"","http_code":${status}}`,
  });
  const ROLE = 'role';
  const builtIn = { internal: true, modifiable: false };

  runScenarios(
    [
      call('make one', ['POST', `${ROLE}/editors`], nothing(201)),
      call('make one that exists', ['POST', `${ROLE}/editors`], says(400, 'already exists')),
      call(
        'make one that inherits, with a description',
        ['POST', `${ROLE}/chiefs`, { description: 'Of all editors', inheritedRole: 'editors' }],
        nothing(201),
      ),
      call(
        'make one that inherits from nothing known',
        ['POST', `${ROLE}/x`, { inheritedRole: 'kings' }],
        says(400, 'kings is not a role'),
      ),
      call(
        'with a description that is none',
        ['POST', `${ROLE}/x`, { description: 5 }],
        says(400, 'description'),
      ),
      call('with a body that is none', ['POST', `${ROLE}/x`, []], { status: 400 }),
      ...[
        'administrator',
        'BackOffice',
        'registered',
        'anonymous',
        'reader',
        'writer',
        'admin',
      ].map((name) =>
        call(`make the reserved ${name}`, ['POST', `${ROLE}/${name}`], says(400, 'reserved')),
      ),
      call('make one of friends', ['POST', `${ROLE}/friends_of_mira`], says(400, 'reserved')),
      call('make one without a name', ['POST', `${ROLE}/%20`], says(400, 'cannot be used')),
      call('make one with a slash', ['POST', `${ROLE}/a%2Fb`], says(400, 'cannot be used')),
      call('look at one', ['GET', `${ROLE}/chiefs`], {
        status: 200,
        json: { data: role('chiefs', { description: 'Of all editors', inheritedRole: 'editors' }) },
      }),
      call('look at one that is built in', ['GET', `${ROLE}/registered`], {
        status: 200,
        json: { data: role('registered', builtIn) },
      }),
      call('look at one that nobody can have', ['GET', `${ROLE}/anonymous`], {
        status: 200,
        json: { data: role('anonymous', { ...builtIn, assignable: false }) },
      }),
      call('look at one of friends', ['GET', `${ROLE}/friends_of_mira`], {
        status: 200,
        json: { data: role('friends_of_mira', { ...builtIn, assignable: false }) },
      }),
      call('look at none', ['GET', `${ROLE}/kings`], says(404, 'kings')),
      call('look at none of friends', ['GET', `${ROLE}/friends_of_nobody`], { status: 404 }),
      ...['role', 'roles'].map((path) =>
        call(`list them at /admin/${path}`, ['GET', path], {
          status: 200,
          json: {
            data: [
              role('administrator', builtIn),
              role('backoffice', builtIn),
              role('registered', builtIn),
              role('chiefs', { inheritedRole: 'editors' }),
              role('editors', { description: '', inheritedRole: 'registered' }),
            ],
          },
        }),
      ),
      call('describe one', ['PUT', `${ROLE}/editors`, { description: 'Write' }], nothing(200)),
      call('rename one', ['PUT', `${ROLE}/editors`, { new_name: 'authors' }], nothing(200)),
      call('the description stayed', ['GET', `${ROLE}/authors`], {
        status: 200,
        json: { data: role('authors', { description: 'Write' }) },
      }),
      call('the heir follows', ['GET', `${ROLE}/chiefs`], {
        status: 200,
        json: { data: { inheritedRole: 'authors' } },
      }),
      call('the old name is free', ['GET', `${ROLE}/editors`], { status: 404 }),
      call(
        'rename to a taken name',
        ['PUT', `${ROLE}/authors`, { new_name: 'chiefs' }],
        says(400, 'already exists'),
      ),
      call(
        'rename to a reserved name',
        ['PUT', `${ROLE}/authors`, { new_name: 'admin' }],
        says(400, 'reserved'),
      ),
      call('rename to nothing', ['PUT', `${ROLE}/authors`, { new_name: '' }], { status: 400 }),
      call(
        'rename a built-in one',
        ['PUT', `${ROLE}/registered`, { new_name: 'x' }],
        says(400, 'cannot be changed'),
      ),
      call('change one of friends', ['PUT', `${ROLE}/friends_of_mira`, {}], { status: 400 }),
      call('change none', ['PUT', `${ROLE}/kings`, {}], { status: 404 }),
      ...['administrator', 'registered', 'anonymous', 'writer', 'friends_of_mira'].map((name) =>
        call(`delete ${name}`, ['DELETE', `${ROLE}/${name}`], says(400, 'cannot be changed')),
      ),
      call('delete none', ['DELETE', `${ROLE}/kings`], says(404, 'kings')),
      call('delete one', ['DELETE', `${ROLE}/authors`], nothing(200)),
      call('and it is gone', ['GET', `${ROLE}/authors`], { status: 404 }),
      call('its heir inherits from its parent', ['GET', `${ROLE}/chiefs`], {
        status: 200,
        json: { data: { inheritedRole: 'registered' } },
      }),
      call('delete it again', ['DELETE', `${ROLE}/authors`], { status: 404 }),
    ],
    () => server.base,
    () => undefined,
  );

  describe('in permissions', () => {
    const make = async (user: TestUser, to: string) => {
      const body = { _allowRead: [{ name: to, isrole: true }] };
      const response = await user.send('POST', '/document/teas', body);
      expect(response.status).toBe(200);
      return `/document/teas/${response.json<{ data: { id: string } }>().data.id}`;
    };
    const account = async (name: string, roleName: string): Promise<TestUser> => {
      const body = { username: name, password: 'secret', role: roleName };
      expect((await server.admin.send('POST', '/admin/user', body)).status).toBe(201);
      const credentials = { username: name, password: 'secret', appcode: APP };
      const login = await server.send({ method: 'POST', path: '/login', body: credentials });
      const headers = { 'X-BB-SESSION': String(login.headers['x-bb-session']) };
      return {
        name,
        token: headers['X-BB-SESSION'],
        send: (method, path, sent) => server.send({ method, path, body: sent, headers }),
      };
    };

    it('reach heirs and never ancestors, and end with the role', async () => {
      const { admin } = server;
      await admin.send('POST', '/admin/role/staff');
      await admin.send('POST', '/admin/role/leads', { inheritedRole: 'staff' });
      const staff = await account('staffer', 'staff');
      const lead = await account('leader', 'leads');
      const plain = await account('plain', 'registered');
      const documents = {
        anonymous: await make(admin, 'anonymous'),
        registered: await make(admin, 'registered'),
        staff: await make(admin, 'staff'),
        leads: await make(admin, 'leads'),
      };
      const seen = async (user: TestUser) => {
        const names = [];
        for (const [name, path] of Object.entries(documents)) {
          if ((await user.send('GET', path)).status === 200) names.push(name);
        }
        const { data } = (await user.send('GET', '/document/teas')).json<{ data: unknown[] }>();
        expect(data).toHaveLength(names.length);
        return names;
      };
      expect(await seen(plain)).toEqual(['anonymous', 'registered']);
      expect(await seen(staff)).toEqual(['anonymous', 'registered', 'staff']);
      expect(await seen(lead)).toEqual(['anonymous', 'registered', 'staff', 'leads']);

      // Another name keeps the grants.
      await admin.send('PUT', '/admin/role/staff', { new_name: 'crew' });
      expect(await seen(staff)).toEqual(['anonymous', 'registered', 'staff']);
      expect((await staff.send('GET', '/me')).text).toContain('"roles":[{"name":"crew"');
      const acl = await admin.send('GET', `${documents.staff}?withAcl=true`);
      expect(acl.text).toContain('"crew"');

      // Without the role its users are registered ones; a new role of that name is another.
      expect((await admin.send('DELETE', '/admin/role/crew')).status).toBe(200);
      expect(await seen(staff)).toEqual(['anonymous', 'registered']);
      expect(await seen(lead)).toEqual(['anonymous', 'registered', 'leads']);
      expect((await staff.send('GET', '/me')).text).toContain('"roles":[{"name":"registered"');
      expect((await admin.send('GET', `${documents.staff}?withAcl=true`)).json()).toMatchObject({
        data: { _allowRead: [] },
      });
      await admin.send('POST', '/admin/role/crew');
      const rookie = await account('rookie', 'crew');
      expect(await seen(rookie)).toEqual(['anonymous', 'registered']);
      const users = await admin.send(
        'GET',
        "/admin/user?where=user.roles.name%20contains%20'registered'&count=true",
      );
      expect(users.json<{ data: { count: number }[] }>().data[0]?.count).toBe(3);
    });

    it('inherit over so many steps and no more', async () => {
      let parent = 'registered';
      const made = [];
      for (let depth = 1; depth <= 20; depth++) {
        const name = `step${depth}`;
        const response = await server.admin.send('POST', `/admin/role/${name}`, {
          inheritedRole: parent,
        });
        if (response.status !== 201) break;
        made.push(name);
        parent = name;
      }
      // `registered` and `anonymous` are steps, too.
      expect(made).toHaveLength(14);
      const last = await account('deep', made.at(-1) ?? '');
      expect((await last.send('GET', await make(server.admin, 'anonymous'))).status).toBe(200);
    });

    it('make administrators of those who inherit from them', async () => {
      await server.admin.send('POST', '/admin/role/bosses', { inheritedRole: 'administrator' });
      const boss = await account('boss', 'bosses');
      expect((await boss.send('GET', '/admin/role')).status).toBe(200);
      await server.admin.send('DELETE', '/admin/role/bosses');
      expect((await boss.send('GET', '/admin/role')).status).toBe(403);
    });
  });

  it('that are deleted while they are given away are nobody’s', async () => {
    const { admin } = server;
    const sections = {
      visibleByTheUser: {},
      visibleByFriends: {},
      visibleByRegisteredUsers: {},
      visibleByAnonymousUsers: {},
    };
    const names = Array.from({ length: 6 }, (_, index) => `given${index}`);
    const made = (name: string, given: string) =>
      admin.send('POST', '/admin/user', { username: name, password: 'x', role: given });
    for (const name of names) expect((await made(name, 'registered')).status).toBe(201);
    const rounds = ['brief1', 'brief2', 'brief3', 'brief4'];
    for (const brief of rounds) {
      await admin.send('POST', `/admin/role/${brief}`);
      const give = names.map((name) =>
        admin.send('PUT', `/admin/user/${name}`, { ...sections, role: brief }),
      );
      const others = [
        made(`new-${brief}`, brief),
        admin.send('POST', `/admin/role/heir-${brief}`, { inheritedRole: brief }),
      ];
      const gone = admin.send('DELETE', `/admin/role/${brief}`);
      const answers = await Promise.all([...give, ...others, gone]);
      expect(answers.filter(({ status }) => ![200, 201, 400].includes(status))).toEqual([]);
      expect((await gone).status).toBe(200);
    }
    const where = `user.name like 'given%' or user.name like 'new-%'`;
    const users = await admin.send('GET', `/admin/user?where=${encodeURIComponent(where)}`);
    const roles = users
      .json<{ data: { user: { roles: { name: string }[] } }[] }>()
      .data.flatMap(({ user }) => user.roles.map(({ name }) => name));
    expect(new Set(roles)).toEqual(new Set(['registered']));
    for (const brief of rounds) {
      const heir = await admin.send('GET', `/admin/role/heir-${brief}`);
      if (heir.status === 200) expect(heir.text).toContain('"inheritedRole":"registered"');
    }
  });
});
