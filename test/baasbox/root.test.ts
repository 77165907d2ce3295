// Root over HTTP: who it is, what it may, and what metrics tell it (BaasBox spec 2.8, 5.14, 5.15, 8.3).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { ADMIN, APP, startServer, type TestServer } from './server.ts';

const PASSWORD = 'root-secret-42';

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

onBothEngines('root', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { root: { password: PASSWORD, admin: false } });
  });
  afterAll(() => server.close());

  const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    server.send({ method, path, headers, body });
  const root = (method: string, path: string, body?: unknown) =>
    send(method, path, { ...basic('root', PASSWORD), 'X-BAASBOX-APPCODE': APP }, body);

  it.each<[string, number, () => Record<string, string>]>([
    ['no app code', 400, () => basic('root', PASSWORD)],
    ['nothing but the app code', 401, () => ({ 'X-BAASBOX-APPCODE': APP })],
    ['nothing at all', 400, () => ({})],
    [
      'a header that cannot be read',
      401,
      () => ({ authorization: 'Basic ???', 'X-BAASBOX-APPCODE': APP }),
    ],
    ['a wrong name', 401, () => ({ ...basic('Root', PASSWORD), 'X-BAASBOX-APPCODE': APP })],
    [
      'a wrong password',
      401,
      () => ({ ...basic('root', `${PASSWORD} `), 'X-BAASBOX-APPCODE': APP }),
    ],
    [
      'the administrator',
      401,
      () => ({ ...basic(ADMIN.username, ADMIN.password), 'X-BAASBOX-APPCODE': APP }),
    ],
    ['a session of the administrator', 400, () => ({ 'X-BB-SESSION': server.admin.token })],
    [
      'a session with the app code',
      401,
      () => ({ 'X-BB-SESSION': server.admin.token, 'X-BAASBOX-APPCODE': APP }),
    ],
    ['an internal user', 403, () => ({ ...basic('baasbox', 'baasbox'), 'X-BAASBOX-APPCODE': APP })],
    ['a wrong app code', 401, () => ({ ...basic('root', PASSWORD), 'X-BAASBOX-APPCODE': 'nope' })],
  ])('refuses %s with %i', async (_, status, headers) => {
    for (const [method, path] of [
      ['GET', '/root/metrics/gauges'],
      ['POST', '/root/metrics'],
      ['POST', '/root/resetadminpassword'],
      ['GET', '/root/configuration'],
      ['POST', '/root/db/export'],
      ['POST', '/root/db/import'],
    ] as const) {
      const response = await send(method, path, headers());
      expect({ path, status: response.status }).toEqual({ path, status });
      expect(response.json()).toMatchObject({ result: 'error', http_code: status });
    }
  });

  it('is no administrator of apps unless the operator says so', async () => {
    const headers = { ...basic('root', PASSWORD), 'X-BAASBOX-APPCODE': APP };
    const response = await send('GET', '/admin/collection', headers);
    expect(response.status).toBe(400);
    expect(response.text).toContain('User root is not authorized to access');
  });

  it('gives metrics only while they are collected', async () => {
    const kinds = ['timers', 'counters', 'meters', 'gauges', 'histograms', 'uptime'];
    const off = async () => {
      for (const kind of kinds) {
        const response = await root('GET', `/root/metrics/${kind}`);
        expect(response.status).toBe(503);
        expect(response.text).toContain('The metrics service are disabled');
      }
    };
    await off();
    expect((await root('POST', '/root/metrics')).status).toBe(200);
    await server.admin.send('POST', '/admin/collection/teas');
    await server.admin.send('GET', '/document/teas');
    await server.admin.send('GET', '/document/nope');
    const read = async (kind: string) =>
      (await root('GET', `/root/metrics/${kind}`)).json<{
        data: Record<string, Record<string, number>>;
      }>().data;

    const gauges = await read('gauges');
    for (const name of [
      'filesystem.datafile.spaceleft',
      'filesystem.backupdir.spaceleft',
      'memory.current_allocate',
      'memory.max_allocable',
      'memory.used',
      'orientdb.data.size',
      'orientdb.data.directory.size',
    ]) {
      expect([name, (gauges[name]?.['value'] ?? 0) > 0]).toEqual([name, true]);
    }
    expect(gauges['baasbox.db.threshold']?.['value']).toBe(0);

    const timers = await read('timers');
    expect(timers['requests.timer']).toMatchObject({ count: 3, duration_units: 'milliseconds' });
    expect(Object.keys(timers)).toContain('requests.timer.POST./admin/collection/:name');
    expect(await read('counters')).toEqual({
      'requests.counter.200': { count: 1 },
      'requests.counter.201': { count: 1 },
      'requests.counter.404': { count: 1 },
    });
    const { 'responses.size': sizes } = await read('histograms');
    expect(sizes?.['count']).toBe(3);
    expect(sizes?.['min']).toBeGreaterThan(10);
    expect((await read('meters'))['requests.meter']?.['count']).toBe(3);
    server.advance(60_000);
    const uptime = (await root('GET', '/root/metrics/uptime')).json<{
      data: Record<string, unknown>;
    }>().data;
    expect(uptime).toMatchObject({ time_zone: 'UTC', time_unit: 'ms' });
    expect(uptime['uptime']).toBeGreaterThanOrEqual(60_000);
    expect(Date.parse(String(uptime['start_time']))).toBeGreaterThan(0);

    expect((await root('DELETE', '/root/metrics')).status).toBe(200);
    await off();
    // The next time begins from nothing.
    await root('POST', '/root/metrics');
    expect(await read('counters')).toEqual({});
    await root('DELETE', '/root/metrics');
  });

  it('resets the password of the administrator', async () => {
    const path = '/root/resetadminpassword';
    for (const body of [{}, { password: 5 }, { password: '' }, [], undefined]) {
      expect((await root('POST', path, body)).status).toBe(400);
    }
    expect((await root('POST', path, { password: 'new:secret' })).status).toBe(200);
    const login = (password: string) =>
      server.send({ path: '/login', body: { username: 'admin', password, appcode: APP } });
    expect((await login(ADMIN.password)).status).toBe(401);
    expect((await login('new:secret')).status).toBe(200);
    expect((await server.admin.send('GET', '/me')).status).toBe(401);
    await root('POST', path, { password: ADMIN.password });
    server.admin = await server.login('admin');
  });

  it('reads and changes the settings of the server', async () => {
    const path = '/root/configuration';
    const before = { 'baasbox.db.size': 0, 'baasbox.db.alert': 10, 'web.enable': false };
    expect((await root('GET', path)).json()).toMatchObject({ data: before });
    for (const body of [
      { 'baasbox.db.size': -1 },
      { 'baasbox.db.size': '5' },
      { 'baasbox.db.alert': 0 },
      { 'baasbox.db.alert': 1.5 },
      { 'web.enable': 'true' },
      { 'root.password': 'x' },
      {},
      [],
    ]) {
      expect((await root('POST', path, body)).status).toBe(400);
    }
    expect((await root('GET', path)).json()).toMatchObject({ data: before });
    const after = { 'baasbox.db.size': 1024, 'baasbox.db.alert': 20 };
    const changed = await root('POST', path, after);
    expect(changed.json()).toMatchObject({ data: { ...after, 'web.enable': false } });
    const { data } = (await server.admin.send('GET', '/admin/dbStatistics')).json<{
      data: { db: { size_threshold_percentage: number } };
    }>();
    expect(data.db.size_threshold_percentage).toBe(20);
  });

  it('exports and deletes archives', async () => {
    // Jobs follow the clock that the test has moved.
    await server.runJobs();
    const { data: name } = (await root('POST', '/root/db/export')).json<{ data: string }>();
    await server.runJobs();
    expect((await root('GET', '/root/db/export')).json()).toMatchObject({ data: [name] });
    const archive = await root('GET', `/root/db/export/${name}`);
    expect(archive.headers['content-type']).toBe('application/zip');
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n';
    const imported = await send(
      'POST',
      '/root/db/import',
      {
        ...basic('root', PASSWORD),
        'X-BAASBOX-APPCODE': APP,
        'content-type': 'multipart/form-data; boundary=b',
      },
      Buffer.concat([Buffer.from(head), archive.bytes, Buffer.from('\r\n--b--\r\n')]),
    );
    expect(imported.json()).toMatchObject({ result: 'ok', data: '' });
    server.admin = await server.login('admin');
    expect((await server.admin.send('GET', '/admin/collection')).text).toContain('teas');
    expect((await root('DELETE', `/root/db/export/${name}`)).status).toBe(200);
    expect((await root('GET', '/root/db/export')).json()).toMatchObject({ data: [] });
    expect(server.unexpected).toEqual([]);
  });

  it('refuses an address for a minute after 20 wrong passwords', async () => {
    const wrong = { ...basic('root', 'guess-guess'), 'X-BAASBOX-APPCODE': APP };
    server.advance(61_000);
    for (let tries = 0; tries < 20; tries++) {
      expect((await send('GET', '/root/configuration', wrong)).status).toBe(401);
    }
    const refused = await root('GET', '/root/configuration');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('60');
    server.advance(61_000);
    expect((await root('GET', '/root/configuration')).status).toBe(200);
  });
});

