// Passwords of people, administrators and connectors: stored as argon2id, checked without paying for it every time.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { isDuplicate } from '../database/duplicate.ts';
import type { Transaction } from '../database/statement.ts';
import { Conflict, Invalid, NotFound } from '../errors.ts';
import type { Random } from '../random.ts';
import {
  hashPassword,
  impossibleHash,
  isUsableHash,
  isOutdated,
  matchesHash,
  OWASP_COST,
  type Argon2Cost,
} from './argon2.ts';
import { HashQueue } from './hash-queue.ts';
import { keyedHash } from './keys.ts';
import { foldName } from './names.ts';
import {
  changePassword,
  findPassword,
  insertPassword,
  listPasswords,
  rehashPassword,
  removePassword,
  removePasswords,
  renamePassword,
  suspendPassword,
  type PasswordRow,
} from './password-rows.ts';
import type { Attempt, LoginThrottle } from './throttle.ts';

/** Where a password is: `realm` is a space of names that a room chose, such as `baasbox.user`. */
export interface PasswordKey {
  tenant: string;
  realm: string;
  /** Letter case does not matter. */
  name: string;
}

/** Who a verified password belongs to. Give it to `Tokens.issue` as `boundTo`, so that the session ends with it. */
export interface PasswordIdentity {
  tenant: string;
  realm: string;
  /** As it was given when it was set, not as the client typed it. */
  name: string;
  /** The room's own id of the person or connector. */
  subject: string;
  /** Another value after each change that ends sessions. Only equality means anything. */
  version: string;
}

/** A hashed password, ready to be stored. Made outside the transaction, because a transaction may not wait for a hash. */
export interface PreparedPassword {
  readonly hash: string;
}

/** A password as it is stored. */
export interface StoredPassword {
  name: string;
  subject: string;
  /** PHC string. */
  hash: string;
  suspended: boolean;
}

/** Characters of a password and of a name; longer ones are refused when set and match nothing when checked. */
const MAX_PASSWORD = 1024;
const MAX_NAME = 256;

/** Verified passwords remembered in this process, and for how long after the last use. The row is read all the same. */
const VERIFIED = 20_000;
const VERIFIED_MS = 600_000;

export interface PasswordsOptions {
  clock: Clock;
  random: Random;
  throttle: LoginThrottle;
  cost?: Argon2Cost;
  queue?: HashQueue;
  /** Hears of failures of work that nobody waits for. */
  onError?: (error: unknown) => void;
}

/**
 * Names fold to one spelling for look-up (`foldName`). What is remembered of a verified password is only that this
 * password matched this version of the row, under a key that dies with the process: since the row is read on each
 * check, a change in any process counts on the very next request.
 */
export class Passwords {
  readonly #db: Database;
  readonly #random: Random;
  readonly #throttle: LoginThrottle;
  readonly #cost: Argon2Cost;
  readonly #queue: HashQueue;
  readonly #onError: (error: unknown) => void;
  readonly #processKey: Buffer;
  readonly #nobody: string;
  readonly #verified: LRUCache<string, true>;
  readonly #checking = new Map<string, Promise<boolean>>();
  readonly #background = new Set<Promise<void>>();

