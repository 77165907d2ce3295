// One SQLite connection with our pragmas and a cache of prepared statements.
import Sqlite from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { Connection, Result } from './connection.ts';

export interface SqliteOptions {
  /** Path of the database file. */
  file: string;
  /** `FULL`: an answered write survives a power cut. `NORMAL`: it survives a crash of the process only. */
  synchronous?: 'FULL' | 'NORMAL';
  readonly?: boolean;
  /** How long a statement waits for another process's write, in milliseconds. It blocks the thread: keep it short. */
  busyTimeoutMs?: number;
}

/** Prepared statements kept per connection; each costs a few kilobytes. */
const STATEMENTS = 500;

/** Prepared statements whose text is longer are not worth keeping (they hold many values of one run). */
const CACHEABLE_SQL = 20_000;

interface Prepared {
  statement: Sqlite.Statement;
  /** Whether it gives rows. */
  reader: boolean;
}

export class SqliteConnection implements Connection {
  readonly dialect = 'sqlite';
  readonly raw: Sqlite.Database;
  readonly #statements = new LRUCache<string, Prepared>({ max: STATEMENTS });

  constructor(options: SqliteOptions) {
    this.raw = new Sqlite(options.file, {
      readonly: options.readonly ?? false,
      timeout: options.busyTimeoutMs ?? 1000,
    });
    if (!options.readonly) {
      this.raw.pragma('journal_mode = WAL');
      this.raw.pragma(`synchronous = ${options.synchronous === 'NORMAL' ? 'NORMAL' : 'FULL'}`);
    }
    this.raw.pragma('foreign_keys = ON');
    this.raw.pragma('trusted_schema = OFF');
    this.raw.pragma('cell_size_check = ON');
    this.raw.pragma('cache_size = -16384');
  }

  /** Runs one statement now, on this thread. */
  executeSync(sql: string, parameters: readonly unknown[]): Result {
    const { statement, reader } = this.#prepare(sql);
    const values = parameters.map(bindable);
    if (reader) {
      return { rows: statement.all(...values) as Record<string, unknown>[], changed: 0 };
    }
    return { rows: [], changed: statement.run(...values).changes };
  }

  // An async function, so that a failing statement rejects instead of throwing at the caller.
  async execute(sql: string, parameters: readonly unknown[]): Promise<Result> {
    return this.executeSync(sql, parameters);
  }

  close(): void {
    this.#statements.clear();
    this.raw.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.raw.prepare(withFixedPlan(sql));
    // Asked once: the question goes to the engine each time.
    const prepared = { statement, reader: statement.reader };
    if (sql.length <= CACHEABLE_SQL) this.#statements.set(sql, prepared);
    return prepared;
  }
}

/**
 * Hides bound values from the planner. SQLite built with STAT4 plans a join anew whenever other values are bound to it,
 * which costs ten times the join; it does not look through a unary plus, which changes nothing about a value.
 */
function withFixedPlan(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (part) =>
    part === '?' ? '+?' : part,
  );
}

/** SQLite has no booleans and refuses `undefined`. */
function bindable(value: unknown): unknown {
  if (value === true) return 1;
  if (value === false) return 0;
  return value === undefined ? null : value;
}
