// Who may call, and how often: Bearer keys and their two windows (Beefree spec 2.3, 2.4).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WindowState } from '../../platform/limits/limits.ts';
import type { Platform } from '../../platform/platform.ts';
import { countCall, verifyApiKey } from '../api-keys.ts';
import type { BeefreeConfig } from './config.ts';
import { malformedHeader, missingHeader, rateLimited, unknownKey, type Refusal } from './errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The tenant whose API key came with the request; set before the body is read. */
    contentTenant?: string;
    /** Counts one more request of the key; gives the refusal when there is none left. */
    contentCharge?: () => Promise<Refusal | undefined>;
  }
  interface FastifyContextConfig {
    /** The key may also come as user or password of Basic. */
    basicKey?: boolean;
  }
}

const BEARER = /^Bearer +(\S+)$/i;
const BASIC = /^Basic +([\w+/=-]{1,1000})$/i;

/**
 * A hook that checks the key and takes the request from both windows, before the body is read. Throws the refusals of
 * the protocol; the headers of the limits stay on the reply, whatever the answer becomes.
 */
export function admission(
  platform: Pick<Platform, 'clock' | 'credentials' | 'limits'>,
  config: BeefreeConfig,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const windows = [
    { name: 'second', ms: 1000, max: config.requestsPerSecond },
    { name: 'minute', ms: 60_000, max: config.requestsPerMinute },
  ];
  return async (request, reply) => {
    const header = request.headers.authorization?.trim();
    if (!header) throw missingHeader();
    const keys = keysIn(header, request.routeOptions.config?.basicKey === true);
    if (keys.length === 0) throw malformedHeader();
    const found = await Promise.all(keys.map((one) => verifyApiKey(platform, one)));
    const holder = found.find((one) => one !== undefined);
    if (!holder) throw unknownKey();
    request.contentTenant = holder.tenant;

    const { tenant, id: credential } = holder;
    request.contentCharge = async () => {
      const taken = await platform.limits.take({ tenant, credential, windows });
      describe(reply, taken.exhausted ?? taken.windows[1]);
      if (!taken.exhausted) {
        await countCall(platform, tenant, credential);
        return undefined;
      }
      const at = Math.ceil(taken.exhausted.resetAt / 1000);
      const seconds = Math.max(1, at - Math.floor(platform.clock.now() / 1000));
      reply.header('retry-after', config.retryAfter === 'seconds' ? seconds : at);
      return rateLimited();
    };
    const refusal = await request.contentCharge();
    if (refusal) throw refusal;
  };
}

/** What may be the key: the token, or of Basic both parts that are not empty. */
function keysIn(header: string, basic: boolean): string[] {
  const token = BEARER.exec(header)?.[1];
  const pair = basic ? BASIC.exec(header)?.[1] : undefined;
  if (token !== undefined) return [token];
  if (pair === undefined) return [];
  const [user = '', ...password] = Buffer.from(pair, 'base64').toString().split(':');
  return [password.join(':'), user].filter((part) => part !== '');
}

/** The three headers describe the minute, or the window that is used up. */
function describe(reply: FastifyReply, state: WindowState | undefined): void {
  if (!state || !Number.isFinite(state.remaining)) return;
  reply.headers({
    'x-rate-limit': state.limit,
    'x-rate-limit-remaining': state.remaining,
    'x-rate-limit-reset': Math.ceil(state.resetAt / 1000),
  });
}
