// The statements of the job queue: every change of a job's state, each safe against other processes.
import { sql, type Kysely } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { Invalid, TooLarge, Unavailable } from '../errors.ts';
import type { Job, JobRequest } from './job.ts';
import type { JobState, JobTables } from './tables.ts';

type Row = JobTables['platform_jobs'];

/** A job that was handed out, with what is needed to finish it. */
export interface Claim {
  job: Job;
  maxAttempts: number | undefined;
  token: string;
}

/** What names a claimed job. The token fences off those whose lease went to someone else. */
type Held = Pick<Claim, 'job' | 'token'>;

const MAX_PAYLOAD = 1_000_000;
const MAX_NAME = 200;
const MAX_PRIORITY = 1000;
const MAX_ERROR = 1000;
const SWEEP_BATCH = 500;

/** Adds a job, or finds the unfinished one with the same unique key. */
export async function insertJob(
  on: Transaction,
  id: string,
  request: JobRequest,
  now: number,
): Promise<{ id: string; created: boolean }> {
  const { tenantId, kind, priority = 0, uniqueKey, maxAttempts } = request;
  if (kind.length > MAX_NAME || (uniqueKey?.length ?? 0) > MAX_NAME) {
    throw new Invalid('invalid_job', 'The kind or unique key of the job is too long');
  }
  if (!Number.isInteger(priority) || Math.abs(priority) > MAX_PRIORITY) {
    throw new Invalid('invalid_job', 'The priority of the job is out of range');
  }
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    throw new Invalid('invalid_job', 'A job has at least one attempt');
  }
  const values: Row = {
    tenant_id: tenantId,
    id,
    kind,
    payload: payloadText(request.payload),
    state: 'waiting',
    priority,
    run_at: request.runAt ?? now,
    attempts: 0,
    max_attempts: maxAttempts ?? null,
    unique_key: uniqueKey ?? null,
    lease_token: null,
    lease_until: null,
    created_at: now,
    started_at: null,
    finished_at: null,
    last_error: null,
  };
  const trx = on as Kysely<JobTables>;
  // The one that is in the way may finish between the two statements: then there is room for ours.
  for (let tries = 0; tries < 5; tries++) {
    const inserted = await trx
      .insertInto('platform_jobs')
      .values(values)
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted) return { id, created: true };
    const existing = await trx
      .selectFrom('platform_jobs')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', kind)
      .where('unique_key', '=', uniqueKey ?? '')
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst();
    if (existing) return { id: existing.id, created: false };
  }
  throw new Unavailable('job_contended', 'The job could not be added; try again');
}

/** The JSON text of a payload. Throws `TooLarge` (`job_payload_too_large`). */
export function payloadText(payload: unknown): string {
  const text = JSON.stringify(payload ?? null);
  if (text.length > MAX_PAYLOAD) {
    throw new TooLarge('job_payload_too_large', 'The payload of the job is too large');
  }
  return text;
}

/** Which of the kinds have a job that is due. A read, so that idle processes write nothing. */
export async function dueKinds(
  db: Database,
  kinds: readonly string[],
  now: number,
): Promise<string[]> {
  if (kinds.length === 0) return [];
  const due = await Promise.all(
    kinds.map((kind) =>
      db
        .tables<JobTables>()
        .selectFrom('platform_jobs')
        .select('kind')
        .where('state', '=', 'waiting')
        .where('kind', '=', kind)
        .where('run_at', '<=', now)
        .limit(1)
        .executeTakeFirst(),
    ),
  );
  return due.flatMap((row) => (row ? [row.kind] : []));
}

/** Hands out up to `limit` due jobs of a kind, highest priority and longest wait first, under a lease. */
export async function claimJobs(
  db: Database,
  kind: string,
  limit: number,
  lease: { now: number; until: number; token: string },
): Promise<Claim[]> {
  const rows = await db.write<JobTables, Row[]>(async (trx) => {
    const picked = await trx
      .selectFrom('platform_jobs')
      .select(['tenant_id', 'id'])
      // Literals, so that both planners see that the partial index serves.
      .where('state', '=', sql.lit('waiting' satisfies JobState))
      .where('kind', '=', kind)
      .where('run_at', '<=', lease.now)
      .orderBy('priority', 'desc')
      .orderBy('run_at')
      .orderBy('id')
      .limit(limit)
      // SQLite has one writer; on PostgreSQL the others' picks are passed over instead of waited for.
      .$if(db.dialect === 'postgres', (query) => query.forUpdate().skipLocked())
      .execute();
    const claimed: Row[] = [];
    for (const { tenant_id, id } of picked) {
      const row = await trx
        .updateTable('platform_jobs')
        .set((column) => ({
          state: 'running',
          attempts: column('attempts', '+', 1),
          lease_token: lease.token,
          lease_until: lease.until,
          started_at: lease.now,
        }))
        .where('tenant_id', '=', tenant_id)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (row) claimed.push(row);
    }
    return claimed;
  });
  return rows.map((row) => ({
    job: toJob(row),
    maxAttempts: row.max_attempts ?? undefined,
    token: lease.token,
  }));
}

