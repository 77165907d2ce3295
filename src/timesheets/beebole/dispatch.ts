// From the body of a request to its answer: one service, or a batch of them (Beebole spec 2.6, 5.15).
import type { Account } from '../model.ts';
import {
  errorBody,
  failureBody,
  invalidParameter,
  invalidService,
  type FailureStyle,
} from './failures.ts';
import {
  isObject,
  prefixOf,
  type Answer,
  type Call,
  type Service,
  type Source,
} from './service.ts';

/** One generation of the protocol. */
export interface Generation {
  name: 'v1' | 'v2';
  services: readonly Service[];
  style(account: Account): FailureStyle;
  /** Whether a request may hold several services. */
  batches: boolean;
}

/** Services in one batch. */
const MAX_BATCH = 50;

/** The services by all their names. Throws `TypeError` when two share a name. */
export function byName(services: readonly Service[]): ReadonlyMap<string, Service> {
  const found = new Map<string, Service>();
  for (const service of services) {
    for (const name of [service.name, ...(service.aliases ?? [])]) {
      if (found.has(name)) throw new TypeError(`Two services are called ${name}`);
      found.set(name, service);
    }
  }
  return found;
}

/** The requests of a batch; nothing when the body is a single request. */
export function batchOf(generation: Generation, body: unknown): readonly unknown[] | undefined {
  if (!generation.batches || !isObject(body) || body['service'] !== undefined) return undefined;
  const { services } = body;
  return Array.isArray(services) ? services : undefined;
}

/** Answers a request or batch. What fails for reasons that the caller may know becomes an answer, the rest is thrown. */
export class Dispatcher {
  readonly #generation: Generation;
  readonly #services: ReadonlyMap<string, Service>;

  constructor(generation: Generation) {
    this.#generation = generation;
    this.#services = byName(generation.services);
  }

  /** The answer to a whole body: an object, or an array for a batch. */
  async answer(call: Call, body: Source): Promise<Answer | Answer[]> {
    const batch = batchOf(this.#generation, body);
    if (!batch) return this.#one(call, body);
    if (batch.length > MAX_BATCH) {
      const { message, code } = invalidParameter('services');
      return errorBody(message, code);
    }
    const answers: Answer[] = [];
    for (const request of batch) answers.push(await this.#one(call, request));
    return answers;
  }

  async #one(call: Call, request: unknown): Promise<Answer> {
    const name = isObject(request) ? request['service'] : undefined;
    const service = typeof name === 'string' ? this.#services.get(name) : undefined;
    try {
      if (!service) throw invalidService(name);
      return { status: 'ok', ...(await service.run(call, request as Source)) };
    } catch (error) {
      const style = this.#generation.style(call.context.account);
      return failureBody(error, style, prefixOf(service?.wrapper));
    }
  }
}
