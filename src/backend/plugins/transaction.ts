// A transaction that stays open between the calls of a script: all of its changes happen, or none (BaasBox spec 5.17, DB).
import { setTimeout as delay } from 'node:timers/promises';
import type { CompiledQuery, Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Connection } from '../../platform/database/connection.ts';
import type { Database, ScanOptions } from '../../platform/database/database.ts';
import { connectionOf, kyselyOn } from '../../platform/database/kysely.ts';
import { Conflict, DeadlineExceeded, Invalid } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';

export interface ScriptTransaction {
  /** The room's context, in which every read and write is part of the transaction. */
  context: BackendContext;
  /** Resolves when the changes are stored. Throws `Conflict` (`transaction_lost`) when they cannot be. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Documents of a tenant up to which a search inside a transaction may look through its own changes, on SQLite. */
const MAX_SEARCHED = 20_000;

/** The transaction was given up on purpose. */
class RolledBack extends Error {}

export class Transactions {
  readonly #context: BackendContext;
  readonly #timeoutMs: number;
  /** When a tenant may open the next one, by `performance.now()`. */
  readonly #next = new Map<string, number>();

  /** `timeoutMs`: how long one may stay open. On SQLite all other writers wait for it. */
  constructor(context: BackendContext, timeoutMs: number) {
    this.#context = context;
    this.#timeoutMs = timeoutMs;
  }

  /** Opens a transaction, which is undone when it is not committed in time. */
  async begin(tenant: string): Promise<ScriptTransaction> {
    const { db } = this.#context;
    const pause = (this.#next.get(tenant) ?? 0) - performance.now();
    if (pause > 0) await delay(pause);
    const opened = Promise.withResolvers<Kysely<BackendTables>>();
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    let runs = 0;
    const written = db.write<BackendTables, void>(async (trx) => {
      runs += 1;
      // PostgreSQL would run it again, but a script's steps cannot be repeated.
      if (runs > 1) throw lost();
      opened.resolve(trx);
      await ended.promise;
    });
    written.catch((error: unknown) => opened.reject(error));
    const trx = await opened.promise;
    const started = performance.now();
    const inside = new Inside(db, trx, tenant);
    const late = new DeadlineExceeded(
      'transaction_deadline',
      `A transaction may stay open for ${this.#timeoutMs} ms`,
    );
    const timer = setTimeout(() => end(late), this.#timeoutMs);
    const end = (error?: Error) => {
      clearTimeout(timer);
      inside.close(error ?? new Invalid('no_transaction', 'The transaction is over'));
      if (error) ended.reject(error);
      else ended.resolve();
    };
    void written.catch(() => undefined).then(() => this.#pace(tenant, performance.now() - started));
    return {
      context: { ...this.#context, db: inside.database },
      async commit() {
        end();
        await written;
      },
      async rollback() {
        end(new RolledBack());
        await written.catch((error: unknown) => {
          if (!(error instanceof RolledBack) && error !== late) throw error;
        });
      },
    };
  }

  /** Where one writer serves all, a tenant leaves others at least as much time as he takes. */
  #pace(tenant: string, heldMs: number): void {
    if (this.#context.db.dialect !== 'sqlite') return;
    const now = performance.now();
    for (const [other, next] of this.#next) if (next < now) this.#next.delete(other);
    this.#next.set(tenant, now + heldMs);
  }
}

/** A database whose every statement runs inside one open transaction. */
class Inside {
  readonly database: Database;
  readonly #connection: Connection;
  readonly #outer: Database;
  readonly #tenant: string;
  #closed: Error | undefined;
  #depth = 0;
  /** Something was written that only this transaction sees. */
  #written = false;

  constructor(outer: Database, trx: Kysely<BackendTables>, tenant: string) {
    this.#outer = outer;
    this.#tenant = tenant;
    const real = connectionOf(trx);
    const guard = () => {
      // The connection serves others after this transaction; a step that comes late must not reach it.
      if (this.#closed) throw this.#closed;
    };
    this.#connection = {
      dialect: real.dialect,
      async execute(text, parameters) {
        guard();
        return real.execute(text, parameters);
      },
      ...(real.executeSync
        ? {
            executeSync(text: string, parameters: readonly unknown[]) {
              guard();
              return (real as Required<Connection>).executeSync(text, parameters);
            },
          }
        : {}),
    };
    const builder = kyselyOn<unknown>(this.#connection);
    this.database = {
      ...outer,
      connection: this.#connection,
      // What others remember of committed rows does not hold in here.
      changes: () => undefined,
      requestArrived: () => undefined,
      tables: <Tables>() => builder as Kysely<Tables>,
      write: <Tables, T>(work: (trx: Kysely<Tables>) => Promise<T>) =>
        this.#write(() => work(builder as Kysely<Tables>)),
      scan: <Row>(query: CompiledQuery<Row>, options: ScanOptions) =>
        this.#scan(query, options) as Promise<Row[]>,
    };
  }

  close(reason: Error): void {
    this.#closed = reason;
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    const name = `script_${this.#depth++}`;
    await this.#connection.execute(`SAVEPOINT ${name}`, []);
    this.#written = true;
    try {
      const value = await work();
      await this.#connection.execute(`RELEASE SAVEPOINT ${name}`, []);
      return value;
    } catch (error) {
      if (!this.#closed) {
        await this.#connection.execute(`ROLLBACK TO SAVEPOINT ${name}`, []);
        await this.#connection.execute(`RELEASE SAVEPOINT ${name}`, []);
      }
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  async #scan(query: CompiledQuery, options: ScanOptions): Promise<unknown[]> {
    const { sql: text, parameters } = query;
    if (this.#connection.dialect === 'postgres') {
      return this.#write(async () => {
        await this.#connection.execute(
          `SET LOCAL statement_timeout = ${Math.ceil(options.timeoutMs)}`,
          [],
        );
        const { rows } = await this.#connection.execute(text, parameters);
        await this.#connection.execute('SET LOCAL statement_timeout = 0', []);
        return rows;
      });
    }
    // Nothing of our own to see yet: the search can run where it can be stopped.
    if (!this.#written) return this.#outer.scan(query, options);
    await this.#requireFew();
    return (await this.#connection.execute(text, parameters)).rows;
  }

  async #requireFew(): Promise<void> {
    const builder = kyselyOn<BackendTables>(this.#connection);
    const { rows } = await sql<{ total: number }>`
      select count(*) as total from (
        select 1 from backend_documents where tenant_id = ${this.#tenant} limit ${MAX_SEARCHED + 1}
      )`.execute(builder);
    if ((rows[0]?.total ?? 0) > MAX_SEARCHED) {
      throw new Invalid(
        'transaction_search',
        `After a change, a transaction searches at most ${MAX_SEARCHED} documents; search before it`,
      );
    }
  }
}

function lost(): Conflict {
  return new Conflict('transaction_lost', 'Another change got in the way of the transaction');
}
