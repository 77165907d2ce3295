// Keeps password hashing from taking the whole machine: two at a time, a bounded number waiting.
import { Unavailable } from '../errors.ts';

/** Each hash holds 19 MiB and one thread; two leave the thread pool room for files. */
const RUNNING = 2;

/** With two at a time of about 25 ms each, the last of 100 waits a bit more than a second. */
const WAITING = 100;

export class HashQueue {
  readonly #limit: { running: number; waiting: number };
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit = { running: RUNNING, waiting: WAITING }) {
    this.#limit = limit;
  }

  /** Runs `work` when its turn comes. Throws `Unavailable` (`password_queue_full`) when too many are waiting. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit.running) {
      if (this.#waiting.length >= this.#limit.waiting) {
        throw new Unavailable('password_queue_full', 'Too many logins at once, try again soon');
      }
      // Whoever ends hands its place over, so `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
