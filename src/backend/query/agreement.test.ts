// SQLite, PostgreSQL and the evaluator must mean the same by every filter and every order.
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makePlace, onBothEngines, openPlace, type Place } from '../../../test/support/database.ts';
import type { Database } from '../../platform/database/database.ts';
import type { CompareOperator, Filter, Operand, Operator, Step, WordOperator } from './ast.ts';
import { TRUE, type Sql } from './bounds.ts';
import { compileFilter, type SqlTarget } from './compile.ts';
import { evaluate, matches, type Subject } from './evaluate.ts';
import { compileOrder, type OrderKey } from './order.ts';
import { parseFilter } from './parser.ts';
import { postgresJson } from './sql-postgres.ts';
import { sqliteJson } from './sql-sqlite.ts';
import { compareForSort, DateValue, RidValue, type Json, type JsonObject } from './values.ts';

const NOW = Date.UTC(2015, 10, 2, 9, 21, 7, 4);
const RUNS = Number(process.env['SKEP_PROPERTY_RUNS'] ?? 400);
const seed = Number(process.env['SKEP_PROPERTY_SEED'] ?? 20_151_102);

const texts = [
  '',
  ' ',
  'a',
  'A',
  'ab',
  'abc',
  'a%b',
  'a_b',
  'a*b',
  '[a]',
  '?',
  "it's",
  'a"b',
  'a\\b',
  'a\nb',
  '30',
  '30.5',
  '30,5',
  '007',
  '-5',
  '+5',
  '1e3',
  '5 ',
  'e',
  '.',
  'true',
  'FALSE',
  'null',
  'é',
  'É',
  'ß',
  '😀',
  'ａ',
  '\uFFFD',
  '2015-11-02T10:21:07.004+0100',
  '2015-11-02',
  String(NOW),
  '#7:3',
];
const numbers = [
  0,
  1,
  -1,
  5,
  -5,
  7,
  30,
  30.5,
  0.1,
  1000,
  1e21,
  1.5e22,
  1e-7,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  NOW,
];
const names = ['a', 'b', 'tags', 'type', 'value', 'key', 'é', '$x'];

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...texts) },
  { weight: 4, arbitrary: fc.constantFrom(...numbers) },
  { weight: 1, arbitrary: fc.constantFrom<Json>(true, false, null) },
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'json' },
    { weight: 4, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'json' }) },
    { weight: 2, arbitrary: tie('object') },
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie('value'), {
    maxKeys: 3,
    depthIdentifier: 'json',
  }),
})).value;
const document = fc.dictionary(fc.constantFrom(...names), json, {
  maxKeys: 5,
}) as fc.Arbitrary<JsonObject>;

const path: fc.Arbitrary<Operand> = fc
  .tuple(
    fc.constantFrom(...names, 'id', '_author', '_creation_date', '@rid', '@version', '@class'),
    fc.array(fc.oneof<fc.Arbitrary<Step>[]>(fc.constantFrom(...names), fc.nat(2)), {
      maxLength: 3,
    }),
  )
  .map(([name, steps]) => ({ kind: 'path', steps: [name, ...steps] }));
const literal: fc.Arbitrary<Operand> = scalar.map((value) => ({
  kind: 'literal',
  value: value as string | number | boolean | null,
}));
const dateOf = (value: string): Operand => ({
  kind: 'call',
  name: 'date',
  args: [{ kind: 'literal', value }],
});
const dateTexts = ['2015-11-02T10:21:07.004+0100', '2015-11-02', 'nonsense'];
const dateCall = fc.constantFrom(...dateTexts).map(dateOf);
const list: fc.Arbitrary<Operand> = fc
  .array(literal, { maxLength: 4 })
  .map((items) => ({ kind: 'list', items }));
const method: fc.Arbitrary<Operand> = fc
  .tuple(path, fc.constantFrom('tolowercase' as const, 'length' as const, 'asinteger' as const))
  .map(([on, name]) => ({ kind: 'method', on, name, args: [] }));
const left: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 12, arbitrary: path },
  { weight: 2, arbitrary: fc.constant<Operand>({ kind: 'any' }) },
  { weight: 1, arbitrary: method },
  { weight: 1, arbitrary: literal },
);
const right: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 10, arbitrary: literal },
  { weight: 2, arbitrary: dateCall },
  { weight: 2, arbitrary: list },
  { weight: 1, arbitrary: path },
);

