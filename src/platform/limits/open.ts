// Chooses how counters are kept by the engine.
import type { Database } from '../database/database.ts';
import type { Limits, LimitsOptions } from './limits.ts';
import { MemoryCounters } from './memory.ts';
import { PostgresCounters } from './postgres.ts';

/**
 * Counters for the engine. SQLite serves one process, so that process counts in memory and writes every second: a crash
 * forgets at most the last second, an orderly stop nothing. PostgreSQL serves several: each call is one atomic statement
 * whose commit does not wait for the disk, so all processes see exact counts, and a crash of the database server itself
 * forgets at most its last three write-ahead cycles (0.6 s as it is configured by default).
 */
export async function openLimits(db: Database, options: LimitsOptions): Promise<Limits> {
  return db.dialect === 'postgres'
    ? new PostgresCounters(db, options)
    : MemoryCounters.open(db, options);
}
