// Rate limits: windows (per second, per minute) and budgets (per day, per month), counted for each credential.
import type { Clock } from '../clock.ts';
/** A window of the Beefree kind: at most `max` requests in `ms` milliseconds, 0 for no limit. */
export interface Window {
  name: string;
  ms: number;
  max: number;
}

export interface TakeRequest {
  tenant: string;
  /** Public id of the credential, such as `TokenHolder.id`. */
  credential: string;
  /** A refusal by any of them takes from none. The set of names is part of the counter's key. */
  windows: readonly Window[];
}

export interface WindowState {
  name: string;
  limit: number;
  /** What may still be taken in this cycle, this request counted. `Infinity` without a limit. */
  remaining: number;
  /** When the next cycle starts, in milliseconds since 1970. Round up for a header in seconds. */
  resetAt: number;
}

export interface Taken {
  allowed: boolean;
  /** When refused: the window that opens again last among those that are used up. */
  exhausted: WindowState | undefined;
  /** In the order of the request. */
  windows: WindowState[];
}

export type Period = 'day' | 'month';

export interface BudgetKey {
  tenant: string;
  credential: string;
  /** What is counted, such as `beebole.v1`. */
  budget: string;
  period: Period;
  /** IANA name of the zone whose midnight starts a period; `UTC` by default. */
  timeZone?: string;
}

export interface SpendRequest extends BudgetKey {
  /** Requests to count, 1 by default; a batch counts each of its parts. 0 only looks. */
  requests?: number;
  /** Bytes to add along with an allowed request, such as those of its body. 0 by default. */
  bytes?: number;
  /** 0: no limit. */
  maxRequests: number;
  /** 0: no limit. A request is refused once so many bytes are used; the one that crosses the line is still served. */
  maxBytes: number;
}

export interface Spent {
  allowed: boolean;
  exhausted: 'requests' | 'bytes' | undefined;
  requests: { limit: number; used: number; remaining: number };
  bytes: { limit: number; used: number; remaining: number };
  /** Start of the next period, in milliseconds since 1970. */
  resetAt: number;
}

/** What both engines offer. */
export interface Limits {
  /**
   * Takes one request from all windows, or from none. A window opens with the first request after the one before has
   * ended, so `resetAt` is the moment at which the whole of it is free again (Beefree spec 2.4).
   */
  take(request: TakeRequest): Promise<Taken>;
  /** Spends requests of a budget if all of them fit (Beebole spec 3). Throws `Invalid` (`time_zone`). */
  spend(request: SpendRequest): Promise<Spent>;
  /** Adds the bytes of a request or response to a budget; never refuses. */
  addBytes(key: BudgetKey, bytes: number): Promise<void>;
  /** Writes what is only in memory. */
  flush(): Promise<void>;
  /** Removes counters of times gone by; the job scheduler calls it. */
  sweep(): Promise<number>;
  /** Flushes and stops. Close it before the database. */
  close(): Promise<void>;
}

export interface LimitsOptions {
  clock: Clock;
  /** Hears of failures of work in the background. */
  onError?: (error: unknown) => void;
  /** How often counters in memory are written, in milliseconds; 0: only by `flush`, for tests. */
  flushEveryMs?: number;
}