const comparison = fc.constantFrom<CompareOperator>('=', '<>', '<', '<=', '>', '>=');
const word = fc.constantFrom<WordOperator>(
  'like',
  'in',
  'contains',
  'containsall',
  'containskey',
  'containsvalue',
  'containstext',
  'instanceof',
);
const patternTexts = [
  'a%',
  '%b',
  '%',
  'a%b',
  '%a%',
  'a_%',
  '*',
  '*%',
  '[%',
  '[a%',
  '%]',
  '?%',
  '%%a',
  '3%',
  'tr%',
  '%\\%',
  '_',
  '%é%',
  '%"%',
  "it's%",
];
const patterns: fc.Arbitrary<Operand> = fc
  .constantFrom(...patternTexts)
  .map((value) => ({ kind: 'literal', value }));

const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: 'max', depthIdentifier: 'filter' },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        operator: comparison,
        left,
        right,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        operator: comparison,
        left: literal,
        right: path,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('compare' as const), operator: word, left, right }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        operator: fc.constant('like' as const),
        left,
        right: patterns,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        operator: fc.constant('in' as const),
        left,
        right: list,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('compare' as const),
        operator: fc.constant('in' as const),
        left: literal,
        right: path,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('between' as const),
        operand: left,
        low: right,
        high: right,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('null' as const, 'defined' as const, 'truth' as const),
        operand: left,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('elements' as const),
        every: fc.boolean(),
        operand: left,
        filter: tie('filter'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('not' as const), item: tie('filter') }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        items: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      }),
    },
  ),
})).filter;

const documents = fc.sample(document, { numRuns: 300, seed });
const author = (seq: number) => ['mira', 'Bob', 'zoë'][seq % 3] as string;
const created = (seq: number) => NOW + (seq % 5) - 2;

function subject(fields: JsonObject, seq: number): Subject {
  const system: Record<string, string | number | DateValue | RidValue> = {
    id: `id${seq}`,
    _author: author(seq),
    _creation_date: new DateValue(created(seq)),
    '@rid': new RidValue(7, seq),
    '@version': seq % 3,
    '@class': 'teas',
  };
  return { fields, system: (name) => system[name] };
}

/** One document for each scalar. */
const scalars: Json[] = [...texts, ...numbers, true, false, null];
const SCALAR: Operand = { kind: 'path', steps: ['v'] };
const operators: Operator[] = ['=', '<>', '<', '<=', '>', '>=', 'like', 'in', 'containstext'];

interface Row {
  seq: number;
  id: string;
  author: string;
  created: number;
  version: number;
  body: string;
}

interface Tables {
  docs: Row;
  scalars: Row;
}

function targetOn(db: Database): SqlTarget {
  const json = db.dialect === 'sqlite' ? sqliteJson() : postgresJson();
  const collated = (column: Sql) =>
    db.dialect === 'sqlite' ? column : sql`(${column} collate "C")`;
  return {
    json,
    document: sql.ref('body'),
    system(name) {
      switch (name) {
        case 'id':
          return { type: 'text', value: collated(sql.ref('id')) };
        case '_author':
          return { type: 'text', value: collated(sql.ref('author')) };
        case '_creation_date':
          return { type: 'date', value: sql.ref('created') };
        case '@version':
          return { type: 'number', value: sql.ref('version') };
        case '@rid':
          return { type: 'rid', cluster: 7, position: sql.ref('seq') };
        case '@class':
          return { type: 'constant', value: 'teas' };
        default:
          return undefined;
      }
    },
  };
}

/** What an engine gives for a condition; NULL would be neither. */
const isTruth = (value: unknown) => [true, false, 0, 1].includes(value as boolean);

