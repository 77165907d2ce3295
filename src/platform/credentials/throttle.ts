// Slows down guessing of passwords: failed logins are counted in the database, so all processes see them.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { statement } from '../database/statement.ts';
import { TooMany } from '../errors.ts';
import { keyedHash } from './keys.ts';
import type { CredentialTables } from './tables.ts';

/** How a count of failures turns into waiting. Times in milliseconds. */
export interface ThrottleRule {
  /** Failures that cost nothing. */
  free: number;
  /** The first failure above `free` costs one second, each further one twice as much, up to this. */
  maxDelayMs: number;
  /** After this long without a failure the count starts again. */
  forgetMs: number;
}

export interface ThrottleRules {
  /** One name from one address: a person who mistypes, or a simple attack. */
  pair: ThrottleRule;
  /** One name from everywhere: an attack from many addresses. */
  name: ThrottleRule;
  /** One address at many names; generous, because an office or a gateway shares one. */
  client: ThrottleRule;
}

export const THROTTLE_RULES: ThrottleRules = {
  pair: { free: 20, maxDelayMs: 900_000, forgetMs: 3_600_000 },
  name: { free: 200, maxDelayMs: 60_000, forgetMs: 3_600_000 },
  client: { free: 1000, maxDelayMs: 60_000, forgetMs: 900_000 },
};

const FIRST_DELAY_MS = 1000;

/** Pairs of name and address that logged in lately, remembered in this process. */
const KNOWN_PAIRS = 10_000;

export interface Attempt {
  tenant: string;
  realm: string;
  /** Folded (`foldName`). */
  nameKey: string;
  /** Address of the client as the operator's proxy settings give it. */
  client: string | undefined;
}

interface Row {
  scope: string;
  failures: number;
  failed_at: number;
  forget_at: number;
}

const read = statement<
  { tenant: string; pair: string; name: string; client: string },
  Row,
  CredentialTables
>((db, slot) =>
  db
    .selectFrom('platform_login_failures')
    .select(['scope', 'failures', 'failed_at', 'forget_at'])
    .where('tenant_id', '=', slot('tenant'))
    .where('scope', 'in', [slot('pair'), slot('name'), slot('client')]),
);

const add = statement<
  { tenant: string; scope: string; now: number; forget: number },
  unknown,
  CredentialTables
>((db, slot) =>
  db
    .insertInto('platform_login_failures')
    .values({
      tenant_id: slot('tenant'),
      scope: slot('scope'),
      failures: 1,
      failed_at: slot('now'),
      forget_at: slot('forget'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'scope']).doUpdateSet((row) => ({
        failures: row
          .case()
          .when('platform_login_failures.forget_at', '<=', slot('now'))
          .then(1)
          .else(row('platform_login_failures.failures', '+', 1))
          .end(),
        failed_at: row.ref('excluded.failed_at'),
        forget_at: row.ref('excluded.forget_at'),
      })),
    ),
);

const clear = statement<{ tenant: string; scope: string }, unknown, CredentialTables>((db, slot) =>
  db
    .deleteFrom('platform_login_failures')
    .where('tenant_id', '=', slot('tenant'))
    .where('scope', '=', slot('scope')),
);

const sweep = statement<{ now: number }, unknown, CredentialTables>((db, slot) =>
  db.deleteFrom('platform_login_failures').where('forget_at', '<=', slot('now')),
);

/**
 * Only attempts that need a password hash come here: sessions, tokens and passwords that were verified a moment ago
 * are never refused, so nobody can end somebody else's work. An address from which the name logged in lately does not
 * share the count that strangers run up for that name, so nobody can keep the owner out either.
 */
export class LoginThrottle {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #key: Uint8Array;
  readonly #rules: ThrottleRules;
  readonly #known = new LRUCache<string, true>({ max: KNOWN_PAIRS });

  constructor(
    db: Database,
    {
      clock,
      key,
      rules = THROTTLE_RULES,
    }: { clock: Clock; key: Uint8Array; rules?: ThrottleRules },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#key = key;
    this.#rules = rules;
  }

  /**
   * Whether this attempt may be made now; gives true when the pair has failures to forget after a success.
   * Throws `TooMany` (`login_throttled`, `retryAt` in milliseconds since 1970).
   */
  async admit(attempt: Attempt): Promise<boolean> {
    const scopes = this.#scopes(attempt);
    const now = this.#clock.now();
    const rows = await read.all(this.#db, { tenant: attempt.tenant, ...scopes });
    let retryAt = 0;
    for (const row of rows) {
      const rule =
        row.scope === scopes.pair ? 'pair' : row.scope === scopes.name ? 'name' : 'client';
      if (row.forget_at <= now) continue;
      if (rule === 'name' && this.#known.has(scopes.pair)) continue;
      retryAt = Math.max(retryAt, row.failed_at + delayAfter(row.failures, this.#rules[rule]));
    }
    if (now < retryAt) {
      throw new TooMany('login_throttled', 'Too many failed logins, try again later', { retryAt });
    }
    return rows.some((row) => row.scope === scopes.pair);
  }

  async failed(attempt: Attempt): Promise<void> {
    const { tenant, client } = attempt;
    const scopes = this.#scopes(attempt);
    const now = this.#clock.now();
    const counted: [string, ThrottleRule][] = [
      [scopes.pair, this.#rules.pair],
      [scopes.name, this.#rules.name],
    ];
    if (client !== undefined) counted.push([scopes.client, this.#rules.client]);
    // Always in the same order, so that two processes never wait for each other.
    counted.sort(([a], [b]) => (a < b ? -1 : 1));
    await this.#db.write(async (trx) => {
      for (const [scope, rule] of counted) {
        await add.run(trx, { tenant, scope, now, forget: now + rule.forgetMs });
      }
    });
  }

  async succeeded(attempt: Attempt, hadFailures: boolean): Promise<void> {
    const { pair } = this.#scopes(attempt);
    this.#known.set(pair, true);
    if (hadFailures) {
      await this.#db.write((trx) => clear.run(trx, { tenant: attempt.tenant, scope: pair }));
    }
  }

  /** Removes counts that are forgotten. */
  async sweep(): Promise<number> {
    return this.#db.write((trx) => sweep.run(trx, { now: this.#clock.now() }));
  }

  /** Row keys: hashes, so that neither mistyped passwords in the name field nor addresses are kept readable. */
  #scopes({ tenant, realm, nameKey, client = '' }: Attempt) {
    return {
      pair: keyedHash(this.#key, ['pair', tenant, realm, nameKey, client]),
      name: keyedHash(this.#key, ['name', tenant, realm, nameKey]),
      client: keyedHash(this.#key, ['client', tenant, client]),
    };
  }
}

function delayAfter(failures: number, rule: ThrottleRule): number {
  const above = failures - rule.free;
  return above <= 0 ? 0 : Math.min(rule.maxDelayMs, FIRST_DELAY_MS * 2 ** Math.min(above - 1, 40));
}
