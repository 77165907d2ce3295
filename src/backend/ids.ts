// Ids that clients choose: one id names one object of the tenant, of whatever kind (BaasBox spec 6.1).
import { sql } from 'kysely';
import { statement, type Transaction } from '../platform/database/statement.ts';
import { Conflict } from '../platform/errors.ts';
import type { Random } from '../platform/random.ts';

/** The tables with objects that have an id. */
const TABLES = [
  'backend_documents',
  'backend_files',
  'backend_links',
  'backend_assets',
  'backend_users',
] as const;

/** Two transactions that choose the same id must not both find it unused. SQLite has one writer anyway. */
const hold = statement<{ key: string }, unknown>((db, slot, dialect) => ({
  compile: () =>
    dialect === 'postgres'
      ? sql`select pg_advisory_xact_lock(hashtextextended(${slot('key')}, 0))`.compile(db)
      : sql`select ${slot('key')}`.compile(db),
}));

const find = statement<{ tenant: string; id: string }, { id: string }>((db, slot) => ({
  compile: () =>
    sql<{ id: string }>`${sql.join(
      TABLES.map(
        (table) =>
          sql`select id from ${sql.table(table)} where tenant_id = ${slot('tenant')} and id = ${slot('id')}`,
      ),
      sql` union all `,
    )} limit 1`.compile(db),
}));

/**
 * Holds an id that a client has chosen, until the transaction ends. Throws `Conflict` (`id_taken`, `details.id`) when a
 * document, file, link, asset or user of the tenant has it. Ids that this program makes need no such check.
 */
export async function requireUnusedId(trx: Transaction, tenant: string, id: string): Promise<void> {
  await hold.first(trx, { key: `${tenant} ${id}` });
  if (await find.first(trx, { tenant, id })) {
    throw new Conflict('id_taken', `An object with id ${id} already exists`, { id });
  }
}

/**
 * A new id: a version-4 UUID to look at, with the time in its first bits. Ids that follow each other are neighbours in
 * the index, so that a commit of many objects writes a few pages and not one page an object.
 */
export function newObjectId(random: Random): string {
  const ordered = random.uuid7();
  return `${ordered.slice(0, 14)}4${ordered.slice(15)}`;
}