/** Extends leases; gives the ids of the jobs that are still held. */
export async function renewLeases(
  db: Database,
  held: readonly Held[],
  until: number,
): Promise<Set<string>> {
  return db.write<JobTables, Set<string>>(async (trx) => {
    const renewed = new Set<string>();
    for (const one of held) {
      const result = await trx
        .updateTable('platform_jobs')
        .set({ lease_until: until })
        .where((where) => where.and(heldBy(one)))
        .executeTakeFirst();
      if (result.numUpdatedRows > 0n) renewed.add(one.job.id);
    }
    return renewed;
  });
}

/** How a claimed job leaves its holder. */
export type Ending =
  | { state: 'done' }
  | { state: 'dead'; error: string }
  /** Tried again at a time. */
  | { state: 'waiting'; error: string; runAt: number }
  /** Given back unharmed: the attempt does not count. */
  | { state: 'released' };

/** Ends a claim; false when the lease was lost and nothing was changed. */
export async function endClaim(
  db: Database,
  held: Held,
  ending: Ending,
  now: number,
): Promise<boolean> {
  return db.write<JobTables, boolean>(async (trx) => {
    const result = await trx
      .updateTable('platform_jobs')
      .set((column) => ({
        lease_token: null,
        lease_until: null,
        ...(ending.state === 'released'
          ? { state: 'waiting' as const, run_at: now, attempts: column('attempts', '-', 1) }
          : { state: ending.state }),
        ...(ending.state === 'waiting' ? { run_at: ending.runAt } : {}),
        ...('error' in ending ? { last_error: ending.error.slice(0, MAX_ERROR) } : {}),
        ...(ending.state === 'done' || ending.state === 'dead' ? { finished_at: now } : {}),
      }))
      .where((where) => where.and(heldBy(held)))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  });
}

/**
 * Frees the jobs whose holder let the lease run out: back to waiting, or dead when `maxAttemptsOf` says that this was the
 * last attempt, so that a job that kills its process does not do so for ever. Gives how many were freed.
 */
export async function reclaimExpired(
  db: Database,
  now: number,
  maxAttemptsOf: (kind: string) => number | undefined,
): Promise<number> {
  const expired = await db
    .tables<JobTables>()
    .selectFrom('platform_jobs')
    .select(['tenant_id', 'id', 'kind', 'attempts', 'max_attempts', 'lease_token'])
    .where('state', '=', sql.lit('running' satisfies JobState))
    .where('lease_until', '<', now)
    .limit(SWEEP_BATCH)
    .execute();
  if (expired.length === 0) return 0;
  return db.write<JobTables, number>(async (trx) => {
    let freed = 0;
    for (const row of expired) {
      const last = row.attempts >= (row.max_attempts ?? maxAttemptsOf(row.kind) ?? Infinity);
      const result = await trx
        .updateTable('platform_jobs')
        .set({
          state: last ? 'dead' : 'waiting',
          lease_token: null,
          lease_until: null,
          last_error: 'The process that ran the job ended or hung',
          ...(last ? { finished_at: now } : { run_at: now }),
        })
        .where('tenant_id', '=', row.tenant_id)
        .where('id', '=', row.id)
        .where('lease_token', '=', row.lease_token)
        // Checked again: its holder may have renewed it meanwhile.
        .where('lease_until', '<', now)
        .executeTakeFirst();
      if (result.numUpdatedRows > 0n) freed += 1;
    }
    return freed;
  });
}

/** Removes jobs that ended before the given times; gives how many. */
export async function sweepFinished(
  db: Database,
  before: { done: number; dead: number },
): Promise<number> {
  let removed = 0;
  for (const state of ['done', 'dead'] as const) {
    for (;;) {
      const old = await db
        .tables<JobTables>()
        .selectFrom('platform_jobs')
        .select(['tenant_id', 'id'])
        .where('state', '=', sql.lit(state))
        .where('finished_at', '<', before[state])
        .limit(SWEEP_BATCH)
        .execute();
      if (old.length > 0) {
        await db.write<JobTables, void>(async (trx) => {
          for (const { tenant_id, id } of old) {
            await trx
              .deleteFrom('platform_jobs')
              .where('tenant_id', '=', tenant_id)
              .where('id', '=', id)
              .where('state', '=', state)
              .execute();
          }
        });
        removed += old.length;
      }
      if (old.length < SWEEP_BATCH) break;
    }
  }
  return removed;
}

/** The job as its handler and the console see it. */
export function toJob(row: Row): Job {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    kind: row.kind,
    state: row.state,
    payload: JSON.parse(row.payload) as unknown,
    priority: row.priority,
    runAt: row.run_at,
    attempts: row.attempts,
    uniqueKey: row.unique_key ?? undefined,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    lastError: row.last_error ?? undefined,
  };
}

function heldBy({ job, token }: Held) {
  return { tenant_id: job.tenantId, id: job.id, lease_token: token };
}
