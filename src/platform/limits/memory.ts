// Counters on SQLite: one server process uses the file, so it counts in memory and writes behind the requests.
import type { Database } from '../database/database.ts';
import { keepUntil, refusal, spent } from './budgets.ts';
import type {
  BudgetKey,
  Limits,
  LimitsOptions,
  SpendRequest,
  Spent,
  Taken,
  TakeRequest,
} from './limits.ts';
import {
  loadBudgets,
  loadWindows,
  storeBudgets,
  storeWindows,
  type BudgetEntry,
  type WindowEntry,
} from './memory-rows.ts';
import { periodAt } from './periods.ts';
import { sweepCounters } from './sweep.ts';
import { answer, countsAt, endOf, limited } from './windows.ts';

const FLUSH_EVERY_MS = 1000;

/** How often counters of times gone by are looked for in memory: it takes a walk over all of them. */
const FORGET_EVERY_MS = 60_000;

/** Counts without waiting for anything, so requests that run at the same time can never take more than there is. */
export class MemoryCounters implements Limits {
  readonly #db: Database;
  readonly #clock: LimitsOptions['clock'];
  readonly #windows = new Map<string, WindowEntry>();
  readonly #budgets = new Map<string, BudgetEntry>();
  #changedWindows = new Set<WindowEntry>();
  #changedBudgets = new Set<BudgetEntry>();
  #flushing: Promise<void> = Promise.resolve();
  #forgottenAt: number;
  readonly #timer: NodeJS.Timeout | undefined;

  /** Loads the counters that still count. */
  static async open(db: Database, options: LimitsOptions): Promise<MemoryCounters> {
    const counters = new MemoryCounters(db, options);
    const now = options.clock.now();
    for (const entry of await loadWindows(db, now)) counters.#windows.set(windowKey(entry), entry);
    for (const entry of await loadBudgets(db, now)) counters.#budgets.set(budgetKey(entry), entry);
    return counters;
  }

  private constructor(db: Database, { clock, onError, flushEveryMs }: LimitsOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#forgottenAt = clock.now();
    if (flushEveryMs !== 0) {
      const flush = () => void this.flush().catch((error: unknown) => onError?.(error));
      this.#timer = setInterval(flush, flushEveryMs ?? FLUSH_EVERY_MS);
      this.#timer.unref();
    }
  }

  async take({ tenant, credential, windows }: TakeRequest): Promise<Taken> {
    const now = this.#clock.now();
    const counted = limited(windows);
    if (counted.length === 0) return answer(windows, undefined, { now, allowed: true });
    const who = { tenant, credential, name: counted.map((window) => window.name).join() };
    const key = windowKey(who);
    const known = this.#windows.get(key);
    const counts = countsAt(known?.counts, counted, now);
    const allowed = counted.every((window, index) => (counts.taken[index] ?? 0) < window.max);
    if (allowed) {
      counts.taken = counts.taken.map((taken) => taken + 1);
      const entry = known ?? { ...who, counts, endsAt: 0 };
      entry.counts = counts;
      entry.endsAt = endOf(counts, counted);
      this.#windows.set(key, entry);
      this.#changedWindows.add(entry);
    }
    return answer(windows, counts, { now, allowed });
  }

  async spend(request: SpendRequest): Promise<Spent> {
    const entry = this.#budget(request);
    const { requests = 1, bytes = 0 } = request;
    const exhausted = refusal(request, entry);
    if (exhausted === undefined) this.#add(entry, requests, bytes);
    return spent(request, entry, { exhausted, endsAt: entry.endsAt });
  }

  async addBytes(key: BudgetKey, bytes: number): Promise<void> {
    this.#add(this.#budget(key), 0, bytes);
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
    const { key: period, endsAt } = periodAt(this.#clock.now(), key.period, key.timeZone);
    const who = { tenant: key.tenant, credential: key.credential, budget: key.budget, period };
    const id = budgetKey(who);
    let entry = this.#budgets.get(id);
    if (!entry) {
      entry = { ...who, requests: 0, bytes: 0, endsAt, keepUntil: keepUntil(key, endsAt) };
      this.#budgets.set(id, entry);
    }
    // The tenant may have moved to another time zone, whose day of the same name ends at another moment.
    entry.endsAt = endsAt;
    return entry;
  }

  #add(entry: BudgetEntry, requests: number, bytes: number): void {
    if (requests === 0 && bytes === 0) return;
    entry.requests += requests;
    entry.bytes += bytes;
    this.#changedBudgets.add(entry);
  }

  async #write(): Promise<void> {
    const [windows, budgets] = [this.#changedWindows, this.#changedBudgets];
    [this.#changedWindows, this.#changedBudgets] = [new Set(), new Set()];
    try {
      await storeWindows(this.#db, windows);
      await storeBudgets(this.#db, budgets);
    } catch (error) {
      // Nothing is lost while the process lives: the next flush writes them again.
      for (const entry of windows) this.#changedWindows.add(entry);
      for (const entry of budgets) this.#changedBudgets.add(entry);
      throw error;
    }
    this.#forget();
  }

  /** Drops counters of times gone by from memory. */
  #forget(): void {
    const now = this.#clock.now();
    if (now - this.#forgottenAt < FORGET_EVERY_MS) return;
    this.#forgottenAt = now;
    forget(this.#windows, this.#changedWindows, now);
    forget(this.#budgets, this.#changedBudgets, now);
  }
}

function forget<Entry extends { endsAt: number }>(
  entries: Map<string, Entry>,
  changed: Set<Entry>,
  now: number,
): void {
  for (const [key, entry] of entries) {
    if (entry.endsAt <= now && !changed.has(entry)) entries.delete(key);
  }
}

function windowKey({ tenant, credential, name }: Omit<WindowEntry, 'counts' | 'endsAt'>): string {
  return JSON.stringify([tenant, credential, name]);
}

function budgetKey(entry: Pick<BudgetEntry, 'tenant' | 'credential' | 'budget' | 'period'>) {
  return JSON.stringify([entry.tenant, entry.credential, entry.budget, entry.period]);
}
