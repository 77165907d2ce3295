// Reads outside transactions: those that follow each other closely share one snapshot.
import { READ_CHANGES } from './changes.ts';
import type { Connection, Result } from './connection.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * The event loop asks the system for 1024 events at once. When so many are ready it asks again before it gets to
 * `setImmediate`, and what comes then may be news; with fewer connections that cannot happen.
 */
const MAX_CONNECTIONS = 1000;

/**
 * Each statement of its own takes and frees SQLite's locks on the file, which costs more than a read by key. So the
 * first read begins a read transaction, and others join it, as long as nobody can tell the difference:
 *
 * - Reads that await nothing but each other always do; the next tick ends the snapshot.
 * - Requests that came in together do. The event loop collects what has arrived on all connections, then hands it over
 *   one by one, then runs the callbacks of `setImmediate`, where the snapshot ends. All of these requests were on their
 *   way before it began, so each sees whatever its client can know of. That does not hold for a second request on the
 *   same connection (sent in a pipeline, it may have arrived later): it begins a new snapshot.
 * - A commit of this process ends the snapshot, before those who wrote hear of it.
 */
export class SqliteReader implements Connection {
  readonly dialect = 'sqlite';
  readonly #connection: SqliteConnection;
  #open = false;
  /** The counter of changes in this snapshot, once somebody has asked. */
  #changes: number | undefined;
  /** Where the requests came from that were handed over in this turn of the event loop. */
  readonly #arrived = new Set<object>();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  // An async function, so that a failing statement rejects instead of throwing at the caller.
  async execute(sql: string, parameters: readonly unknown[]): Promise<Result> {
    return this.executeSync(sql, parameters);
  }

  executeSync(sql: string, parameters: readonly unknown[]): Result {
    if (!this.#open) this.#begin();
    return this.#connection.executeSync(sql, parameters);
  }

  /** See `Database.changes`. */
  changes(): number {
    if (!this.#open) this.#begin();
    return (this.#changes ??= this.#connection.executeSync(READ_CHANGES, []).rows[0]?.[
      'changes'
    ] as number);
  }

  /** See `Database.requestArrived`. */
  requestArrived(connection: object, open: number): void {
    if (open > MAX_CONNECTIONS) return;
    if (this.#arrived.size === 0 || this.#arrived.has(connection)) this.refresh();
    if (this.#arrived.size === 0) setImmediate(() => this.#endTurn());
    this.#arrived.add(connection);
  }

  /** Ends the snapshot: the next read sees what was committed until then. */
  refresh(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#changes = undefined;
    this.#connection.executeSync('COMMIT', []);
  }

  close(): void {
    this.refresh();
    this.#connection.close();
  }

  #begin(): void {
    this.#connection.executeSync('BEGIN', []);
    this.#open = true;
    if (this.#arrived.size === 0) process.nextTick(() => this.refresh());
  }

  #endTurn(): void {
    this.#arrived.clear();
    this.refresh();
  }
}
