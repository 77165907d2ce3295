// The database on SQLite: one writer with group commit, one reader on this thread, scans in processes of their own.
import type { CompiledQuery, Kysely } from 'kysely';
import type { Database, ScanOptions } from './database.ts';
import { kyselyOn } from './kysely.ts';
import { ScanPool } from './scan-pool.ts';
import { SqliteConnection, type SqliteOptions } from './sqlite-connection.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { SqliteWriter } from './sqlite-writer.ts';

/** Opens the file, creating it if it is missing. The caller runs the migrations. */
export function openSqlite(options: Omit<SqliteOptions, 'readonly'>): Database {
  // The writer waits for other processes by asking again (sqlite-writer.ts), not by blocking this thread.
  const writing = new SqliteConnection({ ...options, busyTimeoutMs: 5 });
  const reading = new SqliteReader(new SqliteConnection({ file: options.file, readonly: true }));
  // Who hears of a commit must be able to read it at once.
  const writer = new SqliteWriter(writing, () => reading.refresh());
  const scans = new ScanPool({ file: options.file });
  const reader = kyselyOn<unknown>(reading);

  return {
    dialect: 'sqlite',
    connection: reading,
    changes: () => reading.changes(),
    requestArrived: (connection, open) => reading.requestArrived(connection, open),
    tables: <Tables>() => reader as Kysely<Tables>,
    write: <Tables, T>(fn: (trx: Kysely<Tables>) => Promise<T>) =>
      writer.write<T>((trx) => fn(trx as unknown as Kysely<Tables>)),
    scan: <Row>(query: CompiledQuery<Row>, scanOptions: ScanOptions) =>
      scans.run(query.sql, query.parameters, scanOptions) as Promise<Row[]>,
    snapshot: async <Tables, T>(fn: (reads: Kysely<Tables>) => Promise<T>) => {
      const connection = new SqliteConnection({ file: options.file, readonly: true });
      try {
        connection.executeSync('BEGIN', []);
        // The first read decides which state is seen.
        connection.executeSync('SELECT 1 FROM sqlite_schema LIMIT 1', []);
        return await fn(kyselyOn<Tables>(connection));
      } finally {
        connection.close();
      }
    },
    async ping() {
      await reading.execute('SELECT 1', []);
    },
    async close() {
      await writer.idle();
      await scans.close();
      reading.close();
      // Closing the last connection folds the write-ahead log into the file.
      writing.close();
    },
  };
}
