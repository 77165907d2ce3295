// Tokens of all doors: sessions, API tokens and API keys. Only keyed hashes of them are stored.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { memo } from '../database/memo.ts';
import type { Transaction } from '../database/statement.ts';
import { TooLarge } from '../errors.ts';
import type { Random } from '../random.ts';
import { deriveKey, keyedHash } from './keys.ts';
import { foldName } from './names.ts';
import type { PasswordIdentity } from './passwords.ts';
import { seal, unseal } from './sealing.ts';
import type { TokenFormat } from './token-formats.ts';
import {
  checkToken,
  expiredTokens,
  insertOwner,
  putToken,
  listLive,
  listOfKind,
  listOfSubject,
  ownerOf,
  removeOwner,
  removeToken,
  removeTokenOfKind,
  removeTokenOnce,
  removeOwnersOfKind,
  removeTokensOf,
  removeTokensOfKind,
  setIdle,
  sealedToken,
  type CheckRow,
  type ListRow,
} from './token-rows.ts';
import { Touches } from './touches.ts';

/** `{}`: never. `at`: at that moment (ms since 1970). `afterIdleMs`: that long after the last use. */
export type Expiry = { at?: number } | { afterIdleMs: number };

export interface NewToken {
  tenant: string;
  /** Which door and purpose: `baasbox.session`, `beefree.key`, … A token is only ever valid as its own kind. */
  kind: string;
  /** The room's own id of whoever the token acts for. */
  subject: string;
  format: TokenFormat;
  expiry?: Expiry;
  /** For people: what the token is for. */
  label?: string;
  /** What the door wants to find again on each check; JSON, at most 8 K characters. Never a secret. */
  data?: unknown;
  /** Ends the token when this password changes, is renamed, suspended or removed. */
  boundTo?: PasswordIdentity;
  /** Also keeps the token encrypted, for `reveal`. */
  showable?: boolean;
  /** The subject has one token of this kind: an older one ends at once. */
  only?: boolean;
}

export interface IssuedToken {
  /** The secret. Give it to the client and forget it. */
  token: string;
  /** Public: for lists, logs and `revokeId`. */
  id: string;
  expiresAt: number | undefined;
}

export interface TokenInfo {
  id: string;
  subject: string;
  label: string;
  data: unknown;
  createdAt: number;
  /** The last use, up to a minute behind. */
  usedAt: number | undefined;
  expiresAt: number | undefined;
  showable: boolean;
}

/** Whose token it is. */
export interface TokenHolder {
  tenant: string;
  id: string;
  subject: string;
  label: string;
  data: unknown;
  expiresAt: number | undefined;
}

/**
 * `unknown`: never issued, or revoked. `expired`: its time is over. `superseded`: it was good until the password that it
 * is bound to changed, was renamed, suspended or removed; `holder` says whose it was.
 */
export type TokenCheck =
  | ({ valid: true } & TokenHolder)
  | { valid: false; reason: 'unknown' | 'expired' }
  | { valid: false; reason: 'superseded'; holder: TokenHolder };

/** Characters of a presented token that are looked at; ours have at most about 60. */
const MAX_TOKEN = 256;
const MAX_DATA = 8192;
const MAX_LABEL = 200;

/** Expired rows stay this long, so that the sweep never overtakes an expiry that is still being written. */
const SWEEP_SLACK_MS = 300_000;
const SWEEP_BATCH = 500;

const UNKNOWN: TokenCheck = { valid: false, reason: 'unknown' };

export interface TokensOptions {
  clock: Clock;
  random: Random;
  /** 32 bytes; the same in all processes. Another key ends all tokens. */
  serverKey: Uint8Array;
}

/**
 * A logout or a change of password in any process counts on the very next request: a row is read on each check, or
 * remembered while the database itself says that no token and no password has changed (`memo.ts`). The time of a sliding expiry is exact in the process that serves the token; other processes
 * and a restart after a crash see it up to `min(time-out / 20, 60 s)` plus a second late.
 */
export class Tokens {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #hashKey: Buffer;
  readonly #sealKey: Buffer;
  readonly #touches: Touches;
  /** Rows of tokens that were presented lately, by kind and token: while they are known, no hash is made either. */
  readonly #rows = memo<CheckRow>({ max: 20_000 });

  constructor(db: Database, { clock, random, serverKey }: TokensOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#hashKey = deriveKey(serverKey, 'token-hash');
    this.#sealKey = deriveKey(serverKey, 'token-seal');
    this.#touches = new Touches(db);
  }

