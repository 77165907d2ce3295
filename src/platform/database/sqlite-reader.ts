// Reads outside transactions: those that follow each other without a pause share one snapshot.
import type { Connection, Result } from './connection.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * Each statement of its own takes and frees SQLite's locks on the file, which costs more than a read by key. So the
 * first read begins a read transaction, and the next tick ends it: the reads of one request, which await nothing but
 * each other, take the locks once. No snapshot outlives the callback in which it began, so a request never sees
 * less than what was committed when it came.
 */
export class SqliteReader implements Connection {
  readonly dialect = 'sqlite';
  readonly #connection: SqliteConnection;
  #open = false;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  // An async function, so that a failing statement rejects instead of throwing at the caller.
  async execute(sql: string, parameters: readonly unknown[]): Promise<Result> {
    if (!this.#open) this.#begin();
    return this.#connection.executeSync(sql, parameters);
  }

  /** Ends the snapshot: the next read sees what was committed until then. */
  refresh(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.executeSync('COMMIT', []);
  }

  close(): void {
    this.refresh();
    this.#connection.close();
  }

  #begin(): void {
    this.#connection.executeSync('BEGIN', []);
    this.#open = true;
    process.nextTick(() => this.refresh());
  }
}