  constructor(db: Database, options: PasswordsOptions) {
    this.#db = db;
    this.#random = options.random;
    this.#throttle = options.throttle;
    this.#cost = options.cost ?? OWASP_COST;
    this.#queue = options.queue ?? new HashQueue();
    this.#onError = options.onError ?? (() => undefined);
    this.#processKey = options.random.bytes(32);
    this.#nobody = impossibleHash(options.random, this.#cost);
    this.#verified = new LRUCache({
      max: VERIFIED,
      ttl: VERIFIED_MS,
      ttlResolution: 0,
      updateAgeOnHas: true,
      perf: { now: () => options.clock.now() },
    });
  }

  /**
   * Hashes a new password; takes about 25 ms. Throws `Invalid` when it is empty or longer than 1024 characters,
   * `Unavailable` when too many hashes are waiting. Rules of a protocol (a minimum length, say) are the caller's.
   */
  async prepare(password: string): Promise<PreparedPassword> {
    if (password === '' || password.length > MAX_PASSWORD) {
      throw new Invalid('password_length', `A password has 1 to ${MAX_PASSWORD} characters`);
    }
    return {
      hash: await this.#queue.run(() => hashPassword(password, this.#random, this.#cost)),
    };
  }

  /** Stores a password under a new name. Throws `Conflict` (`name_taken`), `Invalid` when the name is empty or too long. */
  async create(
    trx: Transaction,
    { tenant, realm, name, subject }: PasswordKey & { subject: string },
    { hash }: PreparedPassword,
  ): Promise<PasswordIdentity> {
    const version = this.#random.uuid();
    const nameKey = usableName(name);
    const key = { tenant, realm, nameKey };
    const added = await insertPassword.run(trx, { ...key, name, subject, hash, version });
    if (added === 0) throw nameTaken();
    return { tenant, realm, name, subject, version };
  }

  /** Stores another password; sessions bound to the old one end at once. Throws `NotFound` (`name_unknown`). */
  async change(
    trx: Transaction,
    key: PasswordKey,
    { hash }: PreparedPassword,
  ): Promise<PasswordIdentity> {
    const version = this.#random.uuid();
    await changePassword.run(trx, { ...rowKey(key), hash, version });
    return this.#existing(trx, key);
  }

  /**
   * Gives the password another name (another letter case too); sessions bound to it end at once. Throws `NotFound`
   * (`name_unknown`), `Conflict` (`name_taken`) and `Invalid` as `create` does.
   */
  async rename(trx: Transaction, key: PasswordKey, newName: string): Promise<PasswordIdentity> {
    const newKey = usableName(newName);
    const row = { ...rowKey(key), newKey, newName, version: this.#random.uuid() };
    try {
      await renamePassword.run(trx, row);
    } catch (error) {
      throw isDuplicate(error) ? nameTaken() : error;
    }
    return this.#existing(trx, { ...key, name: newName });
  }

  /**
   * Suspends (no password matches, sessions end) or readmits. With `keepSessions` sessions only rest: readmitted, they
   * are good again, unless the password or name changed meanwhile. Throws `NotFound` (`name_unknown`).
   */
  async suspend(
    trx: Transaction,
    key: PasswordKey,
    suspended: boolean,
    { keepSessions = false } = {},
  ): Promise<void> {
    const version = keepSessions ? null : this.#random.uuid();
    const row = { ...rowKey(key), suspended: suspended ? 1 : 0, version };
    if ((await suspendPassword.run(trx, row)) === 0) throw nameUnknown();
  }

  /** Removes the password; sessions bound to it end at once. False when there was none. */
  async remove(trx: Transaction, key: PasswordKey): Promise<boolean> {
    return (await removePassword.run(trx, rowKey(key))) > 0;
  }

  /** The passwords of a realm as they are stored, in pages by name; for copies of a tenant. */
  async *stored(
    on: Database | Transaction,
    tenant: string,
    realm: string,
  ): AsyncGenerator<StoredPassword> {
    const limit = 500;
    for (let after = ''; ;) {
      const rows = await listPasswords.all(on, { tenant, realm, after, limit });
      for (const { name, subject, hash, suspended } of rows) {
        yield { name, subject, hash, suspended: suspended !== 0 };
      }
      if (rows.length < limit) return;
      after = rows.at(-1)?.name_key ?? '';
    }
  }

  /**
   * Stores a password that was stored elsewhere. Throws `Invalid` (`password_hash`) when the hash is none of ours or
   * costs too much, and like `create`.
   */
  async restore(
    trx: Transaction,
    key: Omit<PasswordKey, 'name'>,
    { name, subject, hash, suspended }: StoredPassword,
  ): Promise<void> {
    if (!isUsableHash(hash)) {
      throw new Invalid('password_hash', 'This is not the hash of a password');
    }
    await this.create(trx, { ...key, name, subject }, { hash });
    if (suspended) await this.suspend(trx, { ...key, name }, true);
  }

  /** Removes all passwords of a realm; sessions bound to them end at once. */
  async removeAll(trx: Transaction, tenant: string, realm: string): Promise<void> {
    await removePasswords.run(trx, { tenant, realm });
  }

  /** Who has this name, whether suspended or not, without any check. */
  async find(
    key: PasswordKey,
    on: Database | Transaction = this.#db,
  ): Promise<(PasswordIdentity & { suspended: boolean }) | undefined> {
    const row = await findPassword.first(on, rowKey(key));
    return row && { ...identity(key, row), suspended: row.suspended !== 0 };
  }

  /**
   * Checks a password. Gives nothing for an unknown name, a wrong password and a suspended one alike, in the same time.
   * Throws `TooMany` (`login_throttled`, `details.retryAt`) after many failures and `Unavailable` when too many hashes
   * are waiting; never when the same password was verified a moment ago.
   * `client` is the address of the caller, for counting failures.
   */
  async verify(
    attempt: PasswordKey & { password: string; client?: string | undefined },
  ): Promise<PasswordIdentity | undefined> {
    const { tenant, realm, password, client } = attempt;
    const key = rowKey(attempt);
    const row = await findPassword.first(this.#db, key);
    const proof = keyedHash(this.#processKey, [
      tenant,
      realm,
      key.nameKey,
      row ? `${row.version}${row.suspended}` : '',
      password,
    ]);
    if (this.#verified.has(proof)) return row && identity(attempt, row);

    // Many requests of one client start together: one hash serves them all.
    let checking = this.#checking.get(proof);
    if (!checking) {
      const who = { tenant, realm, nameKey: key.nameKey, client };
      checking = this.#queue
        .run(() => this.#check(who, row, password, proof))
        .finally(() => this.#checking.delete(proof));
      this.#checking.set(proof, checking);
    }
    return (await checking) && row ? identity(attempt, row) : undefined;
  }

  /** Waits for work in the background. */
  async close(): Promise<void> {
    await Promise.all(this.#background);
  }

  // Runs inside the queue, so that at most two attempts are between the look at the count and its increase.
  async #check(
    who: Attempt,
    row: PasswordRow | undefined,
    password: string,
    proof: string,
  ): Promise<boolean> {
    const hadFailures = await this.#throttle.admit(who);
    const matches = await matchesHash(password.slice(0, MAX_PASSWORD), row?.hash ?? this.#nobody);
    if (!row || !matches || row.suspended !== 0 || password.length > MAX_PASSWORD) {
      await this.#throttle.failed(who);
      return false;
    }
    this.#verified.set(proof, true);
    await this.#throttle.succeeded(who, hadFailures);
    if (isOutdated(row.hash, this.#cost)) this.#renew(who, row.version, password);
    return true;
  }

  /** Stores the hash anew at today's cost, after the answer. */
  #renew({ tenant, realm, nameKey }: Attempt, version: string, password: string): void {
    const work = this.prepare(password)
      .then(({ hash }) =>
        this.#db.write((trx) => rehashPassword.run(trx, { tenant, realm, nameKey, version, hash })),
      )
      .then(() => undefined, this.#onError)
      .finally(() => this.#background.delete(work));
    this.#background.add(work);
  }

  async #existing(trx: Transaction, key: PasswordKey): Promise<PasswordIdentity> {
    const row = await findPassword.first(trx, rowKey(key));
    if (!row) throw nameUnknown();
    return identity(key, row);
  }
}

function rowKey({ tenant, realm, name }: PasswordKey) {
  return { tenant, realm, nameKey: foldName(name.slice(0, MAX_NAME + 1)) };
}

function usableName(name: string): string {
  if (name === '' || name.length > MAX_NAME) {
    throw new Invalid('name_length', `A login name has 1 to ${MAX_NAME} characters`);
  }
  return foldName(name);
}

function identity({ tenant, realm }: PasswordKey, row: PasswordRow): PasswordIdentity {
  return { tenant, realm, name: row.name, subject: row.subject, version: row.version };
}

const nameTaken = () => new Conflict('name_taken', 'This name is taken');
const nameUnknown = () => new NotFound('name_unknown', 'There is nobody of this name');
