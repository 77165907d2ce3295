// Runs scripts in an interpreter that is a WebAssembly program: nothing of this process is reachable from inside.
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import type { CompiledModule, HostReply, Outcome, RunMessage, ScriptLimits } from './protocol.ts';

export interface SandboxOptions {
  module: CompiledModule;
  /**
   * A script that evaluates to a function `(host, compile) => entry`. `host(name, json)` calls the server and gives `+json`
   * or `-json`; `compile(name, code)` gives the plugin as a function of `PARAMETERS`; `entry(name, code, eventJson)` runs it
   * and gives JSON text, or a promise of it.
   */
  prelude: string;
  limits: ScriptLimits;
  /** Calls the server and waits, at most so many milliseconds; `undefined`: it took longer. */
  call: (name: string, args: string, timeoutMs: number) => HostReply | undefined;
}

/** The names that a plugin's code finds around it. */
const PARAMETERS =
  'exports,module,require,Box,http,on,storage,context,console,Console,log,BaasBoxError';

/** Bytes of the interpreter's own stack; recursion ends there with an error that the script sees. */
const STACK_BYTES = 192 * 1024;
/** An interpreter is used so often, and while its memory has not grown by this many bytes. */
const MAX_RUNS = 200;
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** The program asks for so much memory to begin with, in pages of 64 KB. */
const INITIAL_PAGES = 256;
const PAGE_BYTES = 65_536;
/** What an interpreter takes that ran nothing large. */
const SMALL_INSTANCE_BYTES = 2 * 1024 * 1024;
/** Memory of interpreters that were left behind, which the garbage collector is in no hurry to free. */
const MAX_LEFT_BYTES = 48 * 1024 * 1024;
/** Jobs of promises that run between two looks at the clock. */
const JOBS = 100;
/** Calls of the interrupt handler between two looks at the processor time. */
const CPU_CHECKS = 8;
const MAX_MESSAGE = 2000;

interface Prepared {
  runtime: QuickJSRuntime;
  context: QuickJSContext;
  entry: QuickJSHandle;
}

/** Stops the script at once; it cannot catch this. */
class LimitReached extends Error {}

export class Sandbox {
  readonly #options: SandboxOptions;
  #instance: QuickJSWASMModule | undefined;
  #runs = 0;
  #leftBytes = 0;
  /** Whose scripts the interpreter runs. */
  #tenant: string | undefined;
  #prepared: Prepared | undefined;
  /** Why the run must end. */
  #reached: string | undefined;
  #wallEnd = Infinity;
  #cpuEnd = Infinity;
  #checks = 0;
  #calls = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** So much memory was left behind that the thread should end: that frees it at once. */
  get isSpent(): boolean {
    return this.#leftBytes > MAX_LEFT_BYTES;
  }

  get #maxPages(): number {
    return Math.max(INITIAL_PAGES, Math.ceil(this.#options.limits.memoryBytes / PAGE_BYTES));
  }

  get #maxGrowth(): number {
    return (this.#maxPages - INITIAL_PAGES) * PAGE_BYTES;
  }

  /** By how much the memory of the interpreter has grown. */
  get #growth(): number {
    const bytes = this.#instance?.getWasmMemory().buffer.byteLength;
    return bytes === undefined ? 0 : bytes - INITIAL_PAGES * PAGE_BYTES;
  }

