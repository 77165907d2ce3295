// Logging in through other networks, over HTTP against providers that answer as the real ones do (BaasBox spec 2.10, 8.3).
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios } from '../support/scenario.ts';
import { SECRET, startNetworks, type NetworkServer } from './network-server.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const AS_APP = { 'X-BAASBOX-APPCODE': APP };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Profile {
  id: string;
  user: { name: string; status: string; roles: { name: string; isrole: boolean }[] };
  visibleByTheUser: Record<string, unknown>;
  visibleByRegisteredUsers: Record<string, unknown>;
  generated_username: boolean;
  'X-BB-SESSION': string;
}

onBothEngines('social login', (engine) => {
  let server: TestServer;
  let networks: NetworkServer;
  let mira: TestUser;

  beforeAll(async () => {
    networks = await startNetworks();
    server = await startServer(engine, { social: networks.config });
    mira = await server.user('mira');
    for (const network of ['facebook', 'google', 'github']) {
      await configure(`social.${network}.token`, `${network}-app`);
      await configure(`social.${network}.secret`, SECRET);
      await configure(`social.${network}.enabled`, 'true');
    }
    const people: [string, string, Record<string, unknown>][] = [
      [
        'fb-anna',
        'facebook-app',
        {
          id: '10001',
          name: 'Anna',
          email: 'anna@mail.test',
          gender: 'female',
          link: 'https://fb.test/a',
        },
      ],
      ['fb-other-app', 'some-other-app', { id: '10001', name: 'Anna' }],
      [
        'go-ben',
        'google-app',
        { sub: '20001', name: 'Ben', email: 'ben@mail.test', email_verified: true },
      ],
      ['go-ben-2', 'google-app', { sub: '20001', name: 'Ben Newname' }],
      ['go-liar', 'google-app', { sub: '20002', email: 'victim@mail.test', email_verified: false }],
      ['go-other-app', 'some-other-app', { sub: '20001' }],
      [
        'eyJhbGciOi.eyJzdWIi.c2ln',
        'google-app',
        { sub: '20003', name: 'Ida', email: 'ida@mail.test', email_verified: 'true' },
      ],
      [
        'gh-octo',
        'github-app',
        { id: 30001, login: 'octo', name: null, email: null, html_url: 'https://gh.test/octo' },
      ],
      ['gh-other-app', 'some-other-app', { id: 30001, login: 'octo' }],
      ['go-taken', 'google-app', { sub: '20009', email: 'taken@mail.test', email_verified: true }],
    ];
    for (const [token, app, facts] of people) networks.people.set(token, { app, facts });
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
    await networks.close();
  });
  beforeEach(() => {
    networks.broken = undefined;
    networks.requests.length = 0;
  });

  async function configure(key: string, value: string) {
    const path = `/admin/configuration/Social/${key}`;
    expect((await server.admin.send('PUT', path, { value })).status).toBe(200);
  }

  const login = (network: string, token: string) =>
    server.send({
      path: `/social/${network}`,
      headers: AS_APP,
      body: { oauth_token: token, oauth_secret: token },
    });

  async function loggedIn(network: string, token: string) {
    const response = await login(network, token);
    expect(response.text).toContain('"result":"ok"');
    const { data } = response.json<{ data: Profile }>();
    const session = data['X-BB-SESSION'];
    expect(response.headers['x-bb-session']).toBe(session);
    const send = (method: string, path: string, body?: unknown) =>
      server.send({ method, path, body, headers: { 'X-BB-SESSION': session } });
    return { profile: data, send };
  }

  it('makes a user with a random name for someone new, and finds them again', async () => {
    const first = await loggedIn('facebook', 'fb-anna');
    expect(first.profile).toMatchObject({
      user: { status: 'ACTIVE', roles: [{ name: 'registered', isrole: true }] },
      visibleByTheUser: {
        email: 'anna@mail.test',
        gender: 'female',
        name: 'Anna',
        personalUrl: 'https://fb.test/a',
      },
      visibleByRegisteredUsers: { _social: { facebook: { id: '10001' } } },
      generated_username: true,
    });
    expect(first.profile.user.name).toMatch(UUID);
    expect((await first.send('GET', '/me')).status).toBe(200);
    const again = await loggedIn('facebook', 'fb-anna');
    expect(again.profile.id).toBe(first.profile.id);
    // Older sessions go on.
    expect((await first.send('GET', '/me')).status).toBe(200);
    // Both secrets stayed out of addresses, apart from the token that is asked about.
    expect(networks.requests.map(({ path }) => path)).toEqual([
      '/graph/debug_token',
      '/graph/me',
      '/graph/debug_token',
      '/graph/me',
    ]);
  });

  it('takes access tokens and ID tokens of Google', async () => {
    const ben = await loggedIn('google', 'go-ben');
    expect(ben.profile.visibleByTheUser).toEqual({ name: 'Ben', email: 'ben@mail.test' });
    const ida = await loggedIn('google', 'eyJhbGciOi.eyJzdWIi.c2ln');
    expect(ida.profile.visibleByRegisteredUsers).toEqual({ _social: { google: { id: '20003' } } });
    expect(ida.profile.visibleByTheUser).toMatchObject({ email: 'ida@mail.test' });
  });

  it('takes tokens of GitHub, and looks the e-mail address up', async () => {
    const octo = await loggedIn('github', 'gh-octo');
    expect(octo.profile.visibleByTheUser).toEqual({
      email: 'octo@mail.test',
      personalUrl: 'https://gh.test/octo',
    });
    expect(octo.profile.visibleByRegisteredUsers).toEqual({ _social: { github: { id: '30001' } } });
  });

  it('believes no address that the network does not vouch for', async () => {
    const liar = await loggedIn('google', 'go-liar');
    expect(liar.profile.visibleByTheUser).toEqual({});
  });

  it('never lets anyone into an account because of its e-mail address', async () => {
    const owner = await server.send({
      path: '/user',
      headers: AS_APP,
      body: {
        username: 'owner',
        password: 'x',
        visibleByTheUser: { email: 'taken@mail.test' },
      },
    });
    expect(owner.status).toBe(201);
    const { profile } = await loggedIn('google', 'go-taken');
    expect(profile.user.name).toMatch(UUID);
    expect(profile.visibleByTheUser).toEqual({});
  });

  it('keeps _social as it is, whatever an update says', async () => {
    const { send } = await loggedIn('facebook', 'fb-anna');
    const forged = {
      visibleByRegisteredUsers: { nick: 'an', _social: { facebook: { id: '666' } } },
    };
    const changed = await send('PUT', '/me', forged);
    expect(changed.status).toBe(200);
    expect(changed.json<{ data: Profile }>().data.visibleByRegisteredUsers).toEqual({
      nick: 'an',
      _social: { facebook: { id: '10001' } },
    });
    // A later login changes nothing of the user's own.
    const { profile } = await loggedIn('facebook', 'fb-anna');
    expect(profile.visibleByRegisteredUsers).toMatchObject({ nick: 'an' });
  });

  it('lets the user choose a name, after which the link is no longer the only way in', async () => {
    const before = await loggedIn('github', 'gh-octo');
    const last = await before.send('DELETE', '/social/github');
    expect(last.status).toBe(500);
    expect(last.json()).toMatchObject({ result: 'error', http_code: 500 });
    expect((await before.send('PUT', '/me/username', { username: 'octo' })).status).toBe(200);
    const after = await loggedIn('github', 'gh-octo');
    expect(after.profile).toMatchObject({
      id: before.profile.id,
      user: { name: 'octo' },
      generated_username: false,
    });
    expect((await after.send('DELETE', '/social/github')).text).toBe(
      '{"result":"ok","data":"","http_code":200}',
    );
    const me = (await after.send('GET', '/me')).json<{ data: Profile }>().data;
    expect(me.visibleByRegisteredUsers).toEqual({ _social: {} });
    expect((await after.send('DELETE', '/social/github')).status).toBe(404);
  });

  it('links, lists and unlinks accounts of a user', async () => {
    expect((await mira.send('GET', '/social')).status).toBe(404);
    networks.people.set('fb-mira', { app: 'facebook-app', facts: { id: '10077', name: 'Mira' } });
    networks.people.set('gh-mira', { app: 'github-app', facts: { id: 30077, login: 'mi' } });
    const link = await mira.send('PUT', '/social/facebook', {
      oauth_token: 'fb-mira',
      oauth_secret: 's3cret',
    });
    expect(link.text).toBe('{"result":"ok","data":"","http_code":200}');
    // Once more, with the query.
    const path = '/social/github?oauth_token=gh-mira&oauth_secret=gh-mira';
    expect((await mira.send('PUT', path)).status).toBe(200);
    expect((await mira.send('PUT', path)).status).toBe(200);
    const list = (await mira.send('GET', '/social')).json<{ data: unknown[] }>().data;
    expect(list).toEqual([
      {
        username: null,
        password: null,
        from: 'facebook',
        token: 'fb-mira',
        secret: 's3cret',
        id: '10077',
        additionalData: { name: 'Mira' },
      },
      expect.objectContaining({ from: 'github', username: 'mi', id: '30077' }),
    ]);
    const me = (await mira.send('GET', '/me')).json<{ data: Profile }>().data;
    expect(me.visibleByRegisteredUsers).toEqual({
      _social: { facebook: { id: '10077' }, github: { id: '30077' } },
    });
    expect((await loggedIn('facebook', 'fb-mira')).profile.user.name).toBe('mira');
    expect((await mira.send('DELETE', '/social/facebook')).status).toBe(200);
    expect((await mira.send('DELETE', '/social/github')).status).toBe(200);
    expect((await mira.send('GET', '/social')).status).toBe(404);
  });

  it('does not link an account that another user has', async () => {
    await loggedIn('google', 'go-ben');
    const stolen = await mira.send('PUT', '/social/google', {
      oauth_token: 'go-ben-2',
      oauth_secret: 'go-ben-2',
    });
    expect(stolen.status).toBe(500);
    expect((await mira.send('GET', '/social')).status).toBe(404);
  });

  it('keeps what it stores of tokens unreadable', async () => {
    await loggedIn('google', 'go-ben');
    const rows = await server.platform.db
      .tables<{ backend_social_links: Record<string, unknown> }>()
      .selectFrom('backend_social_links')
      .selectAll()
      .execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('go-ben');
  });

  it('shuts suspended users out', async () => {
    networks.people.set('fb-bad', { app: 'facebook-app', facts: { id: '10066' } });
    const { profile } = await loggedIn('facebook', 'fb-bad');
    const { name } = profile.user;
    expect((await server.admin.send('PUT', `/admin/user/suspend/${name}`)).status).toBe(200);
    const refused = await login('facebook', 'fb-bad');
    expect(refused.status).toBe(401);
    expect(refused.text).toContain(`User ${name} is not authorized to access`);
  });

  it('makes one user of two first logins at once', async () => {
    networks.people.set('go-twice', { app: 'google-app', facts: { sub: '20055' } });
    const both = await Promise.all([login('google', 'go-twice'), login('google', 'go-twice')]);
    const ids = both.map((one) => one.json<{ data: Profile }>().data.id);
    expect(ids[0]).toBe(ids[1]);
  });

  it('does not mind when the secret of the app changes', async () => {
    const { send } = await loggedIn('google', 'go-ben');
    await configure('social.google.secret', 'another');
    expect((await send('GET', '/me')).status).toBe(200);
    await configure('social.google.secret', SECRET);
  });

  runScenarios(
    [
      ...['fb-other-app', 'fb-unknown'].map((token) => ({
        name: `Facebook's ${token} is refused`,
        request: {
          path: '/social/facebook',
          headers: AS_APP,
          body: { oauth_token: token, oauth_secret: token },
        },
        expect: { status: 400, json: { result: 'error' } },
      })),
      ...['go-other-app', 'go-unknown'].map((token) => ({
        name: `Google's ${token} is refused`,
        request: {
          path: '/social/google',
          headers: AS_APP,
          body: { oauth_token: token, oauth_secret: token },
        },
        expect: { status: 400, json: { result: 'error' } },
      })),
      ...['gh-other-app', 'gh-unknown'].map((token) => ({
        name: `GitHub's ${token} is refused`,
        request: {
          path: '/social/github',
          headers: AS_APP,
          body: { oauth_token: token, oauth_secret: token },
        },
        expect: { status: 400, json: { result: 'error' } },
      })),
      {
        name: 'a secret is needed',
        request: { path: '/social/google', headers: AS_APP, body: { oauth_token: 'go-ben' } },
        expect: { status: 400, contains: ['oauth_secret'] },
      },
      {
        name: 'a token is needed, and it is a text',
        request: {
          path: '/social/google',
          headers: AS_APP,
          body: { oauth_token: { $ne: '' }, oauth_secret: 'x' },
        },
        expect: { status: 400, contains: ['oauth_token'] },
      },
      {
        name: 'a network that is not enabled is 400',
        request: {
          path: '/social/twitter?oauth_token=a&oauth_secret=b',
          method: 'POST',
          headers: AS_APP,
        },
        expect: { status: 400, contains: ['not enabled'] },
      },
      {
        name: 'and so is one that does not exist',
        request: {
          path: '/social/__proto__?oauth_token=a&oauth_secret=b',
          method: 'POST',
          headers: AS_APP,
        },
        expect: { status: 400, contains: ['not enabled'] },
      },
      {
        name: 'the app code is needed',
        request: { path: '/social/google', body: { oauth_token: 'a', oauth_secret: 'b' } },
        expect: { status: 400, contains: ['AppCode is empty'] },
      },
      {
        name: 'linking needs a user',
        request: { path: '/social/google', method: 'PUT', headers: AS_APP },
        expect: { status: 401 },
      },
    ],
    () => server.base,
    () => undefined,
  );

  it.each([500, 503, 302, 429])('answers 500 when the network answers %i', async (status) => {
    networks.broken = status;
    const response = await login('facebook', 'fb-anna');
    expect(response.status).toBe(500);
    expect(response.json()).toMatchObject({ result: 'error', http_code: 500 });
    expect(networks.requests).toHaveLength(1);
  });

  it('leads a browser to the network and back', async () => {
    networks.codes.set('code-1', 'go-ben');
    const asked = await server.send({ path: `/social/google/authUrl?appcode=${APP}` });
    expect(asked.status).toBe(200);
    const url = new URL(asked.json<{ data: { url: string } }>().data.url);
    expect(url.origin + url.pathname).toBe('https://google.test/o/oauth2/v2/auth');
    expect(url.searchParams.get('client_id')).toBe('google-app');
    const back = new URL(url.searchParams.get('redirect_uri') ?? '');
    expect(back.href).toBe(`http://localhost:9000/social/login/google/callback?appcode=${APP}`);
    const state = url.searchParams.get('state') ?? '';

    const path = `${back.pathname}${back.search}&code=code-1&state=${state}`;
    const redirect = await server.send({ path });
    expect(redirect.status).toBe(303);
    const location = String(redirect.headers.location);
    expect(location).toBe(
      `/social/login/google/callback?appcode=${APP}&access_token=go-ben&secret=go-ben`,
    );
    expect(redirect.headers['cache-control']).toBe('no-store');
    const last = await server.send({ path: location });
    expect(last.json()).toMatchObject({ data: { oauth_token: 'go-ben', oauth_secret: 'go-ben' } });

    // The answer of a login that was begun elsewhere, or too long ago.
    const forged = await server.send({ path: path.replace(/state=.*/, 'state=forged') });
    expect(forged.status).toBe(400);
    const other = await server.send({ path: path.replace('/google/', '/facebook/') });
    expect(other.status).toBe(400);
    const denied = await server.send({ path: `${back.pathname}${back.search}&error=denied` });
    expect(denied.status).toBe(400);
    const bad = await server.send({ path: path.replace('code-1', 'code-2') });
    expect(bad.status).toBe(400);
    server.advance(15 * 60_000);
    expect((await server.send({ path })).status).toBe(400);
  });

  it.each([
    ['facebook', 'https://facebook.test/v1/dialog/oauth'],
    ['github', '/github/login/oauth/authorize'],
  ])('knows the login page of %s, and exchanges its codes', async (network, page) => {
    networks.codes.set('code-2', 'a-token');
    const asked = await server.send({ path: `/social/${network}/authUrl`, headers: AS_APP });
    const url = new URL(asked.json<{ data: { url: string } }>().data.url);
    expect(url.href).toContain(page);
    const back = new URL(url.searchParams.get('redirect_uri') ?? '');
    const state = url.searchParams.get('state') ?? '';
    const query = `&code=code-2&state=${encodeURIComponent(state)}`;
    const redirect = await server.send({ path: back.pathname + back.search + query });
    expect(String(redirect.headers.location)).toContain('access_token=a-token');
  });

  it('is off when its group of calls is', async () => {
    const admin = await server.login('admin');
    await admin.send('DELETE', '/admin/endpoints/baasbox.social/enabled');
    expect((await login('google', 'go-ben')).status).toBe(403);
    await admin.send('PUT', '/admin/endpoints/baasbox.social/enabled');
    expect((await login('google', 'go-ben')).status).toBe(200);
  });
});
