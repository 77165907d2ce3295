// Randomness and identifiers, as the domain sees them: injected, so that tests can fix them.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Buffer;
  /** A random version-4 UUID, for identifiers that must not be guessable or ordered. */
  uuid(): string;
  /** A version-7 UUID: unique, and sorts by the time it was made (RFC 9562), good for index locality. */
  uuid7(): string;
  /** A random string of `length` characters from A–Z, a–z, 0–9 (5.95 bits each), without modulo bias. */
  alphanumeric(length: number): string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UNBIASED = 256 - (256 % ALPHABET.length);

/** Randomness from the operating system, with times of UUIDs from `clock`. */
export function systemRandom(clock: Clock): Random {
  return {
    bytes: (count) => randomBytes(count),
    uuid: () => randomUUID(),
    uuid7: () => uuid7(clock.now()),
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

/** The random part is that of a version-4 UUID, which Node makes many of at once: it costs a tenth of other bytes. */
function uuid7(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
