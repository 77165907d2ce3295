// The tables of tenants, their settings and their handles.
import { watch } from '../database/changes.ts';
import type { Migration } from '../database/migrations.ts';

export interface TenantTables {
  platform_tenants: { tenant_id: string; name: string; created_at: number };
  platform_tenant_settings: { tenant_id: string; name: string; value: string };
  platform_handles: { kind: string; value: string; tenant_id: string };
}

export const tenantMigrations: readonly Migration[] = [
  {
    name: '0010_platform_tenants',
    async up({ schema }) {
      await schema
        .createTable('platform_tenants')
        .addColumn('tenant_id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .execute();
      await schema
        .createTable('platform_tenant_settings')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_tenant_settings_pk', ['tenant_id', 'name'])
        .execute();
      // A request names an app code, an account or a project before anyone knows its tenant: this table answers that
      // question, so its key cannot start with the tenant. It is small, and on a sharded database a reference table.
      await schema
        .createTable('platform_handles')
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_handles_pk', ['kind', 'value'])
        .execute();
      await schema
        .createIndex('platform_handles_tenant')
        .on('platform_handles')
        .columns(['tenant_id', 'kind', 'value'])
        .execute();
    },
  },
  {
    name: '0014_platform_settings_watched',
    async up(db, dialect) {
      await watch(db, dialect, {
        table: 'platform_tenant_settings',
        columns: ['tenant_id', 'name', 'value'],
        // What was never set is remembered, too.
        inserts: true,
      });
    },
  },
];
