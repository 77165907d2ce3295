// The schema of the translation room, step by step.
import type { Migration } from '../platform/database/migrations.ts';

export const translationMigrations: readonly Migration[] = [
  {
    name: '0400_tr_projects',
    async up({ schema }) {
      await schema
        .createTable('tr_projects')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('description', 'text')
        .addColumn('shared_name', 'text')
        .addColumn('shared_description', 'text')
        .addColumn('source_locale', 'text', (column) => column.notNull())
        .addColumn('target_locales', 'text', (column) => column.notNull())
        .addColumn('extensions', 'text', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('tr_projects_pk', ['tenant_id', 'key'])
        .execute();
      await schema
        .createTable('tr_connectors')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('project_key', 'text', (column) => column.notNull())
        .addColumn('level', 'text', (column) => column.notNull())
        .addColumn('login', 'text', (column) => column.notNull())
        .addColumn('enabled', 'integer', (column) => column.notNull())
        .addColumn('ip_allow', 'text', (column) => column.notNull())
        .addColumn('comments', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addColumn('last_login_at', 'bigint')
        .addColumn('last_client', 'text')
        .addColumn('last_client_version', 'text')
        .addColumn('last_address', 'text')
        .addPrimaryKeyConstraint('tr_connectors_pk', ['tenant_id', 'id'])
        .execute();
      await schema
        .createIndex('tr_connectors_project')
        .on('tr_connectors')
        .columns(['tenant_id', 'project_key', 'id'])
        .execute();
      await schema
        .createTable('tr_exclusive_sections')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('project_key', 'text', (column) => column.notNull())
        .addColumn('holder', 'text', (column) => column.notNull())
        .addColumn('purpose', 'text', (column) => column.notNull())
        .addColumn('since', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('tr_exclusive_sections_pk', ['tenant_id', 'project_key'])
        .execute();
    },
  },
  {
    name: '0410_tr_files',
    async up({ schema }) {
      await schema
        .createTable('tr_files')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('project_key', 'text', (column) => column.notNull())
        .addColumn('area', 'text', (column) => column.notNull())
        .addColumn('locale', 'text', (column) => column.notNull())
        .addColumn('path_hash', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('path_key', 'text', (column) => column.notNull())
        .addColumn('blob_id', 'text')
        .addColumn('replaced_blob_id', 'text')
        .addColumn('size', 'bigint', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('modified_at', 'bigint', (column) => column.notNull())
        .addColumn('changed_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('tr_files_pk', [
          'tenant_id',
          'project_key',
          'area',
          'locale',
          'path_hash',
        ])
        .execute();
      // What the scan asks: which sources changed since the last one, and when was the last change.
      await schema
        .createIndex('tr_files_changed')
        .on('tr_files')
        .columns(['tenant_id', 'project_key', 'area', 'changed_at'])
        .execute();
    },
  },
];
