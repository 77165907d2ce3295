// Waiting for a condition that another process may change: one look for all who wait for the same thing.
import type { Timer } from './timer.ts';

/** Waits at once in one process. More would only be an attack; they are told that the time is over. */
const MAX_WAITS = 20_000;

interface Watch {
  waiting: number;
  /** Settles when the condition was seen to hold. */
  readonly free: Promise<true>;
  readonly stop: AbortController;
  wake: () => void;
}

export class Watches {
  readonly #timer: Timer;
  readonly #pollMs: number;
  readonly #watches = new Map<string, Watch>();
  #waits = 0;

  constructor(timer: Timer, pollMs: number) {
    this.#timer = timer;
    this.#pollMs = pollMs;
  }

  /**
   * Waits until `condition` holds, for at most `waitMs`; gives whether it does. All waits under one key must mean the same
   * condition: it is looked at once for all of them. Throws the signal's reason, or the condition's own error.
   */
  async wait(
    key: string,
    condition: () => Promise<boolean>,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (this.#waits >= MAX_WAITS) return false;
    const watch = this.#watches.get(key) ?? this.#start(key, condition);
    const over = new AbortController();
    this.#waits++;
    watch.waiting++;
    try {
      const late = this.#timer.delay(waitMs, AbortSignal.any([signal, over.signal]));
      return await Promise.race([watch.free, late.then(() => false)]);
    } finally {
      this.#waits--;
      if (--watch.waiting === 0) this.#end(key, watch);
      over.abort();
    }
  }

  /** Looks again now, because something has changed in this process. */
  wake(key: string): void {
    this.#watches.get(key)?.wake();
  }

  #start(key: string, condition: () => Promise<boolean>): Watch {
    const stop = new AbortController();
    let nudge = new AbortController();
    const poll = async (): Promise<true> => {
      for (;;) {
        const nudged = nudge.signal;
        await this.#timer
          .delay(this.#pollMs, AbortSignal.any([stop.signal, nudged]))
          .catch(() => undefined);
        stop.signal.throwIfAborted();
        if (nudged.aborted) nudge = new AbortController();
        if (await condition()) {
          // Whoever comes later looks for themselves: this watch has given its answer.
          this.#end(key, watch);
          return true;
        }
      }
    };
    const watch: Watch = { waiting: 0, free: poll(), stop, wake: () => nudge.abort() };
    watch.free.catch(() => this.#end(key, watch));
    this.#watches.set(key, watch);
    return watch;
  }

  #end(key: string, watch: Watch): void {
    watch.stop.abort();
    if (this.#watches.get(key) === watch) this.#watches.delete(key);
  }
}
