// The content room's schema.
import type { Migration } from '../platform/database/migrations.ts';

/** `content_` tables as Kysely sees them. */
export interface ContentTables {
  content_pdfs: {
    tenant_id: string;
    /** 10 random letters and digits and `.pdf`; unique on the server, because the public link names nothing else. */
    name: string;
    blob_id: string;
    created_at: number;
    expires_at: number;
  };
  /** HTML that becomes a template, and what became of it. */
  content_imports: {
    tenant_id: string;
    /** SHA-256 of the HTML, in hex */
    hash: string;
    /** running, done or failed */
    state: string;
    /** as long as it runs */
    html: string | null;
    result: string | null;
    error: string | null;
    /** JSON: addresses to be told */
    webhooks: string;
    created_at: number;
    expires_at: number;
  };
}

const pdfs: Migration = {
  name: '0300_content_pdfs',
  async up(db) {
    await db.schema
      .createTable('content_pdfs')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('blob_id', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('content_pdfs_pk', ['tenant_id', 'name'])
      .execute();
    await db.schema
      .createIndex('content_pdfs_name')
      .on('content_pdfs')
      .column('name')
      .unique()
      .execute();
    await db.schema
      .createIndex('content_pdfs_expires')
      .on('content_pdfs')
      .column('expires_at')
      .execute();
  },
};

const imports: Migration = {
  name: '0301_content_imports',
  async up(db) {
    await db.schema
      .createTable('content_imports')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('html', 'text')
      .addColumn('result', 'text')
      .addColumn('error', 'text')
      .addColumn('webhooks', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('content_imports_pk', ['tenant_id', 'hash'])
      .execute();
    await db.schema
      .createIndex('content_imports_expires')
      .on('content_imports')
      .column('expires_at')
      .execute();
  },
};

export const contentMigrations: readonly Migration[] = [pdfs, imports];
