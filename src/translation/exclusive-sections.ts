// Exclusive sections: short operations on a project that logins wait for, seen by all processes (Beebox spec 2.2).
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { statement, type Transaction } from '../platform/database/statement.ts';
import { Conflict } from '../platform/errors.ts';
import type { Random } from '../platform/random.ts';
import type { TranslationTables } from './tables.ts';
import type { Timer } from './timer.ts';
import { Watches } from './watches.ts';

export interface ProjectRef {
  tenant: string;
  /** The project's key. */
  project: string;
}

/** What the work inside an exclusive section holds. */
export interface ExclusiveSection {
  /** Aborted when the lease was lost: the process stood still for longer than it. */
  readonly lost: AbortSignal;
  /**
   * To be called in the transaction that publishes the work's outcome: throws `Conflict` (`section_lost`) when another
   * process has taken the section over meanwhile, so that the outcomes of two holders can never be mixed.
   */
  confirm(trx: Transaction): Promise<void>;
}

export interface ExclusiveSectionsOptions {
  clock: Clock;
  timer: Timer;
  random: Random;
  /** After this long without a sign of life another process may take the section over, in milliseconds. */
  leaseMs?: number;
  /** How often a process looks whether a section of another process has ended, in milliseconds. */
  pollMs?: number;
}

interface Row {
  holder: string;
  expires_at: number;
}

type Key = { tenant: string; project: string };

const read = statement<Key, Row, TranslationTables>((db, slot) =>
  db
    .selectFrom('tr_exclusive_sections')
    .select(['holder', 'expires_at'])
    .where('tenant_id', '=', slot('tenant'))
    .where('project_key', '=', slot('project')),
);

/** Takes the section when nobody has it, or its lease is over. */
const acquire = statement<
  Key & { holder: string; purpose: string; now: number; expires: number },
  Pick<Row, 'holder'>,
  TranslationTables
>((db, slot) =>
  db
    .insertInto('tr_exclusive_sections')
    .values({
      tenant_id: slot('tenant'),
      project_key: slot('project'),
      holder: slot('holder'),
      purpose: slot('purpose'),
      since: slot('now'),
      expires_at: slot('expires'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'project_key'])
        .doUpdateSet((row) => ({
          holder: row.ref('excluded.holder'),
          purpose: row.ref('excluded.purpose'),
          since: row.ref('excluded.since'),
          expires_at: row.ref('excluded.expires_at'),
        }))
        .where('tr_exclusive_sections.expires_at', '<=', slot('now')),
    )
    .returning('holder'),
);

/** Also proves that the caller still has the section, and locks its row until the end of the transaction. */
const renew = statement<Key & { holder: string; expires: number }, unknown, TranslationTables>(
  (db, slot) =>
    db
      .updateTable('tr_exclusive_sections')
      .set({ expires_at: slot('expires') })
      .where('tenant_id', '=', slot('tenant'))
      .where('project_key', '=', slot('project'))
      .where('holder', '=', slot('holder')),
);

const release = statement<Key & { holder: string }, unknown, TranslationTables>((db, slot) =>
  db
    .deleteFrom('tr_exclusive_sections')
    .where('tenant_id', '=', slot('tenant'))
    .where('project_key', '=', slot('project'))
    .where('holder', '=', slot('holder')),
);

/**
 * At most one exclusive section a project, whichever process runs it: a row with a lease, renewed while the work goes on.
 * Those who wait are woken at once by a release in this process, and by one look every `pollMs` for all of them together
 * when another process has the section.
 */
export class ExclusiveSections {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #random: Random;
  readonly #leaseMs: number;
  readonly #watches: Watches;

  constructor(db: Database, options: ExclusiveSectionsOptions) {
    this.#db = db;
    this.#clock = options.clock;
    this.#timer = options.timer;
    this.#random = options.random;
    this.#leaseMs = options.leaseMs ?? 30_000;
    this.#watches = new Watches(options.timer, options.pollMs ?? 200);
  }

  /** Runs `work` as the project's exclusive section. Throws `Conflict` (`project_busy`) when another one is running. */
  async run<T>(
    { tenant, project }: ProjectRef,
    purpose: string,
    work: (section: ExclusiveSection) => Promise<T>,
  ): Promise<T> {
    const key = { tenant, project, holder: this.#random.uuid() };
    const now = this.#clock.now();
    const taken = await this.#db.write((trx) =>
      acquire.first(trx, { ...key, purpose, now, expires: now + this.#leaseMs }),
    );
    if (!taken) throw new Conflict('project_busy', 'The project is busy with another operation');

    const ended = new AbortController();
    const lost = new AbortController();
    const renewing = this.#keepAlive(key, ended.signal, lost);
    try {
      return await work({
        lost: lost.signal,
        confirm: async (trx) => {
          if (!(await this.#renew(trx, key))) throw sectionLost();
        },
      });
    } finally {
      ended.abort();
      await renewing;
      await this.#db.write((trx) => release.run(trx, key));
      this.#watches.wake(watchKey(key));
    }
  }

  /** Whether an exclusive section is running, in any process. */
  async isRunning({ tenant, project }: ProjectRef): Promise<boolean> {
    const row = await read.first(this.#db, { tenant, project });
    return row !== undefined && row.expires_at > this.#clock.now();
  }

  /**
   * Waits until no exclusive section is running; gives false when `waitMs` were not enough. `waitMs` of 0 only looks.
   * `heldOtherwise` is asked together with the row: another reason for which the project counts as busy.
   * Throws the signal's reason when it is aborted.
   */
  async waitUntilFree(
    ref: ProjectRef,
    waitMs: number,
    signal: AbortSignal,
    heldOtherwise: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<boolean> {
    const isFree = async () => !(await this.isRunning(ref)) && !(await heldOtherwise());
    signal.throwIfAborted();
    if (await isFree()) return true;
    signal.throwIfAborted();
    return waitMs > 0 && this.#watches.wait(watchKey(ref), isFree, waitMs, signal);
  }

  async #keepAlive(
    key: Key & { holder: string },
    ended: AbortSignal,
    lost: AbortController,
  ): Promise<void> {
    for (;;) {
      try {
        await this.#timer.delay(this.#leaseMs / 3, ended);
      } catch {
        return;
      }
      // A database that does not answer now is asked again: the lease outlasts two failures.
      const held = await this.#db.write((trx) => this.#renew(trx, key)).catch(() => true);
      if (!held) {
        lost.abort(sectionLost());
        return;
      }
    }
  }

  async #renew(trx: Transaction, key: Key & { holder: string }): Promise<boolean> {
    const expires = this.#clock.now() + this.#leaseMs;
    return (await renew.run(trx, { ...key, expires })) > 0;
  }
}

function watchKey({ tenant, project }: ProjectRef): string {
  return `${tenant}/${project}`;
}

const sectionLost = () =>
  new Conflict('section_lost', 'Another process has taken over the exclusive operation');
