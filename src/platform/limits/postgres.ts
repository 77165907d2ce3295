// Counters on PostgreSQL: several processes share them, each call is one atomic statement.
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { keepUntil, refusal, spent, type BudgetCounts } from './budgets.ts';
import type {
  BudgetKey,
  Limits,
  SpendRequest,
  Spent,
  Taken,
  TakeRequest,
  Window,
} from './limits.ts';
import { sweepCounters } from './memory.ts';
import { periodAt } from './periods.ts';
import type { LimitTables } from './tables.ts';
import { answer, countsAt, endOf, limited, toleranceOf, type WindowCounts } from './windows.ts';

/** How often a refusal is asked again when the windows opened between the refusal and the look at them. */
const ATTEMPTS = 5;

// Makes the commit of this one statement not wait for the disk. Being a transaction of its own it needs no BEGIN, so
// a count costs one round trip; that is why these statements run outside `Database.write`.
const unhurried = sql`unhurried AS (SELECT set_config('synchronous_commit', 'off', true))`;

export class PostgresCounters implements Limits {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, { clock }: { clock: Clock }) {
    this.#db = db;
    this.#clock = clock;
  }

  async take(request: TakeRequest): Promise<Taken> {
    const counted = limited(request.windows);
    const now = this.#clock.now();
    if (counted.length === 0) {
      return answer(request.windows, { started: [], taken: [] }, { now, allowed: true });
    }
    for (let attempt = 1; ; attempt++) {
      const at = this.#clock.now();
      const counts = await this.#tryTake(request, counted, at);
      if (counts) return answer(request.windows, counts, { now: at, allowed: true });
      const current = countsAt(await this.#windowCounts(request, counted), counted, at);
      const refused = answer(request.windows, current, { now: at, allowed: false });
      if (refused.exhausted || attempt >= ATTEMPTS) return refused;
    }
  }

  async spend(request: SpendRequest): Promise<Spent> {
    const period = periodAt(this.#clock.now(), request.period, request.timeZone);
    const { requests = 1, bytes = 0 } = request;
    // A request that fits into no budget, and a mere look, change nothing.
    if (requests + bytes > 0 && !refusal(request, { requests: 0, bytes: 0 })) {
      const counts = await this.#addToBudget(request, { requests, bytes }, request);
      if (counts) return spent(request, counts, { exhausted: undefined, endsAt: period.endsAt });
    }
    const counts = await this.#budgetCounts(request, period.key);
    return spent(request, counts, { exhausted: refusal(request, counts), endsAt: period.endsAt });
  }

  async addBytes(key: BudgetKey, bytes: number): Promise<void> {
    await this.#addToBudget(key, { requests: 0, bytes }, { maxRequests: 0, maxBytes: 0 });
  }

  async flush(): Promise<void> {}

  async sweep(): Promise<number> {
    return sweepCounters(this.#db, this.#clock.now());
  }

  async close(): Promise<void> {}

  /** The counts after the request, or nothing when a window is used up. */
  async #tryTake(
    { tenant, credential }: TakeRequest,
    windows: readonly Window[],
    now: number,
  ): Promise<WindowCounts | undefined> {
    const first = countsAt(undefined, windows, now);
    const parts = windows.map((window, index) => {
      const started = sql`w.started[${sql.lit(index + 1)}]`;
      const taken = sql`w.taken[${sql.lit(index + 1)}]`;
      const live = sql`(${started} IS NOT NULL AND ${now}::bigint < ${started} + ${window.ms}::bigint
        AND ${now}::bigint > ${started} - ${toleranceOf(window)}::bigint)`;
      return {
        started: sql`CASE WHEN ${live} THEN ${started} ELSE ${now}::bigint END`,
        taken: sql`CASE WHEN ${live} THEN ${taken} + 1 ELSE 1 END`,
        open: sql`(NOT ${live} OR ${taken} < ${window.max}::bigint)`,
      };
    });
    const { rows } = await sql<{ started: unknown[]; taken: unknown[] }>`
      WITH ${unhurried}
      INSERT INTO platform_limit_windows AS w
        (tenant_id, credential, name, started, taken, ends_at)
      SELECT ${tenant}::text, ${credential}::text, ${nameOf(windows)}::text, ${first.started}::bigint[],
        ${windows.map(() => 1)}::bigint[], ${endOf(first, windows)}::bigint FROM unhurried
      ON CONFLICT (tenant_id, credential, name) DO UPDATE SET
        started = ARRAY[${sql.join(parts.map((part) => part.started))}],
        taken = ARRAY[${sql.join(parts.map((part) => part.taken))}],
        ends_at = greatest(w.ends_at, excluded.ends_at)
      WHERE ${sql.join(
        parts.map((part) => part.open),
        sql` AND `,
      )}
      RETURNING started, taken`.execute(this.#db.tables<LimitTables>());
    return rows[0] && numbers(rows[0]);
  }

  async #windowCounts({ tenant, credential }: TakeRequest, windows: readonly Window[]) {
    const row = await this.#db
      .tables<LimitTables>()
      .selectFrom('platform_limit_windows')
      .select(['started', 'taken'])
      .where('tenant_id', '=', tenant)
      .where('credential', '=', credential)
      .where('name', '=', nameOf(windows))
      .executeTakeFirst();
    return row && numbers(row as unknown as { started: unknown[]; taken: unknown[] });
  }

  /** The counts after the addition, or nothing when a limit forbids it. */
  async #addToBudget(
    key: BudgetKey,
    { requests, bytes }: BudgetCounts,
    { maxRequests, maxBytes }: { maxRequests: number; maxBytes: number },
  ): Promise<BudgetCounts | undefined> {
    const { key: period, endsAt } = periodAt(this.#clock.now(), key.period, key.timeZone);
    const { rows } = await sql<BudgetCounts>`
      WITH ${unhurried}
      INSERT INTO platform_limit_budgets AS b
        (tenant_id, credential, budget, period, requests, bytes, ends_at, keep_until)
      SELECT ${key.tenant}::text, ${key.credential}::text, ${key.budget}::text, ${period}::text,
        ${requests}::bigint, ${bytes}::bigint, ${endsAt}::bigint, ${keepUntil(key, endsAt)}::bigint
      FROM unhurried
      ON CONFLICT (tenant_id, credential, budget, period) DO UPDATE SET
        requests = b.requests + excluded.requests, bytes = b.bytes + excluded.bytes
      WHERE (${maxRequests}::bigint = 0 OR b.requests + excluded.requests <= ${maxRequests}::bigint)
        AND (${maxBytes}::bigint = 0 OR b.bytes < ${maxBytes}::bigint)
      RETURNING requests, bytes`.execute(this.#db.tables<LimitTables>());
    return rows[0];
  }

  async #budgetCounts(key: BudgetKey, period: string): Promise<BudgetCounts> {
    const row = await this.#db
      .tables<LimitTables>()
      .selectFrom('platform_limit_budgets')
      .select(['requests', 'bytes'])
      .where('tenant_id', '=', key.tenant)
      .where('credential', '=', key.credential)
      .where('budget', '=', key.budget)
      .where('period', '=', period)
      .executeTakeFirst();
    return row ?? { requests: 0, bytes: 0 };
  }
}

function nameOf(windows: readonly Window[]): string {
  return windows.map((window) => window.name).join();
}

/** The driver gives the numbers of a bigint array as strings. */
function numbers({ started, taken }: { started: unknown[]; taken: unknown[] }): WindowCounts {
  return { started: started.map(Number), taken: taken.map(Number) };
}
