// The tables of passwords, tokens and failed logins.
import { watch } from '../database/changes.ts';
import type { Migration } from '../database/migrations.ts';

export interface CredentialTables {
  platform_passwords: {
    tenant_id: string;
    realm: string;
    /** The name as it is looked up (`foldName`). */
    name_key: string;
    /** The name as it was given. */
    name: string;
    subject: string;
    /** PHC string. */
    hash: string;
    /** Another random value after each change that ends sessions. */
    version: string;
    suspended: number;
  };
  platform_tokens: {
    tenant_id: string;
    id: string;
    kind: string;
    hash: string;
    subject: string;
    label: string;
    data: string;
    sealed: string | null;
    bound_realm: string | null;
    bound_name: string | null;
    bound_version: string | null;
    created_at: number;
    used_at: number | null;
    expires_at: number | null;
    sliding_ms: number | null;
  };
  platform_token_owners: { hash: string; tenant_id: string; token_id: string };
  platform_login_failures: {
    tenant_id: string;
    scope: string;
    failures: number;
    failed_at: number;
    forget_at: number;
  };
}

export const credentialMigrations: readonly Migration[] = [
  {
    name: '0011_platform_credentials',
    async up({ schema }) {
      await schema
        .createTable('platform_passwords')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('realm', 'text', (column) => column.notNull())
        .addColumn('name_key', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('suspended', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_passwords_pk', ['tenant_id', 'realm', 'name_key'])
        .execute();
      await schema
        .createTable('platform_tokens')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('label', 'text', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addColumn('sealed', 'text')
        .addColumn('bound_realm', 'text')
        .addColumn('bound_name', 'text')
        .addColumn('bound_version', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('used_at', 'bigint')
        .addColumn('expires_at', 'bigint')
        .addColumn('sliding_ms', 'bigint')
        .addPrimaryKeyConstraint('platform_tokens_pk', ['tenant_id', 'id'])
        .execute();
      await schema
        .createIndex('platform_tokens_subject')
        .on('platform_tokens')
        .columns(['tenant_id', 'kind', 'subject'])
        .execute();
      await schema
        .createIndex('platform_tokens_expiry')
        .on('platform_tokens')
        .column('expires_at')
        .execute();
      // A request shows a token before anyone knows its tenant: this table answers that question, so its key cannot
      // start with the tenant. Two short columns beside the hash; sharded by the hash or copied to every shard.
      await schema
        .createTable('platform_token_owners')
        .addColumn('hash', 'text', (column) => column.primaryKey())
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('token_id', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('platform_login_failures')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('scope', 'text', (column) => column.notNull())
        .addColumn('failures', 'bigint', (column) => column.notNull())
        .addColumn('failed_at', 'bigint', (column) => column.notNull())
        .addColumn('forget_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('platform_login_failures_pk', ['tenant_id', 'scope'])
        .execute();
      await schema
        .createIndex('platform_login_failures_forget')
        .on('platform_login_failures')
        .column('forget_at')
        .execute();
    },
  },
  {
    name: '0013_platform_credentials_watched',
    async up(db, dialect) {
      // Not when a token was used and how long it lasts: that is written all the time.
      await watch(db, dialect, {
        table: 'platform_tokens',
        columns: ['tenant_id', 'id', 'kind', 'hash', 'subject', 'label', 'data', 'bound_version'],
      });
      await watch(db, dialect, {
        table: 'platform_token_owners',
        columns: ['hash', 'tenant_id', 'token_id'],
      });
      await watch(db, dialect, {
        table: 'platform_passwords',
        columns: ['tenant_id', 'realm', 'name_key', 'version', 'suspended'],
      });
    },
  },
];
