// The database on PostgreSQL: named statements, transactions that are run again when the engine asks for it, bounded scans.
import { setTimeout as delay } from 'node:timers/promises';
import type { CompiledQuery, Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import pg from 'pg';
import { DeadlineExceeded, TooLarge, Unavailable } from '../errors.ts';
import type { Connection, Result } from './connection.ts';
import type { Database, ScanOptions, WriteOptions } from './database.ts';
import { kyselyOn } from './kysely.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections for reads and writes. */
  connections?: number;
  /** Connections for scans, so that slow searches never use up the others. */
  scanConnections?: number;
  /** Off behind a pooler that cannot keep prepared statements (PgBouncer before 1.21). */
  prepare?: boolean;
  /** Called when an idle connection breaks; the pool replaces it. */
  onError?: (error: Error) => void;
}

/** A transaction is tried this often before its serialization failure is reported. */
const ATTEMPTS = 8;
const RETRY_BASE_MS = 2;

/** Rows that one scan may give back. */
const MAX_ROWS = 100_000;

// bigint columns hold times in milliseconds and counters, all well below 2^53.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** Opens a pool. Connections are made when they are first needed. */
export function openPostgres(options: PostgresOptions): Database {
  const pool = makePool(options, options.connections ?? 10);
  const scans = makePool(options, options.scanConnections ?? 2);
  const names = options.prepare === false ? undefined : new StatementNames();
  const connection = connectionOn(pool, names);
  const reader = kyselyOn<unknown>(connection);

  return {
    dialect: 'postgres',
    connection,
    changes: () => undefined,
    requestArrived: () => undefined,
    tables: <Tables>() => reader as Kysely<Tables>,
    write: <Tables, T>(fn: (trx: Kysely<Tables>) => Promise<T>, write: WriteOptions = {}) =>
      retried(() => transaction(pool, names, fn, write)),
    scan: <Row>(query: CompiledQuery<Row>, scan: ScanOptions) =>
      scanOn({ reads: pool, scans }, query, scan) as Promise<Row[]>,
    snapshot: (fn) => snapshotOn(pool, fn),
    async ping() {
      await pool.query('SELECT 1');
    },
    async close() {
      await Promise.all([pool.end(), scans.end()]);
    },
  };
}

function makePool(options: PostgresOptions, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max,
    types,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    application_name: 'skep',
  });
  pool.on('error', (error) => options.onError?.(error));
  // The pool listens to idle connections only. One that breaks in a transaction, between two statements, would end the
  // process; its next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Names for prepared statements. PostgreSQL plans a named statement once per connection. */
class StatementNames {
  #next = 0;
  // A text that falls out of here gets another name later; the old one stays prepared until its connection ends.
  readonly #names = new LRUCache<string, string>({ max: 1000 });

  of(sql: string): string | undefined {
    if (sql.length > 20_000) return undefined;
    let name = this.#names.get(sql);
    if (name === undefined) {
      name = `skep_${this.#next++}`;
      this.#names.set(sql, name);
    }
    return name;
  }
}

function connectionOn(on: pg.Pool | pg.PoolClient, names: StatementNames | undefined): Connection {
  return {
    dialect: 'postgres',
    async execute(sql, parameters): Promise<Result> {
      const name = names?.of(sql);
      const query = { text: sql, values: parameters.map(bindable), ...(name ? { name } : {}) };
      const result = await on.query<Record<string, unknown>>(query);
      return { rows: result.rows, changed: result.rowCount ?? 0 };
    },
  };
}

async function transaction<Tables, T>(
  pool: pg.Pool,
  names: StatementNames | undefined,
  fn: (trx: Kysely<Tables>) => Promise<T>,
  { serializable }: WriteOptions,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(serializable ? 'BEGIN ISOLATION LEVEL SERIALIZABLE' : 'BEGIN');
    const value = await fn(kyselyOn<Tables>(connectionOn(client, names)));
    await client.query('COMMIT');
    return value;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    // A connection that could not roll back is not given to anyone else.
    client.release(broken);
  }
}

async function snapshotOn<Tables, T>(
  pool: pg.Pool,
  fn: (reads: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await fn(kyselyOn<Tables>(connectionOn(client, undefined)));
  } finally {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    client.release(broken);
  }
}

async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= ATTEMPTS || !isRetryable(error)) throw error;
      await delay(RETRY_BASE_MS * 2 ** tries * (0.5 + Math.random()));
    }
  }
}

/** serialization_failure and deadlock_detected: the engine's way of saying "once more". */
function isRetryable(error: unknown): boolean {
  return sqlState(error) === '40001' || sqlState(error) === '40P01';
}

async function scanOn(
  pools: { reads: pg.Pool; scans: pg.Pool },
  query: CompiledQuery,
  { timeoutMs, signal }: ScanOptions,
): Promise<Record<string, unknown>[]> {
  const started = performance.now();
  const client = await connectWithin(pools.scans, timeoutMs);
  // The engine's own time-out counts from here; what was spent waiting for a connection is taken off.
  const left = Math.max(1, Math.floor(timeoutMs - (performance.now() - started)));
  const cancel = () => void cancelQueryOf(client, pools.reads);
  signal?.addEventListener('abort', cancel, { once: true });
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${left}`);
    if (signal?.aborted) throw stopped();
    const result = await client.query<Record<string, unknown>>(
      query.sql,
      query.parameters.map(bindable),
    );
    await client.query('COMMIT');
    if (result.rows.length > MAX_ROWS) {
      throw new TooLarge('scan_too_large', 'The search gives more than one answer may hold');
    }
    return result.rows;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    if (sqlState(error) !== QUERY_CANCELED) throw error;
    throw signal?.aborted ? stopped() : late(timeoutMs);
  } finally {
    signal?.removeEventListener('abort', cancel);
    client.release(broken);
  }
}

const QUERY_CANCELED = '57014';
const stopped = () => new DeadlineExceeded('scan_stopped', 'The search was stopped by its caller');
const late = (ms: number) =>
  new DeadlineExceeded('scan_deadline', `The search was stopped after ${ms} ms`, { ms });

/** Asks the server, on another connection, to stop what `client` is doing. If that fails, the time-out remains. */
async function cancelQueryOf(client: pg.PoolClient, others: pg.Pool): Promise<void> {
  const { processID } = client as unknown as { processID: number };
  await others.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
}

async function connectWithin(pool: pg.Pool, timeoutMs: number): Promise<pg.PoolClient> {
  const connecting = pool.connect();
  const timer = new AbortController();
  const client = await Promise.race([
    connecting,
    delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
  if (client) return client;
  // It comes too late for us: hand it straight back.
  connecting.then((late) => late.release()).catch(() => undefined);
  throw new Unavailable('scan_queue_full', 'Too many searches are waiting');
}

/** PostgreSQL cannot hold NUL in a text and fails on it; a text that has one can then match nothing that is stored. */
function bindable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0')
    ? value.replaceAll('\0', '\uFFFD')
    : value;
}

function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
