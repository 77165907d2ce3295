// The table of archives that administrators have asked for.
import type { Migration } from '../../platform/database/migrations.ts';

export interface ExportTables {
  backend_exports: {
    tenant_id: string;
    /** `20261122-193000-1234567890.zip` */
    name: string;
    /** `waiting`, `done` or `failed`. */
    state: string;
    /** The archive, once it is done. */
    blob: string | null;
    created_at: number;
  };
}

export const exportMigration: Migration = {
  name: '0160_backend_exports',
  up: ({ schema }) =>
    schema
      .createTable('backend_exports')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('blob', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_exports_pk', ['tenant_id', 'name'])
      .execute(),
};
