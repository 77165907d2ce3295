// What rooms count on from the database, on both engines.
import { sql, type Kysely } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import { Conflict } from '../errors.ts';
import type { Database } from './database.ts';
import { migrate, type Migration } from './migrations.ts';
import { statement } from './statement.ts';

interface Tables {
  notes: { id: string; body: string; n: number };
}

const notes: Migration = {
  name: '0001_notes',
  up: (schema) =>
    schema.schema
      .createTable('notes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('n', 'bigint', (column) => column.notNull())
      .execute(),
};

const clock = { now: () => 1_700_000_000_000 };

onBothEngines('database', (engine) => {
  let place: Place;
  const open: Database[] = [];

  async function start(): Promise<Database> {
    place = await makePlace(engine);
    return again();
  }

  async function again(): Promise<Database> {
    const db = openPlace(place);
    open.push(db);
    await migrate(db, [notes], clock);
    return db;
  }

  afterEach(async () => {
    for (const db of open.splice(0)) await db.close();
    await place.remove();
  });

  const insert = (trx: Kysely<Tables>, id: string, n = 0) =>
    trx.insertInto('notes').values({ id, body: 'b', n }).execute();
  const ids = async (db: Database) =>
    (await db.tables<Tables>().selectFrom('notes').select('id').orderBy('id').execute()).map(
      (row) => row.id,
    );

  it('reads one state in a snapshot, whoever writes meanwhile, and lets them write', async () => {
    const db = await start();
    await db.write<Tables, unknown>((trx) => insert(trx, 'a'));
    const seen = await db.snapshot<Tables, string[][]>(async (reads) => {
      const all = async () =>
        (await reads.selectFrom('notes').select('id').orderBy('id').execute()).map(({ id }) => id);
      const before = await all();
      await db.write<Tables, unknown>((trx) => insert(trx, 'b'));
      expect(await ids(db)).toEqual(['a', 'b']);
      return [before, await all()];
    });
    expect(seen).toEqual([['a'], ['a']]);
    // What fails in a snapshot leaves nothing open.
    await expect(db.snapshot(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const writes = db.snapshot<Tables, unknown>((reads) => insert(reads, 'c'));
    await expect(writes).rejects.toThrow(/read-?only/i);
    expect(await ids(db)).toEqual(['a', 'b']);
  });

  it('shows a write to readers as soon as it is answered', async () => {
    const db = await start();
    await db.write<Tables, unknown>((trx) => insert(trx, 'a'));
    expect(await ids(db)).toEqual(['a']);
  });

  it('shows a write to those who looked while it ran, and not before', async () => {
    const db = await start();
    await db.write<Tables, void>(async (trx) => {
      await insert(trx, 'a');
      expect(await ids(db)).toEqual([]);
    });
    expect(await ids(db)).toEqual(['a']);
  });

  it('undoes a write that throws, and none of its neighbours', async () => {
    const db = await start();
    const outcomes = await Promise.allSettled([
      db.write<Tables, unknown>((trx) => insert(trx, 'a')),
      db.write<Tables, unknown>(async (trx) => {
        await insert(trx, 'b');
        throw new Conflict('taken', 'no');
      }),
      db.write<Tables, unknown>((trx) => insert(trx, 'a')),
      db.write<Tables, unknown>((trx) => insert(trx, 'c')),
    ]);
    const [first, thrown, second, last] = outcomes.map(({ status }) => status);
    expect([thrown, last]).toEqual(['rejected', 'fulfilled']);
    // On PostgreSQL they have connections of their own, and either may be the first.
    expect(new Set([first, second])).toEqual(new Set(['fulfilled', 'rejected']));
    expect(await ids(db)).toEqual(['a', 'c']);
  });

  it('keeps many concurrent increments of one row', async () => {
    const db = await start();
    await db.write<Tables, unknown>((trx) => insert(trx, 'counter'));
    await Promise.all(
      Array.from({ length: 200 }, () =>
        db.write<Tables, unknown>((trx) =>
          trx
            .updateTable('notes')
            .set((column) => ({ n: column('n', '+', 1) }))
            .execute(),
        ),
      ),
    );
    const row = await db.tables<Tables>().selectFrom('notes').select('n').executeTakeFirst();
    expect(row?.n).toBe(200);
  });

  it('decides on rows it read, when serializable', async () => {
    const db = await start();
    const takeLast = () =>
      db.write<Tables, boolean>(
        async (trx) => {
          const rows = await trx.selectFrom('notes').select('id').execute();
          if (rows.length >= 1) return false;
          await insert(trx, `n${Math.random()}`);
          return true;
        },
        { serializable: true },
      );
    const wins = await Promise.all(Array.from({ length: 6 }, takeLast));
    expect(wins.filter(Boolean)).toHaveLength(1);
  });

  it('runs compiled statements outside and inside transactions', async () => {
    const db = await start();
    const byId = statement<{ id: string }, { id: string; n: number }, Tables>((query, slot) =>
      query.selectFrom('notes').select(['id', 'n']).where('id', '=', slot('id')),
    );
    const put = statement<{ id: string; n: number }, unknown, Tables>((query, slot) =>
      query.insertInto('notes').values({ id: slot('id'), body: 'x', n: slot('n') }),
    );
    const hostile = `'); DROP TABLE notes; --`;
    const seen = await db.write<Tables, unknown>(async (trx) => {
      expect(await put.run(trx, { id: hostile, n: 2 ** 40 })).toBe(1);
      return byId.first(trx, { id: hostile });
    });
    expect(seen).toEqual({ id: hostile, n: 2 ** 40 });
    expect(await byId.all(db, { id: hostile })).toEqual([{ id: hostile, n: 2 ** 40 }]);
    expect(await byId.first(db, { id: 'other' })).toBeUndefined();
  });

  it('stops a scan at its deadline while reads go on, and scans again afterwards', async () => {
    const db = await start();
    await db.write<Tables, unknown>((trx) => insert(trx, 'a'));
    const endless =
      sql`WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) AS n FROM t`.compile(
        db.tables(),
      );
    const scan = db.scan(endless, { timeoutMs: 400 });
    expect(await ids(db)).toEqual(['a']);
    await expect(scan).rejects.toMatchObject({ kind: 'deadline', code: 'scan_deadline' });
    const query = db.tables<Tables>().selectFrom('notes').select('id').compile();
    expect(await db.scan(query, { timeoutMs: 10_000 })).toEqual([{ id: 'a' }]);
  });

  it('stops a scan when its caller goes away', async () => {
    const db = await start();
    const endless =
      sql`WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) AS n FROM t`.compile(
        db.tables(),
      );
    const gone = new AbortController();
    const scan = db.scan(endless, { timeoutMs: 60_000, signal: gone.signal });
    setImmediate(() => gone.abort());
    await expect(scan).rejects.toMatchObject({ code: 'scan_stopped' });
  });

  it('migrates once, also when several processes start together', async () => {
    const db = await start();
    const others = [openPlace(place), openPlace(place), openPlace(place)];
    open.push(...others);
    const second: Migration = {
      name: '0002_more',
      up: (schema) => schema.schema.createTable('more').addColumn('id', 'text').execute(),
    };
    const ran = await Promise.all(others.map((other) => migrate(other, [second, notes], clock)));
    expect(ran.flat()).toEqual(['0002_more']);
    expect(await migrate(db, [notes, second], clock)).toEqual([]);
  });

  it('refuses a database that is newer than the program', async () => {
    const db = await start();
    await migrate(db, [notes, { name: '9999_future', up: () => Promise.resolve() }], clock);
    await expect(migrate(db, [notes], clock)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'database_newer',
      message: expect.stringContaining('9999_future') as string,
    });
  });

  it('undoes a migration that fails, wholly', async () => {
    const db = await start();
    const broken: Migration = {
      name: '0003_broken',
      async up(schema) {
        await schema.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('half-way');
      },
    };
    await expect(migrate(db, [notes, broken], clock)).rejects.toThrow('half-way');
    await expect(sql`SELECT * FROM half`.execute(db.tables())).rejects.toThrow(/half/);
  });

  it.runIf(engine === 'postgres')(
    'survives a connection that breaks in a transaction',
    async () => {
      const db = await start();
      const broken = db.write<Tables, void>(async (trx) => {
        const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
        await sql`SELECT pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(db.tables());
        // The news arrives between two statements, when no query is there to report it.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await insert(trx, 'a');
      });
      await expect(broken).rejects.toThrow(/terminat|connection|queryable/i);
      await db.write<Tables, unknown>((trx) => insert(trx, 'b'));
      expect(await ids(db)).toEqual(['b']);
    },
  );
});
