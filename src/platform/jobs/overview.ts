// What operators see of the queue, and the little they may do to it.
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { Conflict, NotFound } from '../errors.ts';
import type { Job } from './job.ts';
import { toJob } from './queue.ts';
import type { JobState, JobTables } from './tables.ts';

export interface JobFilter {
  /** Only this tenant's; empty for the server's own. */
  tenantId?: string;
  kind?: string;
  state?: JobState;
  /** Only those made before the job with this id, for the next page. */
  before?: string;
  /** 1 to 200. */
  limit?: number;
}

const MAX_LIST = 200;
const SCAN_MS = 5000;

/** Jobs, the newest first. */
export async function listJobs(db: Database, filter: JobFilter = {}): Promise<Job[]> {
  const { tenantId, kind, state, before, limit = 50 } = filter;
  let query = db.tables<JobTables>().selectFrom('platform_jobs').selectAll();
  if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (state !== undefined) query = query.where('state', '=', state);
  if (before !== undefined) query = query.where('id', '<', before);
  const page = query
    // Ids begin with the time they were made at.
    .orderBy('id', 'desc')
    .limit(Math.min(Math.max(1, limit), MAX_LIST))
    .compile();
  // A filter that no index serves visits every job that is kept.
  const rows = await db.scan(page, { timeoutMs: SCAN_MS });
  return rows.map(toJob);
}

/** One job. Throws `NotFound` (`job_not_found`). */
export async function findJob(db: Database, tenantId: string, id: string): Promise<Job> {
  const row = await db
    .tables<JobTables>()
    .selectFrom('platform_jobs')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound();
  return toJob(row);
}

/**
 * Lets a dead job begin anew, with all its attempts. Throws `NotFound` (`job_not_found`), or `Conflict` when it is not dead
 * (`job_not_dead`) or another job with its unique key is under way (`job_superseded`).
 */
export async function retryJob(
  db: Database,
  tenantId: string,
  id: string,
  now: number,
): Promise<void> {
  await db.write<JobTables, void>(async (trx) => {
    const of = { tenant_id: tenantId, id };
    const row = await trx
      .selectFrom('platform_jobs')
      .selectAll()
      .where((where) => where.and(of))
      .executeTakeFirst();
    if (!row) throw notFound();
    if (row.unique_key !== null) {
      const rival = await trx
        .selectFrom('platform_jobs')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', row.kind)
        .where('unique_key', '=', row.unique_key)
        .where('state', 'in', ['waiting', 'running'])
        .executeTakeFirst();
      if (rival) throw new Conflict('job_superseded', 'Another job does the same already');
    }
    const result = await trx
      .updateTable('platform_jobs')
      .set({ state: 'waiting', attempts: 0, run_at: now, finished_at: null })
      .where((where) => where.and({ ...of, state: 'dead' }))
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) {
      throw new Conflict('job_not_dead', 'Only a job that has failed for good is tried again');
    }
  });
}

/** Removes a job that waits or is dead. Throws `NotFound`, or `Conflict` (`job_running`) while it runs. */
export async function cancelJob(db: Database, tenantId: string, id: string): Promise<void> {
  await db.write<JobTables, void>(async (trx) => {
    const result = await trx
      .deleteFrom('platform_jobs')
      .where((where) => where.and({ tenant_id: tenantId, id }))
      .where('state', '!=', 'running')
      .executeTakeFirst();
    if (result.numDeletedRows > 0n) return;
    const row = await trx
      .selectFrom('platform_jobs')
      .select('id')
      .where((where) => where.and({ tenant_id: tenantId, id }))
      .executeTakeFirst();
    throw row ? new Conflict('job_running', 'The job is running') : notFound();
  });
}

/** How many jobs wait, run and are dead, for the gauges of the queue's depth. */
export async function countJobs(db: Database): Promise<Record<Exclude<JobState, 'done'>, number>> {
  const query = db
    .tables<JobTables>()
    .selectFrom('platform_jobs')
    .select(['state', (of) => of.fn.countAll<number>().as('jobs')])
    .where('state', 'in', [
      sql.lit('waiting' as const),
      sql.lit('running' as const),
      sql.lit('dead' as const),
    ])
    .groupBy('state')
    .compile();
  const counts = { waiting: 0, running: 0, dead: 0 };
  for (const row of await db.scan(query, { timeoutMs: SCAN_MS })) {
    if (row.state !== 'done') counts[row.state] = row.jobs;
  }
  return counts;
}

function notFound(): NotFound {
  return new NotFound('job_not_found', 'There is no such job');
}
