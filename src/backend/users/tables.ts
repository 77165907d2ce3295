// The tables of people besides their accounts: who follows whom.
import type { Migration } from '../../platform/database/migrations.ts';
import { watch } from '../../platform/database/changes.ts';

export interface FriendTables {
  /** One row a person whom a user follows. Both are user ids. */
  backend_friends: {
    tenant_id: string;
    follower: string;
    followed: string;
    created_at: number;
  };
}

export const friendMigrations: readonly Migration[] = [
  {
    name: '0110_backend_friends',
    async up(db, dialect) {
      const { schema } = db;
      // How many people a user follows: those who follow nobody cost no further read.
      await schema
        .alterTable('backend_users')
        .addColumn('following', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      // Lists of users are in order of their accounts.
      await schema
        .createIndex('backend_users_created')
        .on('backend_users')
        .columns(['tenant_id', 'created_at', 'id'])
        .execute();
      await schema
        .createTable('backend_friends')
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn('follower', 'text', (column) => column.notNull())
        .addColumn('followed', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('backend_friends_pk', ['tenant_id', 'follower', 'followed'])
        .execute();
      await schema
        .createIndex('backend_friends_following')
        .on('backend_friends')
        .columns(['tenant_id', 'follower', 'created_at', 'followed'])
        .execute();
      await schema
        .createIndex('backend_friends_followers')
        .on('backend_friends')
        .columns(['tenant_id', 'followed', 'created_at', 'follower'])
        .execute();
      // What an actor may see depends on them. The count beside the account changes with the rows.
      await watch(db, dialect, {
        table: 'backend_friends',
        columns: ['tenant_id', 'follower', 'followed'],
        inserts: true,
      });
    },
  },
];
