// The search over a source of records: SQLite, PostgreSQL and the evaluator give the same, and hidden fields stay hidden.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../../platform/database/database.ts';
import { jsonOn, textColumn } from './columns.ts';
import type { Subject } from './evaluate.ts';
import { runInMemory } from './memory.ts';
import { parseQuery, type QueryText } from './query.ts';
import { countRecords, findRecords, searchRecords, type Source } from './records.ts';
import { DateValue, type JsonObject } from './values.ts';

const NOW = Date.UTC(2015, 10, 2);
const RUNS = Number(process.env['SKEP_PROPERTY_RUNS'] ?? 150);
const seed = Number(process.env['SKEP_PROPERTY_SEED'] ?? 7);

interface Person {
  id: string;
  name: string;
  joined: number;
  tenant: string;
  /** Who sees him at all; 0: only himself. */
  open: number;
  /** A section that only he himself sees. */
  secret: string;
  size: number;
}

const NAMES = ['ann', 'Bob', 'zoë', 'ann%', '😀', 'x'];
const people: Person[] = Array.from({ length: 300 }, (_, index) => ({
  id: `p${(index * 37) % 300}`,
  name: NAMES[index % NAMES.length] as string,
  joined: NOW + Math.floor(index / 3),
  tenant: index % 10 === 0 ? 'other' : 'one',
  open: index % 7 === 0 ? 0 : 1,
  secret: JSON.stringify({ mail: `m${index % 5}@x`, tags: ['a', `t${index % 3}`], n: index % 4 }),
  size: index % 11,
}));

interface QueryRow {
  id: string;
  name: string;
  joined: number;
  size: number;
  secret: string | null;
}

/** People as `caller` sees them. */
function source(db: Database, caller: string, scanned: boolean): Source<QueryRow, { id: string }> {
  const { dialect } = db;
  const json = (text: string) =>
    sql.raw(dialect === 'postgres' ? `(${text})::jsonb` : `json(${text})`);
  const secret = sql`(case when p.id = ${caller} then ${json('p.secret')} else ${json(`'null'`)} end)`;
  const build = sql.raw(dialect === 'postgres' ? 'jsonb_build_object' : 'json_object');
  const text = (value: string) =>
    sql.raw(dialect === 'postgres' ? `'${value}'::text` : `'${value}'`);
  return {
    from: sql`people p`,
    scope: sql`p.tenant = ${'one'}`,
    visible: sql`(p.open = 1 or p.id = ${caller})`,
    key: sql`p.id`,
    insertion: [sql`p.joined`, sql`p.id`],
    dense: true,
    bytes: sql`length(p.secret)`,
    ...(scanned ? { size: { records: 1_000_000, bytes: 1e9 } } : {}),
    target: {
      json: jsonOn(dialect),
      document: sql`${build}(${text('name')}, p.name, ${text('size')}, p.size, ${text('secret')}, ${secret})`,
      system(name) {
        if (name === 'id') return { type: 'text', value: textColumn(dialect, sql`p.id`) };
        if (name === 'joined') return { type: 'date', value: sql`p.joined` };
        return name === 'secret' ? { type: 'json', document: secret } : undefined;
      },
    },
    queried: sql`p.id, p.name, p.joined, p.size, (case when p.id = ${caller} then p.secret end) as secret`,
    subject: (row) => subjectOf(row, row.secret),
    wanted: sql`p.id`,
  };
}

function subjectOf(row: Omit<QueryRow, 'secret'>, secret: string | null): Subject {
  return {
    fields: {
      name: row.name,
      size: row.size,
      secret: secret === null ? null : (JSON.parse(secret) as JsonObject),
    },
    system(name) {
      if (name === 'id') return row.id;
      return name === 'joined' ? new DateValue(row.joined) : undefined;
    },
  };
}

/** What the language means, worked out in memory. */
function expected(caller: string, text: QueryText) {
  const seen = people
    .filter((person) => person.tenant === 'one' && (person.open === 1 || person.id === caller))
    .sort((a, b) => a.joined - b.joined || (a.id < b.id ? -1 : 1));
  const query = parseQuery(text);
  // Ties follow the direction of the last key.
  if (!query.aggregates && query.order.at(-1)?.descending) seen.reverse();
  const whole = { ...query, skip: 0, limit: undefined };
  const subject = (person: Person) =>
    subjectOf(person, person.id === caller ? person.secret : null);
  const found = runInMemory(seen, subject, query, NOW);
  const all = runInMemory(seen, subject, whole, NOW);
  const matching = runInMemory(seen, subject, parseQuery({ where: text.where }), NOW);
  return {
    result: 'rows' in found ? found.rows : found.items.map((person) => person.id),
    more:
      query.limit !== undefined &&
      query.skip + query.limit < ('rows' in all ? all.rows : all.items).length,
    count: 'items' in matching ? matching.items.length : -1,
  };
}

