// Waiting, as the domain sees it: injected, so that tests decide how time passes.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timer {
  /** Milliseconds that only ever grow, for measuring spans. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted before. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own timers. They never keep the process alive. */
export const systemTimer: Timer = {
  now: () => performance.now(),
  async delay(ms, signal) {
    try {
      await sleep(ms, undefined, { ref: false, ...(signal ? { signal } : {}) });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
