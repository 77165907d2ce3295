// The program of a scan process: reads SQLite for its parent, which kills it when a scan takes too long.
import { SqliteConnection } from './sqlite-connection.ts';

export interface ScanRequest {
  sql: string;
  parameters: unknown[];
}

export type ScanReply = { rows: Record<string, unknown>[] } | { error: string; tooLarge?: boolean };

/** Rows and (roughly) bytes that one scan may give back. */
const MAX_ROWS = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

const connection = new SqliteConnection({
  file: process.argv[2] ?? '',
  readonly: true,
  busyTimeoutMs: 5000,
});

process.on('disconnect', () => process.exit(0));
process.on('message', (request: ScanRequest) => process.send?.(answer(request)));

function answer({ sql, parameters }: ScanRequest): ScanReply {
  try {
    const rows: Record<string, unknown>[] = [];
    let bytes = 0;
    for (const row of connection.raw.prepare(sql).iterate(...parameters)) {
      rows.push(row as Record<string, unknown>);
      bytes += weigh(row as Record<string, unknown>);
      if (rows.length > MAX_ROWS || bytes > MAX_BYTES) {
        return { error: 'too many rows', tooLarge: true };
      }
    }
    return { rows };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'unknown' };
  }
}

function weigh(row: Record<string, unknown>): number {
  let bytes = 16;
  for (const value of Object.values(row)) bytes += typeof value === 'string' ? value.length : 8;
  return bytes;
}
