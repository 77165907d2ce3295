// Chooses the engine by the configured URL.
import type { Database } from './database.ts';

export interface OpenOptions {
  /** `postgres://…`, or nothing for SQLite. */
  url?: string | undefined;
  /** Where SQLite keeps its file when there is no URL. */
  file: string;
  synchronous?: 'FULL' | 'NORMAL';
  onError?: (error: Error) => void;
}

/** Opens PostgreSQL when a URL is given, else SQLite. Only the driver that is used is loaded. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  if (options.url) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres({
      url: options.url,
      ...(options.onError ? { onError: options.onError } : {}),
    });
  }
  const { openSqlite } = await import('./sqlite.ts');
  return openSqlite({ file: options.file, synchronous: options.synchronous ?? 'FULL' });
}
