// Every table of the room is in an archive with all its columns, or says why not: a new one cannot be forgotten.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import { migrate } from '../../platform/database/migrations.ts';
import type { Database } from '../../platform/database/database.ts';
import { platformMigrations } from '../../platform/migrations.ts';
import { backendMigrations } from '../tables.ts';
import { COPIED, KEPT, LEFT_OUT } from './copied-tables.ts';

onBothEngines('the archive', (engine) => {
  let place: Place;
  let db: Database;
  /** Columns of the room's tables. */
  let tables: Map<string, string[]>;
  beforeAll(async () => {
    place = await makePlace(engine);
    db = openPlace(place);
    await migrate(db, [...platformMigrations, ...backendMigrations], { now: () => 1 });
    const { rows } = await (
      engine === 'sqlite'
        ? sql<{ name: string; column: string }>`
            SELECT t.name, c.name AS "column" FROM sqlite_schema t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name LIKE 'backend%'`
        : sql<{ name: string; column: string }>`
            SELECT table_name AS name, column_name AS "column" FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name LIKE 'backend%'`
    ).execute(db.tables<unknown>());
    tables = new Map(
      [...Map.groupBy(rows, ({ name }) => name)].map(([name, own]) => [
        name,
        own.map(({ column }) => column).sort(),
      ]),
    );
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  it('knows every table of the room', () => {
    const known = [...Object.keys(COPIED), ...Object.keys(LEFT_OUT), ...KEPT];
    expect([...tables.keys()].sort()).toEqual(known.sort());
  });

  it.each(Object.keys(COPIED))('copies or derives every column of %s', (name) => {
    const { columns, derived } = COPIED[name] ?? { columns: {} };
    const copied = ['tenant_id', ...Object.keys(columns), ...(derived?.columns ?? [])];
    expect(copied.sort()).toEqual(tables.get(name));
  });

  it.each(Object.entries(COPIED))(
    'reads %s in an order of its own columns',
    (_, { columns, derived, key }) => {
      const own = [...Object.keys(columns), ...(derived?.columns ?? [])];
      expect(own).toEqual(expect.arrayContaining([...key]));
    },
  );
});
