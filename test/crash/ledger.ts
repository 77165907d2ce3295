// What the clients were told: for each key, the states in which the server may be found after a crash.

/** The state of a key that is not stored. */
export const ABSENT = '';

/**
 * Each key has one writer, which sends one write at a time. A write that was answered leaves one possible state; one
 * whose answer never came leaves two, before and after. Anything else that is found is a lost or a torn write.
 */
export class Ledger {
  readonly #possible = new Map<string, Set<string>>();
  /** What was found and must not be. */
  readonly violations: string[] = [];
  acknowledged = 0;
  unanswered = 0;

  /** Before a write is sent: from now on its result may be found. */
  attempt(key: string, next: string): void {
    const states = this.#possible.get(key);
    if (states) states.add(next);
    else this.#possible.set(key, new Set([ABSENT, next]));
    this.unanswered++;
  }

  /** The write was answered with success: only its result may be found. */
  acknowledge(key: string, next: string): void {
    this.#possible.set(key, new Set([next]));
    this.unanswered--;
    this.acknowledged++;
  }

  /** The state of a key when it is certain; undefined while a write has no answer. */
  certain(key: string): string | undefined {
    const states = this.#possible.get(key) ?? new Set([ABSENT]);
    const [only] = states;
    return states.size === 1 ? only : undefined;
  }

  keys(): string[] {
    return [...this.#possible.keys()];
  }

  /**
   * Compares everything that was found, complete, with what may be: reports lost, torn and unknown entries, and takes
   * what was found as certain from now on. Gives how many keys are there.
   */
  settle(what: string, found: ReadonlyMap<string, string>): number {
    for (const key of found.keys()) {
      if (!this.#possible.has(key)) this.violations.push(`${what} ${key}: nobody wrote it`);
    }
    for (const [key, states] of this.#possible) {
      const state = found.get(key) ?? ABSENT;
      if (!states.has(state)) {
        this.violations.push(
          `${what} ${key}: ${describe(state)} instead of ${[...states].map(describe).join(' or ')}`,
        );
      }
      // What is gone is forgotten, so that a long run stays small; coming back makes it a stranger.
      if (state === ABSENT) this.#possible.delete(key);
      else this.#possible.set(key, new Set([state]));
    }
    return found.size;
  }
}

function describe(state: string): string {
  return state === ABSENT ? 'absent' : state.slice(0, 80);
}
