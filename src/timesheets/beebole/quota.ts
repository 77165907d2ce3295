// The daily limits of a person: requests and bytes, for each generation on its own (Beebole spec 3).
import type { Limits, Spent } from '../../platform/limits/limits.ts';
import type { TenantSettings } from '../../platform/tenants/settings.ts';
import type { TokenOwner } from '../api-tokens.ts';
import type { BeeboleConfig } from './config.ts';

type GenerationName = 'v1' | 'v2';

/** Limits of one account that replace those of the server; 0 means no limit. */
export type AccountLimits = {
  [Name in GenerationName]?: { requestsPerDay?: number; kilobytesPerDay?: number };
};

/** The tenant's setting that holds `AccountLimits`. */
export const LIMITS_SETTING = 'beebole.limits';

const KILOBYTE = 1024;

export class Quota {
  readonly #limits: Limits;
  readonly #settings: TenantSettings;
  readonly #config: BeeboleConfig;

  constructor(limits: Limits, settings: TenantSettings, config: BeeboleConfig) {
    this.#limits = limits;
    this.#settings = settings;
    this.#config = config;
  }

  /** Counts `requests` calls and the bytes of their body, if all fit. What is refused is not counted. */
  async spend(
    generation: GenerationName,
    owner: TokenOwner,
    { requests, bytes }: { requests: number; bytes: number },
  ): Promise<Spent> {
    const { tenantId } = owner.account;
    const own = (await this.#settings.get<AccountLimits>(tenantId, LIMITS_SETTING))?.[generation];
    const { requestsPerDay, kilobytesPerDay } = { ...this.#config[generation], ...own };
    return this.#limits.spend({
      ...keyOf(generation, owner),
      requests,
      bytes,
      maxRequests: requestsPerDay,
      maxBytes: kilobytesPerDay * KILOBYTE,
    });
  }

  /** Adds the bytes of an answer, which is delivered even when it crosses the line. */
  addAnswer(generation: GenerationName, owner: TokenOwner, bytes: number): Promise<void> {
    return this.#limits.addBytes(keyOf(generation, owner), bytes);
  }
}

function keyOf(generation: GenerationName, { account, person }: TokenOwner) {
  return {
    tenant: account.tenantId,
    credential: `timesheets.person:${person.id}`,
    budget: `beebole.${generation}`,
    period: 'day' as const,
    timeZone: account.timeZone,
  };
}

/** Headers that tell how much is left; none where there is no limit. `X-RateLimit-Reset` is in Unix seconds. */
export function quotaHeaders({ requests, bytes, resetAt }: Spent): Record<string, string> {
  const meter = (name: string, { limit, remaining }: Spent['requests']) =>
    limit > 0
      ? {
          [`x-ratelimit-${name}limit`]: String(limit),
          [`x-ratelimit-${name}remaining`]: String(remaining),
        }
      : {};
  return {
    ...meter('', requests),
    ...meter('bytes-', bytes),
    ...(requests.limit + bytes.limit > 0 && {
      'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
    }),
  };
}