  /** Makes a token. Throws `TooLarge` when `data` or `label` (200 characters) is too long. */
  async issue(trx: Transaction, request: NewToken): Promise<IssuedToken> {
    const { tenant, kind, subject, label = '', boundTo, expiry = {} } = request;
    const data = JSON.stringify(request.data ?? null);
    if (data.length > MAX_DATA || label.length > MAX_LABEL) {
      throw new TooLarge('token_data', 'The data of a token are too long');
    }
    const now = this.#clock.now();
    const slidingMs = 'afterIdleMs' in expiry ? expiry.afterIdleMs : null;
    const expiresAt =
      slidingMs === null ? ((expiry as { at?: number }).at ?? null) : now + slidingMs;
    const token = request.format(this.#random);
    // One id for the subject's only token, so that two processes that replace it at once leave one.
    const id = request.only ? `${kind}:${subject}` : this.#random.uuid7();
    const hash = this.#hash(kind, token);
    if (request.only) await this.revokeId(trx, tenant, id);
    await putToken.run(trx, {
      tenant_id: tenant,
      id,
      kind,
      hash,
      subject,
      label,
      data,
      sealed: request.showable
        ? seal(this.#sealKey, token, sealContext(tenant, id), this.#random)
        : null,
      bound_realm: boundTo?.realm ?? null,
      bound_name: boundTo ? foldName(boundTo.name) : null,
      bound_version: boundTo?.version ?? null,
      created_at: now,
      used_at: null,
      expires_at: expiresAt,
      sliding_ms: slidingMs,
    });
    await insertOwner.run(trx, { hash, tenant_id: tenant, id });
    return { token, id, expiresAt: expiresAt ?? undefined };
  }

  /** Checks a presented token, notes its use and slides its expiry. */
  async verify(kind: string, token: string): Promise<TokenCheck> {
    if (token === '' || token.length > MAX_TOKEN) return UNKNOWN;
    const now = this.#clock.now();
    const key = `${kind}\n${token}`;
    let row = this.#rows.get(this.#db, key);
    // Another process may have made the token last longer, which is no change that is watched.
    if (!row || this.#isOver(row, now)) {
      row = await this.#rows.load(this.#db, key, () =>
        checkToken.first(this.#db, { hash: this.#hash(kind, token) }),
      );
    }
    if (!row) return UNKNOWN;
    if (this.#isOver(row, now)) return { valid: false, reason: 'expired' };
    const expiresAt = this.#expiry(row);
    if (isSuperseded(row)) {
      return { valid: false, reason: 'superseded', holder: holder(row, expiresAt) };
    }
    const next =
      row.sliding_ms === null ? expiresAt : Math.max(expiresAt ?? 0, now + row.sliding_ms);
    this.#touches.note(row, now, next);
    return { valid: true, ...holder(row, next) };
  }

  /** Ends the token (logout). False when there was no such token. */
  async revoke(trx: Transaction, kind: string, token: string): Promise<boolean> {
    if (token.length > MAX_TOKEN) return false;
    const hash = this.#hash(kind, token);
    const owner = await ownerOf.first(trx, { hash });
    if (!owner) return false;
    await removeOwner.run(trx, { hash });
    const removed = { tenant: owner.tenant_id, id: owner.token_id, hash };
    return (await removeTokenOnce.all(trx, removed)).length > 0;
  }

  /** Ends the token with this public id. False when there was none. */
  async revokeId(trx: Transaction, tenant: string, id: string): Promise<boolean> {
    const removed = await removeToken.all(trx, { tenant, id });
    for (const { hash } of removed) await removeOwner.run(trx, { hash });
    return removed.length > 0;
  }

  /** Ends the token of this kind with this public id. False when there was none. */
  async revokeOne(
    trx: Transaction,
    which: { tenant: string; kind: string; id: string },
  ): Promise<boolean> {
    const removed = await removeTokenOfKind.all(trx, which);
    for (const { hash } of removed) await removeOwner.run(trx, { hash });
    return removed.length > 0;
  }

  /** Ends all tokens of this kind that act for the subject, and says how many. */
  async revokeSubject(
    trx: Transaction,
    which: { tenant: string; kind: string; subject: string },
  ): Promise<number> {
    const removed = await removeTokensOf.all(trx, which);
    for (const { hash } of removed) await removeOwner.run(trx, { hash });
    return removed.length;
  }

  /** Ends all tokens of this kind in the tenant. */
  async revokeKind(trx: Transaction, tenant: string, kind: string): Promise<void> {
    await removeOwnersOfKind.run(trx, { tenant, kind });
    await removeTokensOfKind.run(trx, { tenant, kind });
  }

  /** The tokens of a kind, of one subject (oldest first) or of the tenant (by id, in pages of at most 1000). */
  async list({
    tenant,
    kind,
    subject,
    after = '',
    limit = 100,
  }: {
    tenant: string;
    kind: string;
    subject?: string;
    after?: string;
    limit?: number;
  }): Promise<TokenInfo[]> {
    const rows =
      subject === undefined
        ? await listOfKind.all(this.#db, { tenant, kind, after, limit: Math.min(limit, 1000) })
        : await listOfSubject.all(this.#db, { tenant, kind, subject });
    return rows.map(info);
  }

  /**
   * Tokens of a kind that are valid now, newest first: of all subjects or of one, with any data or with these. At most
   * 1000 at a time.
   */
  async live(
    which: { tenant: string; kind: string; subject?: string | undefined; data?: unknown },
    { skip, limit }: { skip: number; limit: number },
  ): Promise<TokenInfo[]> {
    // What this process knows of their last uses decides whether they have expired.
    await this.flush({ all: true });
    const rows = await listLive.all(this.#db, {
      tenant: which.tenant,
      kind: which.kind,
      subject: which.subject ?? '',
      data: which.data === undefined ? '' : JSON.stringify(which.data),
      now: this.#clock.now(),
      skip,
      limit: Math.min(limit, 1000),
    });
    return rows.map(info);
  }

  /** The secret of a token that was issued `showable` and still exists. */
  async reveal(tenant: string, id: string): Promise<string | undefined> {
    const sealed = (await sealedToken.first(this.#db, { tenant, id }))?.sealed;
    return sealed ? unseal(this.#sealKey, sealed, sealContext(tenant, id)) : undefined;
  }

  /**
   * Gives all tokens of a kind another idle time, in milliseconds, counted from their last use; without one they last for
   * ever. Uses that other processes have not written yet count from a minute earlier at most.
   */
  async changeIdle(tenant: string, kind: string, afterIdleMs: number | undefined): Promise<void> {
    await this.flush({ all: true });
    const slidingMs = afterIdleMs ?? null;
    await this.#db.write((trx) => setIdle.run(trx, { tenant, kind, slidingMs }));
  }

  /** Writes what is due to be written; the platform calls it every second. */
  flush(options?: { all?: boolean }): Promise<void> {
    return this.#touches.flush(this.#clock.now(), options);
  }

  /** Removes tokens that expired a while ago and says how many. The job scheduler calls it. */
  async sweep(): Promise<number> {
    let swept = 0;
    for (;;) {
      const before = this.#clock.now() - SWEEP_SLACK_MS;
      const count = await this.#db.write(async (trx) => {
        const rows = await expiredTokens.all(trx, { before, limit: SWEEP_BATCH });
        for (const row of rows) {
          await removeTokenOnce.all(trx, { tenant: row.tenant_id, id: row.id, hash: row.hash });
          await removeOwner.run(trx, { hash: row.hash });
        }
        return rows.length;
      });
      swept += count;
      if (count < SWEEP_BATCH) return swept;
    }
  }

  #hash(kind: string, token: string): string {
    return keyedHash(this.#hashKey, [kind, token]);
  }

  #isOver(row: CheckRow, now: number): boolean {
    const expiresAt = this.#expiry(row);
    return expiresAt !== null && now >= expiresAt;
  }

  #expiry(row: CheckRow): number | null {
    if (row.expires_at === null) return null;
    return Math.max(row.expires_at, this.#touches.expiryOf(row.hash) ?? 0);
  }
}

function isSuperseded(row: CheckRow): boolean {
  if (row.bound_version === null) return false;
  return row.password_version !== row.bound_version || row.password_suspended !== 0;
}

function holder(row: CheckRow, expiresAt: number | null): TokenHolder {
  return {
    tenant: row.tenant_id,
    id: row.id,
    subject: row.subject,
    label: row.label,
    data: JSON.parse(row.data) as unknown,
    expiresAt: expiresAt ?? undefined,
  };
}

function info(row: ListRow): TokenInfo {
  return {
    id: row.id,
    subject: row.subject,
    label: row.label,
    data: JSON.parse(row.data) as unknown,
    createdAt: row.created_at,
    usedAt: row.used_at ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    showable: row.sealed !== null,
  };
}

const sealContext = (tenant: string, id: string) => `${tenant}/${id}`;
