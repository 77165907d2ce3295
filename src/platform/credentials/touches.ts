// Remembers when tokens were used and writes it behind the requests, so that a request never waits for it.
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { touchToken } from './token-rows.ts';

/** A use is written at most this long after it, and a sliding expiry at most a twentieth of its time-out after. */
const MAX_STEP_MS = 60_000;
const STEPS_PER_TIMEOUT = 20;

/** Rows written in one transaction. */
const BATCH = 500;

interface Used {
  tenant: string;
  id: string;
  hash: string;
  usedAt: number;
  expiresAt: number | null;
  /** What the row says. */
  savedAt: number;
  stepMs: number;
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

  note(use: Omit<Used, 'stepMs'>, slidingMs: number | null): void {
    const known = this.#used.get(use.hash);
    if (known) {
      if (use.usedAt <= known.usedAt) return;
      known.usedAt = use.usedAt;
      known.expiresAt = use.expiresAt;
    } else if (use.usedAt > use.savedAt) {
      this.#used.set(use.hash, { ...use, stepMs: stepOf(slidingMs) });
    }
  }

  /** Writes the uses that have waited for their step, or all of them. Calls follow each other. */
  flush(now: number, { all = false } = {}): Promise<void> {
    const next = this.#flushing.then(() => this.#write(now, all));
    this.#flushing = next.catch(() => undefined);
    return next;
  }

  async #write(now: number, all: boolean): Promise<void> {
    const due = [...this.#used.values()].filter((used) => all || now - used.savedAt >= used.stepMs);
    for (let from = 0; from < due.length; from += BATCH) {
      const batch = due.slice(from, from + BATCH).map((used) => ({ used, usedAt: used.usedAt }));
      await this.#db.write<unknown, void>(async (trx) => {
        if (this.#db.dialect === 'postgres') {
          // Losing the last moments in a crash is within what a sliding expiry promises anyway.
          await sql`SELECT set_config('synchronous_commit', 'off', true)`.execute(trx);
        }
        for (const { used } of batch) await touchToken.run(trx, used);
      });
      for (const { used, usedAt } of batch) {
        used.savedAt = usedAt;
        if (used.usedAt === usedAt) this.#used.delete(used.hash);
      }
    }
  }
}
