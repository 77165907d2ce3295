// Timers, injected so that tests decide when they ring.

export interface Scheduler {
  /** Calls `fn` once after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, fn: () => void): () => void;
}

/** The event loop's timers; they do not keep the process alive. */
export const systemScheduler: Scheduler = {
  after(ms, fn) {
    const timer = setTimeout(fn, ms).unref();
    return () => clearTimeout(timer);
  },
};
