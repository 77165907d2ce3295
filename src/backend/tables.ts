// The tables of the backend room and the steps that make them.
import { sql } from 'kysely';
import { watch } from '../platform/database/changes.ts';
import type { Migration } from '../platform/database/migrations.ts';
import { changeMigration, type ChangeTables } from './changes/tables.ts';
import { filesMigration, type FileTables } from './files/tables.ts';
import { indexesMigration, type IndexTables } from './indexes/tables.ts';
import { linksMigration, type LinkTables } from './links/tables.ts';
import { outwardMigrations, type OutwardTables } from './outward-tables.ts';
import { exportMigration, type ExportTables } from './transfer/tables.ts';
import { pluginMigrations, type PluginTables } from './plugins/tables.ts';
import { friendMigrations, type FriendTables } from './users/tables.ts';

export interface BackendTables
  extends
    ChangeTables,
    FriendTables,
    OutwardTables,
    PluginTables,
    LinkTables,
    IndexTables,
    FileTables,
    ExportTables {
  backend_collections: {
    tenant_id: string;
    name: string;
    /** First part of a record identity; never used again. */
    number: number;
    created_at: number;
    /** Why changes of its documents are written down, see `changes/record.ts`; 0: they are not. */
    recorded: number;
    /** Declared indexes as JSON, see `indexes/definition.ts`; empty for none. */
    indexes: string;
    /** The ACL of documents that are made without one of their own. */
    default_acl: string;
  };
  backend_collection_numbers: { tenant_id: string; last: number };
  /** Records and bytes of a collection, spread over slots so that concurrent writers do not queue at one row. */
  backend_collection_totals: {
    tenant_id: string;
    collection: number;
    slot: number;
    records: number;
    bytes: number;
    /** The last position given out (SQLite; PostgreSQL has a sequence). */
    position: number;
  };
  /** Records by ACL, for ACLs that grant anything. */
  backend_acl_totals: {
    tenant_id: string;
    collection: number;
    acl: string;
    slot: number;
    records: number;
  };
  /** Records by author and ACL. */
  backend_author_totals: {
    tenant_id: string;
    collection: number;
    author: string;
    acl: string;
    records: number;
  };
  /** Every set of grants that was ever used, under the hash of its canonical text. Rows never change. */
  backend_acls: { tenant_id: string; acl: string; grants: string };
  backend_acl_readers: { tenant_id: string; grantee: string; acl: string };
  backend_documents: {
    tenant_id: string;
    id: string;
    collection: number;
    position: number;
    version: number;
    /** Id of the user who made it. */
    author: string;
    acl: string;
    created_at: number;
    /** The client's own fields as JSON text: order and numbers as they came. */
    body: string;
    /** The same for queries, where the engine needs another form: always on PostgreSQL, seldom on SQLite. */
    query_body: string | null;
  };
  backend_users: {
    tenant_id: string;
    id: string;
    name: string;
    /** The name as it is compared (`foldName`). */
    name_key: string;
    role: string;
    /** `active` or `suspended`. */
    status: string;
    email_key: string | null;
    /** Profile sections as JSON objects. */
    visible_to_self: string;
    visible_to_friends: string;
    visible_to_registered: string;
    visible_to_anonymous: string;
    generated_name: number;
    created_at: number;
    /** How many people the user follows. */
    following: number;
  };
  backend_roles: {
    tenant_id: string;
    id: string;
    name: string;
    /** Id of the role whose grants this one has too. */
    inherits: string | null;
    description: string;
  };
}

