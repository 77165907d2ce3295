// Counters on PostgreSQL: several processes share them, each call is one atomic statement.
import type { Database } from '../database/database.ts';
import { keepUntil, refusal, spent, type BudgetCounts } from './budgets.ts';
import type {
  BudgetKey,
  Limits,
  LimitsOptions,
  SpendRequest,
  Spent,
  Taken,
  TakeRequest,
  Window,
} from './limits.ts';
import { periodAt } from './periods.ts';
import { addToBudget, budgetCounts, takeFrom, windowCounts } from './postgres-statements.ts';
import { sweepCounters } from './sweep.ts';
import { answer, countsAt, endOf, limited, toleranceOf, type WindowCounts } from './windows.ts';

/** How often a take is tried again when the windows opened between its refusal and the look at them. */
const ATTEMPTS = 5;

/** The statements that count run outside `Database.write`: a commit that waits for the disk is what they avoid. */
export class PostgresCounters implements Limits {
  readonly #db: Database;
  readonly #clock: LimitsOptions['clock'];

  constructor(db: Database, { clock }: LimitsOptions) {
    this.#db = db;
    this.#clock = clock;
  }

  async take({ tenant, credential, windows }: TakeRequest): Promise<Taken> {
    const counted = limited(windows);
    const key = { tenant, credential, name: counted.map((window) => window.name).join() };
    for (let attempt = 1; ; attempt++) {
      const now = this.#clock.now();
      if (counted.length === 0) return answer(windows, undefined, { now, allowed: true });
      const counts = await this.#tryTake(key, counted, now);
      if (counts) return answer(windows, counts, { now, allowed: true });
      const row = await windowCounts.first(this.#db, key);
      const current = countsAt(row && numbers(row), counted, now);
      const refused = answer(windows, current, { now, allowed: false });
      if (refused.exhausted || attempt >= ATTEMPTS) return refused;
    }
  }

  async spend(request: SpendRequest): Promise<Spent> {
    const { key: period, endsAt } = this.#periodAt(request);
    const { requests = 1, bytes = 0 } = request;
    // What fits into no budget, and a mere look, change nothing.
    if (requests + bytes > 0 && !refusal(request, { requests: 0, bytes: 0 })) {
      const counts = await this.#add(request, { requests, bytes }, request);
      if (counts) return spent(request, counts, { exhausted: undefined, endsAt });
    }
    const { tenant, credential, budget } = request;
    const counts = (await budgetCounts.first(this.#db, { tenant, credential, budget, period })) ?? {
      requests: 0,
      bytes: 0,
    };
    return spent(request, counts, { exhausted: refusal(request, counts), endsAt });
  }

  async addBytes(key: BudgetKey, bytes: number): Promise<void> {
    await this.#add(key, { requests: 0, bytes }, { maxRequests: 0, maxBytes: 0 });
  }

  /** Nothing is only in memory. */
  async flush(): Promise<void> {}

  async sweep(): Promise<number> {
    return sweepCounters(this.#db, this.#clock.now());
  }

  async close(): Promise<void> {}

  async #tryTake(
    key: { tenant: string; credential: string; name: string },
    windows: readonly Window[],
    now: number,
  ): Promise<WindowCounts | undefined> {
    const parameters: Record<string, unknown> = {};
    windows.forEach((window, index) => {
      parameters[`ms${index + 1}`] = window.ms;
      parameters[`max${index + 1}`] = window.max;
      parameters[`tolerance${index + 1}`] = toleranceOf(window);
    });
    const endsAt = endOf(countsAt(undefined, windows, now), windows);
    const row = await takeFrom(windows.length).first(this.#db, {
      ...parameters,
      ...key,
      now,
      endsAt,
    });
    return row && numbers(row);
  }

  async #add(
    key: BudgetKey,
    { requests, bytes }: BudgetCounts,
    { maxRequests, maxBytes }: { maxRequests: number; maxBytes: number },
  ): Promise<BudgetCounts | undefined> {
    const { tenant, credential, budget } = key;
    const { key: period, endsAt } = this.#periodAt(key);
    return addToBudget.first(this.#db, {
      tenant,
      credential,
      budget,
      period,
      requests,
      bytes,
      maxRequests,
      maxBytes,
      endsAt,
      keepUntil: keepUntil(key, endsAt),
    });
  }

  #periodAt({ period, timeZone }: BudgetKey) {
    return periodAt(this.#clock.now(), period, timeZone);
  }
}

function numbers({ started, taken }: { started: string[]; taken: string[] }): WindowCounts {
  return { started: started.map(Number), taken: taken.map(Number) };
}
