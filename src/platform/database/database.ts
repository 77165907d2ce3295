// The database as rooms see it: typed reads, durable writes, bounded scans, statements compiled once.
import type { CompiledQuery, Kysely } from 'kysely';
import type { Connection, Dialect } from './connection.ts';

export interface ScanOptions {
  /** How long the statement may run, in milliseconds, before it is really stopped. */
  timeoutMs: number;
  /** Stops the statement early, when the client has gone away. */
  signal?: AbortSignal;
}

export interface WriteOptions {
  /**
   * On PostgreSQL, run serializable, so that a decision taken from rows read inside `fn` still holds at the commit.
   * SQLite always does. Without it PostgreSQL runs READ COMMITTED: lock the rows that you decide on.
   */
  serializable?: boolean;
}

export interface Database {
  readonly dialect: Dialect;

  /** Reads outside a transaction. `Tables` is the room's own view of its tables. */
  tables<Tables>(): Kysely<Tables>;

  /**
   * Runs `fn` as one transaction and resolves when it is on disk. `fn` awaits statements of `trx` and nothing else:
   * on SQLite it holds the only writer, and its commit is shared with the writes that arrived meanwhile;
   * on PostgreSQL it is run again after a serialization failure or deadlock. Rejects with what `fn` threw, undone.
   */
  write<Tables, T>(fn: (trx: Kysely<Tables>) => Promise<T>, options?: WriteOptions): Promise<T>;

  /**
   * Runs a read that may visit many rows, off the main thread on SQLite and on connections of its own on PostgreSQL,
   * under a deadline that really stops it. Throws `DeadlineExceeded`, `TooLarge` (more rows than one answer may hold)
   * or `Unavailable` (too many scans are waiting).
   */
  scan<Row>(query: CompiledQuery<Row>, options: ScanOptions): Promise<Row[]>;

  /**
   * Runs reads that see the database as it is now, however long they take and whoever writes meanwhile, on a connection of
   * their own: for copies of much data. Their pages should be small, because SQLite reads them on this thread.
   */
  snapshot<Tables, T>(fn: (reads: Kysely<Tables>) => Promise<T>): Promise<T>;

  /**
   * How often watched tables (`changes.ts`) have changed, as the reads that follow without a pause see it; `undefined`
   * where finding out costs as much as reading the rows. For `memo.ts`.
   */
  changes(): number | undefined;

  /**
   * Tells that a request has just come in, on which connection, and how many connections are open. Requests that the
   * event loop hands over in one go may then see the same snapshot, which spares SQLite's locks: none of them can know
   * of a commit that came later.
   */
  requestArrived(connection: object, open: number): void;

  /** The connection behind `tables()`, for statements compiled once (`statement.ts`). */
  readonly connection: Connection;

  /** Cheap proof that the database answers; throws when it does not. */
  ping(): Promise<void>;

  /** Waits for running writes, then closes. */
  close(): Promise<void>;
}
