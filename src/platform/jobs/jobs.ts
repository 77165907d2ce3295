// Durable jobs: asked for in the caller's transaction, done at least once by any process, retried, scheduled, fenced by leases.
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../database/statement.ts';
import { Conflict, DeadlineExceeded, DomainError, Unavailable } from '../errors.ts';
import { maskSecrets, type Logger } from '../log.ts';
import type { Random } from '../random.ts';
import { backoffMs } from './backoff.ts';
import type { HandlerOptions, JobHandler, JobRequest, ScheduleRequest } from './job.ts';
import {
  claimJobs,
  dueKinds,
  endClaim,
  insertJob,
  reclaimExpired,
  renewLeases,
  sweepFinished,
  type Claim,
  type Ending,
} from './queue.ts';
import { removeSchedule, runSchedules, saveSchedule } from './schedules.ts';
import { systemScheduler, type Scheduler } from './scheduler.ts';

export interface JobsOptions {
  db: Database;
  clock: Clock;
  random: Random;
  log: Logger;
  scheduler?: Scheduler;
  /** How often to look for due jobs, in milliseconds. */
  pollMs?: number;
  /** How long a process may be silent before others take over its jobs, in milliseconds. */
  leaseMs?: number;
  /** How long finished and dead jobs are kept, in milliseconds. */
  keepDoneMs?: number;
  keepDeadMs?: number;
  /**
   * The time that all processes share, by which leases run: on PostgreSQL the server's, so that machines whose clocks
   * differ do not take each other's jobs; on SQLite, where all run on one machine, `clock`.
   */
  sharedTime?: () => Promise<number>;
}

interface Registration {
  handler: JobHandler;
  options: Required<HandlerOptions>;
}

interface Run {
  readonly claim: Claim;
  readonly registration: Registration;
  readonly abort: AbortController;
  readonly deadline: number;
  leaseUntil: number;
  /** When the handler was told to end because its time is up. */
  timedOutAt: number | undefined;
  /** What to write, once it is known; tried again until it is written or the lease is lost. */
  ending: Ending | undefined;
  writing: Promise<void> | undefined;
  /** Nothing more is to be written: done, or the lease is lost. */
  closed: boolean;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const HANDLER_DEFAULTS: Required<HandlerOptions> = {
  concurrency: 1,
  timeoutMs: 600_000,
  maxAttempts: 5,
  backoff: { baseMs: 1000, maxMs: HOUR_MS },
  isPermanent: () => false,
};

/** A handler that was told to end gets this long before the job is taken from it. */
const ABORT_GRACE_MS = 5000;

/** A transaction that asked for a job has mostly been committed after this time. */
const WAKE_MS = 15;

export class Jobs {
  readonly #options: Required<Omit<JobsOptions, 'sharedTime'>>;
  readonly #sharedTime: () => Promise<number>;
  readonly #registrations = new Map<string, Registration>();
  readonly #runs = new Map<Run, Promise<void>>();
  /** Shared time minus `clock`, as of the last pass. */
  #offset = 0;
  #lastRenewal = 0;
  #lastSweep: number | undefined;
  #passing: Promise<number> | undefined;
  #again = false;
  #state: 'idle' | 'started' | 'stopping' = 'idle';
  #cancelPoll: (() => void) | undefined;
  #cancelWake: (() => void) | undefined;

  constructor(options: JobsOptions) {
    this.#options = {
      scheduler: systemScheduler,
      pollMs: 1000,
      leaseMs: 15_000,
      keepDoneMs: 7 * DAY_MS,
      keepDeadMs: 30 * DAY_MS,
      ...options,
    };
    this.#sharedTime = options.sharedTime ?? (() => readSharedTime(options.db, options.clock));
  }

