// What the database, the disk and the process take: real numbers, on both engines (BaasBox spec 5.13, 5.15).
import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { sql } from 'kysely';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';

export interface DatabaseFacts {
  engine: 'SQLite' | 'PostgreSQL';
  version: string;
  /** Bytes of the whole database, all apps and rooms together. */
  bytes: number;
}

export async function databaseFacts({ db }: BackendContext): Promise<DatabaseFacts> {
  const query =
    db.dialect === 'postgres'
      ? sql<{ version: string; bytes: number }>`
          SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`
      : sql<{ version: string; bytes: number }>`
          SELECT sqlite_version() AS version, page_count * page_size AS bytes
          FROM pragma_page_count(), pragma_page_size()`;
  const { rows } = await query.execute(db.tables<unknown>());
  const { version = '', bytes = 0 } = rows[0] ?? {};
  return { engine: db.dialect === 'postgres' ? 'PostgreSQL' : 'SQLite', version, bytes };
}

/** Free bytes on the disk of the data folder. */
export async function freeBytes({ folder }: Pick<BackendContext, 'folder'>): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Bytes of the data folder: the files in it, and the contents of all blobs. */
export async function folderBytes({ folder, blobs }: BackendContext): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) => {
        // Files of the database come and go.
        const found = await stat(path.join(folder, name)).catch(() => undefined);
        return found?.size ?? 0;
      }),
  );
  return sizes.reduce((sum, size) => sum + size, await blobs.totalBytes());
}

export interface MemoryFacts {
  /** Bytes that the heap may take, that it has taken, and that are in use. */
  most: number;
  allocated: number;
  used: number;
}

export function memoryFacts(): MemoryFacts {
  const { heapTotal, heapUsed } = process.memoryUsage();
  return { most: getHeapStatistics().heap_size_limit, allocated: heapTotal, used: heapUsed };
}

/** How many users, assets and files an app has. */
export async function countObjects(
  { db }: BackendContext,
  tenant: string,
): Promise<{ users: number; assets: number; files: number }> {
  const count = async (table: 'backend_users' | 'backend_assets' | 'backend_files') => {
    const row = await db
      .tables<BackendTables>()
      .selectFrom(table)
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenant)
      .executeTakeFirst();
    return row?.count ?? 0;
  };
  const [users, assets, files] = await Promise.all([
    count('backend_users'),
    count('backend_assets'),
    count('backend_files'),
  ]);
  return { users, assets, files };
}
