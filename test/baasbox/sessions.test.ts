// Sessions as administrators see them: an extension of ours (BaasBox spec 9.2; lifetimes: 2.6, 8.5).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const MINUTE = 60_000;

interface Session {
  id: string;
  user: string;
  created: string;
  lastUsed: string;
  expires: string | null;
}

const dataOf = (response: TestResponse) => response.json<{ data: Session[] }>().data;

onBothEngines('sessions of an app', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const login = async (username = 'mira', password = 'secret') => {
    const body = { username, password, appcode: APP };
    const response = await server.send({ method: 'POST', path: '/login', body });
    return String(response.headers['x-bb-session']);
  };
  const me = async (token: string) =>
    (await server.send({ path: '/me', headers: { 'X-BB-SESSION': token } })).status;
  const list = (query = '') => server.admin.send('GET', `/admin/sessions${query}`);

  it('are listed with their users, newest first, and without tokens', async () => {
    server.advance(1000);
    const second = await login();
    const response = await list();
    const sessions = dataOf(response);
    expect(sessions.map(({ user }) => user)).toEqual(['mira', 'mira', 'admin']);
    expect(response.json()).toMatchObject({ more: false });
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/) as unknown;
    expect(sessions[0]).toEqual({
      id: expect.any(String) as unknown,
      user: 'mira',
      created: date,
      lastUsed: date,
      expires: date,
    });
    const { created, expires } = sessions[0] as Session;
    const idle = Date.parse(String(expires)) - Date.parse(created);
    expect(idle).toBe(15 * MINUTE);
    for (const token of [second, mira.token, server.admin.token]) {
      expect(response.text).not.toContain(token);
    }
    // Nor is an id any use as a token.
    expect(await me((sessions[0] as Session).id)).toBe(401);
  });

  it('come in pages, and by user', async () => {
    const all = dataOf(await list());
    const first = await list('?page=0&recordsPerPage=2');
    expect([dataOf(first), first.json()]).toMatchObject([all.slice(0, 2), { more: true }]);
    const second = await list('?page=1&recordsPerPage=2');
    expect(dataOf(second).map(({ id }) => id)).toEqual(all.slice(2).map(({ id }) => id));
    expect(dataOf(await list('?user=MIRA')).map(({ user }) => user)).toEqual(['mira', 'mira']);
    expect((await list('?user=nobody')).status).toBe(404);
    expect((await list('?recordsPerPage=501')).status).toBe(400);
    expect((await list('?recordsPerPage=-1')).status).toBe(400);
    expect((await list('?page=x')).status).toBe(400);
    expect(dataOf(await list('?recordsPerPage=0'))).toEqual([]);
  });

  it('show the last use and how long they last after it', async () => {
    server.advance(2 * MINUTE);
    expect((await mira.send('GET', '/refresh')).status).toBe(200);
    const used = dataOf(await list('?user=mira')).at(-1) as Session;
    expect(Date.parse(used.lastUsed) - Date.parse(used.created)).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(Date.parse(String(used.expires)) - Date.parse(used.lastUsed)).toBe(15 * MINUTE);
  });

  it('are ended one at a time', async () => {
    const token = await login();
    const [newest] = dataOf(await list('?user=mira'));
    const ended = await server.admin.send('DELETE', `/admin/sessions/${newest?.id ?? ''}`);
    expect([ended.status, ended.text]).toEqual([200, '{"result":"ok","data":"","http_code":200}']);
    expect(await me(token)).toBe(401);
    expect((await mira.send('GET', '/me')).status).toBe(200);
    const again = await server.admin.send('DELETE', `/admin/sessions/${newest?.id ?? ''}`);
    expect(again.status).toBe(404);
    expect(dataOf(await list()).some(({ id }) => id === newest?.id)).toBe(false);
  });

  it('of a user are ended together, those that rest too', async () => {
    const tokens = [await login(), await login()];
    await server.admin.send('PUT', '/admin/user/suspend/mira');
    expect(dataOf(await list('?user=mira'))).toEqual([]);
    const ended = await server.admin.send('DELETE', '/admin/sessions?user=mira');
    expect(ended.status).toBe(200);
    expect(ended.json<{ data: { revoked: number } }>().data.revoked).toBeGreaterThanOrEqual(3);
    await server.admin.send('PUT', '/admin/user/activate/mira');
    for (const token of [...tokens, mira.token]) expect(await me(token)).toBe(401);
    expect(await me(server.admin.token)).toBe(200);
    expect((await server.admin.send('DELETE', '/admin/sessions?user=nobody')).status).toBe(404);
    expect((await server.admin.send('DELETE', '/admin/sessions')).status).toBe(400);
    expect(await me(server.admin.token)).toBe(200);
  });

  it('are those that are good: none that ended, expired or lost their password', async () => {
    const count = async () => dataOf(await list('?user=mira')).length;
    expect(await count()).toBe(0);
    const [first, second] = [await login(), await login()];
    expect(await count()).toBe(2);
    await server.send({ method: 'POST', path: '/logout', headers: { 'X-BB-SESSION': first } });
    expect(await count()).toBe(1);
    // The second outlives the logout of the first (8.5 row 23).
    expect(await me(second)).toBe(200);
    server.advance(14 * MINUTE);
    expect(await me(second)).toBe(200);
    expect(await me(server.admin.token)).toBe(200);
    server.advance(14 * MINUTE);
    expect(await count()).toBe(1);
    server.advance(2 * MINUTE);
    expect(await count()).toBe(0);
    expect(await me(second)).toBe(401);
    await login();
    expect(await count()).toBe(1);
    await server.admin.send('PUT', '/admin/user/mira/password', { password: 'secret' });
    expect(await count()).toBe(0);
  });

  it('of another app are out of reach', async () => {
    const { platform } = server;
    const token = await platform.db.write(async (trx) => {
      const { id: tenant } = await platform.tenants.create(trx, { name: 'other' });
      const { credentials } = platform;
      const format = () => 'other-token';
      return credentials.tokens.issue(trx, {
        tenant,
        kind: 'backend.session',
        subject: 'x',
        format,
      });
    });
    expect(dataOf(await list()).some(({ id }) => id === token.id)).toBe(false);
    expect((await server.admin.send('DELETE', `/admin/sessions/${token.id}`)).status).toBe(404);
  });

  it('are nothing but sessions: other tokens of the app stay hidden and alone', async () => {
    const { platform } = server;
    const tenant = await platform.tenants.handles.find('baasbox.appcode', APP);
    const key = await platform.db.write((trx) =>
      platform.credentials.tokens.issue(trx, {
        tenant: tenant ?? '',
        kind: 'content.key',
        subject: 'x',
        format: () => 'content-key',
      }),
    );
    expect(dataOf(await list()).some(({ id }) => id === key.id)).toBe(false);
    expect((await server.admin.send('DELETE', `/admin/sessions/${key.id}`)).status).toBe(404);
    const check = await platform.credentials.tokens.verify('content.key', 'content-key');
    expect(check.valid).toBe(true);
  });
});

it('sessions from before a start that ends them are not listed', async () => {
  const server = await startServer('sqlite', { endSessionsAtStart: true });
  const base = await server.restart();
  const { send } = await import('../support/http.ts');
  const body = { username: 'admin', password: 'admin-secret', appcode: APP };
  const login = await send(base, { method: 'POST', path: '/login', body });
  const headers = { 'X-BB-SESSION': String(login.headers['x-bb-session']) };
  const response = await send(base, { path: '/admin/sessions', headers });
  expect(dataOf(response)).toHaveLength(1);
  await server.close();
});
