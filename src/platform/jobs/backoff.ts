// How long a failed job waits before it is tried again.
import type { Random } from '../random.ts';

export interface Backoff {
  /** Wait after the first failure, in milliseconds; doubled after each further one. */
  baseMs: number;
  /** Never longer than this. */
  maxMs: number;
}

/**
 * The wait after attempt number `attempt` (from 1): exponential, of which a random half is taken off, so that jobs that
 * failed together do not come back together.
 */
export function backoffMs({ baseMs, maxMs }: Backoff, attempt: number, random: Random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 50));
  const fraction = random.bytes(4).readUInt32BE() / 2 ** 32;
  return Math.round(full * (1 - fraction / 2));
}
