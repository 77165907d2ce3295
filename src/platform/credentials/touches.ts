// Remembers when tokens were used and writes it behind the requests, so that a request never waits for it.
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { touchToken, type CheckRow } from './token-rows.ts';

/** A use is written at most this long after it, and a sliding expiry at most a twentieth of its time-out after. */
const MAX_STEP_MS = 60_000;
const STEPS_PER_TIMEOUT = 20;

/** Rows written in one transaction. */
const BATCH = 500;

interface Used {
  /** As it was read. Its times are set when they are written, because the row may be remembered (`Tokens.verify`). */
  row: CheckRow;
  usedAt: number;
  expiresAt: number | null;
}

/** What the row says. */
function savedAt(row: CheckRow): number {
  return row.used_at ?? row.created_at;
}

/** How far the row may lag behind the memory of the process that serves the token. */
export function stepOf(slidingMs: number | null): number {
  return slidingMs === null ? MAX_STEP_MS : Math.min(slidingMs / STEPS_PER_TIMEOUT, MAX_STEP_MS);
}

/** Uses of tokens in this process that the database does not know yet. */
export class Touches {
  readonly #db: Database;
  /** By the hash of the token. */
  readonly #used = new Map<string, Used>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(db: Database) {
    this.#db = db;
  }

  /** When the token expires as far as this process knows, if it knows better than the row. */
  expiryOf(hash: string): number | undefined {
    return this.#used.get(hash)?.expiresAt ?? undefined;
  }

  note(row: CheckRow, usedAt: number, expiresAt: number | null): void {
    const known = this.#used.get(row.hash);
    if (known) {
      known.row = row;
      if (usedAt <= known.usedAt) return;
      known.usedAt = usedAt;
      known.expiresAt = expiresAt;
    } else if (usedAt > savedAt(row)) {
      this.#used.set(row.hash, { row, usedAt, expiresAt });
    }
  }

  /** Writes the uses that have waited for their step, or all of them. Calls follow each other. */
  flush(now: number, { all = false } = {}): Promise<void> {
    const next = this.#flushing.then(() => this.#write(now, all));
    this.#flushing = next.catch(() => undefined);
    return next;
  }

  async #write(now: number, all: boolean): Promise<void> {
    const due = [...this.#used.values()].filter(
      ({ row }) => all || now - savedAt(row) >= stepOf(row.sliding_ms),
    );
    for (let from = 0; from < due.length; from += BATCH) {
      const batch = due.slice(from, from + BATCH).map((used) => ({ ...used, used }));
      await this.#db.write<unknown, void>(async (trx) => {
        if (this.#db.dialect === 'postgres') {
          // Losing the last moments in a crash is within what a sliding expiry promises anyway.
          await sql`SELECT set_config('synchronous_commit', 'off', true)`.execute(trx);
        }
        for (const { row, usedAt, expiresAt } of batch) {
          const { tenant_id: tenant, id, hash } = row;
          await touchToken.run(trx, { tenant, id, hash, usedAt, expiresAt });
        }
      });
      for (const { used, usedAt, expiresAt } of batch) {
        used.row.used_at = usedAt;
        used.row.expires_at = expiresAt;
        if (used.usedAt === usedAt) this.#used.delete(used.row.hash);
      }
    }
  }
}