  /** Says who does the jobs of a kind in this process; jobs of other kinds stay for other processes. */
  register(kind: string, handler: JobHandler, options: HandlerOptions = {}): void {
    if (this.#registrations.has(kind)) throw new TypeError(`Two handlers for ${kind}`);
    this.#registrations.set(kind, { handler, options: { ...HANDLER_DEFAULTS, ...options } });
  }

  /**
   * Asks for a job as a part of the caller's transaction: it will be done if and only if that is committed. Gives the id
   * of the job, or that of the unfinished one with the same unique key.
   * Throws `Invalid` (`invalid_job`), `TooLarge` (`job_payload_too_large`).
   */
  async enqueue(trx: Transaction, request: JobRequest): Promise<{ id: string; created: boolean }> {
    const answer = await insertJob(trx, this.#options.random.uuid7(), request, this.#now());
    this.#wakeSoon();
    return answer;
  }

  /** Asks for a job in a transaction of its own, and begins with it at once if there is room. */
  async add(request: JobRequest): Promise<{ id: string; created: boolean }> {
    const id = this.#options.random.uuid7();
    const answer = await this.#options.db.write((trx) => insertJob(trx, id, request, this.#now()));
    this.#wake();
    return answer;
  }

  /** Adds or changes a recurring job; call it at every start. Throws `Invalid` (`invalid_schedule`). */
  async schedule(request: ScheduleRequest): Promise<void> {
    await saveSchedule(this.#options.db, request, this.#now());
  }

  /** Ends a recurring job; false when there was none. */
  unschedule(tenantId: string, name: string): Promise<boolean> {
    return removeSchedule(this.#options.db, tenantId, name);
  }

  /** Begins to look for jobs. Register the handlers first. */
  start(): void {
    if (this.#state !== 'idle') throw new TypeError('The jobs were started already');
    this.#state = 'started';
    this.#poll(0);
  }

  /**
   * Takes no more jobs and waits up to `drainMs` for the running ones; then tells the others to end, and gives their jobs
   * back, to be done by another process or after the next start. Never throws.
   */
  async stop({ drainMs = 10_000, abortMs = 1000 } = {}): Promise<void> {
    this.#state = 'stopping';
    this.#cancelWake?.();
    await this.#passing?.catch(() => undefined);
    // Leases are still renewed meanwhile, by the polls.
    await this.#idleWithin(drainMs);
    for (const run of this.#runs.keys()) {
      run.abort.abort(new Unavailable('stopping', 'The server is stopping'));
    }
    await this.#idleWithin(abortMs);
    this.#cancelPoll?.();
    await this.#passing?.catch(() => undefined);
    for (const run of this.#runs.keys()) {
      run.ending ??= { state: 'released' };
      await this.#tryToEnd(run);
    }
    this.#state = 'idle';
  }

  /** Resolves when no handler runs. */
  async idle(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs.values());
  }

  /**
   * One look at the queue: renews leases, ends what is overdue, frees what others let go, asks for scheduled jobs, and
   * begins the due ones. Gives how many were begun. Polls call it; so do tests, instead of waiting.
   */
  async tick(): Promise<number> {
    if (this.#passing) {
      this.#again = true;
      return this.#passing;
    }
    this.#passing = (async () => {
      let begun = 0;
      do {
        this.#again = false;
        begun += await this.#pass();
      } while (this.#again);
      return begun;
    })().finally(() => (this.#passing = undefined));
    return this.#passing;
  }

  async #pass(): Promise<number> {
    const { db, random, clock } = this.#options;
    // Without the database the deadlines still hold.
    await this.#sharedTime()
      .then((time) => (this.#offset = time - clock.now()))
      .finally(() => this.#endOverdue());
    await this.#keepLeases();
    if (this.#state === 'stopping') return 0;
    await reclaimExpired(
      db,
      this.#now(),
      (kind) => this.#registrations.get(kind)?.options.maxAttempts,
    );
    await runSchedules(db, random, this.#now());
    const begun = await this.#claim();
    await this.#sweep();
    return begun;
  }

  /** Tells handlers whose time or lease is over to end, and takes the job from those that do not. */
  #endOverdue(): void {
    const now = this.#now();
    for (const run of this.#runs.keys()) {
      if (run.closed) continue;
      if (now > run.leaseUntil) {
        this.#lose(run);
      } else if (run.timedOutAt === undefined && now > run.deadline) {
        run.timedOutAt = now;
        run.abort.abort(new DeadlineExceeded('job_timeout', 'The job took longer than it may'));
      } else if (run.timedOutAt !== undefined && now > run.timedOutAt + ABORT_GRACE_MS) {
        // Its slot stays taken until it really ends: a handler that hangs must not be joined by more of them.
        run.ending ??= this.#failure(run, run.abort.signal.reason);
      }
    }
  }

  async #keepLeases(): Promise<void> {
    const { db, leaseMs, log } = this.#options;
    for (const run of this.#runs.keys()) {
      if (run.ending && !run.closed) await this.#tryToEnd(run);
    }
    const runs = [...this.#runs.keys()].filter((run) => !run.closed);
    const now = this.#now();
    if (runs.length === 0 || now - this.#lastRenewal < leaseMs / 3) return;
    const until = now + leaseMs;
    const renewed = await renewLeases(
      db,
      runs.map((run) => run.claim),
      until,
    );
    this.#lastRenewal = now;
    for (const run of runs) {
      if (renewed.has(run.claim.job.id)) {
        run.leaseUntil = until;
      } else if (!run.closed && !run.ending) {
        log.warn({ job: run.claim.job.id, kind: run.claim.job.kind }, 'job lease lost');
        this.#lose(run);
      }
    }
  }

  #lose(run: Run): void {
    run.closed = true;
    run.abort.abort(leaseLost());
  }

  async #claim(): Promise<number> {
    const { db, random, leaseMs } = this.#options;
    const room = (kind: string, { options }: Registration) => {
      const taken = [...this.#runs.keys()].filter((run) => run.claim.job.kind === kind).length;
      return options.concurrency - taken;
    };
    const free = [...this.#registrations].filter(([kind, one]) => room(kind, one) > 0);
    const due = await dueKinds(
      db,
      free.map(([kind]) => kind),
      this.#now(),
    );
    let begun = 0;
    for (const kind of due) {
      const registration = this.#registrations.get(kind);
      if (!registration) continue;
      const now = this.#now();
      const lease = { now, until: now + leaseMs, token: random.uuid() };
      const claims = await claimJobs(db, kind, room(kind, registration), lease);
      for (const claim of claims) this.#begin(claim, registration, lease.until);
      begun += claims.length;
    }
    return begun;
  }

  #begin(claim: Claim, registration: Registration, leaseUntil: number): void {
    const run: Run = {
      claim,
      registration,
      abort: new AbortController(),
      deadline: this.#now() + registration.options.timeoutMs,
      leaseUntil,
      timedOutAt: undefined,
      ending: undefined,
      writing: undefined,
      closed: false,
    };
    const done = this.#do(run).finally(() => {
      this.#runs.delete(run);
      // There is room for another one now.
      this.#wake();
    });
    this.#runs.set(run, done);
  }

  async #do(run: Run): Promise<void> {
    const { job } = run.claim;
    try {
      await run.registration.handler(job.payload, {
        job,
        signal: run.abort.signal,
        heartbeat: () => this.#heartbeat(run),
      });
      run.ending ??= { state: 'done' };
    } catch (error) {
      run.ending ??= this.#failure(run, error);
    }
    await this.#tryToEnd(run);
    // The database did not answer: polls try again for as long as the lease lasts.
    while (!run.closed) {
      await new Promise<void>((resolve) => {
        this.#options.scheduler.after(this.#options.pollMs, resolve);
      });
      if (this.#now() > run.leaseUntil) this.#lose(run);
      else await this.#tryToEnd(run);
    }
  }

  async #heartbeat(run: Run): Promise<void> {
    const until = this.#now() + this.#options.leaseMs;
    if (!run.closed && !run.ending) {
      const renewed = await renewLeases(this.#options.db, [run.claim], until);
      if (renewed.size > 0) {
        run.leaseUntil = until;
        return;
      }
      this.#lose(run);
    }
    throw leaseLost();
  }

  /** Writes how the run ended, if that is still ours to say; waits for a writing that is under way. */
  async #tryToEnd(run: Run): Promise<void> {
    const { ending } = run;
    if (run.closed || !ending) return;
    run.writing ??= this.#writeEnding(run, ending).finally(() => (run.writing = undefined));
    await run.writing;
  }

  async #writeEnding(run: Run, ending: Ending): Promise<void> {
    const { db, log } = this.#options;
    const { job } = run.claim;
    try {
      const ended = await endClaim(db, run.claim, ending, this.#now());
      run.closed = true;
      if (!ended) log.warn({ job: job.id, kind: job.kind }, 'job ended after its lease was lost');
    } catch (err) {
      log.error({ err, job: job.id, kind: job.kind }, 'job state not written');
    }
  }

  #failure(run: Run, error: unknown): Ending {
    const { log, random } = this.#options;
    const { job, maxAttempts } = run.claim;
    const { options } = run.registration;
    if (this.#state === 'stopping' && run.abort.signal.aborted && run.timedOutAt === undefined) {
      return { state: 'released' };
    }
    const reason: unknown = run.timedOutAt === undefined ? error : run.abort.signal.reason;
    const message = maskSecrets(reason instanceof Error ? reason.message : String(reason));
    const last = job.attempts >= (maxAttempts ?? options.maxAttempts);
    const dead = last || options.isPermanent(reason);
    log.warn(
      { err: reason, job: job.id, kind: job.kind, tenant: job.tenantId, attempt: job.attempts },
      dead ? 'job failed for good' : 'job failed',
    );
    if (dead) return { state: 'dead', error: message };
    const runAt = this.#now() + backoffMs(options.backoff, job.attempts, random);
    return { state: 'waiting', error: message, runAt: Math.max(runAt, retryTime(reason)) };
  }

  async #sweep(): Promise<void> {
    const now = this.#now();
    this.#lastSweep ??= now;
    if (now - this.#lastSweep < HOUR_MS) return;
    this.#lastSweep = now;
    const { db, keepDoneMs, keepDeadMs } = this.#options;
    await sweepFinished(db, { done: now - keepDoneMs, dead: now - keepDeadMs });
  }

  async #idleWithin(ms: number): Promise<void> {
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.scheduler.after(ms, resolve);
    });
    await Promise.race([this.idle(), late]);
    cancel();
  }

  #now(): number {
    return this.#options.clock.now() + this.#offset;
  }

