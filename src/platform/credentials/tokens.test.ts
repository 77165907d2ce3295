// Tokens on both engines, with a second process beside the first.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { platformMigrations } from '../migrations.ts';
import { systemRandom } from '../random.ts';
import { Credentials } from './credentials.ts';
import type { CredentialTables } from './tables.ts';
import { hexToken, uuidToken } from './token-formats.ts';
import type { NewToken } from './tokens.ts';

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const UNKNOWN = { valid: false, reason: 'unknown' };

onBothEngines('tokens', (engine) => {
  let place: Place;
  let databases: Database[];
  let here: Credentials;
  let there: Credentials;
  let now: number;
  let number = 0;
  let tenant: string;
  const clock = { now: () => now };

  function credentials(index: number, serverKey = Buffer.alloc(32, 1)): Credentials {
    return new Credentials(databases[index] as Database, {
      clock,
      random: systemRandom(clock),
      serverKey,
      cost: { memory: 8, passes: 1, parallelism: 1 },
      flushEveryMs: 0,
    });
  }

  const write: Database['write'] = (fn, options) => (databases[0] as Database).write(fn, options);

  const issue = (change: Partial<NewToken> = {}) =>
    write((trx) =>
      here.tokens.issue(trx, {
        tenant,
        kind: 'door.session',
        subject: 'mira',
        format: uuidToken,
        ...change,
      }),
    );

  const check = (token: string, by = here, kind = 'door.session') => by.tokens.verify(kind, token);
  const isValid = async (token: string, by = here) => (await check(token, by)).valid;

  beforeAll(async () => {
    now = START;
    place = await makePlace(engine);
    databases = [openPlace(place), openPlace(place)];
    await migrate(databases[0] as Database, platformMigrations, clock);
  });

  beforeEach(() => {
    now = START;
    tenant = `tenant-${number++}`;
    here = credentials(0);
    there = credentials(1);
  });

  afterAll(async () => {
    for (const db of databases) await db.close();
    await place.remove();
  });

  it('leads to its holder, in every process at once', async () => {
    const data = { connector: 'Acme CMS', nested: [1, null, 'é'] };
    const { token, id, expiresAt } = await issue({ label: 'laptop', data });
    expect(expiresAt).toBeUndefined();
    const holder = { tenant, id, subject: 'mira', label: 'laptop', data, expiresAt };
    expect(await check(token, there)).toEqual({ valid: true, ...holder });
    const bare = await issue();
    expect(await check(bare.token)).toMatchObject({ label: '', data: null });
  });

  it('is valid as its own kind and under its own server key only', async () => {
    const { token } = await issue();
    expect(await check(token, here, 'door.key')).toEqual(UNKNOWN);
    expect(await check(token, credentials(0, Buffer.alloc(32, 2)))).toEqual(UNKNOWN);
    expect(await check(token)).toMatchObject({ valid: true });
  });

  it('refuses what was never issued', async () => {
    const { token, id } = await issue();
    const wrong = ['', id, `${token}x`, token.toUpperCase(), 'x'.repeat(1_000_000), '\0', `' OR 1`];
    for (const text of wrong) expect(await check(text)).toEqual(UNKNOWN);
  });

  it('refuses data and labels that are too long', async () => {
    await expect(issue({ data: 'x'.repeat(8192) })).rejects.toMatchObject({ kind: 'too_large' });
    await expect(issue({ label: 'x'.repeat(201) })).rejects.toMatchObject({ kind: 'too_large' });
  });

  it('ends with a logout, in every process at once, and leaves other sessions alone', async () => {
    const [a, b] = [await issue(), await issue()];
    expect(await isValid(a.token, there)).toBe(true);
    expect(await write((trx) => here.tokens.revoke(trx, 'door.session', a.token))).toBe(true);
    expect(await check(a.token, there)).toEqual(UNKNOWN);
    expect(await check(a.token)).toEqual(UNKNOWN);
    expect(await write((trx) => here.tokens.revoke(trx, 'door.session', a.token))).toBe(false);
    expect(await write((trx) => here.tokens.revoke(trx, 'door.key', b.token))).toBe(false);
    expect(await isValid(b.token)).toBe(true);
  });

  it('can be listed and ended by its public id, or all of a subject', async () => {
    const first = await issue({ label: 'first', expiry: { at: START + MINUTE } });
    now += 1000;
    const second = await issue({ label: 'second', showable: true });
    now += 1000;
    const others = [
      await issue({ kind: 'door.key' }),
      await issue({ subject: 'maja' }),
      await issue({ tenant: 'elsewhere' }),
    ];
    const mine = { tenant, kind: 'door.session', subject: 'mira' };
    expect(await here.tokens.list(mine)).toEqual([
      {
        id: first.id,
        subject: 'mira',
        label: 'first',
        data: null,
        createdAt: START,
        usedAt: undefined,
        expiresAt: START + MINUTE,
        showable: false,
      },
      expect.objectContaining({ id: second.id, label: 'second', showable: true }),
    ]);
    const kind = { tenant, kind: 'door.session' };
    const all = await here.tokens.list(kind);
    expect(all.map(({ id }) => id)).toEqual([first.id, second.id, others[1]?.id]);
    const [page] = await here.tokens.list({ ...kind, after: first.id, limit: 1 });
    expect(page?.id).toBe(second.id);

    expect(await write((trx) => here.tokens.revokeId(trx, 'elsewhere', first.id))).toBe(false);
    expect(await write((trx) => here.tokens.revokeId(trx, tenant, first.id))).toBe(true);
    expect(await check(first.token)).toEqual(UNKNOWN);
    await issue();
    expect(await write((trx) => here.tokens.revokeSubject(trx, mine))).toBe(2);
    expect(await check(second.token)).toEqual(UNKNOWN);
    for (const { token, id } of others) {
      expect([id, (await check(token, here, 'door.session')).valid]).toEqual([
        id,
        id !== others[0]?.id,
      ]);
    }
  });

  it('undoes an issue whose transaction fails', async () => {
    let token = '';
    const failed = write(async (trx) => {
      const request = { tenant, kind: 'door.session', subject: 's', format: uuidToken };
      ({ token } = await here.tokens.issue(trx, request));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await check(token)).toEqual(UNKNOWN);
  });

  describe('expiry', () => {
    it('is exact when absolute, and use does not move it', async () => {
      const { token, expiresAt } = await issue({ expiry: { at: START + MINUTE } });
      expect(expiresAt).toBe(START + MINUTE);
      now = START + MINUTE - 1;
      expect(await check(token)).toMatchObject({ valid: true, expiresAt: START + MINUTE });
      now = START + MINUTE;
      expect(await check(token)).toEqual({ valid: false, reason: 'expired' });
    });

    it('slides with each use, exact to the millisecond in one process', async () => {
      const idle = 15 * MINUTE;
      const { token, expiresAt } = await issue({ expiry: { afterIdleMs: idle } });
      expect(expiresAt).toBe(START + idle);
      for (const wait of [idle - 1, 1, idle - 1, 10, idle - 1]) {
        now += wait;
        expect(await check(token)).toMatchObject({ valid: true, expiresAt: now + idle });
        await here.tokens.flush();
      }
      now += idle;
      expect(await check(token)).toEqual({ valid: false, reason: 'expired' });
      now -= 1;
      expect(await isValid(token)).toBe(true);
    });

    it('is written behind, at most once a twentieth of the time-out', async () => {
      const idle = 15 * MINUTE;
      const step = idle / 20;
      const { token, id } = await issue({ expiry: { afterIdleMs: idle } });
      const written = async () => {
        await here.tokens.flush();
        const [info] = await here.tokens.list({ tenant, kind: 'door.session', subject: 'mira' });
        return info?.id === id ? [info.usedAt, info.expiresAt] : [];
      };
      now = START + step - 1;
      await check(token);
      expect(await written()).toEqual([undefined, START + idle]);
      now = START + step;
      expect(await written()).toEqual([START + step - 1, START + step - 1 + idle]);
      const saved = now - 1;
      for (let i = 0; i < 10; i++) {
        now += 100;
        await check(token);
        expect(await written()).toEqual([saved, saved + idle]);
      }
      const used = now;
      now = saved + step;
      expect(await written()).toEqual([used, used + idle]);
    });

    it('is seen by other processes a step later', async () => {
      const idle = 15 * MINUTE;
      const { token } = await issue({ expiry: { afterIdleMs: idle } });
      now = START + idle - 1;
      expect(await isValid(token)).toBe(true);
      await here.tokens.flush();
      now += idle - 1;
      expect(await isValid(token, there)).toBe(true);
      await there.tokens.flush();
      now += idle - 1;
      expect(await isValid(token)).toBe(true);
    });

    it('is kept by an orderly stop', async () => {
      const { token } = await issue({ expiry: { afterIdleMs: 20 * MINUTE } });
      now = START + 1000;
      await check(token);
      await here.close();
      now = START + 20 * MINUTE + 999;
      expect(await isValid(token, credentials(0))).toBe(true);
    });

    it('of a token that was ended is not brought back by a late write', async () => {
      const { token } = await issue({ expiry: { afterIdleMs: MINUTE } });
      now += 10_000;
      await check(token);
      await write((trx) => here.tokens.revoke(trx, 'door.session', token));
      await here.tokens.flush({ all: true });
      expect(await check(token)).toEqual(UNKNOWN);
    });

    it('notes the last use of tokens that never expire, at most once a minute', async () => {
      const { token } = await issue();
      const usedAt = async () => {
        await here.tokens.flush();
        return (await here.tokens.list({ tenant, kind: 'door.session' }))[0]?.usedAt;
      };
      now += 59_999;
      await check(token);
      expect(await usedAt()).toBeUndefined();
      now += 1;
      expect(await usedAt()).toBe(START + 59_999);
      expect(await isValid(token)).toBe(true);
    });
  });

  describe('bound to a password', () => {
    let key: { tenant: string; realm: string; name: string };
    let token: string;

    beforeEach(async () => {
      key = { tenant, realm: 'door.user', name: 'Mira' };
      const prepared = await here.passwords.prepare('honey');
      const boundTo = await write((trx) =>
        here.passwords.create(trx, { ...key, subject: 'mira' }, prepared),
      );
      ({ token } = await issue({ boundTo, data: { name: 'Mira' } }));
      expect(await isValid(token, there)).toBe(true);
    });

    it.each<[string, () => Promise<unknown>]>([
      [
        'a change of password',
        async () => {
          const prepared = await here.passwords.prepare('clover');
          return write((trx) => here.passwords.change(trx, key, prepared));
        },
      ],
      [
        'setting the same password again',
        async () => {
          const prepared = await here.passwords.prepare('honey');
          return write((trx) => here.passwords.change(trx, key, prepared));
        },
      ],
      ['a new name', () => write((trx) => here.passwords.rename(trx, key, 'Maja'))],
      ['a suspension', () => write((trx) => here.passwords.suspend(trx, key, true))],
      [
        'a suspension that is over',
        () =>
          write(async (trx) => {
            await here.passwords.suspend(trx, key, true);
            await here.passwords.suspend(trx, key, false);
          }),
      ],
      ['removal', () => write((trx) => here.passwords.remove(trx, key))],
      [
        'removal, though another of the same name came',
        async () => {
          const prepared = await here.passwords.prepare('honey');
          return write(async (trx) => {
            await here.passwords.remove(trx, key);
            await here.passwords.create(trx, { ...key, subject: 'other' }, prepared);
          });
        },
      ],
      [
        'a new name, though it was taken back',
        () =>
          write(async (trx) => {
            await here.passwords.rename(trx, key, 'Maja');
            await here.passwords.rename(trx, { ...key, name: 'Maja' }, 'Mira');
          }),
      ],
    ])('ends with %s, in every process at once, and says whose it was', async (_, change) => {
      await change();
      const superseded = {
        valid: false,
        reason: 'superseded',
        holder: { subject: 'mira', data: { name: 'Mira' } },
      };
      expect(await check(token, there)).toMatchObject(superseded);
      expect(await check(token)).toMatchObject(superseded);
    });

    it('rests during a suspension that keeps sessions, in every process', async () => {
      const suspend = (suspended: boolean) =>
        write((trx) => here.passwords.suspend(trx, key, suspended, { keepSessions: true }));
      await suspend(true);
      expect(await check(token, there)).toMatchObject({ valid: false, reason: 'superseded' });
      expect(await check(token)).toMatchObject({ valid: false, reason: 'superseded' });
      await suspend(false);
      expect([await isValid(token), await isValid(token, there)]).toEqual([true, true]);
    });

    it('does not outlive a password that was changed during a suspension', async () => {
      const prepared = await here.passwords.prepare('clover');
      await write(async (trx) => {
        await here.passwords.suspend(trx, key, true, { keepSessions: true });
        await here.passwords.change(trx, key, prepared);
        await here.passwords.suspend(trx, key, false, { keepSessions: true });
      });
      expect(await isValid(token)).toBe(false);
    });

    it('is among the live ones exactly while it is valid', async () => {
      const ids = async (which: { subject?: string; data?: unknown } = {}) => {
        const wanted = { tenant, kind: 'door.session', ...which };
        return (await here.tokens.live(wanted, { skip: 0, limit: 10 })).map(({ id }) => id);
      };
      const [bound = ''] = await ids();
      now += 1;
      const idle = await issue({
        subject: 'maja',
        expiry: { afterIdleMs: MINUTE },
        data: { a: 1 },
      });
      expect(await ids()).toEqual([idle.id, bound]);
      expect(await ids({ subject: 'maja' })).toEqual([idle.id]);
      expect(await ids({ data: { a: 1 } })).toEqual([idle.id]);
      expect(await ids({ data: { a: 2 } })).toEqual([]);
      const second = { skip: 1, limit: 1 };
      const page = await here.tokens.live({ tenant, kind: 'door.session' }, second);
      expect(page.map(({ id }) => id)).toEqual([bound]);
      // A use that is only in memory yet makes it last longer.
      now += MINUTE - 1;
      expect(await isValid(idle.token)).toBe(true);
      now += 2;
      expect(await ids({ subject: 'maja' })).toEqual([idle.id]);
      now += MINUTE;
      expect(await ids()).toEqual([bound]);
      await write((trx) => here.passwords.suspend(trx, key, true, { keepSessions: true }));
      expect(await ids()).toEqual([]);
      await write((trx) => here.passwords.suspend(trx, key, false, { keepSessions: true }));
      expect(await ids()).toEqual([bound]);
    });

    it('stays with its own password', async () => {
      const other = { ...key, name: 'Maja' };
      const prepared = await here.passwords.prepare('honey');
      await write((trx) => here.passwords.create(trx, { ...other, subject: 'maja' }, prepared));
      await write((trx) => here.passwords.suspend(trx, other, true));
      expect(await isValid(token)).toBe(true);
    });

    it('starts with the password that a login verified', async () => {
      const boundTo = await there.passwords.verify({ ...key, name: 'MIRA', password: 'honey' });
      expect(boundTo).toBeDefined();
      const session = await issue({ boundTo: boundTo as NonNullable<typeof boundTo> });
      expect(await isValid(session.token)).toBe(true);
    });
  });

  it('are ended by id as their own kind only', async () => {
    const { token, id } = await issue();
    const end = (kind: string) => write((trx) => here.tokens.revokeOne(trx, { tenant, kind, id }));
    expect(await end('door.key')).toBe(false);
    expect(await isValid(token)).toBe(true);
    expect(await end('door.session')).toBe(true);
    expect([await isValid(token), await isValid(token, there)]).toEqual([false, false]);
    expect(await end('door.session')).toBe(false);
  });

  describe('that are shown again', () => {
    it('are revealed, unless they were not meant to be', async () => {
      const shown = await issue({ format: hexToken, showable: true });
      const hidden = await issue();
      expect(await there.tokens.reveal(tenant, shown.id)).toBe(shown.token);
      expect(await here.tokens.reveal(tenant, hidden.id)).toBeUndefined();
      expect(await here.tokens.reveal('elsewhere', shown.id)).toBeUndefined();
      const otherKey = credentials(0, Buffer.alloc(32, 2));
      expect(await otherKey.tokens.reveal(tenant, shown.id)).toBeUndefined();
      await write((trx) => here.tokens.revokeId(trx, tenant, shown.id));
      expect(await here.tokens.reveal(tenant, shown.id)).toBeUndefined();
    });
  });

  describe('of which a subject has one', () => {
    const only = { kind: 'door.token', format: hexToken, showable: true, only: true };
    const valid = async (token: string, by = here) =>
      (await by.tokens.verify('door.token', token)).valid;

    it('replace each other at once', async () => {
      const first = await issue(only);
      const other = await issue({ ...only, subject: 'maja' });
      const second = await issue(only);
      expect(second.id).toBe(first.id);
      expect(await valid(first.token, there)).toBe(false);
      expect(await valid(second.token, there)).toBe(true);
      expect(await valid(other.token)).toBe(true);
      expect(await here.tokens.reveal(tenant, second.id)).toBe(second.token);
    });

    it('are one even when replaced many times at once', async () => {
      const issued = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (databases[i % 2] as Database).write((trx) =>
            (i % 2 ? there : here).tokens.issue(trx, { tenant, subject: 'mira', ...only }),
          ),
        ),
      );
      const left = [];
      for (const { token } of issued) if (await valid(token)) left.push(token);
      expect(left).toHaveLength(1);
      expect(await here.tokens.reveal(tenant, issued[0]?.id ?? '')).toBe(left[0]);
    });

    it('do not inherit a use of the one before', async () => {
      const sliding = { ...only, expiry: { afterIdleMs: 10 * MINUTE } };
      const first = await issue(sliding);
      now += MINUTE;
      expect(await valid(first.token)).toBe(true);
      const second = await issue(sliding);
      now += MINUTE;
      await here.tokens.flush({ all: true });
      const [info] = await here.tokens.list({ tenant, kind: 'door.token' });
      expect(info).toMatchObject({ usedAt: undefined, expiresAt: second.expiresAt });
    });

    it('of two tenants with the same subject are two', async () => {
      const sliding = { ...only, expiry: { afterIdleMs: 10 * MINUTE } };
      const mine = await issue(sliding);
      const theirs = await issue({ ...sliding, tenant: `${tenant}-b` });
      now += 9 * MINUTE;
      await valid(mine.token);
      now += MINUTE;
      expect(await valid(mine.token)).toBe(true);
      expect(await valid(theirs.token)).toBe(false);
    });
  });

  it('are swept a while after they expired, also in great numbers', async () => {
    const [db] = databases as [Database];
    await write<CredentialTables, void>(async (trx) => {
      await trx.deleteFrom('platform_tokens').execute();
      await trx.deleteFrom('platform_token_owners').execute();
    });
    const lasting = await issue();
    const sliding = await issue({ expiry: { afterIdleMs: 20 * MINUTE } });
    await write(async (trx) => {
      const request = { tenant, kind: 'door.session', subject: 'x', format: uuidToken };
      const expiry = { at: START + MINUTE };
      for (let i = 0; i < 1001; i++) await here.tokens.issue(trx, { ...request, expiry });
    });
    const count = async (table: string) =>
      (await sql`SELECT 1 FROM ${sql.table(table)}`.execute(db.tables())).rows.length;
    const before = [await count('platform_tokens'), await count('platform_token_owners')];
    now = START + 5 * MINUTE;
    expect((await here.sweep()).tokens).toBe(0);
    now = START + 7 * MINUTE;
    expect((await here.sweep()).tokens).toBe(1001);
    expect(await count('platform_tokens')).toBe((before[0] ?? 0) - 1001);
    expect(await count('platform_token_owners')).toBe((before[1] ?? 0) - 1001);
    expect(await isValid(lasting.token)).toBe(true);
    // Used at the last moment, not written yet: the sweep leaves it alone.
    now = START + 20 * MINUTE - 1;
    expect(await isValid(sliding.token)).toBe(true);
    now += 2 * MINUTE;
    await here.sweep();
    expect(await isValid(sliding.token)).toBe(true);
  });

  it('are stored nowhere in plain text', async () => {
    const issued = [
      await issue({ showable: true }),
      await issue({ format: hexToken, showable: true, only: true }),
      await issue({ expiry: { afterIdleMs: MINUTE } }),
    ];
    for (const { token } of issued) await check(token);
    await here.tokens.flush({ all: true });
    const [db] = databases as [Database];
    let dump = '';
    for (const table of ['platform_tokens', 'platform_token_owners']) {
      const { rows } = await sql`SELECT * FROM ${sql.table(table)}`.execute(db.tables());
      dump += JSON.stringify(rows);
    }
    for (const { token, id } of issued) {
      expect(dump).toContain(id);
      for (const form of [token, token.replaceAll('-', ''), btoa(token)]) {
        expect(dump).not.toContain(form);
      }
    }
  });
});
