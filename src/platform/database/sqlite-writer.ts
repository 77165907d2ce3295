// Group commit: writes that arrive together share one durable SQLite transaction.
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Unavailable } from '../errors.ts';
import { kyselyOn } from './kysely.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

type Work = (trx: Kysely<unknown>) => Promise<unknown>;

interface Waiting {
  work: Work;
  settle: (outcome: Outcome) => void;
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** At most this many writes share a commit, so that the first of them does not wait for ever. */
const GROUP = 500;

/** How often to ask again for the write lock while another process holds it, and for how long, in milliseconds. */
const LOCK_RETRY_MS = 20;
const LOCK_PATIENCE_MS = 10_000;

/**
 * The only writer of a SQLite database in this process. A commit with `synchronous=FULL` waits for the disk,
 * which takes longer than hundreds of inserts: so each round takes all writes that are waiting, gives each its own
 * savepoint, commits once, and only then tells their callers.
 */
export class SqliteWriter {
  readonly #connection: SqliteConnection;
  readonly #onCommit: () => void;
  readonly #trx: Kysely<unknown>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** `onCommit` is called after each commit, before those who wrote hear of it. */
  constructor(connection: SqliteConnection, onCommit: () => void) {
    this.#connection = connection;
    this.#onCommit = onCommit;
    this.#trx = kyselyOn(connection);
  }

  /** Runs `work` in its own savepoint; settles after the commit that it shares with its neighbours. */
  write<T>(work: (trx: Kysely<never>) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        work: work as unknown as Work,
        settle: (outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error)),
      });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when nothing is waiting. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    // Let the event loop read the other requests that have arrived: they join this round.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      await this.#round();
      await new Promise(setImmediate);
    }
    this.#running = undefined;
  }

  async #round(): Promise<void> {
    const done: [Waiting, Outcome][] = [];
    try {
      await this.#begin();
      while (this.#waiting.length > 0 && done.length < GROUP) {
        const next = this.#waiting.shift() as Waiting;
        done.push([next, await this.#savepoint(next.work)]);
        // Some errors (a full disk) end the whole transaction by themselves: then all of it is undone.
        if (!this.#connection.raw.inTransaction) throw lost(done.at(-1)?.[1]);
      }
      this.#connection.executeSync('COMMIT', []);
    } catch (error) {
      // No lock, a full disk, a failed sync: nothing of this round is stored, and everyone hears of it.
      if (this.#connection.raw.inTransaction) this.#connection.executeSync('ROLLBACK', []);
      const failed: Outcome = { ok: false, error };
      if (done.length === 0) for (const waiting of this.#waiting.splice(0)) waiting.settle(failed);
      for (const [waiting] of done) waiting.settle(failed);
      return;
    }
    this.#onCommit();
    for (const [waiting, outcome] of done) waiting.settle(outcome);
  }

  async #savepoint(work: Work): Promise<Outcome> {
    try {
      this.#connection.executeSync('SAVEPOINT write', []);
      const value = await work(this.#trx);
      this.#connection.executeSync('RELEASE write', []);
      return { ok: true, value };
    } catch (error) {
      if (this.#connection.raw.inTransaction) {
        this.#connection.executeSync('ROLLBACK TO write', []);
        this.#connection.executeSync('RELEASE write', []);
      }
      return { ok: false, error };
    }
  }

  async #begin(): Promise<void> {
    const attempts = LOCK_PATIENCE_MS / LOCK_RETRY_MS;
    for (let attempt = 0; ; attempt++) {
      try {
        this.#connection.executeSync('BEGIN IMMEDIATE', []);
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (attempt >= attempts) {
          throw new Unavailable(
            'database_locked',
            'Another process is holding the database',
            {},
            { cause: error },
          );
        }
        await delay(LOCK_RETRY_MS);
      }
    }
  }
}

/** Why the transaction is gone: what the last write reported. */
function lost(outcome: Outcome | undefined): unknown {
  return outcome && !outcome.ok ? outcome.error : new Error('The transaction ended by itself');
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
