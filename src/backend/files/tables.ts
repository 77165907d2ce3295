// The tables of files, of what is derived from them, and of assets.
import type { Migration } from '../../platform/database/migrations.ts';

export interface FileTables {
  backend_files: {
    tenant_id: string;
    id: string;
    version: number;
    /** Id of the user who sent it. */
    author: string;
    acl: string;
    created_at: number;
    name: string;
    content_type: string;
    size: number;
    /** Id of the blob with the bytes. */
    blob: string;
    /** What was found out about it, as a JSON object. */
    metadata: string;
    /** What the client attached: a JSON object as text, numbers as they came. */
    attached: string;
    /** Name, type, size, metadata and attached data as queries read them. */
    fields: string;
  };
  /** The text in a file, for those in which there is any. */
  backend_file_texts: { tenant_id: string; file: string; text: string };
  /** Images in other sizes, made when somebody asks for them. */
  backend_resized_images: {
    tenant_id: string;
    /** Id of the blob with the original. */
    source: string;
    /** See `sizeText` in media/image-size.ts. */
    size: string;
    /** Id of the blob with the result. */
    blob: string;
    created_at: number;
  };
  backend_assets: {
    tenant_id: string;
    name: string;
    id: string;
    /** Second part of the record identity. */
    position: number;
    author: string;
    created_at: number;
    /** A JSON object as text. */
    meta: string;
    /** Assets without a file have none of these. */
    blob: string | null;
    file_name: string | null;
    content_type: string | null;
    size: number | null;
  };
  backend_asset_positions: { tenant_id: string; last: number };
}

export const filesMigration: Migration = {
  name: '0140_backend_files',
  async up({ schema }, dialect) {
    await schema
      .createTable('backend_files')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('acl', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('content_type', 'text', (column) => column.notNull())
      .addColumn('size', 'bigint', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('attached', 'text', (column) => column.notNull())
      .addColumn('fields', dialect === 'postgres' ? 'jsonb' : 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_files_pk', ['tenant_id', 'id'])
      .execute();
    await schema
      .createIndex('backend_files_created')
      .on('backend_files')
      .columns(['tenant_id', 'created_at', 'id'])
      .execute();
    await schema
      .createIndex('backend_files_author')
      .on('backend_files')
      .columns(['tenant_id', 'author'])
      .execute();
    await schema
      .createTable('backend_file_texts')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('file', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_file_texts_pk', ['tenant_id', 'file'])
      .execute();
    await schema
      .createTable('backend_resized_images')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('size', 'text', (column) => column.notNull())
      .addColumn('blob', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('backend_resized_images_pk', ['tenant_id', 'source', 'size'])
      .execute();
    await schema
      .createTable('backend_assets')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('position', 'bigint', (column) => column.notNull())
      .addColumn('author', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('meta', 'text', (column) => column.notNull())
      .addColumn('blob', 'text')
      .addColumn('file_name', 'text')
      .addColumn('content_type', 'text')
      .addColumn('size', 'bigint')
      .addPrimaryKeyConstraint('backend_assets_pk', ['tenant_id', 'name'])
      .addUniqueConstraint('backend_assets_id', ['tenant_id', 'id'])
      .execute();
    await schema
      .createTable('backend_asset_positions')
      .addColumn('tenant_id', 'text', (column) => column.primaryKey())
      .addColumn('last', 'bigint', (column) => column.notNull())
      .execute();
  },
};
