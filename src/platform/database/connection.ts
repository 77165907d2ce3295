// The smallest thing both engines offer: run one statement with bound values, get rows back.

export type Dialect = 'sqlite' | 'postgres';

/** What a statement gave: rows as plain objects, and how many rows it changed. */
export interface Result {
  rows: Record<string, unknown>[];
  changed: number;
}

/**
 * One place where statements run: the pool, or one connection inside a transaction.
 * `sql` uses the engine's own placeholders, as Kysely compiles them; values are only ever in `parameters`.
 */
export interface Connection {
  readonly dialect: Dialect;
  execute(sql: string, parameters: readonly unknown[]): Promise<Result>;
  /** The same at once, where the engine runs on this thread anyway: each promise on the way costs. Throws. */
  executeSync?(sql: string, parameters: readonly unknown[]): Result;
}
