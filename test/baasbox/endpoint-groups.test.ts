// Endpoint groups over HTTP: what an administrator switches off is off for everyone else (BaasBox spec 5.12, 8.3).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { ADMIN, APP, startServer, type TestServer, type TestUser } from './server.ts';

onBothEngines('endpoint groups', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    mira = await server.user('mira');
  });
  afterAll(() => server.close());

  const signUp = (username: string) =>
    server.send({
      method: 'POST',
      path: '/user',
      headers: { 'X-BAASBOX-APPCODE': APP },
      body: { username, password: 'secret' },
    });

  it('lists every group with its state and what it is for', async () => {
    const response = await server.admin.send('GET', '/admin/endpoints');
    const { data } = response.json() as { data: Record<string, [boolean, string]> };
    expect(Object.keys(data)).toHaveLength(18);
    expect(data['baasbox.users']).toEqual([true, expect.any(String)]);
    expect(Object.values(data).every(([enabled]) => enabled)).toBe(true);
  });

  it('refuses the calls of a group that is off with 403, and serves them again', async () => {
    const off = await server.admin.send(
      'DELETE',
      '/admin/endpoints/baasbox.account.create/enabled',
    );
    expect(off.json()).toMatchObject({ result: 'ok', data: 'success' });
    const state = await server.admin.send('GET', '/admin/endpoints/baasbox.account.create');
    expect(state.json()).toMatchObject({
      data: { tag: 'baasbox.account.create', enabled: false },
    });
    expect((await signUp('nora')).status).toBe(403);
    await server.admin.send('PUT', '/admin/endpoints/baasbox.account.create/enabled');
    expect((await signUp('nora')).status).toBe(201);
  });

  it('lets administrators through, and reports a wrong password first', async () => {
    await server.admin.send('POST', '/admin/collection/teas');
    await server.admin.send('DELETE', '/admin/endpoints/baasbox.data.read/enabled');
    expect((await mira.send('GET', '/document/teas')).status).toBe(403);
    expect((await server.admin.send('GET', '/document/teas')).status).toBe(200);
    const basic = Buffer.from(`${ADMIN.username}:wrong`).toString('base64');
    const wrong = await server.send({
      method: 'GET',
      path: '/document/teas',
      headers: { authorization: `Basic ${basic}`, 'X-BAASBOX-APPCODE': APP },
    });
    expect(wrong.status).toBe(400);
    // Other groups go on.
    expect((await mira.send('POST', '/document/teas', { name: 'Assam' })).status).toBe(200);
    await server.admin.send('PUT', '/admin/endpoints/baasbox.data.read/enabled');
    expect((await mira.send('GET', '/document/teas')).status).toBe(200);
  });

  it.each(['baasbox.nothing', 'users', 'toString', 'baasbox.toString'])(
    'knows no group %s',
    async (tag) => {
      const path = `/admin/endpoints/${tag}`;
      expect((await server.admin.send('GET', path)).status).toBe(404);
      expect((await server.admin.send('PUT', `${path}/enabled`)).status).toBe(404);
      expect((await server.admin.send('DELETE', `${path}/enabled`)).status).toBe(404);
    },
  );

  it('is for administrators alone', async () => {
    const response = await mira.send('DELETE', '/admin/endpoints/baasbox.users/enabled');
    expect(response.status).toBe(403);
    expect(response.json()).toMatchObject({ message: 'User mira is not an administrator' });
  });
});
