// What the room asks of a push provider: hand one message to one device, and say what became of it.
import type { PushMessage } from './message.ts';

export type Outcome =
  | { state: 'delivered' }
  /** There is no such device any more. */
  | { state: 'gone'; reason: string }
  /** This message will never reach this device. */
  | { state: 'failed'; reason: string }
  /** Later, perhaps. `retryAt`: not before this time, in milliseconds; for this device, or for all. */
  | { state: 'later'; reason: string; retryAt?: number | undefined; all?: boolean }
  /** The provider does not accept the app's key: nothing will be delivered until that is mended. */
  | { state: 'refused'; reason: string };

export interface Delivery {
  message: PushMessage;
  /** Nobody wants the message after this, in milliseconds since 1970. */
  expiresAt: number;
}

/** A provider, on behalf of one app. Never throws, unless it is told to stop by the signal. */
export interface PushSender {
  send(token: string, delivery: Delivery, signal: AbortSignal): Promise<Outcome>;
}

/** `Retry-After` as a time: seconds or a date. */
export function retryTime(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const at = Number.isFinite(seconds) ? now + seconds * 1000 : Date.parse(header);
  return Number.isFinite(at) ? Math.min(Math.max(at, now), now + MAX_RETRY_MS) : undefined;
}

/** Longer waits are not believed. */
const MAX_RETRY_MS = 6 * 3_600_000;
