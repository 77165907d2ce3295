// Root: the operator of the server, known by a password in the configuration and by nothing else (BaasBox spec 2.8).
import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { TooMany } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import { ADMINISTRATOR } from '../roles/roles.ts';
import { DEFAULT_ADMIN } from '../users/administrator.ts';
import { findUserByName } from '../users/rows.ts';
import { actorFor } from '../users/sessions.ts';

/** The name that root logs in with. */
export const ROOT_NAME = 'root';

/** Wrong passwords from one address, and how long it is refused after them. */
const MAX_FAILURES = 20;
const PAUSE_MS = 60_000;
const MAX_ADDRESSES = 10_000;

export class Root {
  /** Whether root may call what administrators call. */
  readonly mayAdminister: boolean;
  readonly #digest: Buffer | undefined;
  readonly #clock: Clock;
  readonly #failures: LRUCache<string, { count: number; until: number }>;

  /** Without a password nobody is root. */
  constructor(
    { password, admin }: { password?: string | undefined; admin: boolean },
    clock: Clock,
  ) {
    this.mayAdminister = admin && password !== undefined;
    this.#digest = password === undefined ? undefined : digestOf(password);
    this.#clock = clock;
    this.#failures = new LRUCache({ max: MAX_ADDRESSES });
  }

  /** Whether this is root's password. Throws `TooMany` for a minute after 20 wrong ones from one address. */
  admits(password: string, client: string): boolean {
    const now = this.#clock.now();
    const known = this.#failures.get(client);
    const failed = known && known.until > now ? known : { count: 0, until: 0 };
    if (failed.count >= MAX_FAILURES) {
      throw new TooMany('root_throttled', 'Too many wrong passwords', { retryAt: failed.until });
    }
    if (this.#digest && timingSafeEqual(this.#digest, digestOf(password))) return true;
    this.#failures.set(client, { count: failed.count + 1, until: now + PAUSE_MS });
    return false;
  }
}

/** Texts of one length, so that comparing them takes one time. */
function digestOf(password: string): Buffer {
  return createHash('sha256').update(password.normalize('NFC')).digest();
}

/** Root in an app: its account `admin` where there is one, else an administrator who is no user. */
export async function rootActor(context: BackendContext, tenant: string): Promise<Actor> {
  const row = await findUserByName(context.db, tenant, DEFAULT_ADMIN);
  if (row?.role === ADMINISTRATOR) {
    const actor = await actorFor(context, { tenant, subject: row.id });
    if (actor) return actor;
  }
  return { tenant, user: undefined, grantees: [], seesAll: true, administrator: true };
}