  /** Makes the next run of this tenant quicker. */
  async prepare(tenant: string): Promise<void> {
    // Another tenant gets another memory, not just another context.
    if (this.#tenant !== tenant) this.#drop();
    if (this.#prepared) return;
    if (this.#runs >= MAX_RUNS || this.#growth > MAX_GROWTH_BYTES) this.#drop();
    if (!this.#instance) await this.#instantiate();
    this.#tenant = tenant;
    this.#prepared = this.#newContext();
  }

  /** Runs a script in a context that no other script has seen. Never throws. */
  async run({ tenant, name, code, event }: RunMessage): Promise<Outcome> {
    try {
      await this.prepare(tenant);
      this.#runs += 1;
      this.#begin();
      const json = this.#evaluate(this.#prepared as Prepared, [name, code, event]);
      // A script that was told to stop may still have answered something.
      if (this.#reached !== undefined) throw new LimitReached(this.#reached);
      this.#finish();
      return json.length > this.#options.limits.textLength
        ? limit(`The result is longer than ${this.#options.limits.textLength} characters`)
        : { ok: true, json };
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): Outcome {
    const reached = this.#reached;
    const known = error instanceof ScriptError || error instanceof LimitReached;
    const full = isOutOfMemory(error) || (!known && this.#growth > this.#maxGrowth / 2);
    // After an error of the interpreter, or without memory, it may be in any state.
    if (known && !full) this.#finish();
    else this.#drop();
    if (reached !== undefined) return limit(reached);
    if (full) return limit('The script ran out of memory');
    if (error instanceof ScriptError) {
      return { ok: false, reason: 'thrown', message: error.message.slice(0, MAX_MESSAGE) };
    }
    if (error instanceof LimitReached) return limit(error.message);
    if (error instanceof RangeError) return limit('The script nests too deep');
    return { ok: false, reason: 'broken', message: 'The interpreter failed' };
  }

  #begin(): void {
    const { wallMs, cpuMs } = this.#options.limits;
    this.#reached = undefined;
    this.#calls = 0;
    this.#wallEnd = performance.now() + wallMs;
    this.#cpuEnd = cpuTime() + cpuMs;
  }

  #evaluate({ runtime, context, entry }: Prepared, args: string[]): string {
    const handles = args.map((text) => context.newString(text));
    const result = context.callFunction(entry, context.undefined, handles);
    for (const handle of handles) handle.dispose();
    const value =
      'error' in result && result.error ? this.#raise(context, result.error) : result.value;
    try {
      return this.#settled(runtime, context, value);
    } finally {
      value.dispose();
    }
  }

  /** Runs what the script left to promises, and gives its result. */
  #settled(runtime: QuickJSRuntime, context: QuickJSContext, value: QuickJSHandle): string {
    while (runtime.hasPendingJob()) {
      const ran = runtime.executePendingJobs(JOBS);
      if (ran.error) this.#raise(context, ran.error);
      ran.dispose();
      if (this.#interrupted()) throw new LimitReached(this.#reached);
    }
    if (context.typeof(value) === 'string') return context.getString(value);
    const state = context.getPromiseState(value);
    if (state.type === 'rejected') this.#raise(context, state.error);
    if (state.type !== 'fulfilled')
      throw new ScriptError('The promise of the script never settles');
    const text = context.getString(state.value);
    if (!state.notAPromise) state.value.dispose();
    return text;
  }

  #raise(context: QuickJSContext, error: QuickJSHandle): never {
    const dumped = context.dump(error) as unknown;
    error.dispose();
    // There was not even room for the error.
    const full = dumped === null && this.#growth >= this.#maxGrowth / 2;
    throw new ScriptError(full ? OUT_OF_MEMORY : describe(dumped));
  }

  async #instantiate(): Promise<void> {
    // The package's types describe its other module format, where the variant is one level deeper.
    const base = variant as unknown as QuickJSSyncVariant;
    const { module: wasmModule } = this.#options;
    // The interpreter counts blocks, not bytes: what it cannot exceed is the size of its memory.
    const wasmMemory = new WASM.Memory({ initial: INITIAL_PAGES, maximum: this.#maxPages });
    const own = newVariant(base, { wasmModule, wasmMemory });
    this.#instance = await newQuickJSWASMModuleFromVariant(own);
    this.#runs = 0;
  }

  #newContext(): Prepared {
    const runtime = (this.#instance as QuickJSWASMModule).newRuntime();
    runtime.setMemoryLimit(this.#options.limits.memoryBytes);
    runtime.setMaxStackSize(STACK_BYTES);
    // The prelude is ours: it runs without limits of time.
    this.#wallEnd = Infinity;
    this.#cpuEnd = Infinity;
    runtime.setInterruptHandler(() => this.#interrupted());
    const context = runtime.newContext();
    const host = context.newFunction('host', (nameHandle, argsHandle) =>
      context.newString(
        this.#callHost(context.getString(nameHandle), context.getString(argsHandle)),
      ),
    );
    const compile = context.newFunction('compile', (nameHandle, codeHandle) => {
      // On one line, so that line numbers in errors are those of the plugin.
      const code = `(function(${PARAMETERS}){${context.getString(codeHandle)}\n})`;
      return context.evalCode(code, `${context.getString(nameHandle)}.js`, { type: 'global' });
    });
    const make = context.unwrapResult(context.evalCode(this.#options.prelude, 'box.js'));
    const entry = context.unwrapResult(
      context.callFunction(make, context.undefined, [host, compile]),
    );
    for (const handle of [make, host, compile]) handle.dispose();
    return { runtime, context, entry };
  }

  #callHost(name: string, args: string): string {
    const { limits, call } = this.#options;
    if (this.#reached !== undefined) return STOPPED;
    if (++this.#calls > limits.hostCalls) {
      this.#reached = `The script makes more than ${limits.hostCalls} calls to the server`;
      return STOPPED;
    }
    if (args.length > limits.textLength) {
      return refused(`A call to the server sends more than ${limits.textLength} characters`);
    }
    const reply = call(name, args, Math.max(0, this.#wallEnd - performance.now()));
    if (!reply) {
      this.#reached = this.#tooLong();
      return STOPPED;
    }
    return (reply.ok ? '+' : '-') + reply.json;
  }

  /** Asked by the interpreter every few microseconds of work. */
  #interrupted(): boolean {
    if (this.#reached !== undefined) return true;
    if (performance.now() > this.#wallEnd) this.#reached = this.#tooLong();
    else if (++this.#checks % CPU_CHECKS === 0 && cpuTime() > this.#cpuEnd) {
      this.#reached = `The script took more than ${this.#options.limits.cpuMs} ms of processor time`;
    }
    return this.#reached !== undefined;
  }

  #tooLong(): string {
    return `The script took more than ${this.#options.limits.wallMs} ms`;
  }

  #finish(): void {
    this.#forget();
    this.#reached = undefined;
  }

  /** Frees the context, if it is in a state to be freed. */
  #forget(): void {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (!prepared || !this.#instance) return;
    try {
      prepared.entry.dispose();
      prepared.context.dispose();
      prepared.runtime.dispose();
    } catch {
      this.#drop();
    }
  }

  /** Leaves the interpreter and its memory to the garbage collector. */
  #drop(): void {
    if (this.#instance) this.#leftBytes += SMALL_INSTANCE_BYTES + this.#growth;
    this.#runs = 0;
    this.#prepared = undefined;
    this.#instance = undefined;
    this.#reached = undefined;
  }
}

const OUT_OF_MEMORY = 'InternalError: out of memory';

function isOutOfMemory(error: unknown): boolean {
  return error instanceof ScriptError && error.message.startsWith(OUT_OF_MEMORY);
}

/** What the interpreter's types call the memory of a program. */
type WebAssemblyMemory = ReturnType<QuickJSWASMModule['getWasmMemory']>;

/** The type library without browsers does not know it. */
const { WebAssembly: WASM } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (size: { initial: number; maximum: number }) => WebAssemblyMemory;
  };
};

/** What the script itself threw. */
class ScriptError extends Error {}

const STOPPED = refused('The script was stopped');

function refused(message: string): string {
  return `-${JSON.stringify({ message })}`;
}

function limit(message: string): Outcome {
  return { ok: false, reason: 'limit', message };
}

/** Processor time of this thread, in milliseconds. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { name, message, stack } = thrown as Record<string, unknown>;
  const head = `${typeof name === 'string' ? name : 'Error'}: ${typeof message === 'string' ? message : ''}`;
  return typeof stack === 'string' ? `${head}\n${stack}` : head;
}