const condition = fc.constantFrom(
  `name = 'ann'`,
  `name like 'ann%'`,
  `name.toUpperCase() = 'BOB'`,
  `name matches '[a-c].*'`,
  `any() like '%m1%'`,
  `any() = 3`,
  `size > '4'`,
  `size between 2 and 5`,
  `secret is null`,
  `secret is defined`,
  `secret.mail is null`,
  `secret.mail like 'm%'`,
  `secret.tags contains 'a'`,
  `secret.n = 1`,
  `joined > date('2015-11-02')`,
  `joined <= ${NOW + 40}`,
  `id in ['p1', 'p37', 'p3']`,
  `id = 'p37'`,
  `nothing is null`,
  `nothing = 1`,
);
const where = fc.oneof(
  fc.constant(undefined),
  condition,
  fc.tuple(condition, fc.constantFrom('and', 'or'), condition).map((parts) => parts.join(' ')),
  condition.map((text) => `not (${text})`),
);
const orderBy = fc.constantFrom(
  undefined,
  'name',
  'name desc, size',
  'joined desc',
  'secret.mail, id desc',
  'nothing',
);
const fields = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'name, secret',
  'id, joined as at',
  'count(*) as n, name',
  'sum(size), count(secret)',
);
const texts: fc.Arbitrary<QueryText> = fc
  .record({
    where,
    orderBy,
    fields,
    skip: fc.nat(30),
    limit: fc.oneof(fc.constant(undefined), fc.nat(30)),
  })
  .map((text) => ({ ...text, groupBy: text.fields?.includes('count(*)') ? 'name' : undefined }));

onBothEngines('records', (engine) => {
  let place: Place;
  let db: Database;

  beforeAll(async () => {
    place = await makePlace(engine);
    db = openPlace(place);
    await db.write<{ people: Person }, void>(async (trx) => {
      await trx.schema
        .createTable('people')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text')
        .addColumn('joined', 'bigint')
        .addColumn('tenant', 'text')
        .addColumn('open', 'integer')
        .addColumn('secret', 'text')
        .addColumn('size', 'integer')
        .execute();
      await trx.insertInto('people').values(people).execute();
    });
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const context = () => ({
    db,
    clock: { now: () => NOW },
    limits: { queryTimeoutMs: 20_000 },
  });

  it.each([
    ['in a process of their own', true],
    ['on this thread', false],
  ])('give what the language means (%s)', async (_where, scanned) => {
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom('p37', 'p7', 'p0', ''), async (text, caller) => {
        const found = await searchRecords(context(), source(db, caller, scanned), parseQuery(text));
        const { result, more, count } = expected(caller, text);
        const given = 'rows' in found ? found.rows : found.records.map(({ id }) => id);
        expect({ given, more: found.more }).toEqual({ given: result, more });
        const counted = parseQuery({ where: text.where });
        expect(await countRecords(context(), source(db, caller, scanned), counted)).toBe(count);
      }),
      { numRuns: RUNS, seed },
    );
  });

  it('never show a hidden field, in conditions, orders or projections', async () => {
    const other = await searchRecords(
      context(),
      source(db, 'p1', false),
      parseQuery({ where: `secret is not null`, fields: 'id, secret, secret.mail as mail' }),
    );
    expect(other).toMatchObject({ rows: [{ id: 'p1' }], more: false });
    const rows = await searchRecords(
      context(),
      source(db, 'p1', false),
      parseQuery({
        where: `id <> 'p1'`,
        fields: 'secret, secret.mail as mail, eval("secret.n + 1")',
      }),
    );
    expect(new Set('rows' in rows ? rows.rows.map((row) => JSON.stringify(row)) : [])).toEqual(
      new Set(['{"secret":null,"mail":null,"eval":null}']),
    );
  });

  it('come in batches that can be left', async () => {
    const found = await findRecords(context(), source(db, '', false), parseQuery({}));
    if (!('records' in found)) throw new Error('no projection was asked for');
    for await (const batch of found.records) {
      expect(batch[0]).toMatchObject({ id: expect.stringMatching(/^p\d+$/) as string });
      break;
    }
    expect(await countRecords(context(), source(db, '', false), parseQuery({}))).toBeGreaterThan(
      200,
    );
  });

  it('stop at the deadline', async () => {
    const late = { ...context(), limits: { queryTimeoutMs: 0 } };
    await expect(
      searchRecords(late, source(db, '', true), parseQuery({ where: 'size > 1' })),
    ).rejects.toMatchObject({ kind: 'deadline', code: 'query_deadline' });
  });
});