onBothEngines('root as administrator', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { root: { password: PASSWORD, admin: true } });
  });
  afterAll(() => server.close());

  it('may do what administrators may, in every app', async () => {
    const headers = { ...basic('root', PASSWORD), 'X-BAASBOX-APPCODE': APP };
    const root = (method: string, path: string, body?: unknown) =>
      server.send({ method, path, headers, body });
    expect((await root('POST', '/admin/collection/teas')).status).toBe(201);
    const made = await root('POST', '/document/teas', { name: 'Assam' });
    expect(made.status).toBe(200);
    expect((await root('GET', '/document/teas')).json<{ data: unknown[] }>().data).toHaveLength(1);
    expect((await root('GET', '/me')).status).toBe(200);
    const wrong = { ...basic('root', 'wrong-wrong'), 'X-BAASBOX-APPCODE': APP };
    const refused = await server.send({ method: 'GET', path: '/admin/collection', headers: wrong });
    expect(refused.status).toBe(400);
  });
});

onBothEngines('a server without root', (engine) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(engine, { statistics: { os: false, memory: false } });
  });
  afterAll(() => server.close());

  it('lets nobody be root', async () => {
    for (const password of ['root', '', 'undefined', PASSWORD]) {
      const headers = { ...basic('root', password || 'x'), 'X-BAASBOX-APPCODE': APP };
      const response = await server.send({ method: 'GET', path: '/root/configuration', headers });
      expect(response.status).toBe(401);
    }
  });

  it('says its version to everyone, without an envelope', async () => {
    const response = await server.send({ path: '/admin/apiVersion' });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.json()).toEqual({
      api_version: '1.0.0',
      edition: expect.any(String) as string,
    });
    const latest = await server.admin.send('GET', '/admin/version/latest');
    expect(latest.json()).toMatchObject({ result: 'ok', data: { version: '1.0.0' } });
    const { status } = await server.send({
      path: '/admin/version/latest',
      headers: { 'X-BAASBOX-APPCODE': APP },
    });
    expect(status).toBe(401);
  });

  it('tells how much there is, and hides what the operator hides', async () => {
    await server.admin.send('POST', '/admin/collection/teas');
    await server.admin.send('POST', '/document/teas', { name: 'Assam' });
    await server.user('mira');
    const { data } = (await server.admin.send('GET', '/admin/dbStatistics')).json<{
      data: Record<string, Record<string, unknown>>;
    }>();
    expect(Object.keys(data)).toEqual(['installation', 'db', 'data', 'os', 'java', 'memory']);
    expect(data['data']).toEqual({
      users: 2,
      collections: 1,
      collections_details: [{ name: 'teas', records: 1, size: 16 }],
      assets: 0,
      files: 0,
    });
    expect(data['db']).toMatchObject({ status: 'OPEN', size_threshold_percentage: 10 });
    expect(data['db']?.['physical_size']).toBeGreaterThan(10_000);
    expect(data['db']?.['datafile_freespace']).toBeGreaterThan(0);
    expect(data['installation']).toMatchObject({
      bb_version: '1.0.0',
      db_version: expect.stringMatching(/^\d+\.\d+/) as string,
    });
    expect(data['os']).toEqual({
      os_name: 'N/A',
      os_arch: 'N/A',
      os_version: 'N/A',
      processors: 0,
    });
    expect(data['memory']).toEqual({
      max_allocable_memory: 0,
      current_allocate_memory: 0,
      used_memory_in_the_allocate_memory: 0,
      free_memory_in_the_allocated_memory: 0,
    });
    const mira = await server.login('mira');
    expect((await mira.send('GET', '/admin/dbStatistics')).status).toBe(403);
  });
});
