// Waiting for changes: those who follow a tenant's log are woken by this process's commits, and by a look now and then at those of others.
import type { Database } from '../../platform/database/database.ts';
import type { Logger } from '../../platform/log.ts';
import { newestPosition } from './log.ts';

/** How late a change that another process made is noticed, in milliseconds. */
const POLL_MS = 1000;

interface Followed {
  /** Grows with every change. */
  version: number;
  /** The newest change that a look has seen. */
  seen: string;
  waiting: Set<() => void>;
}

/** Tells followers that there may be something new. It never tells what: they read the log. */
export class ChangeFeed {
  readonly #db: Database;
  readonly #log: Logger;
  readonly #tenants = new Map<string, Followed>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** Call it after the commit of anything that may have been recorded. Costs nothing while nobody follows. */
  changed(tenant: string): void {
    const followed = this.#tenants.get(tenant);
    if (followed) wake(followed);
  }

  /** Begins to follow a tenant's log. Call `stop` in the end. */
  follow(tenant: string): Follower {
    const followed = this.#tenants.get(tenant) ?? { version: 0, seen: '', waiting: new Set() };
    this.#tenants.set(tenant, followed);
    const follower = new Follower(followed, () => {
      if (followed.waiting.size === 0) this.#tenants.delete(tenant);
      if (this.#tenants.size === 0) this.#rest();
    });
    if (!this.#timer && this.#db.dialect === 'postgres') {
      this.#timer = setInterval(() => void this.look(), POLL_MS);
      this.#timer.unref();
    }
    return follower;
  }

  /** Looks for changes that other processes made, and for those of this one that were not settled when they were told. */
  async look(): Promise<void> {
    for (const [tenant, followed] of this.#tenants) {
      try {
        const { epoch, tx, seq } = await newestPosition(this.#db, tenant);
        const seen = `${epoch} ${tx} ${seq}`;
        if (seen !== followed.seen) wake(followed);
        followed.seen = seen;
      } catch (err) {
        this.#log.warn({ err, tenant }, 'looking for changes failed');
      }
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function wake(followed: Followed): void {
  followed.version++;
  for (const waiting of followed.waiting) waiting();
}

/** One who follows a log. */
export class Follower {
  readonly #followed: Followed;
  readonly #onStop: () => void;
  readonly #wake = () => this.#resolve?.();
  #resolve: (() => void) | undefined;

  constructor(followed: Followed, onStop: () => void) {
    this.#followed = followed;
    this.#onStop = onStop;
    followed.waiting.add(this.#wake);
  }

  /** Remember it before you read the log. */
  get version(): number {
    return this.#followed.version;
  }

  /** Resolves when something changed after that version, or at `nudge` or `stop`. */
  async next(version: number): Promise<void> {
    if (this.#followed.version !== version || !this.#followed.waiting.has(this.#wake)) return;
    await new Promise<void>((resolve) => {
      this.#resolve = resolve;
    });
    this.#resolve = undefined;
  }

  /** Ends a wait without a change. */
  nudge(): void {
    this.#wake();
  }

  stop(): void {
    this.#followed.waiting.delete(this.#wake);
    this.#wake();
    this.#onStop();
  }
}
