// A few threads in which scripts run; each can be stopped whatever its script does.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { Unavailable } from '../../../platform/errors.ts';
import { FairQueue } from './fair-queue.ts';
import type {
  CompiledModule,
  DoneMessage,
  HostCallMessage,
  HostReply,
  HostReplyMessage,
  Outcome,
  RunMessage,
  ScriptLimits,
  StartedMessage,
  ThreadSetup,
} from './protocol.ts';

export interface ScriptPoolOptions {
  /** Threads at most; each costs about 15 MB while it lives. */
  threads: number;
  /** See `sandbox.ts`. */
  prelude: string;
  limits: ScriptLimits;
  /** How long a script may wait for a thread, in milliseconds. */
  queueMs?: number;
  /** A thread that had nothing to do for this long ends, in milliseconds. */
  idleMs?: number;
}

/** A script to run, and who answers its calls. */
export interface ScriptRun extends Omit<RunMessage, 'id'> {
  /** Answers a call of the script. Must not throw. `signal` says that nobody waits any more. */
  host: (name: string, args: string, signal: AbortSignal) => Promise<HostReply>;
}

interface Job {
  run: ScriptRun;
  resolve: (outcome: Outcome) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

const PROGRAM = new URL('thread.ts', import.meta.url);
const QUEUE = { perTenant: 100, total: 400 };
/** A thread that does not stop by itself so long after its limit is ended, in milliseconds. */
const GRACE_MS = 300;
/** How often the processor time of a running thread is looked at from outside, in milliseconds. */
const CPU_WATCH_MS = 250;
/** The interpreter's recursion happens on the thread's stack: it needs more than usual. */
const STACK_MB = 16;

export class ScriptPool {
  readonly #options: Required<ScriptPoolOptions>;
  readonly #queue = new FairQueue<Job>(QUEUE);
  readonly #threads = new Set<Thread>();
  readonly #running = new Map<string, number>();
  #module: Promise<CompiledModule> | undefined;
  #closed = false;

  constructor(options: ScriptPoolOptions) {
    this.#options = { queueMs: 5000, idleMs: 60_000, ...options };
  }

