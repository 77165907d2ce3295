// Starting, stopping, schedules, clocks that differ, and a database that comes and goes. Timers are the test's own.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { createLogger } from '../log.ts';
import { systemRandom } from '../random.ts';
import { nextCronTime } from './cron.ts';
import { Jobs, type JobsOptions } from './jobs.ts';
import type { Scheduler } from './scheduler.ts';
import { jobsMigration, type JobTables } from './tables.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LEASE = 15 * SECOND;

/** Timers that ring when the test says so. */
class TestScheduler implements Scheduler {
  #timers: { ms: number; fn: () => void }[] = [];

  after(ms: number, fn: () => void): () => void {
    const timer = { ms, fn };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  /** Milliseconds of the timers that wait. */
  get waiting(): number[] {
    return this.#timers.map((timer) => timer.ms).sort((a, b) => a - b);
  }

  /** Rings the first timer that was set for `ms`. */
  ring(ms: number): void {
    const timer = this.#timers.find((one) => one.ms === ms);
    if (!timer) throw new Error(`No timer of ${ms} ms, only ${this.waiting.join(', ')}`);
    this.#timers = this.#timers.filter((one) => one !== timer);
    timer.fn();
  }
}

onBothEngines('life of jobs', (engine) => {
  let place: Place;
  let time: number;
  let scheduler: TestScheduler;
  const log = createLogger({ level: 'silent', format: 'json' });
  const open: Database[] = [];
  let db: Database;
  let jobs: Jobs;

  function another(options: Partial<JobsOptions> = {}): Jobs {
    const other = openPlace(place);
    open.push(other);
    const clock = options.clock ?? { now: () => time };
    const random = systemRandom(clock);
    return new Jobs({
      db: other,
      clock,
      random,
      log,
      scheduler,
      sharedTime: async () => time,
      ...options,
    });
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
    scheduler = new TestScheduler();
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

  /** The database, on which something happens after the reads and before the first write of its user. */
  function interrupted(action: () => Promise<unknown>): Database {
    const real = openPlace(place);
    open.push(real);
    let done = false;
    return {
      ...real,
      async write(fn, options) {
        if (!done) {
          done = true;
          await action();
        }
        return real.write(fn, options);
      },
    };
  }

  const rows = () => db.tables<JobTables>().selectFrom('platform_jobs').selectAll().execute();
  const states = async () => (await rows()).map((row) => row.state);
  const run = async (by = jobs) => {
    const begun = await by.tick();
    await by.idle();
    return begun;
  };

  describe('start and stop', () => {
    it('looks at once, then at every poll', async () => {
      let done = 0;
      jobs.register('mail', async () => (done += 1));
      await another().add({ tenantId: 't1', kind: 'mail' });
      jobs.start();
      scheduler.ring(0);
      await jobs.tick();
      await jobs.idle();
      expect(done).toBe(1);
      await another().add({ tenantId: 't1', kind: 'mail' });
      await jobs.tick();
      await jobs.idle();
      expect(done).toBe(2);
      await jobs.stop();
      expect(scheduler.waiting).toEqual([]);
    });

    it('begins soon with what a transaction of this process asked for', async () => {
      let done = 0;
      jobs.register('mail', async () => (done += 1));
      jobs.start();
      await db.write((trx) => jobs.enqueue(trx, { tenantId: 't1', kind: 'mail' }));
      scheduler.ring(15);
      await jobs.tick();
      await jobs.idle();
      expect(done).toBe(1);
      await jobs.stop();
    });

    it('waits for running jobs, whose leases it keeps, and takes no more', async () => {
      let finish!: () => void;
      jobs.register('mail', () => new Promise<void>((resolve) => (finish = resolve)));
      const other = another();
      let stolen = 0;
      other.register('mail', async () => (stolen += 1));
      await jobs.add({ tenantId: 't1', kind: 'mail' });
      jobs.start();
      await jobs.tick();
      const stopped = jobs.stop({ drainMs: HOUR });
      await jobs.add({ tenantId: 't1', kind: 'later' });
      for (let i = 0; i < 9; i++) {
        time += LEASE / 3;
        await jobs.tick();
        expect(await other.tick()).toBe(0);
      }
      finish();
      await stopped;
      expect(stolen).toBe(0);
      expect((await states()).sort()).toEqual(['done', 'waiting']);
    });

    it('gives back what does not end in time, without counting the attempt', async () => {
      let aborted = false;
      jobs.register('listens', (_payload, { signal }) => {
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason as Error);
          });
        });
      });
      let finish!: () => void;
      jobs.register('deaf', () => new Promise<void>((resolve) => (finish = resolve)));
      await jobs.add({ tenantId: 't1', kind: 'listens' });
      await jobs.add({ tenantId: 't1', kind: 'deaf' });
      expect(await jobs.tick()).toBe(2);
      const stopped = jobs.stop({ drainMs: 7, abortMs: 3 });
      while (!scheduler.waiting.includes(7)) await new Promise(setImmediate);
      expect(aborted).toBe(false);
      scheduler.ring(7);
      while (!scheduler.waiting.includes(3)) await new Promise(setImmediate);
      expect(aborted).toBe(true);
      scheduler.ring(3);
      await stopped;
      for (const row of await rows()) {
        expect(row).toMatchObject({
          state: 'waiting',
          attempts: 0,
          lease_token: null,
          run_at: time,
        });
      }
      finish();
      await jobs.idle();
      expect(await states()).toEqual(['waiting', 'waiting']);
    });

