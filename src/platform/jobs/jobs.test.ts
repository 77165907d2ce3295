// The job queue on both engines: exactly what callers may rely on. Time is injected; nothing sleeps.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { Invalid, Unavailable } from '../errors.ts';
import { createLogger } from '../log.ts';
import { systemRandom } from '../random.ts';
import type { JobContext, JobRequest } from './job.ts';
import { Jobs, type JobsOptions } from './jobs.ts';
import { jobsMigration, type JobTables } from './tables.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LEASE = 15 * SECOND;

/** A promise to be settled by the test. */
function gate<T = void>() {
  let open!: (value: T) => void;
  const passed = new Promise<T>((resolve) => (open = resolve));
  return { open, passed };
}

onBothEngines('jobs', (engine) => {
  let place: Place;
  let time: number;
  const clock = { now: () => time };
  const random = systemRandom(clock);
  const log = createLogger({ level: 'silent', format: 'json' });
  const open: Database[] = [];
  let db: Database;
  let jobs: Jobs;

  /** Another process on the same database. */
  function another(options: Partial<JobsOptions> = {}): Jobs {
    const other = openPlace(place);
    open.push(other);
    return new Jobs({ db: other, clock, random, log, sharedTime: async () => time, ...options });
  }

  beforeAll(async () => {
    place = await makePlace(engine);
    const first = openPlace(place);
    await migrate(first, [jobsMigration], { now: () => 0 });
    await first.close();
  });

  afterAll(() => place.remove());

  beforeEach(() => {
    time = Date.parse('2026-03-02T10:00:00Z');
    jobs = another();
    db = open[0] as Database;
  });

  afterEach(async () => {
    await db.write<JobTables, void>(async (trx) => {
      await trx.deleteFrom('platform_jobs').execute();
      await trx.deleteFrom('platform_schedules').execute();
    });
    for (const one of open.splice(0)) await one.close();
  });

  const add = (request: Partial<JobRequest> = {}, by = jobs) =>
    by.add({ tenantId: 't1', kind: 'mail', ...request });
  /** Runs all that is due, to its end. */
  const run = async (by = jobs) => {
    let begun = 0;
    for (let more = await by.tick(); more > 0; more = await by.tick()) {
      begun += more;
      await by.idle();
    }
    return begun;
  };
  const row = async (id: string) =>
    db
      .tables<JobTables>()
      .selectFrom('platform_jobs')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();

  it('does a job once, with its payload', async () => {
    const seen: unknown[] = [];
    jobs.register('mail', async (payload) => seen.push(payload));
    const { id } = await add({ payload: { to: ['a'], n: 1 } });
    expect(await run()).toBe(1);
    expect(await run()).toBe(0);
    expect(seen).toEqual([{ to: ['a'], n: 1 }]);
    expect(await row(id)).toMatchObject({ state: 'done', attempts: 1, finished_at: time });
  });

  it("asks for a job if and only if the caller's transaction is committed", async () => {
    const seen: unknown[] = [];
    jobs.register('mail', async (payload) => seen.push(payload));
    const request = { tenantId: 't1', kind: 'mail' };
    await db.write((trx) => jobs.enqueue(trx, { ...request, payload: 'kept' }));
    const undone = db.write(async (trx) => {
      await jobs.enqueue(trx, { ...request, payload: 'undone' });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await run();
    expect(seen).toEqual(['kept']);
  });

  it('leaves kinds alone that this process does not do', async () => {
    jobs.register('other', async () => undefined);
    const { id } = await add();
    expect(await run()).toBe(0);
    expect((await row(id)).state).toBe('waiting');
  });

  it('takes higher priorities first, then the longest wait', async () => {
    const seen: unknown[] = [];
    jobs.register('mail', async (payload) => seen.push(payload));
    await add({ payload: 'first' });
    time += 1;
    await add({ payload: 'second' });
    await add({ payload: 'urgent', priority: 10 });
    await add({ payload: 'idle', priority: -1, runAt: time - HOUR });
    await run();
    expect(seen).toEqual(['urgent', 'first', 'second', 'idle']);
  });

  it('waits for the time of a job', async () => {
    jobs.register('mail', async () => undefined);
    await add({ runAt: time + MINUTE });
    expect(await run()).toBe(0);
    time += MINUTE - 1;
    expect(await run()).toBe(0);
    time += 1;
    expect(await run()).toBe(1);
  });

  it('runs as many at once as the handler allows', async () => {
    const gates = Array.from({ length: 5 }, () => gate());
    let running = 0;
    jobs.register(
      'mail',
      async (index) => {
        running += 1;
        await gates[index as number]?.passed;
        running -= 1;
      },
      { concurrency: 2 },
    );
    for (let i = 0; i < 5; i++) await add({ payload: i, runAt: time + i - 10 });
    expect(await jobs.tick()).toBe(2);
    expect(await jobs.tick()).toBe(0);
    expect(running).toBe(2);
    for (const one of gates) one.open();
    await jobs.idle();
    expect(await run()).toBe(3);
  });

  it('tries again after a growing wait, and gives up at last', async () => {
    const times: number[] = [];
    jobs.register(
      'mail',
      async () => {
        times.push(time);
        throw new Error('no route to smtp://me:hunter2@mail');
      },
      { maxAttempts: 4, backoff: { baseMs: 10 * SECOND, maxMs: 15 * SECOND } },
    );
    const { id } = await add();
    while ((await row(id)).state !== 'dead') {
      await run();
      time += 100;
    }
    const waits = times.slice(1).map((at, i) => at - (times[i] as number));
    expect(waits).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = waits;
    expect(first).toBeGreaterThanOrEqual(5 * SECOND);
    expect(first).toBeLessThanOrEqual(10 * SECOND + 200);
    for (const wait of [second, third]) {
      expect(wait).toBeGreaterThanOrEqual(7.5 * SECOND);
      expect(wait).toBeLessThanOrEqual(15 * SECOND + 200);
    }
    const dead = await row(id);
    expect(dead).toMatchObject({ attempts: 4, lease_token: null });
    expect(dead.last_error).toMatch(/^no route to/);
    expect(dead.last_error).not.toContain('hunter2');
  });

  it('waits longer when the failure says until when', async () => {
    const ran: number[] = [];
    jobs.register(
      'patient',
      async () => {
        ran.push(time);
        const retryAt = ran.length === 1 ? time + HOUR : 0;
        if (ran.length < 3) throw new Unavailable('later', 'Not now', { retryAt });
      },
      { backoff: { baseMs: SECOND, maxMs: MINUTE } },
    );
    await jobs.add({ tenantId: 't', kind: 'patient' });
    const begun = time;
    for (const at of [0, 59 * MINUTE, HOUR, HOUR + SECOND, HOUR + 4 * SECOND]) {
      time = begun + at;
      await jobs.tick();
      await jobs.idle();
    }
    // The second failure names a time gone by: then it is the usual wait.
    expect(ran.map((at) => at - begun)).toEqual([0, HOUR, expect.any(Number)]);
    expect(ran[2]).toBeLessThanOrEqual(begun + HOUR + 4 * SECOND);
  });

  it('does not try again what is pointless', async () => {
    jobs.register(
      'mail',
      async () => {
        throw new Invalid('bad_address', 'no such address');
      },
      { isPermanent: (error) => error instanceof Invalid },
    );
    const { id } = await add();
    await run();
    expect(await row(id)).toMatchObject({ state: 'dead', attempts: 1 });
  });

  it("prefers the job's own number of attempts", async () => {
    jobs.register('mail', () => Promise.reject(new Error('x')));
    const { id } = await add({ maxAttempts: 1 });
    await run();
    expect((await row(id)).state).toBe('dead');
  });

  it('survives handlers that throw strange things, at once or later', async () => {
    jobs.register('mail', () => {
      throw undefined as unknown as Error;
    });
    const { id } = await add({ maxAttempts: 1 });
    await run();
    expect(await row(id)).toMatchObject({ state: 'dead', last_error: 'undefined' });
  });

  it('gives the unfinished job of the same unique key', async () => {
    jobs.register('mail', async () => undefined);
    const first = await add({ uniqueKey: 'k' });
    expect(first.created).toBe(true);
    expect(await add({ uniqueKey: 'k' })).toEqual({ id: first.id, created: false });
    expect((await add({ uniqueKey: 'k', tenantId: 't2' })).created).toBe(true);
    expect((await add({ uniqueKey: 'k', kind: 'other' })).created).toBe(true);
    await run();
    expect((await add({ uniqueKey: 'k' })).created).toBe(true);
  });

  it('makes one job of many that ask at once', async () => {
    const others = [jobs, another(), another()];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => add({ uniqueKey: 'k' }, others[i % 3])),
    );
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.created)).toHaveLength(1);
  });

  it('hands each job to one of many processes', async () => {
    const seen: unknown[] = [];
    const processes = [jobs, another(), another(), another()];
    for (const one of processes) {
      one.register('mail', async (payload) => seen.push(payload), { concurrency: 7 });
    }
    await Promise.all(Array.from({ length: 60 }, (_, i) => add({ payload: i })));
    await Promise.all(processes.map((one) => run(one)));
    await run();
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('runs the job of a process that died again, and lets the late one finish nothing', async () => {
    const dying = another();
    const stuck = gate();
    let late: AbortSignal | undefined;
    dying.register('mail', async (_payload, { signal }) => {
      late = signal;
      await stuck.passed;
    });
    const attempts: number[] = [];
    jobs.register('mail', async (_payload, { job }) => attempts.push(job.attempts));
    const { id } = await add();
    expect(await dying.tick()).toBe(1);

    time += LEASE;
    expect(await run()).toBe(0);
    time += 1;
    expect(await run()).toBe(1);
    expect(attempts).toEqual([2]);
    const finished = await row(id);
    expect(finished.state).toBe('done');

    stuck.open();
    await dying.idle();
    expect(await row(id)).toEqual(finished);
    await dying.tick();
    expect(late?.aborted).toBe(false);
  });

  it('does not let a late failure touch a job that runs elsewhere', async () => {
    const slow = another();
    const stuck = gate();
    slow.register('mail', async () => {
      await stuck.passed;
      throw new Error('late');
    });
    const here = gate();
    jobs.register('mail', () => here.passed);
    const { id } = await add();
    await slow.tick();
    time += LEASE + 1;
    await jobs.tick();
    const running = await row(id);
    stuck.open();
    await slow.idle();
    expect(await row(id)).toEqual(running);
    here.open();
    await jobs.idle();
    expect((await row(id)).state).toBe('done');
  });

  it('keeps the lease of a long job for as long as the process lives', async () => {
    const stuck = gate();
    jobs.register('mail', () => stuck.passed, { timeoutMs: HOUR });
    const other = another();
    let stolen = 0;
    other.register('mail', async () => (stolen += 1));
    await add();
    await jobs.tick();
    for (let passed = 0; passed < 10 * LEASE; passed += LEASE / 3) {
      time += LEASE / 3;
      await jobs.tick();
      await other.tick();
    }
    stuck.open();
    await jobs.idle();
    expect(stolen).toBe(0);
  });

  it('tells a handler that its lease is lost', async () => {
    const slow = another();
    const [beaten, asked] = [gate(), gate()];
    const outcome = gate<unknown>();
    let context: JobContext | undefined;
    slow.register('mail', async (_payload, given) => {
      context = given;
      await given.heartbeat();
      beaten.open();
      await asked.passed;
      await given.heartbeat().catch(outcome.open);
    });
    jobs.register('mail', async () => undefined);
    await add();
    await slow.tick();
    await beaten.passed;
    time += LEASE + 1;
    await run();
    asked.open();
    expect(await outcome.passed).toMatchObject({ code: 'lease_lost' });
    expect(context?.signal.aborted).toBe(true);
    await slow.idle();
  });

  it('gives up a job that kills its process each time', async () => {
    jobs.register('mail', async () => undefined, { maxAttempts: 3 });
    const { id } = await add();
    for (let crash = 0; crash < 3; crash++) {
      const dying = another();
      dying.register('mail', () => new Promise(() => undefined), { maxAttempts: 3 });
      expect(await dying.tick()).toBe(1);
      time += LEASE + 1;
      if (crash < 2) await another().tick();
    }
    expect(await run()).toBe(0);
    expect(await row(id)).toMatchObject({ state: 'dead', attempts: 3 });
    expect((await row(id)).last_error).toContain('process');
  });

  it('ends a job whose time is up, and tries it again', async () => {
    let reason: unknown;
    jobs.register(
      'mail',
      (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(new Error('stopped'));
          });
        }),
      { timeoutMs: 5 * SECOND },
    );
    const { id } = await add();
    await jobs.tick();
    time += 5 * SECOND;
    await jobs.tick();
    expect(reason).toBeUndefined();
    time += 1;
    await jobs.tick();
    await jobs.idle();
    expect(reason).toMatchObject({ kind: 'deadline', code: 'job_timeout' });
    expect(await row(id)).toMatchObject({ state: 'waiting', attempts: 1, lease_token: null });
    expect((await row(id)).last_error).toContain('longer');
  });

  it('takes the job from a handler that does not listen, but not its slot', async () => {
    const stuck = gate();
    jobs.register('mail', () => stuck.passed, { timeoutMs: 5 * SECOND, maxAttempts: 1 });
    const { id } = await add();
    await jobs.tick();
    for (let i = 0; i < 12; i++) {
      time += SECOND;
      await jobs.tick();
    }
    expect((await row(id)).state).toBe('dead');
    await add();
    expect(await jobs.tick()).toBe(0);
    stuck.open();
    await jobs.idle();
    expect((await row(id)).state).toBe('dead');
    expect(await jobs.tick()).toBe(1);
    await jobs.idle();
  });

  it('refuses what can never run', async () => {
    await expect(add({ priority: 5000 })).rejects.toMatchObject({ code: 'invalid_job' });
    await expect(add({ priority: 0.5 })).rejects.toMatchObject({ code: 'invalid_job' });
    await expect(add({ maxAttempts: 0 })).rejects.toMatchObject({ code: 'invalid_job' });
    await expect(add({ uniqueKey: 'x'.repeat(201) })).rejects.toMatchObject({
      code: 'invalid_job',
    });
    await expect(add({ payload: 'x'.repeat(1_000_001) })).rejects.toMatchObject({
      code: 'job_payload_too_large',
    });
  });

  it('sweeps finished jobs after their time', async () => {
    jobs.register('mail', async (fail) => {
      if (fail) throw new Error('x');
    });
    await add();
    const dead = await add({ payload: true, maxAttempts: 1 });
    await run();
    const waiting = await add({ runAt: time + 365 * 24 * HOUR });
    const ids = async () =>
      (await db.tables<JobTables>().selectFrom('platform_jobs').select('id').execute())
        .map((one) => one.id)
        .sort();
    time += 7 * 24 * HOUR + 1;
    await run();
    expect(await ids()).toEqual([dead.id, waiting.id].sort());
    time += 23 * 24 * HOUR;
    await run();
    expect(await ids()).toEqual([waiting.id]);
  });
});
