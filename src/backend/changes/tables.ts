// The tables behind changes: the log that streams read, and webhooks with their deliveries.
import { sql } from 'kysely';
import type { Migration } from '../../platform/database/migrations.ts';

export interface ChangeTables {
  /** One row a change of a document, in collections that record them. */
  backend_changes: {
    tenant_id: string;
    /** The transaction that made it (PostgreSQL, where transactions end in another order than they began); 0 on SQLite. */
    tx: number;
    seq: number;
    collection: number;
    document: string;
    /** `create`, `update` or `delete`. */
    kind: string;
    /** Of the document after the change. */
    version: number;
    position: number;
    author: string;
    /** Who may read the document after the change, and before it. */
    acl: string;
    acl_before: string;
    created_at: number;
    /** When it happened, in milliseconds. */
    at: number;
    /** The own fields after the change; before it, for a deletion. */
    body: string;
  };
  /** What a tenant's log still holds. */
  backend_change_feeds: {
    tenant_id: string;
    /** New when the log begins anew: positions of another epoch mean nothing. */
    epoch: string;
    /** The last change that was removed. */
    floor_tx: number;
    floor_seq: number;
  };
  backend_webhooks: {
    tenant_id: string;
    id: string;
    url: string;
    /** Sealed. */
    secret: string;
    /** JSON list of the kinds of changes that are sent. */
    events: string;
    description: string;
    active: number;
    created_at: number;
  };
  backend_webhook_collections: { tenant_id: string; collection: number; webhook: string };
  backend_webhook_deliveries: {
    tenant_id: string;
    id: string;
    webhook: string;
    /** `document.create`, say. */
    event: string;
    collection: string;
    document: string;
    /** `waiting`, `delivered`, `failed` or `cancelled`. */
    state: string;
    attempts: number;
    /** JSON list of attempts, newest last. */
    log: string;
    created_at: number;
    finished_at: number | null;
    /** What is sent. */
    body: string;
  };
}

export const changeMigration: Migration = {
  name: '0170_backend_changes',
  async up(db, dialect) {
    const { schema } = db;
    await schema
      .alterTable('backend_collections')
      .addColumn('recorded', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await schema
      .createTable('backend_changes')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('tx', 'bigint', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('collection', 'integer', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('acl', 'text', (column) => column.notNull())
      .addColumn('acl_before', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_changes_pk', ['tenant_id', 'tx', 'seq'])
      .execute();
    await schema
      .createTable('backend_change_feeds')
      .addColumn('tenant_id', 'text', (column) => column.primaryKey())
      .addColumn('epoch', 'text', (column) => column.notNull())
      .addColumn('floor_tx', 'bigint', (column) => column.notNull())
      .addColumn('floor_seq', 'bigint', (column) => column.notNull())
      .execute();
    await schema
      .createTable('backend_webhooks')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('secret', 'text', (column) => column.notNull())
      .addColumn('events', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('active', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_webhooks_pk', ['tenant_id', 'id'])
      .execute();
    await schema
      .createTable('backend_webhook_collections')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('collection', 'integer', (column) => column.notNull())
      .addColumn('webhook', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_webhook_collections_pk', [
        'tenant_id',
        'collection',
        'webhook',
      ])
      .execute();
    await schema
      .createTable('backend_webhook_deliveries')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('webhook', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('collection', 'text', (column) => column.notNull())
      .addColumn('document', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('log', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('body', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_webhook_deliveries_pk', ['tenant_id', 'id'])
      .execute();
    await schema
      .createIndex('backend_webhook_deliveries_webhook')
      .on('backend_webhook_deliveries')
      .columns(['tenant_id', 'webhook', 'created_at'])
      .execute();
    await schema
      .createIndex('backend_webhook_deliveries_finished')
      .on('backend_webhook_deliveries')
      .column('finished_at')
      .execute();
    if (dialect === 'postgres') await sql`CREATE SEQUENCE backend_change_numbers`.execute(db);
  },
};
