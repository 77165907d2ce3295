// Credentials that open nothing: missing, malformed, revoked, expired, of another door, of another tenant.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey, revokeApiKey } from '../../src/content/api-keys.ts';
import { findAccount } from '../../src/timesheets/accounts.ts';
import { resetApiToken } from '../../src/timesheets/api-tokens.ts';
import { reading } from '../../src/timesheets/context.ts';
import { findOfKind } from '../../src/timesheets/entity-store.ts';
import { onBothEngines } from '../support/database.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';
import { expectError, failures } from './shapes.ts';
import { basic, bearer, DOORS, openWorld, secretsOf } from './world.ts';
import type { DoorName, Side, World } from './world.ts';

/** What a refusal looks like, by door: status, and a part of the body. */
const REFUSAL: Record<DoorName, [status: number, json: object]> = {
  baasbox: [401, { bb_code: '40101' }],
  beebole: [401, { code: 'invalid_token' }],
  beefree: [401, { code: 4010, message: 'Authentication error', details: 'Token expired' }],
  beebox: [400, { id: 'LOGGEDOUT' }],
};

/** A harmless request that needs the door's token, with this one. */
function withToken(door: DoorName, token: string): TestRequest {
  switch (door) {
    case 'baasbox':
      return { path: '/me', headers: { 'X-BB-SESSION': token } };
    case 'beebole':
      return { path: '/api', headers: basic(token), body: { service: 'company.list' } };
    case 'beefree':
      return { path: '/v1/message/html', headers: bearer(token), body: { page: {} } };
    case 'beebox':
      return { path: `/api/details?token=${encodeURIComponent(token)}` };
  }
}

function tokenOf(side: Side, door: DoorName): string {
  return {
    baasbox: side.session,
    beebole: side.timesheetToken,
    beefree: side.apiKey,
    beebox: side.connectorSession,
  }[door];
}

/** Texts in place of a token. */
const ODD = [
  'x',
  'null',
  'undefined',
  '0',
  '../../server.key',
  "' OR '1'='1",
  '00000000-0000-0000-0000-000000000000',
  '0'.repeat(40),
  `sk_${'0'.repeat(40)}`,
  'A'.repeat(10_000),
  '%00',
  '${jndi:ldap://127.0.0.1/a}',
  '*',
  '"',
];