onBothEngines('compiled queries', (engine) => {
  let place: Place;
  let db: Database;

  beforeAll(async () => {
    place = await makePlace(engine);
    db = openPlace(place);
    await db.write<Tables, void>(async (trx) => {
      for (const [table, records] of [
        ['docs', documents],
        ['scalars', scalars.map((v) => ({ v }))],
      ] as const) {
        await trx.schema
          .createTable(table)
          .addColumn('seq', 'integer', (column) => column.primaryKey())
          .addColumn('id', 'text')
          .addColumn('author', 'text')
          .addColumn('created', 'bigint')
          .addColumn('version', 'integer')
          .addColumn('body', engine === 'sqlite' ? 'text' : 'jsonb')
          .execute();
        for (const [seq, fields] of records.entries()) {
          const values = {
            seq,
            id: `id${seq}`,
            author: author(seq),
            created: created(seq),
            version: seq % 3,
            body: JSON.stringify(fields),
          };
          await trx.insertInto(table).values(values).execute();
        }
      }
    });
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  async function bounds(filter: Filter, table: 'docs' | 'scalars' = 'docs') {
    const { may, must } = compileFilter(filter, targetOn(db), NOW);
    const rows = await db
      .tables<Tables>()
      .selectFrom(table)
      .select(['seq', may.as('may'), must.as('must')])
      .orderBy('seq')
      .execute();
    return { exact: may === must, rows: rows.map((row) => ({ may: row.may, must: row.must })) };
  }

  it('encloses what the evaluator finds, and meets it where it claims to be exact', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const found = await bounds(filter);
        if (found.exact) exact++;
        for (const [seq, { may, must }] of found.rows.entries()) {
          const expected = matches(filter, subject(documents[seq] as JsonObject, seq), NOW);
          // NULL would be neither.
          const known = isTruth(may) && isTruth(must);
          if (known && (expected ? Boolean(may) : !must)) continue;
          // An assertion a row would take longer than the engines do: it is made for the rows that fail.
          expect.fail(`${expected ? 'missed' : 'invented'} ${JSON.stringify(documents[seq])}`);
        }
      }),
      { numRuns: RUNS, seed },
    );
    // The engines do most of the work, or this test says little.
    expect(exact).toBeGreaterThan(RUNS / 4);
  });

  it('agrees with it on every scalar, pattern and operator', async () => {
    const filters = [
      ...operators.flatMap((operator) =>
        [...texts, ...patternTexts, ...numbers, true, false].map((value): Filter => {
          const right: Operand = { kind: 'literal', value };
          return { kind: 'compare', operator, left: SCALAR, right };
        }),
      ),
      ...dateTexts
        .map(dateOf)
        .flatMap((right) =>
          operators.map((operator): Filter => ({ kind: 'compare', operator, left: SCALAR, right })),
        ),
    ];
    const outcomes = await Promise.all(
      filters.flatMap((filter) => [
        bounds(filter, 'scalars'),
        bounds({ kind: 'not', item: filter }, 'scalars'),
      ]),
    );
    for (const [index, { rows }] of outcomes.entries()) {
      const filter = filters[index >> 1] as Filter;
      const wrong = rows.flatMap(({ may, must }, seq) => {
        const value = scalars[seq] ?? null;
        const holds = matches(filter, subject({ v: value }, seq), NOW) !== (index % 2 === 1);
        return (holds && !may) || (!holds && must) ? [value] : [];
      });
      expect({ filter, wrong }).toEqual({ filter, wrong: [] });
    }
  });

  it('sorts like the evaluator', async () => {
    const keys = fc.array(fc.record({ path, descending: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(keys as fc.Arbitrary<OrderKey[]>, async (order) => {
        // An index behind a list picks from it, which SQL does not see: such orders are sorted as lists.
        const terms = [...compileOrder(order, targetOn(db)), sql.ref('seq')];
        let query = db.tables<Tables>().selectFrom('docs').select('seq');
        for (const term of terms) query = query.orderBy(sql`${term}`);
        const rows = await query.execute();
        const expected = documents
          .map((fields, seq) => ({ seq, record: subject(fields, seq) }))
          .sort((a, b) => {
            for (const key of order) {
              if (picks(key.path)) continue;
              const difference = compareForSort(
                evaluate(key.path, a.record, NOW),
                evaluate(key.path, b.record, NOW),
              );
              if (difference !== 0) return key.descending ? -difference : difference;
            }
            return a.seq - b.seq;
          });
        fc.pre(!order.some((key) => picks(key.path)));
        expect(rows.map((row) => row.seq)).toEqual(expected.map(({ seq }) => seq));
      }),
      { numRuns: RUNS / 2, seed },
    );
  });

  it('keeps every byte of a client out of the SQL text', () => {
    const marker = 'Zq7marker';
    const where = [
      `${marker}.${marker}[0] = '${marker}' and any() like '${marker}%'`,
      `${marker} contains (${marker} = "${marker}' or 1=1 --" and x.${marker} in ['${marker}'])`,
      `not ${marker} between '${marker}' and ? or '${marker}' in ${marker}`,
      `${marker} containskey '${marker}' or ${marker} containsvalue '${marker}'`,
      `${marker} containstext '${marker}' or ${marker} is null or ${marker} matches '${marker}.*'`,
    ].join(' or ');
    const filter = parseFilter(where, [`${marker}') ; drop table docs; --`]);
    const { may, must } = compileFilter(filter, targetOn(db), NOW);
    const [first] = compileOrder(
      [{ path: { kind: 'path', steps: [marker, marker] }, descending: true }],
      targetOn(db),
    );
    for (const expression of [may, must, first ?? TRUE]) {
      const compiled = db.tables<Tables>().selectFrom('docs').select(expression.as('x')).compile();
      expect(compiled.sql).not.toContain(marker);
      expect(compiled.sql).not.toContain('drop');
      expect(JSON.stringify(compiled.parameters)).toContain(marker);
    }
  });
});

function picks(operand: OrderKey['path']): boolean {
  const [, ...steps] = operand.steps;
  const crossing = steps.findIndex((step) => typeof step === 'string');
  return crossing >= 0 && steps.slice(crossing).some((step) => typeof step === 'number');
}
