// Passwords on both engines, with a second process beside the first.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { platformMigrations } from '../migrations.ts';
import { systemRandom } from '../random.ts';
import type * as argon2 from './argon2.ts';
import { Credentials, type CredentialsOptions } from './credentials.ts';
import { HashQueue } from './hash-queue.ts';
import { Passwords } from './passwords.ts';
import { LoginThrottle } from './throttle.ts';

const hashed: string[] = [];

vi.mock('./argon2.ts', async (importOriginal) => {
  const original = await importOriginal<typeof argon2>();
  return {
    ...original,
    matchesHash(password: string, hash: string) {
      hashed.push(hash);
      return original.matchesHash(password, hash);
    },
  };
});

const START = 1_700_000_000_000;
const cost = { memory: 8, passes: 1, parallelism: 1 };

onBothEngines('passwords', (engine) => {
  let place: Place;
  let databases: Database[];
  let here: Credentials;
  let there: Credentials;
  let now: number;
  let number = 0;
  const clock = { now: () => now };
  let mira: { tenant: string; realm: string; name: string };

  function credentials(index: number, options: Partial<CredentialsOptions> = {}): Credentials {
    const random = systemRandom(clock);
    const serverKey = Buffer.alloc(32, 1);
    const base = { clock, random, serverKey, cost, flushEveryMs: 0 };
    return new Credentials(databases[index] as Database, { ...base, ...options });
  }

  /** A write in the first process. */
  const write: Database['write'] = (fn, options) => (databases[0] as Database).write(fn, options);

  async function add(key = mira, password = 'honey-Bee 1', subject = 'user-1') {
    const prepared = await here.passwords.prepare(password);
    return write((trx) => here.passwords.create(trx, { ...key, subject }, prepared));
  }

  async function change(password: string): Promise<void> {
    const prepared = await here.passwords.prepare(password);
    await write((trx) => here.passwords.change(trx, mira, prepared));
  }

  const check = (password: string, name = 'mira', by = here) =>
    by.passwords.verify({ ...mira, name, password });

  beforeAll(async () => {
    now = START;
    place = await makePlace(engine);
    databases = [openPlace(place), openPlace(place)];
    await migrate(databases[0] as Database, platformMigrations, clock);
  });

  beforeEach(() => {
    now = START;
    here = credentials(0);
    there = credentials(1);
    mira = { tenant: `tenant-${number++}`, realm: 'baasbox.user', name: 'Mira' };
    hashed.length = 0;
  });

  afterAll(async () => {
    for (const db of databases) await db.close();
    await place.remove();
  });

  it('recognises the owner, whatever the letter case, and gives the stored spelling', async () => {
    const { version } = await add();
    const identity = { ...mira, subject: 'user-1', version };
    expect(await check('honey-Bee 1')).toEqual(identity);
    expect(await check('honey-Bee 1', 'MIRA')).toEqual(identity);
    expect(await check('honey-bee 1')).toBeUndefined();
    expect(await check('')).toBeUndefined();
    expect(await here.passwords.find({ ...mira, name: 'mIRA' })).toEqual({
      ...identity,
      suspended: false,
    });
  });

  it('keeps tenants and realms apart', async () => {
    await add();
    const password = 'honey-Bee 1';
    expect(await here.passwords.verify({ ...mira, realm: 'console', password })).toBeUndefined();
    expect(await here.passwords.verify({ ...mira, tenant: 'other', password })).toBeUndefined();
    await add({ ...mira, realm: 'console' }, 'another');
    expect(await check('another')).toBeUndefined();
  });

  it('does the same work for an unknown name, a wrong password and a suspended one', async () => {
    await add();
    await add({ ...mira, name: 'sleeper' });
    await write((trx) => here.passwords.suspend(trx, { ...mira, name: 'sleeper' }, true));
    const work = async (name: string, password: string) => {
      hashed.length = 0;
      expect(await check(password, name)).toBeUndefined();
      return hashed.map((hash) => hash.replace(/(\$[^$]+){2}$/, ''));
    };
    const wrong = await work('mira', 'wrong');
    expect(wrong).toEqual(['$argon2id$v=19$m=8,t=1,p=1']);
    expect(await work('nobody', 'wrong')).toEqual(wrong);
    expect(await work('x'.repeat(100_000), 'wrong')).toEqual(wrong);
    expect(await work('sleeper', 'honey-Bee 1')).toEqual(wrong);
    expect(await work('mira', 'x'.repeat(100_000))).toEqual(wrong);
  });

  it('hashes once for many checks, also when they come at the same time', async () => {
    await add();
    const checks = await Promise.all(Array.from({ length: 150 }, () => check('honey-Bee 1')));
    expect(checks.every(Boolean)).toBe(true);
    for (let i = 0; i < 20; i++) await check('honey-Bee 1', 'MIRA');
    expect(hashed).toHaveLength(1);
  });

  it('forgets a verified password after ten minutes without use', async () => {
    await add();
    for (const minutes of [0, 9, 9, 11]) {
      now += minutes * 60_000;
      await check('honey-Bee 1');
    }
    expect(hashed).toHaveLength(2);
  });

  it('obeys a change of password at once, in every process', async () => {
    const { version } = await add();
    expect(await check('honey-Bee 1', 'mira', there)).toBeDefined();
    await change('clover');
    expect(await check('honey-Bee 1', 'mira', there)).toBeUndefined();
    expect(await check('honey-Bee 1')).toBeUndefined();
    const identity = await check('clover', 'mira', there);
    expect(identity).toMatchObject({ subject: 'user-1', name: 'Mira' });
    expect(identity?.version).not.toBe(version);
  });

  it('obeys suspension and readmission at once, in every process', async () => {
    await add();
    await check('honey-Bee 1', 'mira', there);
    await write((trx) => here.passwords.suspend(trx, mira, true));
    expect(await check('honey-Bee 1', 'mira', there)).toBeUndefined();
    expect(await here.passwords.find(mira)).toMatchObject({ suspended: true });
    await write((trx) => here.passwords.suspend(trx, mira, false));
    expect(await check('honey-Bee 1', 'mira', there)).toBeDefined();
  });

  it('obeys removal at once, and a successor of the same name is another', async () => {
    const { version } = await add();
    await check('honey-Bee 1', 'mira', there);
    expect(await write((trx) => here.passwords.remove(trx, mira))).toBe(true);
    expect(await check('honey-Bee 1', 'mira', there)).toBeUndefined();
    expect(await write((trx) => here.passwords.remove(trx, mira))).toBe(false);
    expect((await add()).version).not.toBe(version);
  });

  it('renames', async () => {
    const { version } = await add();
    await check('honey-Bee 1', 'mira', there);
    const renamed = await write((trx) => here.passwords.rename(trx, mira, 'Maja'));
    expect(renamed).toMatchObject({ name: 'Maja', subject: 'user-1' });
    expect(renamed.version).not.toBe(version);
    expect(await check('honey-Bee 1', 'mira', there)).toBeUndefined();
    expect(await check('honey-Bee 1', 'maja', there)).toEqual(renamed);
    const shouted = await write((trx) =>
      here.passwords.rename(trx, { ...mira, name: 'maja' }, 'MAJA'),
    );
    expect(shouted.name).toBe('MAJA');
  });

  it('gives a name to one only', async () => {
    await add();
    await add({ ...mira, name: 'Willi' });
    const taken = { kind: 'conflict', code: 'name_taken' };
    await expect(add({ ...mira, name: 'MIRA' })).rejects.toMatchObject(taken);
    const rename = write((trx) => here.passwords.rename(trx, mira, 'wILLI'));
    await expect(rename).rejects.toMatchObject(taken);
    expect(await check('honey-Bee 1')).toMatchObject({ name: 'Mira' });
    const race = await Promise.allSettled([1, 2, 3].map(() => add({ ...mira, name: 'new' })));
    expect(race.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  it('says when the name to change is unknown', async () => {
    const unknown = { kind: 'not_found', code: 'name_unknown' };
    await expect(change('x')).rejects.toMatchObject(unknown);
    const rename = write((trx) => here.passwords.rename(trx, mira, 'x'));
    await expect(rename).rejects.toMatchObject(unknown);
    const suspend = write((trx) => here.passwords.suspend(trx, mira, true));
    await expect(suspend).rejects.toMatchObject(unknown);
  });

  it('refuses empty and endless names and passwords when they are set', async () => {
    for (const password of ['', 'x'.repeat(1025)]) {
      await expect(here.passwords.prepare(password)).rejects.toMatchObject({
        code: 'password_length',
      });
    }
    for (const name of ['', 'x'.repeat(257)]) {
      await expect(add({ ...mira, name })).rejects.toMatchObject({ code: 'name_length' });
    }
    await add({ ...mira, name: 'y'.repeat(256) }, 'x'.repeat(1024));
    expect(await check('x'.repeat(1024), 'Y'.repeat(256))).toBeDefined();
    expect(await check('x'.repeat(1025), 'Y'.repeat(256))).toBeUndefined();
    expect(await check('x'.repeat(1024), 'Y'.repeat(257))).toBeUndefined();
  });

  it('renews a hash that was made at another cost, without ending sessions', async () => {
    const { version } = await add();
    const dearer = credentials(0, { cost: { ...cost, passes: 2 } });
    expect(await check('honey-Bee 1', 'mira', dearer)).toMatchObject({ version });
    await dearer.close();
    hashed.length = 0;
    expect(await check('honey-Bee 1', 'mira', there)).toMatchObject({ version });
    expect(hashed[0]).toContain('m=8,t=2,p=1');
  });

  it('refuses when too many logins wait, unless the password was verified a moment ago', async () => {
    const [db] = databases as [Database];
    await add();
    const queue = new HashQueue({ running: 1, waiting: 1 });
    const throttle = new LoginThrottle(db, { clock, key: Buffer.alloc(32) });
    const passwords = new Passwords(db, {
      clock,
      random: systemRandom(clock),
      throttle,
      cost,
      queue,
    });
    const verify = (password: string) => passwords.verify({ ...mira, password });
    expect(await verify('honey-Bee 1')).toBeDefined();
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    const running = [queue.run(() => gate), queue.run(() => gate)];
    const full = { kind: 'unavailable', code: 'password_queue_full' };
    await expect(verify('wrong')).rejects.toMatchObject(full);
    await expect(passwords.prepare('new')).rejects.toMatchObject(full);
    expect(await verify('honey-Bee 1')).toBeDefined();
    release();
    await Promise.all(running);
    expect(await verify('wrong')).toBeUndefined();
  });

  it('stores and reports no password', async () => {
    const secret = 'Sesam-öffne-dich-42';
    const [db] = databases as [Database];
    await add(mira, secret);
    await check(secret);
    const strict = { free: 0, maxDelayMs: 1e6, forgetMs: 1e6 };
    const guarded = credentials(0, { throttle: { pair: strict, name: strict, client: strict } });
    const errors: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      await check(`${secret}!`, secret, guarded).catch((error: unknown) => errors.push(error));
    }
    await add(mira, secret).catch((error: unknown) => errors.push(error));
    await here.passwords.prepare(secret.repeat(99)).catch((error: unknown) => errors.push(error));
    expect(errors).toHaveLength(3);
    for (const error of errors as Error[]) {
      expect(`${error.stack}${JSON.stringify(error)}`.toLowerCase()).not.toContain('sesam');
    }
    for (const table of ['platform_passwords', 'platform_login_failures']) {
      const { rows } = await sql`SELECT * FROM ${sql.table(table)}`.execute(db.tables());
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows).toLowerCase()).not.toContain('sesam');
    }
  });
});
