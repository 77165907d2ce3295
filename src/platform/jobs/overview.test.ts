// What operators see of the queue and do to it, on both engines.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { createLogger } from '../log.ts';
import { systemRandom } from '../random.ts';
import { Jobs } from './jobs.ts';
import { cancelJob, countJobs, findJob, listJobs, retryJob } from './overview.ts';
import { jobsMigration, type JobTables } from './tables.ts';

onBothEngines('overview of jobs', (engine) => {
  let place: Place;
  let db: Database;
  let jobs: Jobs;
  let time = Date.parse('2026-03-02T10:00:00Z');
  const clock = { now: () => time };
  const log = createLogger({ level: 'silent', format: 'json' });

  beforeAll(async () => {
    place = await makePlace(engine);
    db = openPlace(place);
    await migrate(db, [jobsMigration], clock);
  });

  beforeEach(async () => {
    await db.write<JobTables, unknown>((trx) => trx.deleteFrom('platform_jobs').execute());
    const sharedTime = async () => time;
    jobs = new Jobs({ db, clock, random: systemRandom(clock), log, sharedTime });
    jobs.register('fails', () => Promise.reject(new Error('x')), { maxAttempts: 1 });
    jobs.register('works', async () => undefined);
    jobs.register('hangs', (_payload, { signal }) => {
      return new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
  });

  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const add = (kind: string, more: { tenantId?: string; uniqueKey?: string } = {}) =>
    jobs.add({ tenantId: 't1', kind, ...more }).then(({ id }) => {
      time += 1;
      return id;
    });
  const run = async () => {
    await jobs.tick();
    await jobs.idle();
  };

  it('lists the newest first, by tenant, kind and state, in pages', async () => {
    const failed = await add('fails');
    await run();
    const first = await add('works');
    const second = await add('works', { tenantId: 't2' });
    const ids = async (filter: object) => (await listJobs(db, filter)).map((job) => job.id);
    expect(await ids({})).toEqual([second, first, failed]);
    expect(await ids({ tenantId: 't1' })).toEqual([first, failed]);
    expect(await ids({ kind: 'works' })).toEqual([second, first]);
    expect(await ids({ state: 'dead' })).toEqual([failed]);
    expect(await ids({ limit: 1, before: second })).toEqual([first]);
    expect(await ids({ limit: 0 })).toHaveLength(1);
  });

  it('counts what waits, runs and is dead', async () => {
    await add('fails');
    await add('works');
    await run();
    await add('hangs');
    await jobs.tick();
    await add('unknown');
    await add('unknown');
    expect(await countJobs(db)).toEqual({ waiting: 2, running: 1, dead: 1 });
    await jobs.stop({ drainMs: 0 });
  });

  it('tries a dead job again', async () => {
    const id = await add('fails');
    await expect(retryJob(db, 't1', id, time)).rejects.toMatchObject({ code: 'job_not_dead' });
    await run();
    expect(await findJob(db, 't1', id)).toMatchObject({ state: 'dead', lastError: 'x' });
    await retryJob(db, 't1', id, time);
    expect(await findJob(db, 't1', id)).toMatchObject({ state: 'waiting', attempts: 0 });
    await run();
    expect(await findJob(db, 't1', id)).toMatchObject({ state: 'dead', attempts: 1 });
    await expect(retryJob(db, 't2', id, time)).rejects.toMatchObject({ code: 'job_not_found' });
  });

  it('does not bring back a job that another one has replaced', async () => {
    const id = await add('fails', { uniqueKey: 'k' });
    await run();
    await add('fails', { uniqueKey: 'k' });
    await expect(retryJob(db, 't1', id, time)).rejects.toMatchObject({ code: 'job_superseded' });
  });

  it('cancels what does not run', async () => {
    const waiting = await add('unknown');
    const running = await add('hangs');
    await jobs.tick();
    await cancelJob(db, 't1', waiting);
    await expect(findJob(db, 't1', waiting)).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(cancelJob(db, 't1', waiting)).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(cancelJob(db, 't1', running)).rejects.toMatchObject({ code: 'job_running' });
    await jobs.stop({ drainMs: 0 });
  });
});
