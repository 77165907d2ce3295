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

/** Makes the counters of documents anew, from the documents that are there, and positions go on behind `last`. */
export async function countAgain(
  trx: Kysely<AnyTables>,
  dialect: Dialect,
  tenant: string,
  last: number,
): Promise<void> {
  await sql`
    INSERT INTO backend_collection_totals (tenant_id, collection, slot, records, bytes, position)
    SELECT c.tenant_id, c.number, 0, count(d.id), coalesce(sum(octet_length(d.body)), 0), ${last}
    FROM backend_collections c
    LEFT JOIN backend_documents d ON d.tenant_id = c.tenant_id AND d.collection = c.number
    WHERE c.tenant_id = ${tenant}
    GROUP BY c.tenant_id, c.number
  `.execute(trx);
  await sql`
    INSERT INTO backend_author_totals (tenant_id, collection, author, acl, records)
    SELECT tenant_id, collection, author, acl, count(*) FROM backend_documents
    WHERE tenant_id = ${tenant} GROUP BY tenant_id, collection, author, acl
  `.execute(trx);
  await sql`
    INSERT INTO backend_acl_totals (tenant_id, collection, acl, slot, records)
    SELECT tenant_id, collection, acl, 0, count(*) FROM backend_documents
    WHERE tenant_id = ${tenant} AND acl <> '' GROUP BY tenant_id, collection, acl
  `.execute(trx);
  if (dialect === 'postgres') {
    await sql`
      SELECT setval('backend_document_positions', greatest(last_value, ${last}::bigint)) FROM backend_document_positions
    `.execute(trx);
  }
}
