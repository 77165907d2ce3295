// Scans on SQLite: a few reader processes that can be killed, because no driver can stop a running statement.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DeadlineExceeded, TooLarge, Unavailable } from '../errors.ts';
import type { ScanOptions } from './database.ts';
import type { ScanReply, ScanRequest } from './scan-process.ts';

export interface ScanPoolOptions {
  file: string;
  /** Processes at most; each costs about 50 MB and a core while it scans. */
  processes?: number;
  /** Scans that may wait for a process before new ones are refused. */
  queue?: number;
  /** A process that had nothing to do for this long ends, in milliseconds. */
  idleMs?: number;
}

interface Job {
  request: ScanRequest;
  resolve: (rows: Record<string, unknown>[]) => void;
  reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
  stop: () => void;
}

const PROGRAM = fileURLToPath(new URL('scan-process.ts', import.meta.url));

/** Runs read-only statements in child processes, each under a deadline that ends with SIGKILL. */
export class ScanPool {
  readonly #options: Required<ScanPoolOptions>;
  readonly #idle: Reader[] = [];
  readonly #all = new Set<Reader>();
  readonly #queue: Job[] = [];
  #closed = false;

  constructor(options: ScanPoolOptions) {
    this.#options = { processes: 2, queue: 64, idleMs: 60_000, ...options };
  }

  /** The rows of the statement. The deadline counts from here, waiting for a free process included. */
  run(
    sql: string,
    parameters: readonly unknown[],
    { timeoutMs, signal }: ScanOptions,
  ): Promise<Record<string, unknown>[]> {
    if (this.#closed) return Promise.reject(closed());
    if (signal?.aborted) return Promise.reject(stopped());
    if (this.#queue.length >= this.#options.queue) {
      return Promise.reject(new Unavailable('scan_queue_full', 'Too many searches are waiting'));
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(job.timer);
        signal?.removeEventListener('abort', job.stop);
      };
      const job: Job = {
        request: { sql, parameters: [...parameters] },
        resolve: (rows) => (settle(), resolve(rows)),
        reject: (error) => (settle(), reject(error)),
        stop: () => this.#abandon(job, stopped()),
      };
      job.timer = setTimeout(() => this.#abandon(job, late(timeoutMs)), timeoutMs);
      signal?.addEventListener('abort', job.stop, { once: true });
      this.#queue.push(job);
      this.#next();
    });
  }

  /** Ends all processes; scans that run or wait are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0)) job.reject(closed());
    await Promise.all([...this.#all].map((reader) => reader.end(closed())));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const reader = this.#idle.pop() ?? this.#spawn();
      if (!reader) return;
      reader.run(this.#queue.shift() as Job);
    }
  }

  #spawn(): Reader | undefined {
    if (this.#all.size >= this.#options.processes) return undefined;
    const reader: Reader = new Reader(this.#options, {
      free: () => {
        this.#idle.push(reader);
        this.#next();
      },
      gone: () => {
        this.#all.delete(reader);
        const index = this.#idle.indexOf(reader);
        if (index >= 0) this.#idle.splice(index, 1);
        if (!this.#closed) this.#next();
      },
    });
    this.#all.add(reader);
    return reader;
  }

  #abandon(job: Job, error: Error): void {
    const waiting = this.#queue.indexOf(job);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    for (const reader of this.#all) if (reader.job === job) void reader.end(error);
    job.reject(error);
  }
}

interface ReaderEvents {
  free: () => void;
  gone: () => void;
}

/** One child process and the scan that it is at. */
class Reader {
  job: Job | undefined;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #idleMs: number;
  readonly #events: ReaderEvents;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: Required<ScanPoolOptions>, events: ReaderEvents) {
    this.#idleMs = options.idleMs;
    this.#events = events;
    this.#child = fork(PROGRAM, [options.file], {
      serialization: 'advanced',
      execArgv: ['--no-warnings'],
      // Only what Node itself needs: the child has no use for our secrets.
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (reply: ScanReply) => this.#finish(reply));
    this.#child.on('error', () => this.#child.kill('SIGKILL'));
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        clearTimeout(this.#idleTimer);
        this.job?.reject(new Unavailable('scan_process_died', 'The search was interrupted'));
        this.job = undefined;
        events.gone();
        resolve();
      });
    });
  }

  run(job: Job): void {
    clearTimeout(this.#idleTimer);
    this.job = job;
    this.#child.ref();
    this.#child.channel?.ref();
    this.#child.send(job.request, (error) => {
      if (error) this.#child.kill('SIGKILL');
    });
  }

  /** Kills the process at once; a scan that it is at is rejected with `error`. */
  end(error: Error): Promise<void> {
    const { job } = this;
    this.job = undefined;
    job?.reject(error);
    this.#child.kill('SIGKILL');
    return this.#exited;
  }

  #finish(reply: ScanReply): void {
    const { job } = this;
    this.job = undefined;
    if ('rows' in reply) job?.resolve(reply.rows);
    else if (reply.tooLarge) {
      job?.reject(new TooLarge('scan_too_large', 'The search gives more than one answer may hold'));
    } else job?.reject(new Error(`Scan failed: ${reply.error}`));
    // Let the program end while this process is idle.
    this.#child.unref();
    this.#child.channel?.unref();
    this.#idleTimer = setTimeout(() => this.#child.kill('SIGKILL'), this.#idleMs).unref();
    this.#events.free();
  }
}

const late = (ms: number) =>
  new DeadlineExceeded('scan_deadline', `The search was stopped after ${ms} ms`, { ms });
const stopped = () => new DeadlineExceeded('scan_stopped', 'The search was stopped by its caller');
const closed = () => new Unavailable('database_closed', 'The database is closing');