onBothEngines('credentials', (engine) => {
  let world: World;
  beforeAll(async () => (world = await openWorld(engine)));
  afterAll(async () => {
    expect(failures(world.app).join('')).toBe('');
    await world.close();
  });

  const expectRefused = (door: DoorName, response: TestResponse): void => {
    const [status, json] = REFUSAL[door];
    expectError(door, response, status);
    expect(response.json()).toMatchObject(json);
    if (door === 'beebole') {
      expect(response.headers['www-authenticate']).toBe('Basic realm="API"');
    }
  };

  describe.each(DOORS)('at %s', (door) => {
    it('its own token opens it', async () => {
      const { status } = await world.send(withToken(door, tokenOf(world.mine, door)));
      expect(status).toBe(200);
    });

    it('a token with another sign, one too few or one too many does not', async () => {
      const token = tokenOf(world.mine, door);
      const last = token.endsWith('0') ? '1' : '0';
      for (const wrong of [token.slice(0, -1), token + last, token.slice(0, -1) + last]) {
        expectRefused(door, await world.send(withToken(door, wrong)));
      }
    });

    it('texts that are no token do not', async () => {
      for (const text of ODD) {
        const response = await world.send(withToken(door, text));
        const [status] = REFUSAL[door];
        // A text with a blank is no Bearer token, and so long a header no token at all.
        expectError(door, response, status);
      }
    });

    it('no secret of another door does', async () => {
      for (const side of [world.mine, world.theirs]) {
        for (const secret of secretsOf(side)) {
          if (DOORS.some((one) => one === door && tokenOf(side, one) === secret)) continue;
          if (door === 'baasbox' && secret === side.adminSession) continue;
          if (door === 'beebox' && secret === side.adminWithoutProject) continue;
          expectError(door, await world.send(withToken(door, secret)), REFUSAL[door][0]);
        }
      }
    });
  });

  it.each<[name: string, door: DoorName, status: number, json: object, request: TestRequest]>([
    ['nothing', 'baasbox', 400, {}, { path: '/me' }],
    ['an app code alone', 'baasbox', 401, {}, app({ path: '/me' })],
    ['no app code', 'baasbox', 400, {}, { path: '/me', headers: basic('admin', 'x') }],
    ['half of Basic', 'baasbox', 400, { bb_code: '40101' }, header('Basic YQ==')],
    ['no Base64', 'baasbox', 400, { bb_code: '40101' }, header('Basic !!!')],
    ['an empty scheme', 'baasbox', 400, { bb_code: '40101' }, header('Basic')],
    ['an internal user', 'baasbox', 403, {}, header(basic('baasbox', 'x').authorization)],
    ['a wrong password', 'baasbox', 400, {}, header(basic('admin', 'x').authorization)],
    ['nothing', 'beebole', 401, { code: 'authentication_required' }, api({})],
    ['another scheme', 'beebole', 401, {}, api({ authorization: 'Digest username="x"' })],
    ['no Base64', 'beebole', 401, {}, api({ authorization: 'Basic ***' })],
    ['an empty user', 'beebole', 401, {}, api(basic(''))],
    ['nothing', 'beefree', 401, { code: 4001 }, html({})],
    ['another scheme', 'beefree', 401, { code: 4005 }, html(basic('x'))],
    ['no key', 'beefree', 401, { code: 4005 }, html({ authorization: 'Bearer ' })],
    ['two keys', 'beefree', 401, { code: 4005 }, html({ authorization: 'Bearer a b' })],
    ['nothing', 'beebox', 404, {}, { path: '/api/details' }],
    ['an empty token', 'beebox', 400, { id: 'LOGGEDOUT' }, { path: '/api/details?token=' }],
    ['a suffix alone', 'beebox', 400, { id: 'LOGGEDOUT' }, { path: '/api/details?token=*x' }],
  ])('%s at %s: %i', async (_name, door, status, json, request) => {
    const response = await world.send(request);
    expectError(door, response, status);
    expect(response.json()).toMatchObject(json);
  });

  describe('of another tenant', () => {
    it('BaasBox: name and password count in their own app only', async () => {
      const { mine, theirs } = world;
      for (const [side, other] of [
        [mine, theirs],
        [theirs, mine],
      ] as const) {
        for (const { username, password } of [side.admin, side.user]) {
          const headers = { ...basic(username, password), 'X-BAASBOX-APPCODE': other.appcode };
          expectError('baasbox', await world.send({ path: '/me', headers }), 400);
          const body = { username, password, appcode: other.appcode };
          expectError('baasbox', await world.send({ path: '/login', body }), 401);
        }
      }
    });

    it('Beebole: the name of another account refuses the token', async () => {
      const { mine, theirs } = world;
      const request = withToken('beebole', mine.timesheetToken);
      const at = (host: string) =>
        world.send({ ...request, headers: { ...request.headers, host: `${host}.time.test` } });
      expect((await at(mine.account)).status).toBe(200);
      expect((await at('nobody')).status).toBe(200);
      expectRefused('beebole', await at(theirs.account));
      expectRefused('beebole', await at(theirs.account.toUpperCase()));
    });

    it('Beebox: logins count in their own projects only', async () => {
      const { mine, theirs } = world;
      for (const { login, password: pwd } of [mine.connector, mine.translationAdmin]) {
        const body = { project: theirs.project, login, pwd, waitsecs: 0 };
        const response = await world.send({ path: '/api/connect', body });
        expectError('beebox', response, 400);
        expect(response.json()).toMatchObject({ id: 'LOGIN_FAILED' });
      }
    });

    it('Beebox: a suffix leads into no project of another tenant', async () => {
      const { mine, theirs } = world;
      const at = (token: string) => world.send(withToken('beebox', token));
      expect((await at(`${mine.adminWithoutProject}*${mine.project}`)).status).toBe(200);
      const asAdmin = await at(`${mine.adminWithoutProject}*${theirs.project}`);
      expectError('beebox', asAdmin, 400);
      expect(asAdmin.json()).toMatchObject({ id: 'NOPROJECT' });
      const asConnector = await at(`${mine.connectorSession}*${theirs.project}`);
      expectError('beebox', asConnector, 400);
      expect(asConnector.json()).toMatchObject({ id: 'LOGGEDOUT' });
    });
  });

  describe('that have ended', () => {
    it('sessions that were closed', async () => {
      const { app, mine } = world;
      const body = { ...mine.user, appcode: mine.appcode };
      const session = String((await app.send({ path: '/login', body })).headers['x-bb-session']);
      const headers = { 'X-BB-SESSION': session };
      expect((await app.send({ method: 'POST', path: '/logout', headers })).status).toBe(200);
      expectRefused('baasbox', await app.send(withToken('baasbox', session)));

      const { login, password: pwd } = mine.connector;
      const connect = { path: '/api/connect', body: { project: mine.project, login, pwd } };
      const token = (await app.send(connect)).text;
      expect((await app.send({ path: `/api/disconnect?token=${token}` })).status).toBe(204);
      expectRefused('beebox', await app.send(withToken('beebox', token)));
    });

    it('a key that was revoked, a token that was replaced', async () => {
      const { app, theirs } = world;
      const { platform } = app;
      const { tenant } = theirs;
      const { id, token: key } = await createApiKey(platform, { tenant, label: 'second' });
      expect((await app.send(withToken('beefree', key))).status).toBe(200);
      // Not by another tenant that knows its id.
      expect(await revokeApiKey(platform, world.mine.tenant, id)).toBe(false);
      expect((await app.send(withToken('beefree', key))).status).toBe(200);
      expect(await revokeApiKey(platform, tenant, id)).toBe(true);
      expectRefused('beefree', await app.send(withToken('beefree', key)));

      const account = await findAccount(reading(platform), tenant);
      const person = await findOfKind(reading(platform), tenant, 'person', { id: 2 });
      if (!account || !person) throw new Error('no account');
      const { tokens } = platform.credentials;
      const { token } = await resetApiToken({ ...platform, tokens, account }, person);
      expectRefused('beebole', await app.send(withToken('beebole', theirs.timesheetToken)));
      expect((await app.send(withToken('beebole', token))).status).toBe(200);
    });

    it('sessions that nobody used for 15 minutes', async () => {
      const { app, mine } = world;
      app.clock.advance(14 * 60_000);
      for (const door of ['baasbox', 'beebox'] as const) {
        expect((await app.send(withToken(door, tokenOf(mine, door)))).status).toBe(200);
      }
      app.clock.advance(15 * 60_000 + 1000);
      for (const door of ['baasbox', 'beebox'] as const) {
        expectRefused(door, await app.send(withToken(door, tokenOf(mine, door))));
      }
    });
  });

  it('none of them is in the log', () => {
    const log = world.app.logged.join('');
    for (const side of [world.mine, world.theirs]) {
      for (const secret of secretsOf(side)) expect(log).not.toContain(secret);
    }
  });
});

function app(request: TestRequest): TestRequest {
  return { ...request, headers: { 'X-BAASBOX-APPCODE': 'demo', ...request.headers } };
}

function header(authorization: string): TestRequest {
  return app({ path: '/me', headers: { authorization } });
}

function api(headers: Record<string, string>): TestRequest {
  return { path: '/api/v2', headers, body: { service: 'company.list' } };
}

function html(headers: Record<string, string>): TestRequest {
  return { path: '/v1/page/html', headers, body: { page: {} } };
}
