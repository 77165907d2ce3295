// The tables of declared indexes: their entries, and the keys that may occur only once.
import { sql } from 'kysely';
import type { Migration } from '../../platform/database/migrations.ts';

export interface IndexTables {
  /**
   * What is at an indexed path of each document, in the order of sorting (`entries.ts`). Entries are made in the
   * transaction of the document. Those of documents that are gone may stay for a while: whoever reads looks at the
   * document, too.
   */
  backend_index_entries: {
    tenant_id: string;
    /** Id of the index, and which of its paths: `Xy12…/0`. */
    path: string;
    rank: number;
    num: number;
    text: string;
    /** Position of the document. */
    position: number;
  };
  /** Hashes of what unique indexes have seen. */
  backend_unique_keys: { tenant_id: string; index_id: string; hash: string; document: string };
}

export const indexesMigration: Migration = {
  name: '0131_backend_indexes',
  async up({ schema }, dialect) {
    const entries = schema
      .createTable('backend_index_entries')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('path', 'text', (column) => column.notNull())
      .addColumn('rank', 'integer', (column) => column.notNull())
      .addColumn('num', 'double precision', (column) => column.notNull())
      // Texts are in the order of code points.
      .addColumn('text', dialect === 'postgres' ? sql`text collate "C"` : 'text', (column) =>
        column.notNull(),
      )
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_index_entries_pk', [
        'tenant_id',
        'path',
        'rank',
        'num',
        'text',
        'position',
      ]);
    // The key is all there is.
    await (dialect === 'sqlite' ? entries.modifyEnd(sql`WITHOUT ROWID`) : entries).execute();
    await schema
      .createTable('backend_unique_keys')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('index_id', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_unique_keys_pk', ['tenant_id', 'index_id', 'hash'])
      .execute();
    await schema
      .alterTable('backend_collections')
      .addColumn('indexes', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
    await schema
      .alterTable('backend_collections')
      .addColumn('default_acl', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
  },
};
