// The table of links.
import type { Migration } from '../../platform/database/migrations.ts';

/** What a link can join. */
export type EndKind = 'document' | 'file' | 'user';

export interface LinkTables {
  backend_links: {
    tenant_id: string;
    id: string;
    label: string;
    source_kind: EndKind;
    /** Id of the object where it starts. */
    source: string;
    target_kind: EndKind;
    /** Id of the object that it leads to. */
    target: string;
    /** Id of the user who made it. */
    author: string;
    created_at: number;
  };
}

export const linksMigration: Migration = {
  name: '0130_backend_links',
  async up({ schema }) {
    await schema
      .createTable('backend_links')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('source_kind', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('target_kind', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_links_pk', ['tenant_id', 'id'])
      .execute();
    for (const end of ['source', 'target']) {
      await schema
        .createIndex(`backend_links_${end}`)
        .on('backend_links')
        .columns(['tenant_id', end, 'label'])
        .execute();
    }
    await schema
      .createIndex('backend_links_created')
      .on('backend_links')
      .columns(['tenant_id', 'created_at', 'id'])
      .execute();
  },
};
