// How counters in memory are stored and loaded.
import type { Database } from '../database/database.ts';
import { statement } from '../database/statement.ts';
import type { BudgetCounts } from './budgets.ts';
import type { LimitTables } from './tables.ts';
import type { WindowCounts } from './windows.ts';

/** Rows written in one transaction. */
const BATCH = 500;

export interface WindowEntry {
  tenant: string;
  credential: string;
  name: string;
  counts: WindowCounts;
  endsAt: number;
}

export interface BudgetEntry extends BudgetCounts {
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

export async function storeWindows(db: Database, entries: Iterable<WindowEntry>): Promise<void> {
  for (const batch of batchesOf(entries)) {
    await db.write(async (trx) => {
      for (const { counts, ...entry } of batch) {
        const [started, taken] = [JSON.stringify(counts.started), JSON.stringify(counts.taken)];
        await putWindow.run(trx, { ...entry, started, taken });
      }
    });
  }
}

export async function storeBudgets(db: Database, entries: Iterable<BudgetEntry>): Promise<void> {
  for (const batch of batchesOf(entries)) {
    await db.write(async (trx) => {
      for (const entry of batch) await putBudget.run(trx, entry);
    });
  }
}

/** Windows that have not ended. */
export async function loadWindows(db: Database, now: number): Promise<WindowEntry[]> {
  const rows = await db
    .tables<LimitTables>()
    .selectFrom('platform_limit_windows')
    .selectAll()
    .where('ends_at', '>', now)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant_id,
    credential: row.credential,
    name: row.name,
    counts: {
      started: JSON.parse(row.started) as number[],
      taken: JSON.parse(row.taken) as number[],
    },
    endsAt: row.ends_at,
  }));
}

/** Budgets of periods that have not ended. */
export async function loadBudgets(db: Database, now: number): Promise<BudgetEntry[]> {
  const rows = await db
    .tables<LimitTables>()
    .selectFrom('platform_limit_budgets')
    .selectAll()
    .where('ends_at', '>', now)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant_id,
    credential: row.credential,
    budget: row.budget,
    period: row.period,
    requests: row.requests,
    bytes: row.bytes,
    endsAt: row.ends_at,
    keepUntil: row.keep_until,
  }));
}

function* batchesOf<T>(items: Iterable<T>): Generator<T[]> {
  const all = [...items];
  for (let from = 0; from < all.length; from += BATCH) yield all.slice(from, from + BATCH);
}
