// What the server's thread and the script threads say to each other.
import type { MessagePort } from 'node:worker_threads';

/** A compiled WebAssembly program; the type library without browsers does not know it. */
export type CompiledModule = object;

/** Bounds of one run. */
export interface ScriptLimits {
  /** Processor time of the script itself, in milliseconds. */
  cpuMs: number;
  /** Time in all, calls to the server included, in milliseconds. */
  wallMs: number;
  /** Bytes that the script may hold. */
  memoryBytes: number;
  /** Characters of the result, and of what one call to the server sends. */
  textLength: number;
  /** Calls to the server. */
  hostCalls: number;
}

/** What a thread is started with. */
export interface ThreadSetup {
  /** The compiled interpreter. */
  module: CompiledModule;
  /** Text of a script that evaluates to the entry function; see `sandbox.ts`. */
  prelude: string;
  limits: ScriptLimits;
  /** Where calls to the server go out and replies come in. */
  port: MessagePort;
  /** One cell: the number of the last call that was replied to. */
  signal: Int32Array<SharedArrayBuffer>;
}

/** To a thread: run this. */
export interface RunMessage {
  id: number;
  /** Scripts of different owners never meet in one instance of the interpreter. */
  tenant: string;
  name: string;
  code: string;
  /** JSON text that the entry function is given. */
  event: string;
}

/** From a thread: the run begins; a thread takes a while to start. */
export interface StartedMessage {
  id: number;
  started: true;
}

/** From a thread: how it ended. */
export interface DoneMessage {
  id: number;
  outcome: Outcome;
  /** The thread has had its day: the next script runs in another one. */
  spent: boolean;
}

/** From a thread while it waits: a call to the server. */
export interface HostCallMessage {
  sequence: number;
  name: string;
  /** JSON text. */
  args: string;
}

/** The server's answer to a call. */
export interface HostReply {
  ok: boolean;
  /** JSON text: the result, or what went wrong in the words of the host. */
  json: string;
}

export interface HostReplyMessage extends HostReply {
  sequence: number;
}

/**
 * `thrown`: the script failed by itself. `limit`: it was stopped, `message` says at which limit. `broken`: the
 * interpreter failed.
 */
export type Outcome =
  | { ok: true; json: string }
  | { ok: false; reason: 'thrown' | 'limit' | 'broken'; message: string };
