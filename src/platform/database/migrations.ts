// Forward-only migrations: all that are missing, in one transaction, at the start.
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import { Conflict } from '../errors.ts';
import type { Dialect } from './connection.ts';
import type { Database } from './database.ts';

/**
 * One step of the schema. `name` sorts: a four-digit number for the whole program, then room and subject
 * (`0100_backend_documents`). A step that has been released is never changed; a mistake is mended by a later step.
 */
export interface Migration {
  name: string;
  up(schema: Kysely<unknown>, dialect: Dialect): Promise<void>;
}

interface MigrationTables {
  skep_migrations: { name: string; applied_at: number };
}

/**
 * Brings the schema up to date and gives the names of the steps that ran. Several processes may start at once: on
 * PostgreSQL they take turns by a lock on the table of steps, on SQLite by its write lock.
 * Throws `Conflict` (`database_newer`) when the database has steps that this program does not know.
 */
export async function migrate(
  db: Database,
  migrations: readonly Migration[],
  clock: Clock,
): Promise<string[]> {
  const ordered = [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1));
  const known = new Set(ordered.map((step) => step.name));
  if (known.size !== ordered.length) throw new TypeError('Two migrations have the same name');

  await createTable(db);
  return db.write<MigrationTables, string[]>(async (trx) => {
    if (db.dialect === 'postgres') {
      await sql`LOCK TABLE skep_migrations IN EXCLUSIVE MODE`.execute(trx);
    }
    const rows = await trx.selectFrom('skep_migrations').select('name').execute();
    const applied = new Set(rows.map((row) => row.name));
    const unknown = [...applied].filter((name) => !known.has(name)).sort();
    if (unknown.length > 0) {
      throw new Conflict(
        'database_newer',
        `The database was made by a newer Skep (it has ${unknown.join(', ')}): start that version`,
      );
    }
    const missing = ordered.filter((step) => !applied.has(step.name));
    for (const step of missing) {
      await step.up(trx as unknown as Kysely<unknown>, db.dialect);
      await trx
        .insertInto('skep_migrations')
        .values({ name: step.name, applied_at: clock.now() })
        .execute();
    }
    return missing.map((step) => step.name);
  });
}

async function createTable(db: Database): Promise<void> {
  await db
    .write<MigrationTables, void>((trx) =>
      trx.schema
        .createTable('skep_migrations')
        .ifNotExists()
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('applied_at', 'bigint', (column) => column.notNull())
        .execute(),
    )
    .catch(async (error: unknown) => {
      // Two processes created it at the same moment: PostgreSQL reports that to one of them as a duplicate.
      await db
        .tables<MigrationTables>()
        .selectFrom('skep_migrations')
        .select('name')
        .execute()
        .catch(() => {
          throw error;
        });
    });
}
