// Counts the steps of an evaluation, so that a hostile path ends after a known amount of work.
import { TooLarge } from '../../platform/errors.ts';

export class Budget {
  #steps: number;
  readonly #now: () => number;
  readonly #until: number;

  /** `steps` that may be spent, before `deadlineMs` have passed on the clock. */
  constructor(steps: number, now: () => number, deadlineMs: number) {
    this.#steps = steps;
    this.#now = now;
    this.#until = now() + deadlineMs;
  }

  /** Takes `steps`. Throws `TooLarge` (`path_too_costly`) when there are no more, or no more time. */
  spend(steps = 1): void {
    const before = this.#steps;
    this.#steps -= steps;
    // The clock is asked now and then only: asking costs more than a step.
    const askClock = before >> 12 !== this.#steps >> 12;
    if (this.#steps < 0 || (askClock && this.#now() > this.#until)) {
      throw new TooLarge('path_too_costly', 'The path takes too much work on this document');
    }
  }
}
