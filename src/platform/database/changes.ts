// Counts the changes of watched tables inside the database, so that what was read of them can be remembered exactly.
import { sql, type Kysely } from 'kysely';
import type { Dialect } from './connection.ts';

/** Which changes of a table matter. Columns that are left out may change unnoticed. */
export interface Watched {
  table: string;
  /** Changes of these columns count. */
  columns: readonly string[];
  /** New rows count, too; otherwise only what was read of rows that existed may be remembered. */
  inserts?: boolean;
}

/** Reads the counter. */
export const READ_CHANGES = 'SELECT changes FROM platform_changes';

/**
 * A step of a migration: from now on `Database.changes` counts the deletions, the named updates and, if wanted, the
 * insertions of rows of the table. Triggers count, so that nobody's change is missed: not that of another process, nor
 * that of an operator with a SQL shell. Only on SQLite: elsewhere reading the counter would cost as much as reading the
 * rows. A later step that makes the table anew must watch it again.
 */
export async function watch(
  db: Kysely<unknown>,
  dialect: Dialect,
  { table, columns, inserts = false }: Watched,
): Promise<void> {
  if (dialect !== 'sqlite') return;
  await sql`CREATE TABLE IF NOT EXISTS platform_changes (id integer PRIMARY KEY CHECK (id = 1), changes integer NOT NULL)`.execute(
    db,
  );
  await sql`INSERT INTO platform_changes VALUES (1, 0) ON CONFLICT DO NOTHING`.execute(db);
  const count = sql`FOR EACH ROW BEGIN UPDATE platform_changes SET changes = changes + 1; END`;
  const updated = sql.join(columns.map((column) => sql.ref(column)));
  await sql`CREATE TRIGGER ${sql.id(`${table}_updated`)} AFTER UPDATE OF ${updated} ON ${sql.table(table)} ${count}`.execute(
    db,
  );
  await sql`CREATE TRIGGER ${sql.id(`${table}_deleted`)} AFTER DELETE ON ${sql.table(table)} ${count}`.execute(
    db,
  );
  if (!inserts) return;
  await sql`CREATE TRIGGER ${sql.id(`${table}_inserted`)} AFTER INSERT ON ${sql.table(table)} ${count}`.execute(
    db,
  );
}
