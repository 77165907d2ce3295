// Who may call: credentials, sessions and their failures (BaasBox spec 2).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { send, type TestRequest } from '../support/http.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { ADMIN, APP, startServer, type TestServer, type TestUser } from './server.ts';

const MINUTE = 60_000;
const basic = (name: string, password: string, scheme = 'Basic') =>
  `${scheme} ${Buffer.from(`${name}:${password}`).toString('base64')}`;
const NOT_VALID = 'Authentication info not valid or not provided. HINT: is your session expired?';

/** One request of each level. */
const USER: TestRequest = { path: '/me' };
const ANON: TestRequest = { path: '/document/teas' };
const ADMIN_ONLY: TestRequest = { path: '/admin/collection' };
const at = (request: TestRequest, headers: Record<string, string>): TestRequest => ({
  ...request,
  headers,
});

onBothEngines('access', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    await server.admin.send('POST', '/admin/collection/teas');
    mira = await server.user('Mira');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const app = { 'X-BAASBOX-APPCODE': APP };
  const row = (
    name: string,
    request: TestRequest | (() => TestRequest),
    status: number,
    text: string,
    bbCode?: string,
  ): Scenario => ({
    name,
    request,
    expect: {
      status,
      json: {
        result: 'error',
        http_code: status,
        message: expect.stringContaining(text) as unknown,
        ...(bbCode ? { bb_code: bbCode } : {}),
      },
      headers: { 'content-type': 'application/json; charset=utf-8' },
    },
    forbid: ['admin-secret', 'stack', ...(bbCode ? [] : ['bb_code'])],
  });
  const both = 'Missing both Session Token and Authorization info';
  const nothing = 'Missing Session Token, Authorization info and even the AppCode';

  describe('failures', () => {
    runScenarios(
      [
        row('row 1: app code alone', at(USER, app), 401, both),
        row('row 1 on the level admin', at(ADMIN_ONLY, app), 401, both),
        row('row 2: nothing at all', USER, 400, nothing),
        row('row 2 on the level anon', ANON, 400, nothing),
        row('row 2: an empty app code', at(USER, { 'X-BAASBOX-APPCODE': '' }), 400, nothing),
        row(
          'row 3: Basic without app code',
          at(USER, { Authorization: basic('Mira', 'secret') }),
          400,
          'AppCode is empty',
        ),
        row(
          'row 3 comes before the token (8.5 row 1)',
          () => at(USER, { Authorization: basic('Mira', 'secret'), 'X-BB-SESSION': mira.token }),
          400,
          'AppCode is empty',
        ),
        row('row 4: unknown token', at(USER, { 'X-BB-SESSION': 'nope' }), 401, NOT_VALID, '40101'),
        row(
          'row 4: no fall-back to anonymous',
          at(ANON, { ...app, 'X-BB-SESSION': 'nope' }),
          401,
          NOT_VALID,
          '40101',
        ),
        row(
          'row 4: a very long token',
          at(USER, { 'X-BB-SESSION': 'x'.repeat(8000) }),
          401,
          NOT_VALID,
          '40101',
        ),
        row(
          'row 5: not Base64',
          at(USER, { ...app, Authorization: 'Basic ***' }),
          400,
          NOT_VALID,
          '40101',
        ),
        row(
          'row 5: no colon',
          at(USER, { ...app, Authorization: `Basic ${Buffer.from('mira').toString('base64')}` }),
          400,
          NOT_VALID,
          '40101',
        ),
        row(
          'row 5: no password',
          at(USER, { ...app, Authorization: basic('mira', '') }),
          400,
          NOT_VALID,
          '40101',
        ),
        row(
          'row 6: internal user',
          at(USER, { ...app, Authorization: basic('BaasBox', 'x') }),
          403,
          'cannot use',
        ),
        row(
          'row 6 before row 7',
          at(USER, { 'X-BAASBOX-APPCODE': 'no', Authorization: basic('internal_admin', 'x') }),
          403,
          'cannot use',
        ),
        row(
          'row 7 with Basic',
          at(USER, { 'X-BAASBOX-APPCODE': 'wrong', Authorization: basic('Mira', 'secret') }),
          400,
          'wrong is an Invalid App Code',
        ),
        row(
          'row 7 without credentials',
          at(ANON, { 'X-BAASBOX-APPCODE': 'wrong' }),
          401,
          'is an Invalid App Code',
        ),
        row(
          'row 8: wrong password',
          at(USER, { ...app, Authorization: basic('Mira', 'wrong') }),
          400,
          'User Mira is not authorized to access',
        ),
        row(
          'row 8: unknown user',
          at(USER, { ...app, Authorization: basic('nobody', 'x') }),
          400,
          'User nobody is not authorized to access',
        ),
        row(
          'row 11: not an administrator',
          () => at(ADMIN_ONLY, { 'X-BB-SESSION': mira.token }),
          403,
          'User Mira is not an administrator',
        ),
        row(
          'row 11 with Basic',
          at(ADMIN_ONLY, { ...app, Authorization: basic('Mira', 'secret') }),
          403,
          'User Mira is not an administrator',
        ),
        row(
          'app code needs the exact text',
          at(ANON, { 'X-BAASBOX-APPCODE': `${APP}0` }),
          401,
          'Invalid App Code',
        ),
        row(
          'a body does not matter before the right to call',
          {
            method: 'POST',
            path: '/document/teas',
            headers: { ...app, 'content-type': 'application/json' },
            body: '{',
          },
          401,
          both,
        ),
      ],
      () => server.base,
      () => undefined,
    );
  });

  describe('admitted', () => {
    const ok = (name: string, request: () => TestRequest): Scenario => ({
      name,
      request,
      expect: { status: 200, json: { result: 'ok', http_code: 200 } },
    });
    runScenarios(
      [
        ok('by token', () => at(USER, { 'X-BB-SESSION': mira.token })),
        ok('by token in the query (8.5 row 2)', () => ({ path: `/me?X-BB-SESSION=${mira.token}` })),
        ok('by token with a wrong app code (8.5 row 21)', () =>
          at(USER, { 'X-BB-SESSION': mira.token, 'X-BAASBOX-APPCODE': 'wrong' }),
        ),
        ok('by Basic', () => at(USER, { ...app, Authorization: basic('Mira', 'secret') })),
        ok('by Basic in another letter case', () =>
          at(USER, { ...app, Authorization: basic('mIRA', 'secret', 'BASIC') }),
        ),
        ok('by Basic with white space at the end', () =>
          at(USER, { ...app, Authorization: `${basic('mira', 'secret', 'basic')} ` }),
        ),
        ok('by Basic with the app code in the query', () => ({
          path: `/me?X-BAASBOX-APPCODE=${APP}`,
          headers: { Authorization: basic('Mira', 'secret') },
        })),
        ok('as anonymous', () => at(ANON, app)),
        ok('as anonymous with the app code in the query', () => ({
          path: `/document/teas?X-BAASBOX-APPCODE=${APP}`,
        })),
        ok('as administrator by Basic', () =>
          at(ADMIN_ONLY, { ...app, Authorization: basic(ADMIN.username, ADMIN.password) }),
        ),
      ],
      () => server.base,
      () => undefined,
    );
  });

  it('splits Basic credentials at the first colon', async () => {
    const response = await server.send({
      method: 'POST',
      path: '/user',
      headers: app,
      body: { username: 'colon', password: 'a:b:c' },
    });
    expect(response.status).toBe(201);
    const me = await server.send(at(USER, { ...app, Authorization: basic('colon', 'a:b:c') }));
    expect(me.status).toBe(200);
  });

  describe('login', () => {
    const login = (body: unknown, headers: Record<string, string> = {}): TestRequest => ({
      method: 'POST',
      path: '/login',
      body,
      headers,
    });
    const form = (text: string): TestRequest =>
      login(text, { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' });
    const good = { username: 'Mira', password: 'secret', appcode: APP };
    const success = (name: string, request: TestRequest): Scenario => ({
      name,
      request,
      expect: {
        status: 200,
        headers: { 'x-bb-session': /^[0-9a-f-]{36}$/ },
        json: {
          result: 'ok',
          data: {
            user: { name: 'Mira', status: 'ACTIVE', roles: [{ name: 'registered', isrole: true }] },
            visibleByTheUser: {},
            'X-BB-SESSION': expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
          },
        },
      },
      forbid: ['secret', 'password'],
      after: (response) =>
        expect(response.json<{ data: Record<string, string> }>().data['X-BB-SESSION']).toBe(
          response.headers['x-bb-session'],
        ),
    });
    runScenarios(
      [
        success('by form', form(`username=Mira&password=secret&appcode=${APP}`)),
        success('by JSON', login(good)),
        success('by text/json', login(JSON.stringify(good), { 'content-type': 'text/json' })),
        success('in another letter case (8.5 row 15)', login({ ...good, username: 'MIRA' })),
        success(
          'the first of two values counts (8.5 row 17)',
          form(`username=Mira&username=x&password=secret&appcode=${APP}`),
        ),
        success(
          'with the app code in the header',
          login({ username: 'Mira', password: 'secret' }, { 'X-BAASBOX-APPCODE': APP }),
        ),
        success(
          'with a device, as text',
          login({ ...good, login_data: '{"os":"android","deviceId":"x"}' }),
        ),
        success(
          'with a device, as an object',
          login({ ...good, login_data: { os: 'ios', pushToken: 'x' } }),
        ),
        success('at /user/login', { ...login(good), path: '/user/login' }),
        success('at /users/login', { ...login(good), path: '/users/login' }),
        success('with a trailing slash', { ...login(good), path: '/login/' }),
        row('wrong password', login({ ...good, password: 'x' }), 401, 'unauthorized'),
        row('unknown user', login({ ...good, username: 'x' }), 401, 'unauthorized'),
        row('wrong app code', login({ ...good, appcode: 'x' }), 400, 'x is an Invalid App Code'),
        row('internal user', login({ ...good, username: 'baasbox' }), 403, 'cannot log in'),
        row('no user name', login({ password: 'x', appcode: APP }), 400, "'username'"),
        row('no password', form(`username=Mira&appcode=${APP}`), 400, "'password'"),
        row('no app code', login({ username: 'Mira', password: 'secret' }), 400, "'appcode'"),
        row('a user name that is no text', login({ ...good, username: 5 }), 400, "'username'"),
        row(
          'login data that are not JSON',
          login({ ...good, login_data: 'os=ios' }),
          400,
          "'login_data'",
        ),
        row(
          'plain text',
          login('x', { 'content-type': 'text/plain' }),
          400,
          'missing data : is the body x-www-form-urlencoded or application/json? Detected: text/plain',
        ),
        row('no body', { method: 'POST', path: '/login' }, 400, 'missing data'),
        row('broken JSON', login('{', { 'content-type': 'application/json' }), 400, 'Invalid Json'),
      ],
      () => server.base,
      () => undefined,
    );
  });

  describe('sessions', () => {
    it('end at logout, once, and others of the user go on (8.5 row 23)', async () => {
      const first = await server.user('leaver');
      const again = await server.send({
        method: 'POST',
        path: '/login',
        body: { username: 'leaver', password: 'secret', appcode: APP },
      });
      const second = String(again.headers['x-bb-session']);
      const out = await first.send('POST', '/logout');
      expect(out.status).toBe(200);
      expect(out.text).toBe('{"result":"ok","data":"user logged out","http_code":200}');
      const twice = await first.send('POST', '/logout');
      expect([twice.status, twice.json()]).toEqual([
        401,
        expect.objectContaining({ bb_code: '40101' }),
      ]);
      expect((await server.send(at(USER, { 'X-BB-SESSION': second }))).status).toBe(200);
    });

    it.each<[string, Record<string, string>, unknown]>([
      ['no content type', {}, undefined],
      ['an empty form', { 'content-type': 'application/x-www-form-urlencoded' }, ''],
      ['an empty object', { 'content-type': 'application/json' }, '{}'],
      ['zero bytes declared as JSON', { 'content-type': 'application/json' }, ''],
      ['broken JSON', { 'content-type': 'application/json' }, '{'],
    ])('logout takes %s', async (name, headers, body) => {
      const user = await server.user(`out ${name}`);
      const response = await server.send({
        method: 'POST',
        path: '/logout',
        headers: { ...headers, 'X-BB-SESSION': user.token },
        body,
      });
      expect(response.status).toBe(200);
    });

    it('slide with each use and end after 15 idle minutes (8.5 row 24)', async () => {
      const user = await server.user('idler');
      server.advance(14 * MINUTE);
      expect((await user.send('GET', '/refresh')).text).toBe(
        '{"result":"ok","data":"","http_code":200}',
      );
      server.advance(14 * MINUTE);
      expect((await user.send('GET', '/me')).status).toBe(200);
      server.advance(14 * MINUTE);
      expect((await user.send('GET', '/document/teas')).status).toBe(200);
      server.advance(15 * MINUTE + 1);
      const late = await user.send('GET', '/me');
      expect([late.status, late.json()]).toEqual([
        401,
        expect.objectContaining({ bb_code: '40101' }),
      ]);
      mira = await relogin('Mira');
      server.admin = await relogin(ADMIN.username, ADMIN.password);
    });

    it('end when the password changes', async () => {
      const user = await server.user('changer');
      const { passwords } = server.platform.credentials;
      const prepared = await passwords.prepare('other');
      const tenant = (await server.platform.tenants.list())[0]?.id ?? '';
      const key = { tenant, realm: 'backend.user', name: 'changer' };
      await server.platform.db.write((trx) => passwords.change(trx, key, prepared));
      const response = await user.send('GET', '/me');
      expect([response.status, response.json<{ message: string }>().message]).toEqual([
        401,
        'User changer is not authorized to access',
      ]);
    });

    it('last as long as the administrator says', async () => {
      const path = '/admin/configuration/Application/session_tokens.timeout';
      expect((await server.admin.send('PUT', path, { value: '2' })).status).toBe(200);
      const listed = await server.admin.send('GET', '/admin/configuration/Application');
      const setting = {
        key: 'session_tokens.timeout',
        value: '2',
        type: 'Integer',
        editable: true,
      };
      expect(listed.json<{ data: object[] }>().data).toContainEqual(
        expect.objectContaining(setting),
      );
      const short = await server.user('short');
      server.advance(2 * MINUTE + 1);
      expect((await short.send('GET', '/me')).status).toBe(401);
      // Sessions that were open follow, too.
      expect((await server.admin.send('GET', '/me')).status).toBe(401);
      server.admin = await relogin(ADMIN.username, ADMIN.password);
      expect((await server.admin.send('PUT', path, { value: 0 })).status).toBe(200);
      const endless = await server.user('endless');
      server.advance(1000 * 24 * 60 * MINUTE);
      expect((await endless.send('GET', '/me')).status).toBe(200);
      expect((await server.admin.send('PUT', path, { value: '15' })).status).toBe(200);
      server.admin = await relogin(ADMIN.username, ADMIN.password);
      mira = await relogin('Mira');
    });

    it.each([
      ['a text', { value: 'soon' }, 400],
      ['a negative number', { value: -1 }, 400],
      ['nothing', {}, 400],
      ['too much', { value: 999_999_999 }, 400],
    ])('refuse %s as time-out', async (_, body, status) => {
      const path = '/admin/configuration/Application/session_tokens.timeout';
      expect((await server.admin.send('PUT', path, body)).status).toBe(status);
    });

    it('settings that do not exist', async () => {
      const put = (path: string) => server.admin.send('PUT', path, { value: '1' });
      expect((await put('/admin/configuration/Application/nope')).status).toBe(400);
      expect((await put('/admin/configuration/Nope/nope')).status).toBe(404);
      expect((await server.admin.send('GET', '/admin/configuration/Nope')).status).toBe(404);
    });

    async function relogin(username: string, password = 'secret'): Promise<TestUser> {
      const response = await server.send({
        method: 'POST',
        path: '/login',
        body: { username, password, appcode: APP },
      });
      const token = String(response.headers['x-bb-session']);
      return {
        name: username,
        token,
        send: (method, path, body) =>
          server.send({ method, path, body, headers: { 'X-BB-SESSION': token } }),
      };
    }
  });

  it('keeps tenants apart', async () => {
    const { platform } = server;
    const { createApp } = await import('../../src/backend/baasbox/app.ts');
    const password = await platform.credentials.passwords.prepare('secret');
    await platform.db.write(async (trx) => {
      const { id } = await platform.tenants.create(trx, { name: 'other' });
      await createApp(trx, platform, {
        tenant: id,
        appcode: 'other-app',
        admin: { name: 'Mira', password },
      });
    });
    const login = await server.send({
      method: 'POST',
      path: '/login',
      body: { username: 'mira', password: 'secret', appcode: 'other-app' },
    });
    const token = String(login.headers['x-bb-session']);
    const headers = { 'X-BB-SESSION': token };
    // An administrator there, and the other app has no such collection.
    expect((await server.send({ path: '/admin/collection', headers })).json()).toMatchObject({
      data: [],
    });
    expect((await server.send({ path: '/document/teas', headers })).status).toBe(404);
    const created = await server.admin.send('POST', '/document/teas', {
      secret: 'of the first app',
    });
    const { id } = created.json<{ data: { id: string } }>().data;
    const foreign = await server.send({ path: `/document/teas/${id}`, headers });
    expect([foreign.status, foreign.text.includes('of the first app')]).toEqual([404, false]);
    // The app code in the header does not move the session to the other app.
    const mixed = await server.send({
      path: `/document/teas/${id}`,
      headers: { ...headers, ...app },
    });
    expect(mixed.status).toBe(404);
  });
});

it.each([
  [false, 200],
  [true, 401],
])('a restart with endSessionsAtStart=%s', async (endSessionsAtStart, status) => {
  const server = await startServer('sqlite', { endSessionsAtStart });
  const { token } = server.admin;
  expect((await server.admin.send('GET', '/me')).status).toBe(200);
  const base = await server.restart();
  const response = await send(base, { path: '/me', headers: { 'X-BB-SESSION': token } });
  expect(response.status).toBe(status);
  if (status === 401) expect(response.json()).toMatchObject({ bb_code: '40101' });
  await server.close();
});

onBothEngines('the original status for Basic failures', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { basicAuthFailureStatus: 401 });
  });
  afterAll(() => server.close());

  it.each([
    ['wrong password', { 'X-BAASBOX-APPCODE': APP, Authorization: basic('admin', 'x') }],
    ['wrong app code', { 'X-BAASBOX-APPCODE': 'x', Authorization: basic('admin', ADMIN.password) }],
    ['not decodable', { 'X-BAASBOX-APPCODE': APP, Authorization: 'Basic ??' }],
  ])('%s', async (_, headers) => {
    expect((await server.send({ path: '/me', headers })).status).toBe(401);
  });
});
