// The whole database as text, to see that nothing was stored.
import type { Database } from '../../src/platform/database/database.ts';

/** Counters and clocks: they move with every request, whatever it asks for. */
const MOVING =
  /^(?:platform_limit_|platform_login_failures$|platform_jobs$|platform_schedules$|sqlite_)/;
const MOVING_COLUMNS = new Set(['used_at', 'expires_at', 'last_seen', 'last_seen_at']);

/** All rows of all tables that only wanted changes may change, in a stable order. */
export async function dump(db: Database): Promise<Record<string, string[]>> {
  const { connection } = db;
  const names = await connection.execute(
    db.dialect === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'table'`
      : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    [],
  );
  const tables: Record<string, string[]> = {};
  for (const name of names.rows.map((row) => String(row['name'])).sort()) {
    if (MOVING.test(name)) continue;
    const { rows } = await connection.execute(`SELECT * FROM "${name}"`, []);
    tables[name] = rows.map((row) => JSON.stringify(still(row))).sort();
  }
  return tables;
}

function still(row: Record<string, unknown>): unknown {
  return Object.entries(row).filter(([column]) => !MOVING_COLUMNS.has(column));
}
