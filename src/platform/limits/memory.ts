// Counters on SQLite: one server process uses the file, so it counts in memory and writes behind the requests.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { statement } from '../database/statement.ts';
import { keepUntil, refusal, spent, type BudgetCounts } from './budgets.ts';
import type { BudgetKey, Limits, SpendRequest, Spent, Taken, TakeRequest } from './limits.ts';
import { periodAt } from './periods.ts';
import type { LimitTables } from './tables.ts';
import { answer, countsAt, endOf, limited, type WindowCounts } from './windows.ts';

/** Rows written in one transaction. */
const BATCH = 500;

interface WindowEntry {
  tenant: string;
  credential: string;
  name: string;
  counts: WindowCounts;
  endsAt: number;
}

interface BudgetEntry extends BudgetCounts {
  tenant: string;
  credential: string;
  budget: string;
  period: string;
  endsAt: number;
  keepUntil: number;
}

const putWindow = statement<
  Omit<WindowEntry, 'counts'> & { started: string; taken: string },
  unknown,
  LimitTables
>((db, slot) =>
  db
    .insertInto('platform_limit_windows')
    .values({
      tenant_id: slot('tenant'),
      credential: slot('credential'),
      name: slot('name'),
      started: slot('started'),
      taken: slot('taken'),
      ends_at: slot('endsAt'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'credential', 'name']).doUpdateSet((row) => ({
        started: row.ref('excluded.started'),
        taken: row.ref('excluded.taken'),
        ends_at: row.ref('excluded.ends_at'),
      })),
    ),
);

const putBudget = statement<BudgetEntry, unknown, LimitTables>((db, slot) =>
  db
    .insertInto('platform_limit_budgets')
    .values({
      tenant_id: slot('tenant'),
      credential: slot('credential'),
      budget: slot('budget'),
      period: slot('period'),
      requests: slot('requests'),
      bytes: slot('bytes'),
      ends_at: slot('endsAt'),
      keep_until: slot('keepUntil'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'credential', 'budget', 'period']).doUpdateSet((row) => ({
        requests: row.ref('excluded.requests'),
        bytes: row.ref('excluded.bytes'),
        ends_at: row.ref('excluded.ends_at'),
        keep_until: row.ref('excluded.keep_until'),
      })),
    ),
);

export class MemoryCounters implements Limits {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #windows = new Map<string, WindowEntry>();
  readonly #budgets = new Map<string, BudgetEntry>();
  #changedWindows = new Set<WindowEntry>();
  #changedBudgets = new Set<BudgetEntry>();
  #flushing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout | undefined;

  /** Loads the counters that still count. */
  static async open(
    db: Database,
    options: { clock: Clock; onError?: (error: unknown) => void; flushEveryMs?: number },
  ): Promise<MemoryCounters> {
    const counters = new MemoryCounters(db, options);
    await counters.#load();
    return counters;
  }

  private constructor(
    db: Database,
    {
      clock,
      onError = () => undefined,
      flushEveryMs = 1000,
    }: { clock: Clock; onError?: (error: unknown) => void; flushEveryMs?: number },
  ) {
    this.#db = db;
    this.#clock = clock;
    if (flushEveryMs > 0) {
      this.#timer = setInterval(() => void this.flush().catch(onError), flushEveryMs);
      this.#timer.unref();
    }
  }

  async take({ tenant, credential, windows }: TakeRequest): Promise<Taken> {
    const now = this.#clock.now();
    const counted = limited(windows);
    if (counted.length === 0)
      return answer(windows, { started: [], taken: [] }, { now, allowed: true });
    const name = counted.map((window) => window.name).join();
    const key = keyOf(tenant, credential, name);
    const entry = this.#windows.get(key);
    const counts = countsAt(entry?.counts, counted, now);
    const allowed = counted.every((window, index) => (counts.taken[index] ?? 0) < window.max);
    if (allowed) {
      counts.taken = counts.taken.map((taken) => taken + 1);
      const next = { tenant, credential, name, counts, endsAt: endOf(counts, counted) };
      if (entry) Object.assign(entry, next);
      else this.#windows.set(key, next);
      this.#changedWindows.add(entry ?? next);
    }
    return answer(windows, counts, { now, allowed });
  }

  async spend(request: SpendRequest): Promise<Spent> {
    const entry = this.#budget(request);
    const exhausted = refusal(request, entry);
    const { requests = 1, bytes = 0 } = request;
    if (exhausted === undefined && (requests > 0 || bytes > 0)) {
      entry.requests += requests;
      entry.bytes += bytes;
      this.#changedBudgets.add(entry);
    }
    return spent(request, entry, { exhausted, endsAt: entry.endsAt });
  }