  /**
   * Runs a script. Throws `TooMany` (`plugin_queue_full`), and `Unavailable` when no thread was free in time or the pool
   * is closed; what the script does wrong is in the outcome.
   */
  async run(run: ScriptRun): Promise<Outcome> {
    const module = await (this.#module ??= compileInterpreter());
    if (this.#closed) throw closed();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        if (this.#queue.remove(run.tenant, job)) {
          reject(new Unavailable('plugin_queue_slow', 'Too many scripts are running'));
        }
      }, this.#options.queueMs);
      const job: Job = { run, resolve, reject, timer };
      try {
        this.#queue.add(run.tenant, job);
      } catch (error) {
        clearTimeout(timer);
        throw error;
      }
      this.#next(module);
    });
  }

  /** Scripts that run and wait. */
  stats(): { running: number; waiting: number; threads: number } {
    const running = [...this.#running.values()].reduce((sum, count) => sum + count, 0);
    return { running, waiting: this.#queue.size, threads: this.#threads.size };
  }

  /** Ends all threads; scripts that run or wait fail. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let job = this.#queue.take(anyone); job; job = this.#queue.take(anyone)) {
      clearTimeout(job.timer);
      job.reject(closed());
    }
    await Promise.all([...this.#threads].map((thread) => thread.end()));
  }

  #next(module: CompiledModule): void {
    while (!this.#closed) {
      const idle = [...this.#threads].filter((thread) => !thread.busy);
      if (idle.length === 0 && this.#threads.size >= this.#options.threads) return;
      const job = this.#queue.take((tenant) => this.#mayRun(tenant));
      if (!job) return;
      clearTimeout(job.timer);
      const known = idle.find(({ tenant }) => tenant === job.run.tenant);
      const thread = known ?? idle[0] ?? this.#start(module);
      void this.#runOn(thread, job, module);
    }
  }

  /** One thread is always left to the others. */
  #mayRun(tenant: string): boolean {
    return (this.#running.get(tenant) ?? 0) < Math.max(1, this.#options.threads - 1);
  }

  async #runOn(thread: Thread, { run, resolve }: Job, module: CompiledModule): Promise<void> {
    const { tenant } = run;
    this.#running.set(tenant, (this.#running.get(tenant) ?? 0) + 1);
    const outcome = await thread.run(run);
    const left = (this.#running.get(tenant) ?? 1) - 1;
    if (left > 0) this.#running.set(tenant, left);
    else this.#running.delete(tenant);
    resolve(outcome);
    this.#next(module);
  }

  #start(module: CompiledModule): Thread {
    const thread: Thread = new Thread(module, this.#options, () => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }
}

/** One thread and the script that it is at. */
class Thread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal: Int32Array<SharedArrayBuffer>;
  readonly #options: Required<ScriptPoolOptions>;
  readonly #onGone: () => void;
  readonly #exited: Promise<void>;
  #current:
    | { id: number; run: ScriptRun; settle: (outcome: Outcome) => void; over: AbortController }
    | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #cpuWatch: NodeJS.Timeout | undefined;
  #runs = 0;
  #tenant: string | undefined;
  #gone = false;

  constructor(module: CompiledModule, options: Required<ScriptPoolOptions>, onGone: () => void) {
    this.#options = options;
    this.#onGone = onGone;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const { prelude, limits } = options;
    const setup: ThreadSetup = { module, prelude, limits, port: port2, signal: this.#signal };
    this.#worker = new Worker(PROGRAM, {
      workerData: setup,
      transferList: [port2],
      // It has no use for our secrets, nor for our flags.
      env: {},
      execArgv: ['--no-warnings'],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 128, stackSizeMb: STACK_MB },
    });
    this.#port.on('message', (message: HostCallMessage) => void this.#answer(message));
    this.#worker.on('message', (message: StartedMessage | DoneMessage) => {
      if ('started' in message) this.#started(message.id);
      else {
        if (message.spent) void this.end();
        this.#settle(message.id, message.outcome);
      }
    });
    this.#worker.on('error', () => this.#fail());
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail();
        resolve();
      });
    });
    // Let the program end while this thread is idle.
    this.#rest();
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** Whose script ran last: the next one of the same tenant is quicker. */
  get tenant(): string | undefined {
    return this.#tenant;
  }

  /** Runs a script to its end. Never rejects. */
  run(run: ScriptRun): Promise<Outcome> {
    clearTimeout(this.#idleTimer);
    this.#worker.ref();
    this.#port.ref();
    const id = ++this.#runs;
    return new Promise((resolve) => {
      const over = new AbortController();
      const settle = (outcome: Outcome) => {
        clearTimeout(this.#watchdog);
        clearInterval(this.#cpuWatch);
        over.abort();
        resolve(outcome);
      };
      this.#current = { id, run, settle, over };
      const { tenant, name, code, event } = run;
      this.#tenant = tenant;
      this.#watch(id, START_MS);
      this.#worker.postMessage({ id, tenant, name, code, event } satisfies RunMessage, []);
    });
  }

  /** Ends the thread when the run is not over after so many milliseconds. */
  #watch(id: number, ms: number): void {
    clearTimeout(this.#watchdog);
    const { wallMs } = this.#options.limits;
    this.#watchdog = setTimeout(() => this.#stop(id, `more than ${wallMs} ms`), ms);
  }

  #started(id: number): void {
    const { wallMs } = this.#options.limits;
    this.#watch(id, wallMs + GRACE_MS);
    const before = this.#cpuTime();
    clearInterval(this.#cpuWatch);
    // The interpreter looks at the clock itself, but not in the middle of everything that it does.
    this.#cpuWatch = setInterval(() => void this.#checkCpu(id, before), CPU_WATCH_MS);
  }

  async #checkCpu(id: number, before: Promise<number>): Promise<void> {
    const { cpuMs } = this.#options.limits;
    const used = (await this.#cpuTime()) - (await before);
    if (used > cpuMs + GRACE_MS) this.#stop(id, `more than ${cpuMs} ms of processor time`);
  }

  /** Processor time of the thread, in milliseconds; 0 when it is gone. */
  async #cpuTime(): Promise<number> {
    const used = await this.#worker.cpuUsage().catch(() => undefined);
    return used ? (used.user + used.system) / 1000 : 0;
  }

  #stop(id: number, what: string): void {
    if (this.#current?.id !== id) return;
    this.#settle(id, { ok: false, reason: 'limit', message: `The script took ${what}` });
    void this.end();
  }

  async end(): Promise<void> {
    this.#leave();
    await this.#worker.terminate();
    await this.#exited;
  }

  async #answer({ sequence, name, args }: HostCallMessage): Promise<void> {
    const current = this.#current;
    if (!current) return;
    const reply = await current.run.host(name, args, current.over.signal);
    this.#port.postMessage({ sequence, ...reply } satisfies HostReplyMessage, []);
    Atomics.store(this.#signal, 0, sequence);
    Atomics.notify(this.#signal, 0);
  }

  #settle(id: number, outcome: Outcome): void {
    const current = this.#current;
    if (current?.id !== id) return;
    this.#current = undefined;
    this.#rest();
    current.settle(outcome);
  }

  #rest(): void {
    this.#worker.unref();
    this.#port.unref();
    clearTimeout(this.#idleTimer);
    if (this.#gone) return;
    this.#idleTimer = setTimeout(() => void this.end(), this.#options.idleMs).unref();
  }

  #fail(): void {
    this.#leave();
    const message = 'The script thread ended';
    if (this.#current) this.#settle(this.#current.id, { ok: false, reason: 'broken', message });
    clearTimeout(this.#idleTimer);
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#idleTimer);
    this.#port.close();
    this.#onGone();
  }
}

/** How long a thread may take to start, on a busy machine, in milliseconds. */
const START_MS = 5000;

const { WebAssembly: WASM } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledModule> };
};

const anyone = () => true;
const closed = () => new Unavailable('plugins_closed', 'The server is closing');

async function compileInterpreter(): Promise<CompiledModule> {
  const file = fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  return WASM.compile(await readFile(file));
}
