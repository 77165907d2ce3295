// The tables of jobs and schedules.
import { sql } from 'kysely';
import type { Migration } from '../database/migrations.ts';

/** `waiting` for its time or a free process, `running` under a lease, `done`, or `dead` after its last attempt failed. */
export type JobState = 'waiting' | 'running' | 'done' | 'dead';

export interface JobTables {
  platform_jobs: {
    /** Empty for the server's own jobs. */
    tenant_id: string;
    id: string;
    kind: string;
    /** JSON. */
    payload: string;
    state: JobState;
    priority: number;
    run_at: number;
    attempts: number;
    max_attempts: number | null;
    unique_key: string | null;
    /** Who may finish the job: a new one each time it is handed out. */
    lease_token: string | null;
    lease_until: number | null;
    created_at: number;
    started_at: number | null;
    finished_at: number | null;
    last_error: string | null;
  };
  platform_schedules: {
    tenant_id: string;
    name: string;
    kind: string;
    payload: string;
    cron: string;
    time_zone: string;
    next_at: number;
  };
}

export const jobsMigration: Migration = {
  name: '0021_platform_jobs',
  async up(schema) {
    await schema.schema
      .createTable('platform_jobs')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('run_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('max_attempts', 'integer')
      .addColumn('unique_key', 'text')
      .addColumn('lease_token', 'text')
      .addColumn('lease_until', 'bigint')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('started_at', 'bigint')
      .addColumn('finished_at', 'bigint')
      .addColumn('last_error', 'text')
      .addPrimaryKeyConstraint('platform_jobs_pkey', ['tenant_id', 'id'])
      .execute();
    // Partial, so that finished jobs, which are most of the table, cost the queue nothing.
    await sql`
      CREATE INDEX platform_jobs_due ON platform_jobs (kind, priority DESC, run_at, id)
      WHERE state = 'waiting'
    `.execute(schema);
    await sql`
      CREATE INDEX platform_jobs_leases ON platform_jobs (lease_until) WHERE state = 'running'
    `.execute(schema);
    await sql`
      CREATE UNIQUE INDEX platform_jobs_unique ON platform_jobs (tenant_id, kind, unique_key)
      WHERE unique_key IS NOT NULL AND state IN ('waiting', 'running')
    `.execute(schema);
    await sql`
      CREATE INDEX platform_jobs_finished ON platform_jobs (state, finished_at)
      WHERE state IN ('done', 'dead')
    `.execute(schema);
    await schema.schema
      .createTable('platform_schedules')
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('cron', 'text', (column) => column.notNull())
      .addColumn('time_zone', 'text', (column) => column.notNull())
      .addColumn('next_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('platform_schedules_pkey', ['tenant_id', 'name'])
      .execute();
    await schema.schema
      .createIndex('platform_schedules_next')
      .on('platform_schedules')
      .column('next_at')
      .execute();
  },
};
