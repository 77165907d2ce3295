// Removes counters of times gone by.
import type { Database } from '../database/database.ts';
import type { LimitTables } from './tables.ts';

/** Windows stay a minute after their end, in case the clock of another process is behind. */
const SLACK_MS = 60_000;

/** Gives the number of rows removed. */
export async function sweepCounters(db: Database, now: number): Promise<number> {
  return db.write<LimitTables, number>(async (trx) => {
    const windows = await trx
      .deleteFrom('platform_limit_windows')
      .where('ends_at', '<=', now - SLACK_MS)
      .executeTakeFirst();
    const budgets = await trx
      .deleteFrom('platform_limit_budgets')
      .where('keep_until', '<=', now)
      .executeTakeFirst();
    return Number(windows.numDeletedRows + budgets.numDeletedRows);
  });
}
