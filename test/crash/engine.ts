// Where the data is during a crash run: an embedded database in a folder, or a real PostgreSQL that can be killed too.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Engine } from '../support/database.ts';
import { startPostgres } from '../support/postgres.ts';

export interface CrashEngine {
  name: Engine;
  /** Arguments that lead `skep` to the data. */
  args: string[];
  /** Kills the database server and starts it again, where there is one. */
  crash: (() => Promise<void>) | undefined;
  remove(): Promise<void>;
}

export async function crashEngine(name: Engine): Promise<CrashEngine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'skep-crash-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const args = ['--data-dir', folder];
  if (name === 'sqlite') return { name, args, crash: undefined, remove: removeFolder };
  const server = await startPostgres({ durable: true });
  const client = new pg.Client(`${server.url}/postgres`);
  await client.connect();
  await client.query('CREATE DATABASE skep');
  await client.end();
  return {
    name,
    args: [...args, '--database-url', `${server.url}/skep`],
    crash: () => server.crash(),
    async remove() {
      await server.stop();
      await removeFolder();
    },
  };
}
