// The program as an operator meets it: starting, stopping, and what it says when something is wrong.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Demo } from '../src/demo.ts';
import { makePlace } from './support/database.ts';
import { send } from './support/http.ts';
import { serve, skep, type Server } from './support/process.ts';

let folder: string;
const servers: Server[] = [];

beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'skep-cli-'))));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
  await rm(folder, { recursive: true });
});

async function start(...args: string[]): Promise<Server> {
  const server = await serve(['--data-dir', folder, ...args]);
  servers.push(server);
  return server;
}

describe('serve', () => {
  it('shows the administrator once, and ends with 0 on SIGTERM', async () => {
    const first = await start();
    expect(first.output.stdout).toMatch(/user {6}admin\n {2}password {2}[A-Za-z0-9]{20}\n/);
    expect((await send(first.url, { path: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect(await first.stop()).toBe(0);
    const second = await start();
    expect(second.output.stdout).not.toContain('password');
    expect(await second.stop('SIGINT')).toBe(0);
  });

  it('does not show a password that the operator chose', async () => {
    const server = await serve(['--data-dir', folder], { SKEP_ADMIN_PASSWORD: 'chosen by hand' });
    servers.push(server);
    expect(server.output.stdout + server.output.stderr).not.toContain('chosen by hand');
  });

  it('refuses a data folder that another server has, and gets it when that one is killed', async () => {
    const first = await start();
    const second = await skep(['serve', '--port', '0', '--data-dir', folder]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Another Skep (process ${first.child.pid}) is using`);
    await first.stop('SIGKILL');
    const third = await start();
    expect((await send(third.url, { path: '/readyz' })).status).toBe(200);
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const refused = await skep(['serve', '--port', String(port), '--data-dir', folder]);
    other.close();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    // The login that was not shown is still to come.
    expect((await start()).output.stdout).toContain('password');
  });

  it('says so when the database does not answer', async () => {
    const refused = await skep([
      'serve',
      '--port',
      '0',
      '--data-dir',
      folder,
      '--database-url',
      'postgres://nobody@127.0.0.1:1/none',
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing answers at 127.0.0.1:1');
  });

  it('lets two servers share one PostgreSQL, with one server key', async () => {
    const place = await makePlace('postgres');
    const url = ['--database-url', String(place.url)];
    const one = await start(...url);
    const other = await skep(['serve', '--port', '0', '--data-dir', `${folder}/b`, ...url]);
    expect(other.stderr).toContain('server key');
    const two = await start(...url);
    expect((await send(two.url, { path: '/readyz' })).status).toBe(200);
    await Promise.all([one.stop(), two.stop()]);
    await place.remove();
  });
});

describe('demo', () => {
  it('prints the same working logins each time, before and beside a server', async () => {
    const place = ['--data-dir', folder];
    const before = await skep(['demo', '--json', ...place]);
    const server = await start();
    expect(server.output.stdout).toContain('password');
    const beside = await skep(['demo', '--json', ...place]);
    expect(beside.stdout).toBe(before.stdout);

    const demo = JSON.parse(before.stdout) as Demo;
    const { baasbox, beebole, beefree, beebox } = demo;
    const query = new URLSearchParams({
      project: beebox.project,
      login: beebox.login,
      pwd: beebox.password,
    });
    const basic = (user: string, password: string) =>
      `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const answers = await Promise.all([
      send(server.url, {
        path: '/login',
        body: { ...baasbox.user, appcode: baasbox.appcode },
      }),
      send(server.url, {
        path: '/api',
        headers: { authorization: basic(beebole.token, 'x') },
        body: { service: 'company.list' },
      }),
      send(server.url, {
        path: '/v1/message/html',
        headers: { authorization: `Bearer ${beefree.apiKey}` },
        body: { page: { rows: [] } },
      }),
      send(server.url, { path: `/api/connect?${query.toString()}` }),
    ]);
    expect(answers.map(({ status, text }) => [status, text.slice(0, 40)])).toEqual([
      [200, expect.stringContaining('{"result":"ok"')],
      [200, expect.stringContaining('"status":"ok"')],
      [200, expect.stringContaining('<!DOCTYPE html')],
      [200, expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ]);
    expect(answers[1].json()).toMatchObject({ companies: [{ id: 3 }, { id: 23 }] });
  });
});

describe('command line', () => {
  it('prints the effective configuration without secrets', async () => {
    const file = path.join(folder, 'skep.config.json');
    await writeFile(file, JSON.stringify({ port: 9100, databaseUrl: 'postgres://a:hunter2@h/d' }));
    const shown = await skep(['config', '--config', file, '--host', '::1'], {
      SKEP_ADMIN_PASSWORD: 'hunter3hunter3',
    });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      host: '::1',
      port: 9100,
      databaseUrl: 'postgres://a:********@h/d',
      adminPassword: '********',
      sqlite: { synchronous: 'FULL' },
    });
    expect(shown.stdout).not.toContain('hunter');
  });

  it.each([
    [['serve', '--prot', '1'], 1, /--prot/],
    [['serve', '--port', 'x'], 1, /--port: must be integer/],
    [['config', '--config', '/nowhere.json'], 1, /Cannot read \/nowhere\.json/],
    [['sevre'], 2, /no command "sevre"/],
  ])('refuses %j in one line', async (args, code, message) => {
    const refused = await skep(args);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses an unknown variable', async () => {
    const refused = await skep(['config'], { SKEP_PROT: '1' });
    expect(refused.stderr).toContain('Unknown environment variable SKEP_PROT');
  });

  it('lists its commands, and each command’s settings', async () => {
    expect((await skep(['help'])).stdout).toMatch(/skep serve .*\n.*skep demo/);
    expect((await skep(['serve', '--help'])).stdout).toContain('--database-url, SKEP_DATABASE_URL');
    expect((await skep(['version'])).stdout).toMatch(/^skep \d+\.\d+\.\d+ \(node \d/);
  });
});
