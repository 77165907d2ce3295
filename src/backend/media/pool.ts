// A few processes that take files of strangers apart, so that a hostile one costs a process and not the server.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { DeadlineExceeded, Invalid, TooLarge, Unavailable } from '../../platform/errors.ts';
import type { MediaReply, MediaRequest, MediaTask } from './process.ts';

export interface MediaPoolOptions {
  /** Processes at most; each costs about 60 MB, and a core while it works. */
  processes?: number;
  /** Tasks that may wait for a process before new ones are refused. */
  queue?: number;
  /** A process that had nothing to do for this long ends, in milliseconds. */
  idleMs?: number;
  /** Largest file. */
  maxBytes?: number;
}

export interface MediaContent {
  /** Opens the content when its turn has come; the pool reads it to its end or destroys it. */
  open: () => Promise<Readable>;
  /** Its exact size. */
  bytes: number;
}

export interface MediaRunOptions {
  /** How long the work may take once it has a process, and how long it may wait for one, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Tasks of one process: what leaks in the libraries ends with it. */
const TASKS_EACH = 100;

/** Memory for objects of one process, in megabytes. */
const HEAP_MB = 384;

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url));

interface Waiting {
  start: (worker: Worker) => void;
  cancel: (error: Error) => void;
}

export class MediaPool {
  readonly #options: Required<MediaPoolOptions>;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #queue: Waiting[] = [];

  constructor(options: MediaPoolOptions = {}) {
    this.#options = {
      processes: 2,
      queue: 32,
      idleMs: 20_000,
      maxBytes: 64 * 1024 * 1024,
      ...options,
    };
  }

  /** How many processes there are. */
  get processes(): number {
    return this.#all.size;
  }

  /**
   * Does a task in a process of its own. Throws `TooLarge` (`media_too_large`), `Unavailable` (`media_busy`,
   * `media_process_died`: most likely out of memory), `DeadlineExceeded` (`media_deadline`), `Invalid` (`media_damaged`)
   * and what opening the content throws.
   */
  async run(
    task: MediaTask,
    content: MediaContent,
    { timeoutMs, signal }: MediaRunOptions,
  ): Promise<Exclude<MediaReply, { failed: string }>> {
    if (content.bytes > this.#options.maxBytes) {
      throw new TooLarge('media_too_large', 'The file is too large for that');
    }
    const worker = await this.#worker(timeoutMs, signal);
    try {
      const reply = await worker.run(task, content, timeoutMs, signal);
      if ('failed' in reply) throw new Invalid('media_damaged', reply.failed);
      return reply;
    } finally {
      this.#release(worker);
    }
  }

  /** A process for one task, now or when one is free. */
  #worker(timeoutMs: number, signal: AbortSignal | undefined): Promise<Worker> {
    const free = this.#free();
    if (free) return Promise.resolve(free);
    if (this.#queue.length >= this.#options.queue) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const leave = () => {
        const index = this.#queue.indexOf(waiting);
        if (index >= 0) this.#queue.splice(index, 1);
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      };
      const waiting: Waiting = {
        start: (worker) => (leave(), resolve(worker)),
        cancel: (error) => (leave(), reject(error)),
      };
      const stop = () => waiting.cancel(late());
      const timer = setTimeout(() => waiting.cancel(busy()), timeoutMs);
      signal?.addEventListener('abort', stop, { once: true });
      this.#queue.push(waiting);
    });
  }

  /** A process that rests, or a new one if there may be one. */
  #free(): Worker | undefined {
    for (let worker = this.#idle.pop(); worker; worker = this.#idle.pop()) {
      if (worker.usable) return worker;
    }
    if (this.#all.size >= this.#options.processes) return undefined;
    const worker: Worker = new Worker(this.#options.idleMs, () => {
      this.#all.delete(worker);
      this.#next();
    });
    this.#all.add(worker);
    return worker;
  }

  #release(worker: Worker): void {
    if (worker.usable) {
      worker.rest();
      this.#idle.push(worker);
    } else {
      this.#all.delete(worker);
      worker.kill();
    }
    this.#next();
  }

  #next(): void {
    const [next] = this.#queue;
    const worker = next && this.#free();
    if (worker) next.start(worker);
  }
}

/** One process and the task that it is at. */
class Worker {
  readonly #child: ChildProcess;
  readonly #idleMs: number;
  #idleTimer: NodeJS.Timeout | undefined;
  #tasks = 0;
  #dead = false;
  #end: ((error: Error) => void) | undefined;

  constructor(idleMs: number, gone: () => void) {
    this.#idleMs = idleMs;
    this.#child = fork(PROGRAM, {
      serialization: 'advanced',
      execArgv: [
        '--no-warnings',
        `--max-old-space-size=${HEAP_MB}`,
        // It reads programs and its input: it writes no files and starts nothing.
        '--permission',
        '--allow-fs-read=*',
        '--allow-addons',
      ],
      // Only what Node itself needs: the child has no use for our secrets.
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
    });
    const ended = () => {
      this.#dead = true;
      clearTimeout(this.#idleTimer);
      this.#end?.(new Unavailable('media_process_died', 'The file could not be worked on'));
      gone();
    };
    this.#child.once('exit', ended);
    this.#child.once('error', () => (this.kill(), ended()));
    // A process that dies while it is fed is told by its exit.
    this.#child.stdin?.on('error', () => undefined);
  }

  /** Whether it may be given another task. */
  get usable(): boolean {
    return !this.#dead && this.#tasks < TASKS_EACH;
  }

  /** Does one task. Whatever goes wrong outside of it ends the process. */
  async run(
    task: MediaTask,
    content: MediaContent,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<MediaReply> {
    clearTimeout(this.#idleTimer);
    this.#child.ref();
    this.#child.channel?.ref();
    this.#tasks++;
    const stop = () => this.#end?.(late());
    const timer = setTimeout(stop, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    let listener: (reply: MediaReply) => void = () => undefined;
    try {
      const replied = new Promise<MediaReply>((resolve, reject) => {
        this.#end = reject;
        listener = resolve;
        this.#child.once('message', listener);
        if (this.#dead) reject(new Unavailable('media_process_died', 'The process has ended'));
        if (signal?.aborted) reject(late());
      });
      const [reply] = await Promise.all([replied, this.#feed(task, content, replied)]);
      return reply;
    } catch (error) {
      this.kill();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.#child.off('message', listener);
      this.#end = undefined;
    }
  }

  async #feed(task: MediaTask, content: MediaContent, until: Promise<unknown>): Promise<void> {
    const stream = await content.open();
    // When the process is given up, nobody reads the rest.
    until.catch(() => stream.destroy());
    const request: MediaRequest = { task, bytes: content.bytes };
    this.#child.send(request, (error) => {
      if (error) this.kill();
    });
    const input = this.#child.stdin as Writable;
    for await (const chunk of stream) {
      if (input.write(chunk)) continue;
      // What is wrong with the pipe is told by the end of the process.
      await Promise.race([once(input, 'drain').catch(() => until), until]);
    }
  }

  /** Lets the server end while it has nothing to do, and ends it after a while. */
  rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    this.#idleTimer = setTimeout(() => this.kill(), this.#idleMs).unref();
  }

  kill(): void {
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }
}

const late = () => new DeadlineExceeded('media_deadline', 'The file takes too long to work on');
const busy = () => new Unavailable('media_busy', 'Too many files are being worked on; try again');
