// Randomness and identifiers, as the domain sees them: injected, so that tests can fix them.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
  /** A random version-4 UUID, for identifiers that must not be guessable or ordered. */
  uuid(): string;
  /**
   * A version-7 UUID: unique, and sorts by the time it was made (RFC 9562), good for index locality. Those of one process
   * sort in the order in which they were made, also within a millisecond.
   */
  uuid7(): string;
  /** A random string of `length` characters from A–Z, a–z, 0–9 (5.95 bits each), without modulo bias. */
  alphanumeric(length: number): string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UNBIASED = 256 - (256 % ALPHABET.length);

/** Randomness from the operating system, with times of UUIDs from `clock`. */
export function systemRandom(clock: Clock): Random {
  const uuid7 = orderedUuids(clock);
  return {
    bytes: (count) => randomBytes(count),
    uuid: () => randomUUID(),
    uuid7,
    alphanumeric(length) {
      let text = '';
      while (text.length < length) {
        for (const byte of randomBytes(length * 2)) {
          if (byte < UNBIASED && text.length < length) text += ALPHABET[byte % ALPHABET.length];
        }
      }
      return text;
    },
  };
}

/** More than these in a millisecond borrow from the next one. */
const COUNTED = 0x1000;

/** The counter of RFC 9562, 6.2, method 1: in the twelve bits after the version. */
function orderedUuids(clock: Clock): () => string {
  let last = 0;
  let counter = 0;
  return () => {
    const now = clock.now();
    if (now > last) {
      last = now;
      counter = 0;
    } else if (++counter === COUNTED) {
      last++;
      counter = 0;
    }
    const time = last.toString(16).padStart(12, '0');
    const count = counter.toString(16).padStart(3, '0');
    // The random part is that of a version-4 UUID, which Node makes many of at once: it costs a tenth of other bytes.
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
  };
}
