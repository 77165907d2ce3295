// Databases for tests: the same test body on SQLite and on PostgreSQL, each with a database of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, inject } from 'vitest';
import type { Database } from '../../src/platform/database/database.ts';
import { openPostgres } from '../../src/platform/database/postgres.ts';
import { openSqlite } from '../../src/platform/database/sqlite.ts';

export type Engine = 'sqlite' | 'postgres';
export const engines: readonly Engine[] = ['sqlite', 'postgres'];

let counter = 0;

/** Where a new, empty database is: a URL for PostgreSQL, a folder for SQLite. */
export interface Place {
  engine: Engine;
  folder: string;
  url: string | undefined;
  remove(): Promise<void>;
}

/** Makes an empty database on the engine. */
export async function makePlace(engine: Engine): Promise<Place> {
  const folder = await mkdtemp(path.join(tmpdir(), 'skep-test-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  if (engine === 'sqlite') return { engine, folder, url: undefined, remove: removeFolder };
  const base = inject('postgresUrl');
  const name = `test_${process.pid}_${counter++}`;
  await onServer(base, `CREATE DATABASE ${name}`);
  return {
    engine,
    folder,
    url: `${base}/${name}`,
    async remove() {
      await onServer(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await removeFolder();
    },
  };
}

/** Opens the database at a place. Several may be open at once, as several processes would. */
export function openPlace(place: Place): Database {
  return place.url
    ? openPostgres({ url: place.url })
    : openSqlite({ file: path.join(place.folder, 'skep.db'), synchronous: 'NORMAL' });
}

/** `describe` once an engine: `onBothEngines('writes', (engine) => { … })`. */
export function onBothEngines(title: string, body: (engine: Engine) => void): void {
  describe.each(engines)(`${title} (%s)`, (engine) => {
    body(engine);
  });
}

async function onServer(base: string, statement: string): Promise<void> {
  const client = new pg.Client(`${base}/postgres`);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