  #poll(ms: number): void {
    this.#cancelPoll = this.#options.scheduler.after(ms, () => {
      void this.tick()
        .catch((err: unknown) => this.#options.log.error({ err }, 'looking for jobs failed'))
        .finally(() => {
          if (this.#state !== 'idle') this.#poll(this.#options.pollMs);
        });
    });
  }

  #wake(): void {
    if (this.#state !== 'started') return;
    this.tick().catch((err: unknown) =>
      this.#options.log.error({ err }, 'looking for jobs failed'),
    );
  }

  #wakeSoon(): void {
    if (this.#state !== 'started' || this.#cancelWake) return;
    this.#cancelWake = this.#options.scheduler.after(WAKE_MS, () => {
      this.#cancelWake = undefined;
      this.#wake();
    });
  }
}

/** Not before this time, by the word of the failure (`retryAt`, as those of limits have it); 0 when it does not say. */
function retryTime(reason: unknown): number {
  const at = reason instanceof DomainError ? reason.details['retryAt'] : undefined;
  return typeof at === 'number' && Number.isFinite(at) ? at : 0;
}

function leaseLost(): Conflict {
  return new Conflict('lease_lost', 'The job was given to another process');
}

async function readSharedTime(db: Database, clock: Clock): Promise<number> {
  if (db.dialect === 'sqlite') return clock.now();
  const result = await sql<{ ms: number }>`
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms
  `.execute(db.tables<unknown>());
  return result.rows[0]?.ms ?? clock.now();
}
