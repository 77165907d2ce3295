// Two apps on one server: what one does, exports, imports or drops never touches the other.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../src/backend/baasbox/app.ts';
import { onBothEngines } from '../support/database.ts';
import { send, type TestResponse } from '../support/http.ts';
import { ADMIN, APP, startServer, type TestServer } from './server.ts';

const ROOT = `Basic ${Buffer.from('root:root-secret').toString('base64')}`;

/** A caller of one app. */
interface Caller {
  appcode: string;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestResponse>;
}

onBothEngines('two apps', (engine) => {
  let server: TestServer;
  let shop: Caller;
  let club: Caller;
  beforeAll(async () => {
    server = await startServer(engine, { root: { password: 'root-secret', admin: false } });
    const { platform } = server;
    const password = await platform.credentials.passwords.prepare(ADMIN.password);
    await platform.db.write(async (trx) => {
      const { id } = await platform.tenants.create(trx, { name: 'club' });
      const admin = { name: ADMIN.username, password };
      await createApp(trx, platform, { tenant: id, appcode: 'club', admin });
    });
    [shop, club] = await Promise.all([login(APP), login('club')]);
    for (const app of [shop, club]) {
      await app.send('POST', '/admin/collection/things');
      await app.send('POST', '/document/things', { id: 'same-id', of: `marker-${app.appcode}` });
      const value = `name-${app.appcode}`;
      await app.send('PUT', '/admin/configuration/Application/application.name', { value });
    }
  });
  afterAll(() => server.close());

  async function login(appcode: string): Promise<Caller> {
    const body = { ...ADMIN, appcode };
    const response = await send(server.base, { path: '/login', body });
    const token = String(response.headers['x-bb-session']);
    return {
      appcode,
      send: (method, path, sent, headers = {}) =>
        send(server.base, {
          method,
          path,
          body: sent,
          headers: { 'X-BB-SESSION': token, ...headers },
        }),
    };
  }

  async function exported(app: Caller): Promise<{ name: string; bytes: Buffer }> {
    const { data: name } = (await app.send('POST', '/admin/db/export')).json<{ data: string }>();
    await server.runJobs();
    const { bytes } = await app.send('GET', `/admin/db/export/${name}`);
    return { name, bytes };
  }

  function imported(app: Caller, archive: Buffer): Promise<TestResponse> {
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(head), archive, Buffer.from('\r\n--b--\r\n')]);
    return app.send('POST', '/admin/db/import', body, {
      'content-type': 'multipart/form-data; boundary=b',
    });
  }

  const read = async (app: Caller) => (await app.send('GET', '/document/things/same-id')).text;
  const nameOf = async (app: Caller) =>
    (await app.send('GET', '/admin/configuration/Application')).text;

  it('have their own settings, groups, statistics and exports', async () => {
    expect(await nameOf(club)).toContain('name-club');
    expect(await nameOf(club)).not.toContain(`name-${APP}`);
    await club.send('DELETE', '/admin/endpoints/baasbox.account.create/enabled');
    const signUp = (appcode: string) =>
      send(server.base, {
        path: '/user',
        body: { username: 'nora', password: 'x' },
        headers: { 'X-BAASBOX-APPCODE': appcode },
      });
    expect((await signUp('club')).status).toBe(403);
    expect((await signUp(APP)).status).toBe(201);
    const { data } = (await club.send('GET', '/admin/dbStatistics')).json<{
      data: { data: unknown };
    }>();
    expect(data.data).toMatchObject({ users: 1, collections: 1 });
    const { name } = await exported(shop);
    expect((await club.send('GET', '/admin/db/export')).json()).toMatchObject({ data: [] });
    expect((await club.send('GET', `/admin/db/export/${name}`)).status).toBe(404);
    expect((await club.send('DELETE', `/admin/db/export/${name}`)).status).toBe(404);
    const asRoot = (appcode: string) =>
      send(server.base, {
        method: 'GET',
        path: '/root/db/export',
        headers: { authorization: ROOT, 'X-BAASBOX-APPCODE': appcode },
      });
    expect((await asRoot('club')).json()).toMatchObject({ data: [] });
    expect((await asRoot(APP)).json()).toMatchObject({ data: [name] });
  });

  it('take in the other one without touching it', async () => {
    const { bytes } = await exported(shop);
    // While it runs, the other app answers as always.
    const [taken, ...others] = await Promise.all([
      imported(club, bytes),
      ...Array.from({ length: 20 }, () => shop.send('GET', '/document/things/same-id')),
    ]);
    expect(taken.json()).toEqual({ result: 'ok', data: '', http_code: 200 });
    for (const other of others) expect(other.text).toContain(`marker-${APP}`);
    expect(await nameOf(shop)).toContain(`name-${APP}`);
    club = await login('club');
    expect(await read(club)).toContain(`marker-${APP}`);
    await club.send('PUT', '/document/things/same-id', { of: 'marker-club' });
    expect(await read(shop)).toContain(`marker-${APP}`);
  });

  it('see either all of the old data or all of the new, or 503', async () => {
    const { bytes } = await exported(shop);
    const names = async () => (await club.send('GET', '/document/things/same-id')).text;
    const running = imported(club, bytes);
    const seen = await Promise.all(Array.from({ length: 30 }, names));
    expect((await running).status).toBe(200);
    for (const text of seen) {
      expect(text).toMatch(/"of":"marker-club"|"http_code":503|"http_code":401/);
    }
    club = await login('club');
    expect(await read(club)).toContain(`marker-${APP}`);
    expect(server.unexpected).toEqual([]);
  });

  it('are dropped alone', async () => {
    expect((await club.send('DELETE', '/admin/db/0')).status).toBe(200);
    expect((await club.send('GET', '/admin/collection')).json()).toMatchObject({ data: [] });
    expect((await shop.send('GET', '/admin/collection')).json()).toMatchObject({
      data: [{ name: 'things', records: 1 }],
    });
    expect(await read(shop)).toContain(`marker-${APP}`);
    expect(await nameOf(shop)).toContain(`name-${APP}`);
    expect(await nameOf(club)).toContain('"value":"BaasBox"');
  });
});
