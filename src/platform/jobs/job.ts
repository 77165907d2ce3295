// What a job is to those who ask for one and those who do it.
import type { Backoff } from './backoff.ts';
import type { JobState } from './tables.ts';

/** What may be asked for. */
export interface JobRequest {
  /** Empty for the server's own jobs. */
  tenantId: string;
  /** Which handler does it, such as `translation.translate`. */
  kind: string;
  /** Anything that survives JSON; a megabyte at most. */
  payload?: unknown;
  /** Not before this time, in milliseconds; at once when it is left out. */
  runAt?: number;
  /** Higher ones first, from -1000 to 1000; 0 when it is left out. */
  priority?: number;
  /** While an unfinished job of the tenant and kind has this key, asking again gives that one. */
  uniqueKey?: string;
  /** Instead of the handler's own number. */
  maxAttempts?: number;
}

export interface Job {
  tenantId: string;
  id: string;
  kind: string;
  state: JobState;
  payload: unknown;
  priority: number;
  runAt: number;
  /** Attempts begun. */
  attempts: number;
  uniqueKey: string | undefined;
  createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  /** Message of the last failure. */
  lastError: string | undefined;
}

export interface JobContext {
  job: Job;
  /** Aborted when the job must end: its time is up, its lease is lost, or the server stops. */
  signal: AbortSignal;
  /**
   * Renews the lease now and proves that it is still ours: call it before a step that must not happen twice. Leases are
   * renewed without it too, as long as the process lives. Throws `Conflict` (`lease_lost`).
   */
  heartbeat: () => Promise<void>;
}

/**
 * Does a job; throwing means that this attempt failed; an error with `details.retryAt` also says before when it is not
 * to be tried again. It may run more than once: after a crash, nobody knows how far it got.
 */
export type JobHandler = (payload: unknown, context: JobContext) => Promise<unknown>;

export interface HandlerOptions {
  /** Jobs of the kind at once in this process; 1 by default. */
  concurrency?: number;
  /** How long one attempt may take, in milliseconds; 10 minutes by default. */
  timeoutMs?: number;
  /** Attempts before the job is dead; 5 by default. */
  maxAttempts?: number;
  /** Waits between attempts; from one second to one hour by default. */
  backoff?: Backoff;
  /** Says of a failure that trying again is pointless. */
  isPermanent?: (error: unknown) => boolean;
}

export interface ScheduleRequest {
  /** Empty for the server's own. */
  tenantId: string;
  name: string;
  kind: string;
  payload?: unknown;
  /** Five fields: minute, hour, day of month, month, day of week. */
  cron: string;
  /** IANA name; `UTC` when it is left out. */
  timeZone?: string;
}
