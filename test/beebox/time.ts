// Time that stands still until a test moves it: clock and timer of the translation room.
import { setTimeout as realDelay } from 'node:timers/promises';
import type { Clock } from '../../src/platform/clock.ts';
import type { Timer } from '../../src/translation/timer.ts';

interface Sleeper {
  at: number;
  wake: () => void;
}

export class FakeTime implements Clock, Timer {
  readonly #origin = 1_900_000_000_000;
  readonly #sleepers = new Set<Sleeper>();
  #ms = 0;

  /** Everything that reads the clock and everything that waits share this time. */
  now(): number {
    return this.#origin + this.#ms;
  }

  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const sleeper: Sleeper = { at: this.#ms + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }

  /** How many delays are pending. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves time, waking on the way whoever's time has come, in order. */
  advance(ms: number): void {
    const end = this.#ms + ms;
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#sleepers.delete(next);
      this.#ms = Math.max(this.#ms, next.at);
      next.wake();
    }
    this.#ms = end;
  }

  /**
   * Moves time from one pending delay to the next until the work is done, and gives how much fake time that took. Only for
   * work whose own delays are the only ones: others would be overtaken.
   */
  async until(work: Promise<unknown>): Promise<number> {
    const started = this.#ms;
    let done = false;
    void work.then(
      () => (done = true),
      () => (done = true),
    );
    for (;;) {
      await settle();
      if (done) return this.#ms - started;
      const next = Math.min(...[...this.#sleepers].map(({ at }) => at));
      if (Number.isFinite(next)) this.advance(next - this.#ms);
    }
  }

  /** Waits in real time until so many delays are pending. */
  async untilSleeping(count: number): Promise<void> {
    while (this.#sleepers.size < count) await settle();
  }
}

/** Lets work that needs no fake time go on: a look at the database takes real time. */
async function settle(): Promise<void> {
  await realDelay(3);
}
