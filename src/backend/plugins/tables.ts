// The tables of plugins: scripts that run on the server, in versions.
import type { Migration } from '../../platform/database/migrations.ts';

export interface PluginTables {
  backend_plugins: {
    tenant_id: string;
    name: string;
    id: string;
    lang: string;
    /** Other plugins may require it. */
    library: number;
    /** It answers requests. */
    active: number;
    /** `installing` until its install hook has agreed, then `ready`. */
    state: string;
    /** The version that runs. */
    version: number;
    /** What the script keeps: JSON text. */
    storage: string | null;
    /** Grows with each change of the storage. */
    storage_version: number;
    created_at: number;
  };
  backend_plugin_versions: {
    tenant_id: string;
    plugin: string;
    version: number;
    code: string;
    created_at: number;
  };
}

export const pluginMigrations: readonly Migration[] = [
  {
    name: '0150_backend_plugins',
    async up({ schema }) {
      await schema
        .createTable('backend_plugins')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('lang', 'text', (column) => column.notNull())
        .addColumn('library', 'integer', (column) => column.notNull())
        .addColumn('active', 'integer', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('storage', 'text')
        .addColumn('storage_version', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_plugins_pk', ['tenant_id', 'name'])
        .execute();
      await schema
        .createTable('backend_plugin_versions')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('plugin', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_plugin_versions_pk', ['tenant_id', 'plugin', 'version'])
        .execute();
    },
  },
];
