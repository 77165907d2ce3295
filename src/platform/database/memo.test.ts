// What is remembered of watched tables is never older than the tables, also when another process changes them.
import type { Kysely } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import { watch } from './changes.ts';
import type { Database } from './database.ts';
import { memo } from './memo.ts';
import { migrate, type Migration } from './migrations.ts';
import { statement } from './statement.ts';

interface Tables {
  people: { id: string; name: string; seen: number };
  roles: { id: string; name: string };
}

const schema: Migration = {
  name: '0001_people',
  async up(db, dialect) {
    await db.schema
      .createTable('people')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('seen', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('roles')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .execute();
    await watch(db, dialect, { table: 'people', columns: ['id', 'name'] });
    await watch(db, dialect, { table: 'roles', columns: ['name'], inserts: true });
  },
};

const nameOf = statement<{ id: string }, { name: string }, Tables>((db, slot) =>
  db.selectFrom('people').select('name').where('id', '=', slot('id')),
);

onBothEngines('memo', (engine) => {
  let place: Place;
  let here: Database;
  let there: Database;
  let reads: number;
  const names = memo<{ name: string }>({ max: 10 });

  async function name(id: string, between?: () => Promise<unknown>): Promise<string | undefined> {
    const known = names.get(here, id);
    if (known) return known.name;
    const read = await names.load(here, id, async () => {
      reads += 1;
      const row = await nameOf.first(here, { id });
      await between?.();
      return row;
    });
    return read?.name;
  }

  async function start() {
    place = await makePlace(engine);
    [here, there] = [openPlace(place), openPlace(place)];
    reads = 0;
    await migrate(here, [schema], { now: () => 0 });
    await here.write<Tables, unknown>((trx) =>
      trx.insertInto('people').values({ id: 'a', name: 'Ada', seen: 0 }).execute(),
    );
  }

  const change = (db: Database, fn: (trx: Kysely<Tables>) => Promise<unknown>) => db.write(fn);
  const rename = (db: Database, to: string) =>
    change(db, (trx) => trx.updateTable('people').set({ name: to }).execute());

  afterEach(async () => {
    await here.close();
    await there.close();
    await place.remove();
  });

  it('reads once on SQLite, each time on PostgreSQL', async () => {
    await start();
    expect([await name('a'), await name('a'), await name('a')]).toEqual(['Ada', 'Ada', 'Ada']);
    expect(reads).toBe(engine === 'sqlite' ? 1 : 3);
  });

  it('sees changes and deletions at once, whoever makes them', async () => {
    await start();
    expect(await name('a')).toBe('Ada');
    await rename(here, 'Bea');
    expect(await name('a')).toBe('Bea');
    await rename(there, 'Cleo');
    expect(await name('a')).toBe('Cleo');
    await change(there, (trx) => trx.deleteFrom('people').execute());
    expect(await name('a')).toBeUndefined();
  });

  it('does not remember what is not there', async () => {
    await start();
    expect(await name('b')).toBeUndefined();
    await change(there, (trx) =>
      trx.insertInto('people').values({ id: 'b', name: 'Bob', seen: 0 }).execute(),
    );
    expect(await name('b')).toBe('Bob');
  });

  it('does not remember what changed while it was read', async () => {
    await start();
    expect(await name('a', () => rename(there, 'Dora'))).toBe('Ada');
    // A write of this process begins a new snapshot, in which the load would end otherwise, too.
    expect(await name('a', () => rename(here, 'Eve'))).toBe('Dora');
    expect(await name('a')).toBe('Eve');
  });

  it.runIf(engine === 'sqlite')('counts what is watched, and nothing that is undone', async () => {
    await start();
    const counted = async (fn: (trx: Kysely<Tables>) => Promise<unknown>) => {
      const before = here.changes() as number;
      await change(there, fn).catch(() => undefined);
      return (here.changes() as number) - before;
    };
    const addRole = (trx: Kysely<Tables>) =>
      trx.insertInto('roles').values({ id: 'r', name: 'Reader' }).execute();
    expect(await counted((trx) => trx.updateTable('people').set({ seen: 1 }).execute())).toBe(0);
    expect(await counted(addRole)).toBe(1);
    expect(await counted((trx) => trx.updateTable('roles').set({ name: 'R' }).execute())).toBe(1);
    expect(
      await counted(async (trx) => {
        await trx.deleteFrom('roles').execute();
        throw new Error('no');
      }),
    ).toBe(0);
  });
});
