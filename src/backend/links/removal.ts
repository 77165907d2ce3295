// Links vanish with what they join: the one part of links that the owners of documents, files and users need.
import { sql } from 'kysely';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { amongList } from '../query/columns.ts';
import type { BackendTables } from '../tables.ts';

const removeOf = statement<{ tenant: string; ids: string }, unknown, BackendTables>(
  (db, slot, dialect) => {
    const ids = sql`${slot('ids')}`;
    return db
      .deleteFrom('backend_links')
      .where('tenant_id', '=', slot('tenant'))
      .where(
        sql<boolean>`(${amongList(dialect, sql`source`, ids)} or ${amongList(dialect, sql`target`, ids)})`,
      );
  },
);

/** Deletes the links from and to objects that are being deleted, inside the transaction. At most some thousand ids. */
export async function removeLinksOf(
  trx: Transaction,
  tenant: string,
  ids: readonly string[],
): Promise<void> {
  await removeOf.run(trx, { tenant, ids: JSON.stringify(ids) });
}

const removeBy = statement<{ tenant: string; author: string }, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_links')
    .where('tenant_id', '=', slot('tenant'))
    .where('author', '=', slot('author')),
);

/** Deletes the links that a user has made, inside the transaction. */
export async function removeLinksBy(
  trx: Transaction,
  tenant: string,
  author: string,
): Promise<void> {
  await removeBy.run(trx, { tenant, author });
}
