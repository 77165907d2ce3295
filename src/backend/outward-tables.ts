// The tables of what reaches outside: devices, messages on their way to them, accounts at other networks.
import type { Migration } from '../platform/database/migrations.ts';

export interface OutwardTables {
  /** Where a user can be reached. A device has one user: the last one who registered it. */
  backend_devices: {
    tenant_id: string;
    /** `ios` or `android`. */
    os: string;
    token: string;
    user_id: string;
    registered_at: number;
  };
  /** What is on its way: one message, one profile, one kind of device. */
  backend_push_batches: {
    tenant_id: string;
    id: string;
    profile: number;
    os: string;
    /** The message as JSON. */
    message: string;
    created_at: number;
    /** Nobody wants it after this. */
    expires_at: number;
  };
  /** Devices that a batch has still to reach, and those that it never will. Reached ones are removed at once. */
  backend_push_targets: {
    tenant_id: string;
    batch: string;
    position: number;
    token: string;
    user_id: string;
    /** `waiting` or `failed`. */
    state: string;
    error: string | null;
  };
  backend_social_links: {
    tenant_id: string;
    network: string;
    social_id: string;
    user_id: string;
    /** The name of the account at the network. */
    username: string | null;
    /** Token and secret, encrypted. */
    sealed: string;
    /** What the network told, as JSON. */
    facts: string;
    linked_at: number;
  };
}

export const outwardMigrations: readonly Migration[] = [
  {
    name: '0120_backend_outward',
    async up({ schema }) {
      await schema
        .createTable('backend_devices')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('os', 'text', (column) => column.notNull())
        .addColumn('token', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('registered_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_devices_pk', ['tenant_id', 'os', 'token'])
        .execute();
      await schema
        .createIndex('backend_devices_user')
        .on('backend_devices')
        .columns(['tenant_id', 'user_id'])
        .execute();
      await schema
        .createTable('backend_push_batches')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('profile', 'integer', (column) => column.notNull())
        .addColumn('os', 'text', (column) => column.notNull())
        .addColumn('message', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_push_batches_pk', ['tenant_id', 'id'])
        .execute();
      await schema
        .createTable('backend_push_targets')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('batch', 'text', (column) => column.notNull())
        .addColumn('position', 'integer', (column) => column.notNull())
        .addColumn('token', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('error', 'text')
        .addPrimaryKeyConstraint('backend_push_targets_pk', ['tenant_id', 'batch', 'position'])
        .execute();
      await schema
        .createTable('backend_social_links')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('network', 'text', (column) => column.notNull())
        .addColumn('social_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('username', 'text')
        .addColumn('sealed', 'text', (column) => column.notNull())
        .addColumn('facts', 'text', (column) => column.notNull())
        .addColumn('linked_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_social_links_pk', ['tenant_id', 'network', 'social_id'])
        .addUniqueConstraint('backend_social_links_user', ['tenant_id', 'user_id', 'network'])
        .execute();
    },
  },
];
