// Looking at users, and following them (BaasBox spec 4, 5.2, 5.3, 8.3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

interface Person {
  user: { name: string; status: string; roles: { name: string; isrole: boolean }[] };
  id: string;
  visibleByTheUser: unknown;
  visibleByFriends: unknown;
  visibleByRegisteredUsers: unknown;
  visibleByAnonymousUsers: unknown;
}

const dataOf = <T>(response: TestResponse): T => response.json<{ data: T }>().data;
const namesIn = (response: TestResponse) => dataOf<Person[]>(response).map(({ user }) => user.name);
const query = (parts: Record<string, string | string[]>) =>
  Object.entries(parts)
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

onBothEngines('people', (engine) => {
  let server: TestServer;
  let anna: TestUser;
  let annie: TestUser;
  let bert: TestUser;

  const list = (by: TestUser, path: string, parts: Record<string, string | string[]> = {}) =>
    by.send('GET', `${path}?${query(parts)}`);

  beforeAll(async () => {
    server = await startServer(engine);
    anna = await server.user('annab');
    annie = await server.user('annie');
    bert = await server.user('bert', 'backoffice');
    const fill = async (user: TestUser) =>
      user.send('PUT', '/me', {
        visibleByTheUser: { email: `${user.name}@mail.test`, pin: 1234 },
        visibleByFriends: { phone: `+39 ${user.name}`, rank: 3 },
        visibleByRegisteredUsers: { nick: user.name.toUpperCase() },
        visibleByAnonymousUsers: { country: 'IT' },
      });
    for (const user of [anna, annie, bert]) expect((await fill(user)).status).toBe(200);
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  describe('one profile', () => {
    it('is whole for its owner', async () => {
      const own = dataOf<Person>(await anna.send('GET', '/user/annab'));
      expect(own).toMatchObject({
        user: { name: 'annab', status: 'ACTIVE', roles: [{ name: 'registered', isrole: true }] },
        visibleByTheUser: { pin: 1234 },
        visibleByFriends: { rank: 3 },
        generated_username: false,
        signUpDate: expect.stringMatching(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/,
        ) as unknown,
      });
      expect(Object.keys(own)).toEqual([
        'user',
        'id',
        'visibleByAnonymousUsers',
        'visibleByTheUser',
        'visibleByFriends',
        'visibleByRegisteredUsers',
        'signUpDate',
        'generated_username',
      ]);
    });

    it('shows others what is for them, and the rest as null', async () => {
      const response = await annie.send('GET', '/user/ANNAB');
      expect(response.text).toContain('"visibleByTheUser":null');
      expect(response.text).toContain('"visibleByFriends":null');
      expect(dataOf<Person>(response)).toMatchObject({
        visibleByRegisteredUsers: { nick: 'ANNAB', _social: {} },
        visibleByAnonymousUsers: { country: 'IT' },
      });
      expect(response.text).not.toMatch(/"pin"|\+39|mail\.test|password|system|login_info/);
    });

    it('is whole for administrators, not for the back office', async () => {
      const seen = dataOf<Person>(await server.admin.send('GET', '/user/annab'));
      expect(seen).toMatchObject({
        visibleByTheUser: { pin: 1234 },
        visibleByFriends: { rank: 3 },
      });
      const other = await bert.send('GET', '/user/annab');
      expect(other.text).not.toMatch(/"pin"|\+39/);
    });

    it('called me is the own one, unless a user has that name', async () => {
      expect(dataOf<Person>(await anna.send('GET', '/user/me')).user.name).toBe('annab');
      const me = await server.user('me');
      expect(dataOf<Person>(await anna.send('GET', '/user/me')).user.name).toBe('me');
      const deleted = await server.admin.send('DELETE', '/admin/user/me');
      expect(deleted.status).toBe(200);
      expect((await me.send('GET', '/me')).status).toBe(401);
      expect(dataOf<Person>(await anna.send('GET', '/user/me')).user.name).toBe('annab');
    });

    it.each([
      ['nobody', 404, 'nobody not found'],
      ['baasbox', 400, 'internal'],
      ['INTERNAL_admin', 400, 'internal'],
      ['%27%20or%201%3D1', 404, 'not found'],
    ])('%s: %i', async (name, status, text) => {
      const response = await anna.send('GET', `/user/${name}`);
      expect([response.status, response.json()]).toMatchObject([
        status,
        { message: expect.stringContaining(text) as unknown },
      ]);
    });

    it.each(['/users', '/user/annab', '/followers', '/following'])(
      'needs a user: %s',
      async (path) => {
        const response = await server.send({ path, headers: { 'X-BAASBOX-APPCODE': APP } });
        expect(response.status).toBe(401);
        expect((await server.send({ path })).status).toBe(400);
      },
    );

    it('says nothing about who exists', async () => {
      for (const name of ['annab', 'nobody']) {
        const response = await server.send({ path: `/user/${name}/exists` });
        expect(response.status).toBe(501);
        expect((await anna.send('GET', `/user/${name}/exists`)).status).toBe(501);
      }
    });
  });

  describe('the list', () => {
    it('has everybody in order of their accounts, without hidden sections', async () => {
      const response = await annie.send('GET', '/users');
      expect(namesIn(response)).toEqual(['admin', 'annab', 'annie', 'bert']);
      const [, first, second] = dataOf<Person[]>(response);
      expect(first).toMatchObject({ visibleByTheUser: null, visibleByFriends: null });
      expect(second).toMatchObject({ visibleByTheUser: { pin: 1234 } });
      expect(response.text).not.toMatch(
        /annab@mail|\+39 annab|password|"system"|login_info|"more"/,
      );
    });

    it.each<[string, Record<string, string | string[]>, string[]]>([
      ['a name', { where: "user.name='annab'" }, ['annab']],
      [
        'a pattern',
        { where: 'user.name like "ann%" and user.name.length() = 5' },
        ['annab', 'annie'],
      ],
      ['a parameter', { where: 'user.name=?', params: 'bert' }, ['bert']],
      ['a role', { where: "user.roles[0].name='administrator'" }, ['admin']],
      ['roles as a list', { where: "user.roles.name contains 'backoffice'" }, ['bert']],
      ['a status', { where: "user.status = 'ACTIVE' and user.name < 'annie'" }, ['admin', 'annab']],
      ['what everyone sees', { where: "visibleByRegisteredUsers.nick='ANNAB'" }, ['annab']],
      [
        'what the public sees',
        { where: "visibleByAnonymousUsers.country='IT'", orderBy: 'user.name desc' },
        ['bert', 'annie', 'annab'],
      ],
      ['only his own secrets', { where: 'visibleByTheUser.pin=1234' }, ['annie']],
      ['only his own friends section', { where: 'visibleByFriends.rank > 0' }, ['annie']],
      [
        'hidden sections are null',
        { where: 'visibleByTheUser is null' },
        ['admin', 'annab', 'bert'],
      ],
      ['hidden sections are not defined', { where: 'visibleByFriends.rank is defined' }, ['annie']],
      ['nor by a method', { where: "visibleByTheUser.email.indexOf('@') > 0" }, ['annie']],
      ['no credentials', { where: 'password is not null or user.password is not null' }, []],
      ['no system section of others', { where: 'system is not null' }, ['annie']],
      ['the date', { where: 'signUpDate > date(?)', params: '2099-01-01T00:00:00.000+0000' }, []],
      ['his own name among any', { where: "any() = 'annie'" }, []],
      [
        'an order by a hidden field',
        { orderBy: 'visibleByTheUser.pin desc,user.name', where: "user.name<>'admin'" },
        ['annie', 'annab', 'bert'],
      ],
      ['an order by a name', { orderBy: 'user.name desc' }, ['bert', 'annie', 'annab', 'admin']],
    ])('by %s', async (_, parts, expected) => {
      const response = await list(annie, '/users', parts);
      expect([response.status, namesIn(response)]).toEqual([200, expected]);
      const count = await list(annie, '/users', { ...parts, count: 'true' });
      expect(dataOf(count)).toEqual([{ '@rid': '#-2:0', '@version': 0, count: expected.length }]);
    });

    it('finds everything for administrators', async () => {
      const found = await list(server.admin, '/users', { where: 'visibleByTheUser.pin=1234' });
      expect(namesIn(found)).toEqual(['annab', 'annie', 'bert']);
    });

    it('in pages', async () => {
      const page = await list(annie, '/users', { page: '1', recordsPerPage: '1' });
      expect(namesIn(page)).toEqual(['annab']);
      expect(page.json()).toMatchObject({ more: true });
      expect(page.headers['x-bb-more']).toBe('true');
      const last = await list(annie, '/users', { page: '0', recordsPerPage: '2', skip: '2' });
      expect([namesIn(last), last.json()]).toMatchObject([['annie', 'bert'], { more: false }]);
    });

    it.each<[string, Record<string, string>, unknown]>([
      [
        'the user',
        { fields: 'user', where: "user.roles[0].name='administrator'" },
        [
          {
            user: {
              name: 'admin',
              status: 'ACTIVE',
              roles: [{ name: 'administrator', isrole: true }],
            },
          },
        ],
      ],
      [
        'the system section of the caller alone',
        { fields: 'user.name as n,system as s', where: "user.name like 'ann%'" },
        [
          { n: 'annab', s: null },
          { n: 'annie', s: { login_info: [] } },
        ],
      ],
      [
        'nothing hidden',
        {
          fields: 'visibleByTheUser as a,visibleByFriends.phone as b,password,id.length() as c',
          where: "user.name='annab'",
        },
        [{ a: null, b: null, password: null, c: 36 }],
      ],
      [
        'sums by group',
        {
          fields: 'user.status as status,count(*) as n,sum(visibleByTheUser.pin) as s',
          groupBy: 'user.status',
        },
        [{ status: 'ACTIVE', n: 4, s: 1234 }],
      ],
    ])('projects %s', async (_, parts, expected) => {
      const rows = dataOf<Record<string, unknown>[]>(await list(annie, '/users', parts));
      expect(rows.map(({ '@rid': _rid, '@version': _version, ...row }) => row)).toEqual(expected);
    });

    it.each([
      { where: 'in (p)' },
      { where: "user.name = 'x'; drop table backend_users" },
      { where: '1=1) or (select * from backend_users' },
      { where: 'user.name=? and user.name=?', params: 'x' },
      { page: 'x' },
      { orderBy: 'user.name sideways' },
      { fields: 'count(' },
    ])('refuses %j', async (parts) => {
      for (const path of ['/users', '/followers', '/following', '/admin/user']) {
        const response = await list(server.admin, path, parts);
        expect([path, response.status, response.json()]).toMatchObject([
          path,
          400,
          { result: 'error' },
        ]);
      }
    });
  });

  describe('following', () => {
    let cleo: TestUser;
    let dino: TestUser;
    const put = (user: TestUser, body: object) => user.send('PUT', '/me', body);
    beforeAll(async () => {
      await server.admin.send('POST', '/admin/collection/teas');
      cleo = await server.user('Cleo');
      dino = await server.user('Dino');
      await put(dino, {
        visibleByFriends: { phone: '+1 dino' },
        visibleByTheUser: { pin: 'dino-pin' },
      });
    });

    it('shows the friends section, and unfollowing hides it', async () => {
      expect((await cleo.send('GET', '/user/dino')).text).not.toContain('+1 dino');
      const followed = await cleo.send('POST', '/follow/dINO');
      expect(followed.status).toBe(201);
      expect(followed.json()).toMatchObject({
        http_code: 201,
        data: {
          user: { name: 'Dino' },
          visibleByFriends: { phone: '+1 dino' },
          visibleByTheUser: null,
        },
      });
      for (const path of ['/user/dino', '/users', '/following', '/following/cleo']) {
        const seen = await cleo.send('GET', path);
        expect([path, seen.text.includes('+1 dino'), seen.text.includes('dino-pin')]).toEqual([
          path,
          true,
          false,
        ]);
      }
      // One direction only.
      expect((await dino.send('GET', '/user/cleo')).text).toContain('"visibleByFriends":null');
      expect(
        namesIn(await list(cleo, '/users', { where: "visibleByFriends.phone='+1 dino'" })),
      ).toEqual(['Dino']);
      expect(
        namesIn(await list(annie, '/users', { where: "visibleByFriends.phone='+1 dino'" })),
      ).toEqual([]);
      // Roles of friends: in the own profile, never in lists.
      expect(dataOf<Person>(await cleo.send('GET', '/me')).user.roles).toEqual([
        { name: 'registered', isrole: true },
        { name: 'friends_of_Dino', isrole: true },
      ]);
      expect((await cleo.send('GET', '/users')).text).not.toContain('friends_of');

      const ended = await cleo.send('DELETE', '/follow/dino');
      expect([ended.status, ended.text]).toEqual([
        200,
        '{"result":"ok","data":"","http_code":200}',
      ]);
      for (const path of ['/user/dino', '/users']) {
        expect((await cleo.send('GET', path)).text).not.toContain('+1 dino');
      }
      expect(dataOf(await cleo.send('GET', '/following'))).toEqual([]);
    });

    it('gives what was granted to friends, in lists and counts too, until it ends', async () => {
      const created = await dino.send('POST', '/document/teas', { tea: 'for friends' });
      const { id } = dataOf<{ id: string }>(created);
      const path = `/document/teas/${id}`;
      const grant = await dino.send('PUT', `${path}/read/role/friends_of_Dino`);
      expect(grant.status).toBe(200);
      const readable = async (user: TestUser) => {
        const one = (await user.send('GET', path)).status;
        const found = dataOf<unknown[]>(await user.send('GET', '/document/teas')).length;
        const { count } = dataOf<{ count: number }>(await user.send('GET', '/document/teas/count'));
        return [one, found, count];
      };
      expect(await readable(cleo)).toEqual([404, 0, 0]);
      await cleo.send('POST', '/follow/Dino');
      expect(await readable(cleo)).toEqual([200, 1, 1]);
      expect(await readable(annie)).toEqual([404, 0, 0]);
      // Reading is all that was granted.
      expect((await cleo.send('PUT', path, { tea: 'mine' })).status).toBe(403);
      await dino.send('PUT', `${path}/update/role/friends_of_dino`);
      expect((await cleo.send('PUT', path, { tea: 'ours' })).status).toBe(200);
      await cleo.send('DELETE', '/follow/Dino');
      expect(await readable(cleo)).toEqual([404, 0, 0]);
    });

    it('is listed and counted, for others too', async () => {
      await cleo.send('POST', '/follow/Dino');
      await annie.send('POST', '/follow/Dino');
      await cleo.send('POST', '/follow/annie');
      expect(namesIn(await dino.send('GET', '/followers'))).toEqual(['Cleo', 'annie']);
      expect(namesIn(await bert.send('GET', '/followers/dino'))).toEqual(['Cleo', 'annie']);
      expect(namesIn(await cleo.send('GET', '/following'))).toEqual(['Dino', 'annie']);
      expect(namesIn(await bert.send('GET', '/following/CLEO'))).toEqual(['Dino', 'annie']);
      expect(dataOf(await dino.send('GET', '/followers?justCountThem=true'))).toEqual({ count: 2 });
      expect(dataOf(await dino.send('GET', '/following?justCountThem=true'))).toEqual({ count: 0 });
      expect(dataOf(await bert.send('GET', '/followers/Dino?justCountThem=true'))).toEqual({
        count: 2,
      });
      expect(dataOf(await dino.send('GET', '/followers?count=true'))).toMatchObject([{ count: 2 }]);
      const some = await list(dino, '/followers', { where: "user.name like 'a%'" });
      expect(namesIn(some)).toEqual(['annie']);
      const page = await list(cleo, '/following', {
        page: '0',
        recordsPerPage: '1',
        orderBy: 'user.name desc',
      });
      expect([namesIn(page), page.json()]).toMatchObject([['annie'], { more: true }]);
      const fields = await list(dino, '/followers', {
        fields: 'user.name as n',
        orderBy: 'user.name',
      });
      expect(dataOf(fields)).toMatchObject([{ n: 'Cleo' }, { n: 'annie' }]);
      // What followers show to the one they follow is no more than to anybody.
      expect((await dino.send('GET', '/followers')).text).not.toMatch(/\+39|"pin"/);
    });

    it('of somebody unknown is empty', async () => {
      for (const path of ['/followers/nobody', '/following/nobody', '/followers/baasbox']) {
        const response = await anna.send('GET', path);
        expect([response.status, response.text]).toEqual([
          200,
          '{"result":"ok","data":[],"http_code":200}',
        ]);
        expect(dataOf(await anna.send('GET', `${path}?justCountThem=true`))).toEqual({ count: 0 });
      }
    });

    it.each([
      ['POST', 'nobody', 404, 'User nobody does not exists.'],
      ['POST', 'annie', 400, 'already a friend'],
      ['POST', 'Cleo', 400, 'Nobody follows himself'],
      ['POST', 'baasbox', 400, 'internal'],
      ['DELETE', 'nobody', 404, 'nobody not found'],
      ['DELETE', 'bert', 404, 'User Cleo is not a friend of bert'],
      ['DELETE', 'baasbox', 400, 'internal'],
    ])('%s /follow/%s: %i', async (method, name, status, text) => {
      const response = await cleo.send(method, `/follow/${name}`);
      expect([response.status, response.json()]).toMatchObject([
        status,
        { message: expect.stringContaining(text) as unknown },
      ]);
    });

    it('by administrators for others', async () => {
      const { admin } = server;
      const call = (method: string, path: string) => admin.send(method, path);
      const followed = await call('POST', '/admin/follow/annab/to/bert');
      expect([followed.status, followed.json()]).toMatchObject([201, { data: '' }]);
      expect((await call('POST', '/admin/follow/annab/to/bert')).status).toBe(400);
      expect((await call('POST', '/admin/follow/annab/to/nobody')).status).toBe(404);
      expect((await call('POST', '/admin/follow/nobody/to/annab')).status).toBe(404);
      expect((await call('POST', '/admin/follow/annab/to/baasbox')).status).toBe(400);
      expect((await anna.send('GET', '/user/bert')).text).toContain('+39 bert');
      const shown = await call('GET', '/admin/following/annab');
      expect(namesIn(shown)).toEqual(['bert']);
      expect(shown.text).toContain('"login_info":[]');
      expect((await call('GET', '/admin/following/nobody')).status).toBe(404);
      expect((await call('DELETE', '/admin/follow/annab/to/bert')).status).toBe(200);
      expect((await call('DELETE', '/admin/follow/annab/to/bert')).status).toBe(404);
      expect(dataOf(await call('GET', '/admin/following/annab'))).toEqual([]);
      expect((await anna.send('GET', '/user/bert')).text).not.toContain('+39 bert');
      expect((await anna.send('POST', '/admin/follow/annab/to/bert')).status).toBe(403);
      expect((await anna.send('GET', '/admin/following/annab')).status).toBe(403);
    });

    it('counts once when two calls begin at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => bert.send('POST', '/follow/Cleo')),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect((await bert.send('DELETE', '/follow/Cleo')).status).toBe(200);
      // The count beside the account is right: the next actor is one who follows nobody.
      expect(dataOf<Person>(await bert.send('GET', '/me')).user.roles).toHaveLength(1);
    });
  });

  it('stops when the group is switched off', async () => {
    const { admin } = server;
    await admin.send('DELETE', '/admin/endpoints/baasbox.friendship.create/enabled');
    await admin.send('DELETE', '/admin/endpoints/baasbox.users/enabled');
    expect((await anna.send('POST', '/follow/bert')).status).toBe(403);
    expect((await anna.send('GET', '/users')).status).toBe(403);
    expect((await anna.send('GET', '/user/bert')).status).toBe(403);
    expect((await admin.send('GET', '/users')).status).toBe(200);
    expect((await anna.send('GET', '/followers')).status).toBe(200);
    await admin.send('PUT', '/admin/endpoints/baasbox.friendship.create/enabled');
    await admin.send('PUT', '/admin/endpoints/baasbox.users/enabled');
  });
});

onBothEngines('who exists', (engine) => {
  it('is told where the operator wants it, to those who know the app', async () => {
    const server = await startServer(engine, { tellUsers: true });
    const ask = (name: string, headers: Record<string, string>) =>
      server.send({ path: `/user/${name}/exists`, headers });
    const app = { 'X-BAASBOX-APPCODE': APP };
    expect((await ask('ADMIN', app)).json()).toMatchObject({ data: { exists: true } });
    expect((await ask('nobody', app)).json()).toMatchObject({ data: { exists: false } });
    expect((await ask('baasbox', app)).json()).toMatchObject({ data: { exists: false } });
    expect((await ask('admin', {})).status).toBe(400);
    expect((await ask('admin', { 'X-BAASBOX-APPCODE': 'wrong' })).status).toBe(401);
    await server.close();
  });
});
