// The tables of blobs: what there is, and which stored content it points to.
import { sql } from 'kysely';
import type { Migration } from '../database/migrations.ts';

export interface BlobTables {
  /** One row a blob. */
  platform_blobs: {
    tenant_id: string;
    id: string;
    hash: string;
    size: number;
    media_type: string;
    created_at: number;
  };
  /** One row a content of a tenant: many blobs may share it. */
  platform_blob_contents: {
    tenant_id: string;
    hash: string;
    storage_key: string;
    size: number;
    /** Since when no blob points here; empty while one does. */
    unused_since: number | null;
  };
}

export const blobsMigration: Migration = {
  name: '0020_platform_blobs',
  async up(schema) {
    await schema.schema
      .createTable('platform_blob_contents')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('storage_key', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('unused_since', 'bigint')
      .addPrimaryKeyConstraint('platform_blob_contents_pkey', ['tenant_id', 'hash'])
      .execute();
    await schema.schema
      .createTable('platform_blobs')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('media_type', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('platform_blobs_pkey', ['tenant_id', 'id'])
      .addForeignKeyConstraint(
        'platform_blobs_content',
        ['tenant_id', 'hash'],
        'platform_blob_contents',
        ['tenant_id', 'hash'],
      )
      .execute();
    await schema.schema
      .createIndex('platform_blobs_hash')
      .on('platform_blobs')
      .columns(['tenant_id', 'hash'])
      .execute();
    await sql`
      CREATE INDEX platform_blob_contents_unused ON platform_blob_contents (unused_since)
      WHERE unused_since IS NOT NULL
    `.execute(schema);
  },
};