    it('starts once', () => {
      jobs.start();
      expect(() => jobs.start()).toThrow(TypeError);
      jobs.register('mail', async () => undefined);
      expect(() => jobs.register('mail', async () => undefined)).toThrow(TypeError);
    });
  });

  describe('schedules', () => {
    const hourly = { tenantId: '', name: 'sweep', kind: 'sweep', cron: '30 * * * *' };

    it('runs each tick once, whichever process sees it', async () => {
      const seen: number[] = [];
      const processes = [jobs, another(), another()];
      for (const one of processes) {
        one.register('sweep', async () => seen.push(time));
        await one.schedule({ ...hourly, payload: { deep: true } });
      }
      for (let minute = 0; minute < 180; minute++) {
        await Promise.all(processes.map((one) => run(one)));
        time += MINUTE;
      }
      await run();
      const at = (text: string) => Date.parse(`2026-03-02T${text}:00Z`);
      expect(seen).toEqual([at('10:30'), at('11:30'), at('12:30')]);
    });

    it('leaves a tick to the process that was quicker', async () => {
      let done = 0;
      const quick = another();
      quick.register('sweep', async () => (done += 1));
      await quick.schedule(hourly);
      time += HOUR;
      const slow = another({ db: interrupted(() => run(quick)) });
      slow.register('sweep', async () => (done += 1));
      await run(slow);
      await run(slow);
      expect(done).toBe(1);
    });

    it('makes up for missed ticks by one job', async () => {
      let done = 0;
      jobs.register('sweep', async () => (done += 1));
      await jobs.schedule(hourly);
      time += 10 * HOUR;
      await run();
      await run();
      expect(done).toBe(1);
    });

    it('does not pile up jobs behind a slow one', async () => {
      await jobs.schedule(hourly);
      for (let hour = 0; hour < 5; hour++) {
        time += HOUR;
        await jobs.tick();
      }
      expect(await states()).toEqual(['waiting']);
    });

    it('keeps its time over a restart, and takes a changed one', async () => {
      await jobs.schedule(hourly);
      const next = async () =>
        (
          await db.tables<JobTables>().selectFrom('platform_schedules').select('next_at').execute()
        ).map((row) => row.next_at);
      const [before] = await next();
      time += HOUR;
      await another().schedule(hourly);
      expect(await next()).toEqual([before]);
      await another().schedule({ ...hourly, cron: '45 * * * *' });
      expect(await next()).toEqual([Date.parse('2026-03-02T11:45:00Z')]);
      expect(await jobs.unschedule('', 'sweep')).toBe(true);
      expect(await jobs.unschedule('', 'sweep')).toBe(false);
      time += 5 * HOUR;
      await jobs.tick();
      expect(await states()).toEqual([]);
    });

    it('refuses what is no schedule', async () => {
      for (const cron of ['', 'soon', '* * * *', '0 0 30 2 *', '61 * * * *', '* '.repeat(200)]) {
        await expect(jobs.schedule({ ...hourly, cron })).rejects.toMatchObject({
          code: 'invalid_schedule',
        });
      }
      await expect(jobs.schedule({ ...hourly, timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
        code: 'invalid_schedule',
      });
    });
  });

  it('leaves a lease alone that is renewed at the last moment', async () => {
    let finish!: () => void;
    let renew!: () => Promise<void>;
    jobs.register('mail', (_payload, { heartbeat }) => {
      renew = heartbeat;
      return new Promise<void>((resolve) => (finish = resolve));
    });
    await jobs.add({ tenantId: 't1', kind: 'mail' });
    await jobs.tick();
    time += LEASE + 1;
    const other = another({ db: interrupted(() => renew()) });
    other.register('mail', async () => undefined);
    expect(await run(other)).toBe(0);
    finish();
    await jobs.idle();
    expect(await rows()).toMatchObject([{ state: 'done', attempts: 1 }]);
  });

  describe('clocks that differ', () => {
    it('does not take the jobs of a process whose clock is behind or ahead', async () => {
      const seen: string[] = [];
      const processes = [-5, 0, 5].map((minutes) => {
        const clock = { now: () => time + minutes * MINUTE };
        const one = another({
          clock,
          ...(engine === 'postgres' ? { sharedTime: async () => time } : {}),
        });
        one.register('mail', async (_payload, { job }) => {
          seen.push(job.id);
          await one.tick();
        });
        return one;
      });
      for (const one of processes) await one.tick();
      const ids: string[] = [];
      for (const one of processes) ids.push((await one.add({ tenantId: 't1', kind: 'mail' })).id);
      for (let i = 0; i < 10; i++) {
        await Promise.all(processes.map((one) => run(one)));
        time += LEASE / 3;
      }
      expect(seen.sort()).toEqual(ids.sort());
    });

    it("takes the server's time on PostgreSQL", async () => {
      const clock = { now: () => 5 };
      const real = new Jobs({ db, clock, random: systemRandom(clock), log, scheduler });
      await real.tick();
      await real.add({ tenantId: 't1', kind: 'mail' });
      const [row] = await rows();
      const expected = engine === 'postgres' ? Date.now() : 5;
      expect(Math.abs((row?.created_at ?? 0) - expected)).toBeLessThan(MINUTE);
    });
  });

  describe('a database that is away for a while', () => {
    /** The database, failing while `away` says so. */
    function flaky(away: () => boolean): Database {
      const real = openPlace(place);
      open.push(real);
      return {
        ...real,
        tables: real.tables.bind(real),
        write: (fn, options) =>
          away() ? Promise.reject(new Error('connection lost')) : real.write(fn, options),
      };
    }

    it('writes the end of a job when the database is back', async () => {
      let away = false;
      const one = another({ db: flaky(() => away) });
      one.register('mail', async () => void (away = true));
      await jobs.add({ tenantId: 't1', kind: 'mail' });
      await one.tick();
      while (!scheduler.waiting.includes(SECOND)) await new Promise(setImmediate);
      expect(await states()).toEqual(['running']);
      away = false;
      scheduler.ring(SECOND);
      await one.idle();
      expect(await states()).toEqual(['done']);
    });

    it('stops a job whose lease it could not renew, since another process may have it', async () => {
      let away = false;
      const one = another({ db: flaky(() => away) });
      let reason: unknown;
      one.register('mail', (_payload, { signal }) => {
        return new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            resolve();
          });
        });
      });
      await jobs.add({ tenantId: 't1', kind: 'mail' });
      await one.tick();
      away = true;
      time += LEASE / 2;
      await expect(one.tick()).rejects.toThrow('connection lost');
      expect(reason).toBeUndefined();
      time += LEASE;
      await one.tick().catch(() => undefined);
      expect(reason).toMatchObject({ code: 'lease_lost' });
      await one.idle();
      away = false;
      jobs.register('mail', async () => undefined);
      expect(await run()).toBe(1);
      expect(await states()).toEqual(['done']);
    });

    it('goes on polling after a failure', async () => {
      let away = true;
      const one = another({ db: flaky(() => away) });
      const done = new Promise<void>((resolve) => {
        one.register('mail', async () => resolve());
      });
      await jobs.add({ tenantId: 't1', kind: 'mail' });
      one.start();
      scheduler.ring(0);
      while (!scheduler.waiting.includes(SECOND)) await new Promise(setImmediate);
      away = false;
      scheduler.ring(SECOND);
      await done;
      await one.stop();
      expect(await states()).toEqual(['done']);
    });
  });
});

describe('cron patterns', () => {
  const next = (pattern: string, zone: string, after: string) =>
    new Date(nextCronTime(pattern, zone, Date.parse(after))).toISOString();

  it('are read in their time zone', () => {
    expect(next('0 6 * * *', 'UTC', '2026-03-02T06:00:00Z')).toBe('2026-03-03T06:00:00.000Z');
    expect(next('0 6 * * *', 'Europe/Brussels', '2026-03-02T00:00:00Z')).toBe(
      '2026-03-02T05:00:00.000Z',
    );
    expect(next('0 9 * * MON-FRI', 'America/New_York', '2026-07-03T14:00:00Z')).toBe(
      '2026-07-06T13:00:00.000Z',
    );
  });

  it('skip no day when the clocks change, and repeat none', () => {
    expect(next('30 2 * * *', 'Europe/Brussels', '2026-03-28T12:00:00Z')).toBe(
      '2026-03-29T01:00:00.000Z',
    );
    const first = next('30 2 * * *', 'Europe/Brussels', '2026-10-24T12:00:00Z');
    expect(first).toBe('2026-10-25T00:30:00.000Z');
    expect(next('30 2 * * *', 'Europe/Brussels', first)).toBe('2026-10-26T01:30:00.000Z');
  });
});
