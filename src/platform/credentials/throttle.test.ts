// Guessing passwords gets slow, in all processes, and nobody can keep the owner out.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { platformMigrations } from '../migrations.ts';
import { systemRandom } from '../random.ts';
import { Credentials } from './credentials.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;

const rules = {
  pair: { free: 3, maxDelayMs: 5 * MINUTE, forgetMs: 60 * MINUTE },
  name: { free: 6, maxDelayMs: MINUTE, forgetMs: 60 * MINUTE },
  client: { free: 9, maxDelayMs: MINUTE, forgetMs: 15 * MINUTE },
};

onBothEngines('login throttle', (engine) => {
  let place: Place;
  let databases: Database[];
  let here: Credentials;
  let there: Credentials;
  let now: number;
  let number = 0;
  let tenant: string;
  const clock = { now: () => now };

  beforeAll(async () => {
    now = START;
    place = await makePlace(engine);
    databases = [openPlace(place), openPlace(place)];
    await migrate(databases[0] as Database, platformMigrations, clock);
  });

  beforeEach(async () => {
    now = START;
    tenant = `tenant-${number++}`;
    [here, there] = databases.map(
      (db) =>
        new Credentials(db, {
          clock,
          random: systemRandom(clock),
          serverKey: Buffer.alloc(32, 1),
          cost: { memory: 8, passes: 1, parallelism: 1 },
          throttle: rules,
          flushEveryMs: 0,
        }),
    ) as [Credentials, Credentials];
    for (const name of ['mira', 'maja']) {
      const prepared = await here.passwords.prepare('right');
      await (databases[0] as Database).write((trx) =>
        here.passwords.create(trx, { tenant, realm: 'r', name, subject: name }, prepared),
      );
    }
  });

  afterAll(async () => {
    for (const db of databases) await db.close();
    await place.remove();
  });

  /** `yes`, `no`, or the seconds to wait. */
  async function login(
    password: string,
    { name = 'mira', client = '192.0.2.1', by = here } = {},
  ): Promise<string | number> {
    try {
      const identity = await by.passwords.verify({ tenant, realm: 'r', name, password, client });
      return identity ? 'yes' : 'no';
    } catch (error) {
      const { kind, code, details } = error as Record<string, unknown>;
      expect({ kind, code }).toEqual({ kind: 'too_many', code: 'login_throttled' });
      return ((details as { retryAt: number }).retryAt - now) / 1000;
    }
  }

  it('lets some failures pass, then asks for twice the patience each time', async () => {
    for (let i = 0; i < 3; i++) expect(await login('wrong')).toBe('no');
    expect(await login('wrong')).toBe('no');
    for (const seconds of [1, 2, 4, 8, 16, 32, 64]) {
      expect(await login('wrong')).toBe(seconds);
      expect(await login('right')).toBe(seconds);
      now += seconds * 1000 - 1;
      expect(await login('wrong')).toBe(0.001);
      now += 1;
      expect(await login('wrong')).toBe('no');
    }
  });

  it('waits no longer than the longest delay', async () => {
    let waited: string | number = 0;
    for (let i = 0; i < 40; i++) {
      waited = await login('wrong');
      if (typeof waited === 'number') now += waited * 1000;
    }
    while (typeof waited !== 'number') waited = await login('wrong');
    expect(waited).toBe(300);
  });

  it('counts unknown names as known ones', async () => {
    for (let i = 0; i < 4; i++) expect(await login('wrong', { name: 'nobody' })).toBe('no');
    expect(await login('wrong', { name: 'NOBODY' })).toBe(1);
  });

  it('counts for all processes together', async () => {
    for (let i = 0; i < 4; i++) expect(await login('wrong', { by: there })).toBe('no');
    expect(await login('right')).toBe(1);
  });

  it('forgets after a success', async () => {
    for (let i = 0; i < 3; i++) await login('wrong');
    expect(await login('right')).toBe('yes');
    for (let i = 0; i < 4; i++) expect(await login('wrong')).toBe('no');
    expect(await login('wrong')).toBe(1);
  });

  it('forgets after an hour of quiet, and then removes the count', async () => {
    for (let i = 0; i < 6; i++) await login('wrong');
    now += 60 * MINUTE;
    for (let i = 0; i < 4; i++) expect(await login('wrong')).toBe('no');
    now += 60 * MINUTE;
    expect((await here.sweep()).failures).toBeGreaterThanOrEqual(3);
    expect((await here.sweep()).failures).toBe(0);
  });

  it('never lets more guesses through by sending them at the same time', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, i) => login(`guess ${i}`, { by: i % 2 ? here : there })),
    );
    // Four are free; each process may have two in flight when the count gets there.
    expect(guesses.filter((guess) => guess === 'no').length).toBeLessThanOrEqual(4 + 3);
  });

  it('never refuses a password that this process verified a moment ago', async () => {
    expect(await login('right')).toBe('yes');
    for (let i = 0; i < 10; i++) await login('wrong');
    expect(await login('wrong')).toBe(1);
    expect(await login('right')).toBe('yes');
  });

  it('slows one name from many addresses, except where its owner is at home', async () => {
    expect(await login('right', { client: 'home' })).toBe('yes');
    for (let i = 0; i < 7; i++) expect(await login('wrong', { client: `bot ${i}` })).toBe('no');
    expect(await login('wrong', { client: 'bot 99' })).toBe(1);
    expect(await login('mistyped', { client: 'home' })).toBe('no');
    expect(await login('right', { client: 'home' })).toBe('yes');
    expect(await login('right', { name: 'maja', client: 'bot 99' })).toBe('yes');
  });

  it('slows one address at many names', async () => {
    for (let i = 0; i < 10; i++) expect(await login('wrong', { name: `name ${i}` })).toBe('no');
    expect(await login('wrong', { name: 'maja' })).toBe(1);
    expect(await login('right', { name: 'maja', client: '192.0.2.2' })).toBe('yes');
    now += 15 * MINUTE;
    expect(await login('wrong', { name: 'name 99' })).toBe('no');
  });
});
