// Tenants, handles and settings, as rooms and the command line use them.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../database/database.ts';
import { migrate } from '../database/migrations.ts';
import { platformMigrations } from '../migrations.ts';
import { systemRandom } from '../random.ts';
import type { TenantTables } from './tables.ts';
import { Tenants } from './tenants.ts';

onBothEngines('tenants', (engine) => {
  let place: Place;
  let db: Database;
  let other: Database;
  let tenants: Tenants;
  let now: number;
  const clock = { now: () => now++ };

  beforeAll(async () => {
    now = 1_700_000_000_000;
    place = await makePlace(engine);
    db = openPlace(place);
    other = openPlace(place);
    await migrate(db, platformMigrations, clock);
    tenants = new Tenants(db, { clock, random: systemRandom(clock) });
  });

  beforeEach(() =>
    db.write<TenantTables, void>(async (trx) => {
      await trx.deleteFrom('platform_tenants').execute();
      await trx.deleteFrom('platform_handles').execute();
      await trx.deleteFrom('platform_tenant_settings').execute();
    }),
  );

  afterAll(async () => {
    await db.close();
    await other.close();
    await place.remove();
  });

  const create = (name: string) => db.write((trx) => tenants.create(trx, { name }));

  it('keeps what was created and lists it by age in pages', async () => {
    const made = [];
    for (const name of ['Hive', 'Comb', 'Hive']) made.push(await create(name));
    const [first] = made;
    expect(await tenants.get(first?.id ?? '')).toEqual(first);
    expect(await tenants.list()).toEqual(made);
    expect(await tenants.list({ limit: 2 })).toEqual(made.slice(0, 2));
    expect(await tenants.list({ after: made[1]?.id ?? '' })).toEqual(made.slice(2));
    expect(await tenants.find('nobody')).toBeUndefined();
    await expect(tenants.get('nobody')).rejects.toMatchObject({ code: 'tenant_not_found' });
  });

  it('refuses names that are empty or too long', async () => {
    await expect(create(' ')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(create('x'.repeat(201))).rejects.toMatchObject({ kind: 'invalid' });
    expect(await tenants.list()).toEqual([]);
  });

  it('leads from a handle to its tenant, in every process', async () => {
    const { id } = await create('Hive');
    const elsewhere = new Tenants(other, { clock, random: systemRandom(clock) });
    const handle = { kind: 'baasbox.appcode', value: '1234567890' };
    expect(await elsewhere.handles.find(handle.kind, handle.value)).toBeUndefined();
    await db.write((trx) => tenants.handles.add(trx, id, handle));
    expect(await elsewhere.handles.find(handle.kind, handle.value)).toBe(id);
    expect(await elsewhere.handles.find('beebole.account', handle.value)).toBeUndefined();
    await db.write((trx) => tenants.handles.remove(trx, id, handle));
    expect(await elsewhere.handles.find(handle.kind, handle.value)).toBeUndefined();
  });

  it('gives a handle to one tenant only', async () => {
    const [a, b] = [await create('A'), await create('B')];
    const handle = { kind: 'beebox.project', value: 'p' };
    const outcomes = await Promise.allSettled(
      [a, b].map(({ id }) => db.write((trx) => tenants.handles.add(trx, id, handle))),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')).toMatchObject({
      reason: { kind: 'conflict', code: 'handle_taken' },
    });
    const owner = await tenants.handles.find(handle.kind, handle.value);
    const loser = owner === a.id ? b.id : a.id;
    expect(await db.write((trx) => tenants.handles.remove(trx, loser, handle))).toBe(false);
    expect(await tenants.handles.find(handle.kind, handle.value)).toBe(owner);
  });

  it('lists the handles of a tenant', async () => {
    const { id } = await create('Hive');
    const handles = [
      { kind: 'a.x', value: '2' },
      { kind: 'a.x', value: '10' },
      { kind: 'b.y', value: 'é' },
    ];
    await db.write(async (trx) => {
      for (const handle of handles) await tenants.handles.add(trx, id, handle);
    });
    expect(await tenants.handles.list(id)).toHaveLength(3);
    expect(await tenants.handles.list(id, 'b.y')).toEqual([{ kind: 'b.y', value: 'é' }]);
    expect(await tenants.handles.list('nobody')).toEqual([]);
  });

  it('refuses handles that are empty or too long, and finds none', async () => {
    const { id } = await create('Hive');
    for (const value of ['', 'x'.repeat(201)]) {
      const add = db.write((trx) => tenants.handles.add(trx, id, { kind: 'k', value }));
      await expect(add).rejects.toMatchObject({ kind: 'invalid', code: 'handle_value' });
      expect(await tenants.handles.find('k', value)).toBeUndefined();
    }
  });

  it('keeps settings as JSON, each on its own', async () => {
    const { id } = await create('Hive');
    const { settings } = tenants;
    expect(await settings.get(id, 'beefree.limits')).toBeUndefined();
    await db.write(async (trx) => {
      await settings.set(trx, id, 'beefree.limits', { minute: 500 });
      await settings.set(trx, id, 'zero', 0);
      expect(await settings.get(id, 'zero', trx)).toBe(0);
    });
    await db.write((trx) => settings.set(trx, id, 'beefree.limits', { minute: 1 }));
    expect(await settings.get(id, 'beefree.limits')).toEqual({ minute: 1 });
    expect(await settings.all(id)).toEqual({ 'beefree.limits': { minute: 1 }, zero: 0 });
    expect(await settings.all('nobody')).toEqual({});
    expect(await db.write((trx) => settings.remove(trx, id, 'zero'))).toBe(true);
    expect(await settings.get(id, 'zero')).toBeUndefined();
  });

  it('refuses a setting that is too large', async () => {
    const { id } = await create('Hive');
    const set = db.write((trx) => tenants.settings.set(trx, id, 's', 'x'.repeat(65_536)));
    await expect(set).rejects.toMatchObject({ kind: 'too_large' });
  });
});
