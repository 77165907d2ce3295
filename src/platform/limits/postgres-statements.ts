// The statements behind counters on PostgreSQL, compiled once.
import { sql, type Kysely } from 'kysely';
import { statement, type Slot, type Statement } from '../database/statement.ts';
import type { BudgetCounts } from './budgets.ts';
import type { LimitTables } from './tables.ts';

// Makes the commit of this one statement not wait for the disk. Being a transaction of its own it needs no BEGIN, so
// a count costs one round trip.
const unhurried = sql`unhurried AS (SELECT set_config('synchronous_commit', 'off', true))`;

/** The driver gives the numbers of a bigint array as strings. */
export interface WindowRow {
  started: string[];
  taken: string[];
}

interface WindowKey {
  tenant: string;
  credential: string;
  name: string;
}

/** Beside these, `ms1`, `max1` and `tolerance1` of the first window and so on. */
export type TakeParameters = WindowKey & { now: number; endsAt: number } & Record<string, unknown>;

const takes: Statement<TakeParameters, WindowRow>[] = [];

/** Takes one from each of `count` windows and gives the counts, or gives nothing when one is used up. */
export function takeFrom(count: number): Statement<TakeParameters, WindowRow> {
  return (takes[count] ??= statement<TakeParameters, WindowRow, LimitTables>((db, slot) =>
    compilable(takeQuery(count, slot), db),
  ));
}

function takeQuery(count: number, slot: Slot) {
  const now = sql`${slot('now')}::bigint`;
  const windows = Array.from({ length: count }, (_, index) => {
    const n = index + 1;
    const started = sql`w.started[${sql.lit(n)}]`;
    const taken = sql`w.taken[${sql.lit(n)}]`;
    const live = sql`(${started} IS NOT NULL
      AND ${now} < ${started} + ${slot(`ms${n}`)}::bigint
      AND ${now} > ${started} - ${slot(`tolerance${n}`)}::bigint)`;
    return {
      started: sql`CASE WHEN ${live} THEN ${started} ELSE ${now} END`,
      taken: sql`CASE WHEN ${live} THEN ${taken} + 1 ELSE 1 END`,
      open: sql`(NOT ${live} OR ${taken} < ${slot(`max${n}`)}::bigint)`,
    };
  });
  return sql<WindowRow>`
    WITH ${unhurried}
    INSERT INTO platform_limit_windows AS w
      (tenant_id, credential, name, started, taken, ends_at)
    SELECT ${slot('tenant')}::text, ${slot('credential')}::text, ${slot('name')}::text,
      ARRAY[${sql.join(windows.map(() => now))}], ARRAY[${sql.join(windows.map(() => sql`1`))}]::bigint[],
      ${slot('endsAt')}::bigint
    FROM unhurried
    ON CONFLICT (tenant_id, credential, name) DO UPDATE SET
      started = ARRAY[${sql.join(windows.map((window) => window.started))}],
      taken = ARRAY[${sql.join(windows.map((window) => window.taken))}],
      ends_at = greatest(w.ends_at, excluded.ends_at)
    WHERE ${sql.join(
      windows.map((window) => window.open),
      sql` AND `,
    )}
    RETURNING started, taken`;
}

export const windowCounts = statement<WindowKey, WindowRow, LimitTables>((db, slot) =>
  compilable(
    sql<WindowRow>`SELECT started, taken FROM platform_limit_windows
      WHERE tenant_id = ${slot('tenant')} AND credential = ${slot('credential')} AND name = ${slot('name')}`,
    db,
  ),
);

interface BudgetRowKey {
  tenant: string;
  credential: string;
  budget: string;
  period: string;
}

/** Adds to a budget and gives the counts, or gives nothing when a limit (0 for none) forbids it. */
export const addToBudget = statement<
  BudgetRowKey & {
    requests: number;
    bytes: number;
    maxRequests: number;
    maxBytes: number;
    endsAt: number;
    keepUntil: number;
  },
  BudgetCounts,
  LimitTables
>((db, slot) =>
  compilable(
    sql<BudgetCounts>`
      WITH ${unhurried}
      INSERT INTO platform_limit_budgets AS b
        (tenant_id, credential, budget, period, requests, bytes, ends_at, keep_until)
      SELECT ${slot('tenant')}::text, ${slot('credential')}::text, ${slot('budget')}::text,
        ${slot('period')}::text, ${slot('requests')}::bigint, ${slot('bytes')}::bigint,
        ${slot('endsAt')}::bigint, ${slot('keepUntil')}::bigint
      FROM unhurried
      ON CONFLICT (tenant_id, credential, budget, period) DO UPDATE SET
        requests = b.requests + excluded.requests, bytes = b.bytes + excluded.bytes
      WHERE (${slot('maxRequests')}::bigint = 0
          OR b.requests + excluded.requests <= ${slot('maxRequests')}::bigint)
        AND (${slot('maxBytes')}::bigint = 0 OR b.bytes < ${slot('maxBytes')}::bigint)
      RETURNING requests, bytes`,
    db,
  ),
);

export const budgetCounts = statement<BudgetRowKey, BudgetCounts, LimitTables>((db, slot) =>
  db
    .selectFrom('platform_limit_budgets')
    .select(['requests', 'bytes'])
    .where('tenant_id', '=', slot('tenant'))
    .where('credential', '=', slot('credential'))
    .where('budget', '=', slot('budget'))
    .where('period', '=', slot('period')),
);

function compilable<Row>(query: ReturnType<typeof sql<Row>>, db: Kysely<LimitTables>) {
  return { compile: () => query.compile(db) };
}
