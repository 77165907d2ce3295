// Projections, grouping and sums (BaasBox spec 4.5).
import { describe, expect, it } from 'vitest';
import type { Subject } from './evaluate.ts';
import { runInMemory } from './memory.ts';
import { parseQuery, type QueryText } from './query.ts';
import type { JsonObject } from './values.ts';

const records: JsonObject[] = [
  { city: 'Rome', total: 1, text: '10', tags: ['a', 'b'], lines: [{ n: 1 }, { n: 2 }] },
  { city: 'Oslo', total: 2.5, text: '20', tags: [], lines: [] },
  { city: 'Rome', total: 2, text: 'x', tags: ['b'] },
  { city: null, total: '7' },
];
const subjectOf = (fields: JsonObject): Subject => ({
  fields,
  system: (name) => (name === '_author' ? 'mira' : undefined),
});

function run(query: QueryText): unknown[] {
  const found = runInMemory(records, subjectOf, parseQuery(query), 0);
  return 'rows' in found ? found.rows : found.items;
}

describe('rows', () => {
  it.each<[QueryText, unknown[]]>([
    [{ fields: 'city', limit: 1 }, [{ city: 'Rome' }]],
    [{ fields: 'city as town, total', limit: 1 }, [{ town: 'Rome', total: 1 }]],
    [{ fields: 'city, city', limit: 1 }, [{ city: 'Rome', city2: 'Rome' }]],
    [{ fields: 'nix, _author, lines.n', limit: 1 }, [{ nix: null, _author: 'mira', n: [1, 2] }]],
    [{ fields: 'city.toUpperCase()', limit: 1 }, [{ city: 'ROME' }]],
    [{ fields: 'eval("total * 2 + 1") as x', limit: 1 }, [{ x: 3 }]],
    [{ fields: '*, total as t', skip: 3 }, [{ city: null, total: '7', t: '7' }]],
    [{ fields: '*', skip: 3 }, [{ city: null, total: '7' }]],
    [{ fields: 'expand(lines)' }, [{ n: 1 }, { n: 2 }]],
    [{ fields: 'expand(tags)' }, [{ value: 'a' }, { value: 'b' }, { value: 'b' }]],
    [{ fields: 'expand(_allowRead)' }, []],
    [{ fields: 'system as s, password', limit: 1 }, [{ s: null, password: null }]],
  ])('%j', (query, rows) => expect(run(query)).toEqual(rows));
});

describe('sums', () => {
  it.each<[QueryText, unknown[]]>([
    [{ fields: 'count(*) as tot' }, [{ tot: 4 }]],
    [{ fields: 'count(city), count(text)' }, [{ count: 3, count2: 3 }]],
    [
      { fields: 'sum(total), avg(total), min(total), max(total)' },
      [{ sum: 5.5, avg: 5.5 / 3, min: 1, max: '7' }],
    ],
    // A number in a text is a text, until it is calculated with.
    [{ fields: 'sum(text) as s' }, [{ s: 0 }]],
    [{ fields: 'sum(eval("text * 1")) as s' }, [{ s: 30 }]],
    [
      { fields: 'sum(total) as tot,city', groupBy: 'city', orderBy: 'city' },
      [
        { tot: 0, city: null },
        { tot: 2.5, city: 'Oslo' },
        { tot: 3, city: 'Rome' },
      ],
    ],
    [
      { fields: 'sum(total) as tot,city', groupBy: 'city', orderBy: 'tot desc', limit: 1 },
      [{ tot: 3, city: 'Rome' }],
    ],
    [
      { fields: 'distinct(city)' },
      [{ distinct: 'Rome' }, { distinct: 'Oslo' }, { distinct: null }],
    ],
    [
      { fields: 'first(city), last(city), list(total) as all' },
      [{ first: 'Rome', last: 'Rome', all: [1, 2.5, 2, '7'] }],
    ],
    [{ groupBy: 'city', fields: 'city' }, [{ city: 'Rome' }, { city: 'Oslo' }, { city: null }]],
    [{ fields: 'count(*), sum(total)', where: 'total > 100' }, [{ count: 0, sum: 0 }]],
    [{ fields: 'city, count(*)', where: 'total > 100', groupBy: 'city' }, []],
  ])('%j', (query, rows) => expect(run(query)).toEqual(rows));
});

it.each([
  '',
  'city as',
  'city,',
  'count(',
  'count(*',
  'sum()',
  'evil(x)',
  'city; drop',
  'eval(1)',
  "eval('1;2')",
  'sum(count(*))',
  '**',
])('refuses fields=%s', (fields) => {
  expect(() => parseQuery({ fields: fields || ' ' })).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
});

it('refuses what is too long', () => {
  const many = Array.from({ length: 60 }, (_, index) => `f${index}`).join(',');
  for (const query of [
    { fields: many },
    { orderBy: many },
    { groupBy: many },
    { fields: 'a'.repeat(5000) },
  ]) {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ code: 'query_limit' }));
  }
});

it('sets fields called like machinery as plain fields', () => {
  const found = runInMemory(
    records,
    subjectOf,
    parseQuery({ fields: 'city as __proto__', limit: 1 }),
    0,
  );
  expect(JSON.stringify(found)).toBe('{"rows":[{"__proto__":"Rome"}]}');
});
