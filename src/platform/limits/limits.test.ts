// Windows and budgets on both engines: exact under concurrency, shared or kept over a restart.
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { platformMigrations } from '../migrations.ts';
import type { Limits } from './limits.ts';
import { openLimits } from './open.ts';
import type { LimitTables } from './tables.ts';

const START = Date.parse('2026-11-22T10:00:00.250Z');

onBothEngines('limits', (engine) => {
  let place: Place;
  let now: number;
  const clock = { now: () => now };
  let open: { db: Database; limits: Limits }[] = [];

  async function start(): Promise<{ db: Database; limits: Limits }> {
    const db = openPlace(place);
    await migrate(db, platformMigrations, clock);
    const process = { db, limits: await openLimits(db, { clock, flushEveryMs: 0 }) };
    open.push(process);
    return process;
  }

  beforeAll(async () => {
    place = await makePlace(engine);
  });

  beforeEach(() => {
    now = START;
  });

  afterEach(async () => {
    for (const { limits } of open) await limits.close();
    await open[0]?.db.write<LimitTables, void>(async (trx) => {
      await trx.deleteFrom('platform_limit_windows').execute();
      await trx.deleteFrom('platform_limit_budgets').execute();
    });
    for (const { db } of open) await db.close();
    open = [];
  });

  afterAll(() => place.remove());

  describe('windows', () => {
    const windows = [
      { name: 'second', ms: 1000, max: 3 },
      { name: 'minute', ms: 60_000, max: 5 },
    ];
    const request = { tenant: 't', credential: 'key', windows };

    it('counts down in all windows and says when each opens again', async () => {
      const { limits } = await start();
      expect(await limits.take(request)).toEqual({
        allowed: true,
        exhausted: undefined,
        windows: [
          { name: 'second', limit: 3, remaining: 2, resetAt: START + 1000 },
          { name: 'minute', limit: 5, remaining: 4, resetAt: START + 60_000 },
        ],
      });
      now += 900;
      expect(await limits.take(request)).toMatchObject({
        windows: [
          { remaining: 1, resetAt: START + 1000 },
          { remaining: 3, resetAt: START + 60_000 },
        ],
      });
    });

    it('opens a window again to the millisecond, with the next request', async () => {
      const { limits } = await start();
      for (let i = 0; i < 3; i++) expect((await limits.take(request)).allowed).toBe(true);
      now = START + 999;
      expect((await limits.take(request)).allowed).toBe(false);
      now = START + 1000;
      expect(await limits.take(request)).toMatchObject({
        allowed: true,
        windows: [{ remaining: 2, resetAt: START + 2000 }, { remaining: 1 }],
      });
      now = START + 5500;
      expect(await limits.take(request)).toMatchObject({
        windows: [{ remaining: 2, resetAt: START + 6500 }, { remaining: 0 }],
      });
      expect(await limits.take(request)).toMatchObject({
        allowed: false,
        exhausted: { name: 'minute', resetAt: START + 60_000 },
      });
      now = START + 60_000;
      expect(await limits.take(request)).toMatchObject({ allowed: true });
    });

    it('takes nothing from any window when one of them refuses', async () => {
      const { limits } = await start();
      for (let i = 0; i < 3; i++) await limits.take(request);
      for (let i = 0; i < 10; i++) {
        expect(await limits.take(request)).toMatchObject({
          allowed: false,
          exhausted: { name: 'second' },
          windows: [{ remaining: 0 }, { remaining: 2 }],
        });
      }
      now += 1000;
      expect(await limits.take(request)).toMatchObject({ windows: [{}, { remaining: 1 }] });
    });

    it('names the window that stays shut longest when several are used up', async () => {
      const { limits } = await start();
      const both = windows.map((window) => ({ ...window, max: 1 }));
      await limits.take({ ...request, windows: both });
      const refused = await limits.take({ ...request, windows: both });
      expect(refused.exhausted?.name).toBe('minute');
    });

    it('never gives more than there is to requests at the same time', async () => {
      const { limits } = await start();
      const taken = await Promise.all(
        Array.from({ length: 200 }, () =>
          limits.take({ ...request, windows: [{ name: 'w', ms: 1000, max: 50 }] }),
        ),
      );
      expect(taken.filter(({ allowed }) => allowed)).toHaveLength(50);
    });

    it('treats 0 as no limit, and counts it nowhere', async () => {
      const { db, limits } = await start();
      const free = [{ name: 'second', ms: 1000, max: 0 }];
      for (let i = 0; i < 5; i++) {
        expect(await limits.take({ ...request, windows: free })).toMatchObject({
          allowed: true,
          windows: [{ limit: 0, remaining: Infinity }],
        });
      }
      await limits.flush();
      const { rows } = await sql`SELECT * FROM platform_limit_windows`.execute(db.tables());
      expect(rows).toEqual([]);
      const mixed = [...free, { name: 'minute', ms: 60_000, max: 1 }];
      expect(await limits.take({ ...request, windows: mixed })).toMatchObject({ allowed: true });
      expect(await limits.take({ ...request, windows: mixed })).toMatchObject({
        allowed: false,
        exhausted: { name: 'minute' },
        windows: [{ name: 'second', remaining: Infinity }, { remaining: 0 }],
      });
    });

    it('keeps tenants, credentials and sets of windows apart', async () => {
      const { limits } = await start();
      const one = [{ name: 'w', ms: 1000, max: 1 }];
      const take = (change: object) => limits.take({ ...request, windows: one, ...change });
      expect((await take({})).allowed).toBe(true);
      expect((await take({})).allowed).toBe(false);
      expect((await take({ tenant: 'u' })).allowed).toBe(true);
      expect((await take({ credential: 'other' })).allowed).toBe(true);
      expect((await take({ windows: [{ name: 'v', ms: 1000, max: 1 }] })).allowed).toBe(true);
    });

    it('follows a limit that is changed while its window runs', async () => {
      const { limits } = await start();
      const take = (max: number) =>
        limits.take({ ...request, windows: [{ name: 'w', ms: 1000, max }] });
      for (let i = 0; i < 4; i++) await take(10);
      expect(await take(2)).toMatchObject({ allowed: false, windows: [{ remaining: 0 }] });
      expect(await take(6)).toMatchObject({ allowed: true, windows: [{ remaining: 1 }] });
    });

    it('does not stay shut for long when a clock was ahead and is set back', async () => {
      const { limits } = await start();
      const take = () => limits.take({ ...request, windows: [{ name: 'w', ms: 1000, max: 1 }] });
      now = START + 3_600_000;
      await take();
      now = START;
      expect((await take()).allowed).toBe(true);
    });

    it('survives a restart', async () => {
      const before = await start();
      for (let i = 0; i < 5; i++) {
        now += 1000;
        await before.limits.take(request);
      }
      await before.limits.close();
      await before.db.close();
      open = [];
      const after = await start();
      expect(await after.limits.take(request)).toMatchObject({
        allowed: false,
        exhausted: { name: 'minute', resetAt: START + 61_000 },
      });
    });
  });

  describe('budgets', () => {
    const key = { tenant: 't', credential: 'user', budget: 'beebole.v1', period: 'day' } as const;
    const request = { ...key, maxRequests: 3, maxBytes: 1000 };
    const midnight = Date.parse('2026-11-23T00:00:00Z');

    it('counts requests and refuses the one above the limit without counting it', async () => {
      const { limits } = await start();
      for (const used of [1, 2, 3]) {
        expect(await limits.spend(request)).toEqual({
          allowed: true,
          exhausted: undefined,
          requests: { limit: 3, used, remaining: 3 - used },
          bytes: { limit: 1000, used: 0, remaining: 1000 },
          resetAt: midnight,
        });
      }
      for (let i = 0; i < 2; i++) {
        expect(await limits.spend(request)).toMatchObject({
          allowed: false,
          exhausted: 'requests',
          requests: { used: 3, remaining: 0 },
        });
      }
    });

    it('counts a batch as its parts, all or none', async () => {
      const { limits } = await start();
      expect(await limits.spend({ ...request, requests: 4 })).toMatchObject({ allowed: false });
      expect(await limits.spend({ ...request, requests: 2 })).toMatchObject({ allowed: true });
      expect(await limits.spend({ ...request, requests: 2 })).toMatchObject({
        allowed: false,
        requests: { used: 2, remaining: 1 },
      });
      expect(await limits.spend({ ...request, requests: 1 })).toMatchObject({ allowed: true });
    });

    it('serves the request that crosses the line of bytes and refuses the next', async () => {
      const { limits } = await start();
      await limits.spend({ ...request, bytes: 400 });
      await limits.addBytes(key, 599);
      expect(await limits.spend({ ...request, bytes: 5 })).toMatchObject({
        allowed: true,
        bytes: { used: 1004, remaining: 0 },
      });
      expect(await limits.spend(request)).toMatchObject({
        allowed: false,
        exhausted: 'bytes',
        requests: { used: 2 },
      });
    });

    it('refuses at the very byte of the limit', async () => {
      const { limits } = await start();
      await limits.addBytes(key, 1000);
      expect(await limits.spend(request)).toMatchObject({ allowed: false, exhausted: 'bytes' });
    });

    it('starts anew at midnight of the zone', async () => {
      const { limits } = await start();
      const there = { ...request, timeZone: 'America/New_York', maxRequests: 1 };
      const end = Date.parse('2026-11-23T05:00:00Z');
      expect(await limits.spend(there)).toMatchObject({ allowed: true, resetAt: end });
      now = end - 1;
      expect(await limits.spend(there)).toMatchObject({ allowed: false });
      now = end;
      expect(await limits.spend(there)).toMatchObject({
        allowed: true,
        resetAt: Date.parse('2026-11-24T05:00:00Z'),
      });
    });

    it('only looks when nothing is spent', async () => {
      const { db, limits } = await start();
      expect(await limits.spend({ ...request, requests: 0 })).toMatchObject({
        allowed: true,
        requests: { used: 0, remaining: 3 },
      });
      await limits.flush();
      const { rows } = await sql`SELECT * FROM platform_limit_budgets`.execute(db.tables());
      expect(rows).toEqual([]);
    });

    it('counts without end where there is no limit', async () => {
      const { limits } = await start();
      const month = { ...key, period: 'month', maxRequests: 0, maxBytes: 0 } as const;
      for (let i = 0; i < 5; i++) await limits.spend({ ...month, bytes: 2 ** 40 });
      expect(await limits.spend({ ...month, requests: 0 })).toMatchObject({
        allowed: true,
        requests: { limit: 0, used: 5, remaining: Infinity },
        bytes: { used: 5 * 2 ** 40 },
        resetAt: Date.parse('2026-12-01T00:00:00Z'),
      });
    });

    it('is exact for requests at the same time', async () => {
      const { limits } = await start();
      const spent = await Promise.all(
        Array.from({ length: 150 }, () => limits.spend({ ...request, maxRequests: 40 })),
      );
      expect(spent.filter(({ allowed }) => allowed)).toHaveLength(40);
      expect(spent.map((each) => each.requests.used).sort((a, b) => b - a)[0]).toBe(40);
    });

    it('survives a restart', async () => {
      const before = await start();
      for (let i = 0; i < 3; i++) await before.limits.spend({ ...request, bytes: 10 });
      await before.limits.close();
      await before.db.close();
      open = [];
      const after = await start();
      expect(await after.limits.spend(request)).toMatchObject({
        allowed: false,
        requests: { used: 3 },
        bytes: { used: 30 },
      });
    });

    it('refuses an unknown time zone', async () => {
      const { limits } = await start();
      const spend = limits.spend({ ...request, timeZone: 'Nowhere' });
      await expect(spend).rejects.toMatchObject({ kind: 'invalid', code: 'time_zone' });
    });
  });

  it('sweeps windows that ended and budgets that nobody will ask for', async () => {
    const { db, limits } = await start();
    const rows = async () => {
      await limits.flush();
      const count = async (table: string) =>
        (await sql`SELECT * FROM ${sql.table(table)}`.execute(db.tables())).rows.length;
      return [await count('platform_limit_windows'), await count('platform_limit_budgets')];
    };
    const who = { tenant: 't', credential: 'c' };
    await limits.take({ ...who, windows: [{ name: 'minute', ms: 60_000, max: 5 }] });
    const budget = { ...who, budget: 'b', maxRequests: 0, maxBytes: 0 };
    await limits.spend({ ...budget, period: 'day' });
    await limits.spend({ ...budget, period: 'month' });
    expect(await limits.sweep()).toBe(0);
    expect(await rows()).toEqual([1, 2]);
    now += 3_600_000;
    expect(await limits.sweep()).toBe(1);
    expect(await rows()).toEqual([0, 2]);
    now += 40 * 86_400_000;
    expect(await limits.sweep()).toBe(1);
    now += 400 * 86_400_000;
    expect(await limits.sweep()).toBe(1);
    expect(await rows()).toEqual([0, 0]);
  });

  it.runIf(engine === 'sqlite')('loses nothing when a flush fails', async () => {
    const { db, limits } = await start();
    const budget = { tenant: 't', credential: 'c', budget: 'b', period: 'day' } as const;
    await limits.spend({ ...budget, maxRequests: 0, maxBytes: 0 });
    const rename = (from: string, to: string) =>
      db.write<unknown, unknown>((trx) =>
        sql`ALTER TABLE ${sql.table(from)} RENAME TO ${sql.table(to)}`.execute(trx),
      );
    await rename('platform_limit_budgets', 'hidden');
    await expect(limits.flush()).rejects.toThrow(/platform_limit_budgets/);
    await rename('hidden', 'platform_limit_budgets');
    await limits.flush();
    const { rows } = await sql`SELECT requests FROM platform_limit_budgets`.execute(db.tables());
    expect(rows).toEqual([{ requests: 1 }]);
  });

  it.runIf(engine === 'postgres')('shares counters between processes', async () => {
    const processes = [await start(), await start(), await start()];
    const who = { tenant: 't', credential: 'c' };
    const windows = [{ name: 'w', ms: 1000, max: 30 }];
    const budget = { ...who, budget: 'b', period: 'day', maxRequests: 45, maxBytes: 0 } as const;
    const outcomes = await Promise.all(
      processes.flatMap(({ limits }) =>
        Array.from({ length: 20 }, async () => ({
          taken: await limits.take({ ...who, windows }),
          spent: await limits.spend(budget),
        })),
      ),
    );
    expect(outcomes.filter(({ taken }) => taken.allowed)).toHaveLength(30);
    expect(outcomes.filter(({ spent }) => spent.allowed)).toHaveLength(45);
  });

  it.runIf(engine === 'postgres')('does not make a request wait for the disk', async () => {
    const { db, limits } = await start();
    const place = async (name: 'insert' | 'flush') => {
      const { rows } = await sql<{ lsn: string }>`
        SELECT ${sql.raw(`pg_current_wal_${name}_lsn()`)} - '0/0' AS lsn`.execute(db.tables());
      return Number(rows[0]?.lsn);
    };
    /** What waits for the disk leaves the log written beyond where the work began. */
    const waits = async (work: () => Promise<unknown>) => {
      // Other tests have their own writes put to disk now and then: one run that leaves ours unwritten is proof.
      for (let run = 0; run < 200; run++) {
        const began = await place('insert');
        await work();
        if ((await place('flush')) <= began) return false;
      }
      return true;
    };
    const who = { tenant: 't', credential: 'c' };
    const windows = [{ name: 'w', ms: 1000, max: 1000 }];
    expect(await waits(() => limits.take({ ...who, windows }))).toBe(false);
    const budget = { ...who, budget: 'b', period: 'day' } as const;
    expect(await waits(() => limits.addBytes(budget, 1))).toBe(false);
    expect(
      await waits(() =>
        db.write<unknown, unknown>((trx) =>
          sql`UPDATE platform_limit_budgets SET bytes = bytes + 1`.execute(trx),
        ),
      ),
    ).toBe(true);
  });
});