  async addBytes(key: BudgetKey, bytes: number): Promise<void> {
    const entry = this.#budget(key);
    entry.bytes += bytes;
    this.#changedBudgets.add(entry);
  }

  flush(): Promise<void> {
    const next = this.#flushing.then(() => this.#write());
    this.#flushing = next.catch(() => undefined);
    return next;
  }

  async sweep(): Promise<number> {
    await this.flush();
    return sweepCounters(this.#db, this.#clock.now());
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #budget(key: BudgetKey): BudgetEntry {
    const { tenant, credential, budget } = key;
    const { key: period, endsAt } = periodAt(this.#clock.now(), key.period, key.timeZone);
    const id = keyOf(tenant, credential, budget, period);
    let entry = this.#budgets.get(id);
    if (!entry) {
      const counts = { requests: 0, bytes: 0, endsAt, keepUntil: keepUntil(key, endsAt) };
      entry = { tenant, credential, budget, period, ...counts };
      this.#budgets.set(id, entry);
    }
    return entry;
  }

  async #load(): Promise<void> {
    const now = this.#clock.now();
    const db = this.#db.tables<LimitTables>();
    const windows = db.selectFrom('platform_limit_windows').selectAll();
    for (const row of await windows.where('ends_at', '>', now).execute()) {
      const { tenant_id: tenant, credential, name, ends_at: endsAt } = row;
      const counts = {
        started: JSON.parse(row.started) as number[],
        taken: JSON.parse(row.taken) as number[],
      };
      const entry = { tenant, credential, name, counts, endsAt };
      this.#windows.set(keyOf(tenant, credential, name), entry);
    }
    const budgets = db.selectFrom('platform_limit_budgets').selectAll();
    for (const row of await budgets.where('ends_at', '>', now).execute()) {
      const { tenant_id: tenant, credential, budget, period, requests, bytes } = row;
      const times = { endsAt: row.ends_at, keepUntil: row.keep_until };
      const entry = { tenant, credential, budget, period, requests, bytes, ...times };
      this.#budgets.set(keyOf(tenant, credential, budget, period), entry);
    }
  }

  async #write(): Promise<void> {
    const windows = this.#changedWindows;
    this.#changedWindows = new Set();
    await inBatches(windows, (batch) =>
      this.#db.write(async (trx) => {
        for (const { counts, ...entry } of batch) {
          const [started, taken] = [JSON.stringify(counts.started), JSON.stringify(counts.taken)];
          await putWindow.run(trx, { ...entry, started, taken });
        }
      }),
    ).catch((error: unknown) => {
      // Nothing is lost while the process lives: the next flush tries again.
      for (const entry of windows) this.#changedWindows.add(entry);
      throw error;
    });
    const budgets = this.#changedBudgets;
    this.#changedBudgets = new Set();
    await inBatches(budgets, (batch) =>
      this.#db.write(async (trx) => {
        for (const entry of batch) await putBudget.run(trx, entry);
      }),
    ).catch((error: unknown) => {
      for (const entry of budgets) this.#changedBudgets.add(entry);
      throw error;
    });
    this.#forget(this.#windows, this.#changedWindows);
    this.#forget(this.#budgets, this.#changedBudgets);
  }

  /** Drops counters of times gone by from memory. */
  #forget<Entry extends { endsAt: number }>(
    entries: Map<string, Entry>,
    changed: Set<Entry>,
  ): void {
    const now = this.#clock.now();
    for (const [key, entry] of entries) {
      if (entry.endsAt <= now && !changed.has(entry)) entries.delete(key);
    }
  }
}

async function inBatches<T>(items: Iterable<T>, write: (batch: T[]) => Promise<void>) {
  const all = [...items];
  for (let from = 0; from < all.length; from += BATCH) await write(all.slice(from, from + BATCH));
}

/** Removes counters that nobody needs any more and says how many. */
export async function sweepCounters(db: Database, now: number): Promise<number> {
  return db.write<LimitTables, number>(async (trx) => {
    const windows = await trx
      .deleteFrom('platform_limit_windows')
      .where('ends_at', '<=', now - 60_000)
      .executeTakeFirst();
    const budgets = await trx
      .deleteFrom('platform_limit_budgets')
      .where('keep_until', '<=', now)
      .executeTakeFirst();
    return Number(windows.numDeletedRows) + Number(budgets.numDeletedRows);
  });
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
