// Positions of documents, the second part of their record identity: none is given out twice, not even after a move.
import { sql, type Kysely } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { AnyTables } from './rows.ts';

/** A position behind all that were given out to the app's documents. */
export async function lastPosition(
  on: Kysely<AnyTables>,
  dialect: Dialect,
  tenant: string,
): Promise<number> {
  const { rows } =
    dialect === 'postgres'
      ? await sql<{
          last: number;
        }>`SELECT last_value AS last FROM backend_document_positions`.execute(on)
      : await sql<{ last: number }>`
          SELECT coalesce(max(position), 0) AS last FROM backend_collection_totals WHERE tenant_id = ${tenant}
        `.execute(on);
  return rows[0]?.last ?? 0;
}

/** Positions of documents go on behind `last`, where the engine counts them for all apps together. */
export async function continueAfter(
  trx: Kysely<AnyTables>,
  dialect: Dialect,
  last: number,
): Promise<void> {
  if (dialect !== 'postgres') return;
  await sql`
    SELECT setval('backend_document_positions', greatest(last_value, ${last}::bigint)) FROM backend_document_positions
  `.execute(trx);
}