export const backendMigrations: readonly Migration[] = [
  {
    name: '0100_backend_users',
    async up({ schema }) {
      await schema
        .createTable('backend_users')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('name_key', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('email_key', 'text')
        .addColumn('visible_to_self', 'text', (column) => column.notNull())
        .addColumn('visible_to_friends', 'text', (column) => column.notNull())
        .addColumn('visible_to_registered', 'text', (column) => column.notNull())
        .addColumn('visible_to_anonymous', 'text', (column) => column.notNull())
        .addColumn('generated_name', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_users_pk', ['tenant_id', 'id'])
        .addUniqueConstraint('backend_users_name', ['tenant_id', 'name_key'])
        .addUniqueConstraint('backend_users_email', ['tenant_id', 'email_key'])
        .execute();
      await schema
        .createTable('backend_roles')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('inherits', 'text')
        .addColumn('description', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_roles_pk', ['tenant_id', 'id'])
        .addUniqueConstraint('backend_roles_name', ['tenant_id', 'name'])
        .execute();
    },
  },
  {
    name: '0101_backend_documents',
    async up(db, dialect) {
      const { schema } = db;
      await schema
        .createTable('backend_collections')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_collections_pk', ['tenant_id', 'name'])
        .addUniqueConstraint('backend_collections_number', ['tenant_id', 'number'])
        .execute();
      await schema
        .createTable('backend_collection_numbers')
        .addColumn('tenant_id', 'text', (column) => column.primaryKey())
        .addColumn('last', 'integer', (column) => column.notNull())
        .execute();
      await schema
        .createTable('backend_collection_totals')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('collection', 'integer', (column) => column.notNull())
        .addColumn('slot', 'integer', (column) => column.notNull())
        .addColumn('records', 'bigint', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('position', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_collection_totals_pk', [
          'tenant_id',
          'collection',
          'slot',
        ])
        .execute();
      await schema
        .createTable('backend_acl_totals')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('collection', 'integer', (column) => column.notNull())
        .addColumn('acl', 'text', (column) => column.notNull())
        .addColumn('slot', 'integer', (column) => column.notNull())
        .addColumn('records', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_acl_totals_pk', [
          'tenant_id',
          'collection',
          'acl',
          'slot',
        ])
        .execute();
      await schema
        .createTable('backend_author_totals')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('collection', 'integer', (column) => column.notNull())
        .addColumn('author', 'text', (column) => column.notNull())
        .addColumn('acl', 'text', (column) => column.notNull())
        .addColumn('records', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_author_totals_pk', [
          'tenant_id',
          'collection',
          'author',
          'acl',
        ])
        .execute();
      await schema
        .createTable('backend_acls')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('acl', 'text', (column) => column.notNull())
        .addColumn('grants', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_acls_pk', ['tenant_id', 'acl'])
        .execute();
      await schema
        .createTable('backend_acl_readers')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('grantee', 'text', (column) => column.notNull())
        .addColumn('acl', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_acl_readers_pk', ['tenant_id', 'grantee', 'acl'])
        .execute();
      await schema
        .createTable('backend_documents')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('collection', 'integer', (column) => column.notNull())
        .addColumn('position', 'bigint', (column) => column.notNull())
        .addColumn('version', 'bigint', (column) => column.notNull())
        .addColumn('author', 'text', (column) => column.notNull())
        .addColumn('acl', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('query_body', dialect === 'postgres' ? 'jsonb' : 'text')
        .addPrimaryKeyConstraint('backend_documents_pk', ['tenant_id', 'id'])
        .execute();
      await schema
        .createIndex('backend_documents_position')
        .on('backend_documents')
        .columns(['tenant_id', 'collection', 'position'])
        .unique()
        .execute();
      // Newest first is what apps ask for most.
      await schema
        .createIndex('backend_documents_created')
        .on('backend_documents')
        .columns(['tenant_id', 'collection', 'created_at', 'position'])
        .execute();
      await schema
        .createIndex('backend_documents_author')
        .on('backend_documents')
        .columns(['tenant_id', 'collection', 'author', 'position'])
        .execute();
      // Most documents are their author's alone: they are found by author.
      await schema
        .createIndex('backend_documents_acl')
        .on('backend_documents')
        .columns(['tenant_id', 'collection', 'acl', 'position'])
        .where(sql.ref('acl'), '<>', '')
        .execute();
      if (dialect === 'postgres') {
        // Positions grow over all collections: one sequence does not make writers wait for each other.
        await sql`CREATE SEQUENCE backend_document_positions`.execute(db);
      }
    },
  },
  {
    name: '0102_backend_watched',
    async up(db, dialect) {
      await watch(db, dialect, {
        table: 'backend_users',
        columns: ['tenant_id', 'id', 'name', 'role'],
      });
      await watch(db, dialect, {
        table: 'backend_roles',
        columns: ['tenant_id', 'id', 'name', 'inherits'],
        // A role may inherit from one that comes later.
        inserts: true,
      });
    },
  },
  ...outwardMigrations,
  ...friendMigrations,
  ...pluginMigrations,
  changeMigration,
  linksMigration,
  indexesMigration,
  filesMigration,
  exportMigration,
];
