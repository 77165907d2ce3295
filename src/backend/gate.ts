// Closes an app while its data are replaced as a whole: nobody may see half of it (BaasBox spec 2.4 row 9, 5.14).
import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from '../platform/errors.ts';

/** How long calls that are running may take to end before the app's data are replaced all the same, in milliseconds. */
const PATIENCE_MS = 10_000;

/** In this process. Another process on the same database goes on answering from what was there before. */
export class Gate {
  readonly #closed = new Set<string>();
  readonly #running = new Map<string, number>();
  readonly #patienceMs: number;
  #onLeave: () => void = () => undefined;

  constructor({ patienceMs = PATIENCE_MS } = {}) {
    this.#patienceMs = patienceMs;
  }

  /** Throws `Unavailable` (`app_closed`) while the app is closed. */
  check(tenant: string): void {
    if (this.#closed.has(tenant)) {
      throw new Unavailable('app_closed', 'The database is not available now');
    }
  }

  /** A call begins; `leave` must follow. Throws like `check`. */
  enter(tenant: string): void {
    this.check(tenant);
    this.#running.set(tenant, (this.#running.get(tenant) ?? 0) + 1);
  }

  leave(tenant: string): void {
    const left = (this.#running.get(tenant) ?? 1) - 1;
    if (left === 0) this.#running.delete(tenant);
    else this.#running.set(tenant, left);
    if (this.#closed.size > 0) this.#onLeave();
  }

  /**
   * Closes the app, waits for its other calls to end, runs `fn`, and opens the app again. Called by a call that has
   * entered. Throws like `check` when somebody else has closed it.
   */
  async alone<T>(tenant: string, fn: () => Promise<T>): Promise<T> {
    this.check(tenant);
    this.#closed.add(tenant);
    try {
      await this.#othersGone(tenant);
      return await fn();
    } finally {
      this.#closed.delete(tenant);
    }
  }

  async #othersGone(tenant: string): Promise<void> {
    const alone = () => (this.#running.get(tenant) ?? 0) <= 1;
    if (alone()) return;
    const late = new AbortController();
    const before = this.#onLeave;
    const gone = new Promise<void>((resolve) => {
      this.#onLeave = () => {
        before();
        if (alone()) resolve();
      };
    });
    const timer = delay(this.#patienceMs, undefined, { signal: late.signal });
    await Promise.race([gone, timer.catch(() => undefined)]);
    late.abort();
    this.#onLeave = before;
  }
}
