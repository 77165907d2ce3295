// Answers the calls of one running script, with the rights of whoever called it (BaasBox spec 5.17).
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../platform/errors.ts';
import type { Actor, BackendContext } from '../../context.ts';
import type { HostReply } from '../../plugins/engine/protocol.ts';
import { administratorOf } from '../../plugins/identities.ts';
import { findPlugin, noPlugin } from '../../plugins/plugins.ts';
import type { ScriptTransaction } from '../../plugins/transaction.ts';
import type { Json } from '../../query/values.ts';
import { failureOf } from '../errors.ts';
import { Failure } from '../failure.ts';
import { HOST_CALLS } from './host-calls.ts';
import { JsonText } from './json-text.ts';
import type { PluginServices } from './services.ts';

export interface HostOptions {
  services: PluginServices;
  /** Who called the script. */
  actor: Actor;
  request: FastifyRequest;
  /** The plugin that runs. */
  plugin: string;
}

const MAX_DEPTH = 20;
const MAX_MODULES = 50;
/** Lines of one run, and characters of one line. */
const MAX_LINES = 100;
const MAX_LINE = 2000;

/** One call, as the functions in `host-calls.ts` see it. */
export type HostCall = (
  host: ScriptHost,
  args: readonly Json[],
  signal: AbortSignal,
) => Promise<unknown>;

export class ScriptHost {
  readonly services: PluginServices;
  readonly request: FastifyRequest;
  /** Who called the script, whatever rights it has now. */
  readonly caller: Actor;
  readonly plugin: string;
  /** How often each storage is held, with the function that gives it back. */
  readonly held = new Map<string, { depth: number; release: () => void }>();
  readonly #actors: Actor[];
  readonly #modules: Set<string>;
  #transaction: ScriptTransaction | undefined;
  #lines = 0;
  #running: Promise<unknown> = Promise.resolve();

  constructor({ services, actor, request, plugin }: HostOptions) {
    this.services = services;
    this.request = request;
    this.caller = actor;
    this.plugin = plugin;
    this.#actors = [actor];
    this.#modules = new Set([plugin]);
  }

  /** With whose rights the script acts now. */
  get actor(): Actor {
    return this.#actors.at(-1) as Actor;
  }

  /** The room, or the transaction that the script is in. */
  get context(): BackendContext {
    return this.#transaction?.context ?? this.services.context;
  }

  get inTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** Answers a call. Never rejects. */
  answer(name: string, args: string, signal: AbortSignal): Promise<HostReply> {
    const answered = this.#answer(name, args, signal);
    this.#running = answered;
    return answered;
  }

  async #answer(name: string, args: string, signal: AbortSignal): Promise<HostReply> {
    try {
      const call = Object.hasOwn(HOST_CALLS, name) ? HOST_CALLS[name] : undefined;
      if (!call) throw new Failure(400, `There is no call ${name}`);
      const value = await call(this, JSON.parse(args) as Json[], signal);
      const json = value instanceof JsonText ? value.text : JSON.stringify(value ?? null);
      return { ok: true, json };
    } catch (error) {
      return { ok: false, json: JSON.stringify(this.#told(error)) };
    }
  }

  #told(error: unknown): Record<string, unknown> {
    const { statusCode: status, message, bbCode } = failureOf(error);
    if (status === 500)
      this.services.context.log.error({ err: error }, 'a call of a script failed');
    const code = error instanceof DomainError ? error.code : undefined;
    const noCollection =
      code === 'no_collection' ||
      (status === 404 && message.endsWith('is not a valid collection name'));
    return { message, status, bb_code: bbCode, code, ...(noCollection ? { noCollection } : {}) };
  }

  /** Runs an endpoint with the rights that the script has. */
  endpoint(
    method: string,
    path: readonly string[],
    options: {
      query?: Record<string, string | string[]>;
      body?: Json | undefined;
      actor?: Actor;
    } = {},
  ): Promise<string> {
    const { context, actor, request } = this;
    return this.services.calls.perform({ context, actor, request, method, path, ...options });
  }

  /** Lifts the rights of the script, if the caller's were not enough. */
  async enterAdmin(): Promise<void> {
    if (this.#actors.length >= MAX_DEPTH) throw new Failure(400, 'runAsAdmin nests too deep');
    const { actor, context } = this;
    this.#actors.push(
      actor.administrator ? actor : await administratorOf(context, this.caller.tenant),
    );
  }

  leaveAdmin(): void {
    if (this.#actors.length > 1) this.#actors.pop();
  }

  /** The code of a library, for `require`. Throws `NotFound`. */
  async require(name: string): Promise<string> {
    const { tenant } = this.caller;
    const found = await findPlugin(this.context.db, tenant, name);
    if (!found?.library || !found.active || !found.ready) throw noPlugin(name);
    if (this.#modules.size >= MAX_MODULES) throw new Failure(400, 'A script requires too much');
    this.#modules.add(name);
    return found.code;
  }

  /** Throws `Failure` for a plugin that is no part of this run. */
  checkModule(name: string): void {
    if (!this.#modules.has(name)) throw new Failure(400, `${name} does not run`);
  }

  async beginTransaction(): Promise<void> {
    if (this.#transaction) throw new Failure(400, 'A transaction is open already');
    this.#transaction = await this.services.transactions.begin(this.caller.tenant);
  }

  /** Ends the transaction; without one nothing happens. */
  async endTransaction(how: 'commit' | 'rollback'): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = undefined;
    if (!transaction && how === 'commit') throw new Failure(400, 'There is no transaction');
    await transaction?.[how]();
  }

  log(level: string, words: readonly string[]): void {
    this.#lines += 1;
    if (this.#lines > MAX_LINES + 1) return;
    const { services, plugin, caller } = this;
    const { clock } = services.context;
    const message =
      this.#lines > MAX_LINES
        ? `This script logs more than ${MAX_LINES} lines; the rest is left out`
        : words.join(' ').slice(0, MAX_LINE);
    services.journal.add(caller.tenant, {
      at: clock.now(),
      topic: 'plugins',
      fields: { plugin, level, message, user: caller.user?.name ?? '' },
    });
  }

  /** Gives back what the script holds; an open transaction is undone. */
  async end(): Promise<void> {
    for (const { release } of this.held.values()) release();
    this.held.clear();
    // A call that nobody waits for any more may still be using the transaction.
    if (this.#transaction) await this.endTransaction('rollback').catch(() => undefined);
    await this.#running;
  }
}
