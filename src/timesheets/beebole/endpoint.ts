// One endpoint over HTTP: method, size, credentials, switch, quota, JSON, and then the services (Beebole spec 2.6).
import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../../platform/json.ts';
import type { Platform } from '../../platform/platform.ts';
import { ACCOUNT_HANDLE } from '../accounts.ts';
import { verifyApiToken, type TokenOwner } from '../api-tokens.ts';
import { presentedToken } from './authorization.ts';
import type { BeeboleConfig } from './config.ts';
import { batchOf, Dispatcher, type Generation } from './dispatch.ts';
import { errorBody } from './failures.ts';
import { toJson } from './json.ts';
import { Quota, quotaHeaders } from './quota.ts';
import { Call, isObject } from './service.ts';

/** A request that never gets to a service. */
export class Refusal extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.statusCode = status;
    this.code = code;
    this.headers = headers;
  }
}

const challenge = { 'www-authenticate': 'Basic realm="API"' };

const MINUTE_MS = 60_000;

export class Endpoint {
  readonly #platform: Platform;
  readonly #config: BeeboleConfig;
  readonly #generation: Generation;
  readonly #dispatcher: Dispatcher;
  readonly #quota: Quota;

  constructor(platform: Platform, config: BeeboleConfig, generation: Generation) {
    this.#platform = platform;
    this.#config = config;
    this.#generation = generation;
    this.#dispatcher = new Dispatcher(generation);
    this.#quota = new Quota(platform.limits, platform.tenants.settings, config);
  }

  /** Answers a POST whose body is within the size limit. Throws `Refusal`. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const owner = await this.#authenticate(request);
    if (!owner.account.apiEnabled) {
      throw new Refusal(403, 'api_disabled', 'API calls are disabled for this account');
    }
    const body = parsed(bytes);
    await this.#charge(owner, reply, {
      requests: Math.max(1, batchOf(this.#generation, body)?.length ?? 1),
      bytes: bytes.length,
    });
    if (!isObject(body)) {
      throw new Refusal(400, 'invalid_json', 'Request body is not a valid JSON object');
    }
    const { db, clock, log } = this.#platform;
    const context = { db, clock, account: owner.account, actor: owner.person };
    const text = toJson(await this.#dispatcher.answer(new Call(context, log), body));
    // The writer escapes everything above ASCII: its length in characters is its length in bytes.
    await this.#quota.addAnswer(this.#generation.name, owner, text.length);
    return text;
  }

  async #authenticate(request: FastifyRequest): Promise<TokenOwner> {
    const { db, credentials, tenants } = this.#platform;
    const token = presentedToken(request.headers.authorization);
    if (token === undefined) {
      await this.#throttle(request);
      throw new Refusal(401, 'authentication_required', 'Authentication required', challenge);
    }
    const owner = await verifyApiToken({ db, tokens: credentials.tokens }, token);
    const host = hostLabel(request.hostname);
    const expected = host && (await tenants.handles.find(ACCOUNT_HANDLE, host));
    if (!owner || (expected !== undefined && expected !== owner.account.tenantId)) {
      await this.#throttle(request);
      throw new Refusal(401, 'invalid_token', 'Invalid API token', challenge);
    }
    return owner;
  }

  /** Many failures from one address: the next ones are not looked at. */
  async #throttle({ ip }: FastifyRequest): Promise<void> {
    const window = {
      name: 'beebole.failures',
      ms: MINUTE_MS,
      max: this.#config.failuresPerMinute,
    };
    const taken = await this.#platform.limits.take({
      tenant: '',
      credential: `address:${ip}`,
      windows: [window],
    });
    if (taken.allowed) return;
    const resetAt = taken.exhausted?.resetAt ?? 0;
    throw new Refusal(429, 'too_many_failures', 'Too many requests without a valid token', {
      'retry-after': this.#secondsUntil(resetAt),
    });
  }

  async #charge(
    owner: TokenOwner,
    reply: FastifyReply,
    cost: { requests: number; bytes: number },
  ): Promise<void> {
    const spent = await this.#quota.spend(this.#generation.name, owner, cost);
    reply.headers(quotaHeaders(spent));
    if (spent.allowed) return;
    throw new Refusal(429, 'limit_reached', 'Daily API limit reached', {
      'retry-after': this.#secondsUntil(spent.resetAt),
    });
  }

  #secondsUntil(moment: number): string {
    return String(Math.max(1, Math.ceil((moment - this.#platform.clock.now()) / 1000)));
  }
}

/** The JSON of a failure. */
export function failureText(message: string, code: string): string {
  return toJson(errorBody(message, code));
}

/** The first label of a host name in lower case; nothing for an address. */
function hostLabel(host: string | undefined): string | undefined {
  if (!host || isIP(host) !== 0 || host.startsWith('[')) return undefined;
  return host.split('.', 1)[0]?.toLowerCase();
}

/** The body as JSON; nothing when it is none. Whether that matters is decided after the quota. */
function parsed(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
}
