// The room's schema, step by step. Every primary key starts with the tenant, so that the tables shard by it.
import { sql } from 'kysely';
import type { Migration } from '../platform/database/migrations.ts';

const accounts: Migration = {
  name: '0200_time_accounts',
  async up(db) {
    await db.schema
      .createTable('time_accounts')
      .addColumn('tenant_id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('api_enabled', 'integer', (column) => column.notNull())
      .addColumn('time_zone', 'text', (column) => column.notNull())
      .addColumn('xid_mode', 'text', (column) => column.notNull())
      .addColumn('v1_strict', 'integer', (column) => column.notNull())
      .addColumn('min_quantity_seconds', 'integer', (column) => column.notNull())
      .addColumn('main_company_id', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute();

    await db.schema
      .createTable('time_sequences')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('next', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('time_sequences_key', ['tenant_id', 'name'])
      .execute();
  },
};

const entities: Migration = {
  name: '0201_time_entities',
  async up(db) {
    await db.schema
      .createTable('time_entities')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'bigint', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('parent_id', 'bigint')
      .addColumn('xid', 'text')
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('active', 'integer', (column) => column.notNull())
      .addColumn('corporate', 'integer')
      .addColumn('start_date', 'text')
      .addColumn('description', 'text')
      .addColumn('specific_tasks_disabled', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('email', 'text')
      .addColumn('email_key', 'text')
      .addColumn('user_group', 'text')
      .addColumn('invited_at', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('time_entities_key', ['tenant_id', 'id'])
      .addUniqueConstraint('time_entities_xid', ['tenant_id', 'kind', 'xid'])
      .addUniqueConstraint('time_entities_email', ['tenant_id', 'email_key'])
      .execute();
    await db.schema
      .createIndex('time_entities_by_parent')
      .on('time_entities')
      .columns(['tenant_id', 'kind', 'parent_id'])
      .execute();

    await relation('time_leaders', 'person_id', 'leader_id');
    await relation('time_managers', 'project_id', 'person_id');
    await relation('time_specific_tasks', 'owner_id', 'task_id');
    await relation('time_members', 'owner_id', 'member_id');

    await db.schema
      .createTable('time_group_assignments')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('entity_id', 'bigint', (column) => column.notNull())
      .addColumn('group_id', 'bigint', (column) => column.notNull())
      .addColumn('valid_from', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('time_group_assignments_key', [
        'tenant_id',
        'entity_id',
        'group_id',
        'valid_from',
      ])
      .execute();

    /** A table of pairs that is read from both ends. */
    async function relation(table: string, from: string, to: string): Promise<void> {
      await db.schema
        .createTable(table)
        .addColumn('tenant_id', 'text', (column) => column.notNull())
        .addColumn(from, 'bigint', (column) => column.notNull())
        .addColumn(to, 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint(`${table}_key`, ['tenant_id', from, to] as never[])
        .execute();
      await db.schema.createIndex(`${table}_back`).on(table).columns(['tenant_id', to]).execute();
    }
  },
};

const entries: Migration = {
  name: '0202_time_entries',
  async up(db) {
    await db.schema
      .createTable('time_entries')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'bigint', (column) => column.notNull())
      .addColumn('person_id', 'bigint', (column) => column.notNull())
      .addColumn('date', 'text', (column) => column.notNull())
      .addColumn('seconds', 'integer', (column) =>
        column.notNull().check(sql`seconds BETWEEN 0 AND 86400`),
      )
      .addColumn('target_id', 'bigint', (column) => column.notNull())
      .addColumn('target_kind', 'text', (column) => column.notNull())
      .addColumn('task_id', 'bigint')
      .addColumn('comment', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('status_before_lock', 'text')
      .addColumn('started_at', 'text', (column) => column.notNull())
      .addColumn('ended_at', 'text', (column) => column.notNull())
      .addColumn('xid', 'text')
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('created_by', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('time_entries_key', ['tenant_id', 'id'])
      .addUniqueConstraint('time_entries_xid', ['tenant_id', 'xid'])
      .addCheckConstraint(
        'time_entries_lock',
        sql`(status = 'l') = (status_before_lock IS NOT NULL)`,
      )
      .execute();
    await db.schema
      .createIndex('time_entries_by_person')
      .on('time_entries')
      .columns(['tenant_id', 'person_id', 'date'])
      .execute();
    await db.schema
      .createIndex('time_entries_by_target')
      .on('time_entries')
      .columns(['tenant_id', 'target_id'])
      .execute();

    await db.schema
      .createTable('time_entry_events')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('entry_id', 'bigint', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('actor_id', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .addPrimaryKeyConstraint('time_entry_events_key', ['tenant_id', 'entry_id', 'version'])
      .execute();
  },
};

/** All steps of the timesheets room, oldest first. */
export const timesheetsMigrations: readonly Migration[] = [accounts, entities, entries];
