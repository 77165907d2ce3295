// Statements of scripts: what is understood, and that nothing else is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExec, readSelect } from './statements.ts';

describe('select', () => {
  it.each([
    ['from teas', { collection: 'teas', criteria: {} }],
    ['SELECT * FROM teas', { collection: 'teas', criteria: {} }],
    [
      "select a, count(*) as n from teas where b = 'from x' and (c in [1, 2]) group by a order by n desc skip 5 limit 10",
      {
        collection: 'teas',
        criteria: {
          fields: 'a, count(*) as n',
          where: "b = 'from x' and (c in [1, 2])",
          groupBy: 'a',
          orderBy: 'n desc',
          skip: '5',
          page: '0',
          recordsPerPage: '10',
        },
      },
    ],
    [
      'from teas where a = "it\\"s limit"',
      { collection: 'teas', criteria: { where: 'a = "it\\"s limit"' } },
    ],
    [
      "from teas where x in (select 'y')",
      { collection: 'teas', criteria: { where: "x in (select 'y')" } },
    ],
  ])('%s', (text, expected) => expect(readSelect(text)).toEqual(expected));

  it.each([
    '',
    'teas',
    'select a',
    'from',
    'from teas, pots',
    'from (select from teas)',
    'from teas; drop',
    'from #5:1',
    'from [1]',
    'from teas where a = 1 where b = 2',
    'from teas order a',
    'from teas limit x',
    'from teas limit -1',
    'from teas skip 99999999999',
    'update teas set a = 1',
    `from teas where ${'a'.repeat(20_000)}`,
  ])('refuses %s', (text) =>
    expect(() => readSelect(text)).toThrow(expect.objectContaining({ statusCode: 400 })),
  );

  it('never gives a collection that is not a name, whatever it is given', () => {
    const word = fc.constantFrom(
      'select',
      'from',
      'where',
      'teas',
      "'",
      '"',
      '(',
      ')',
      '[',
      ';',
      '--',
      '/*',
      ' ',
      'group by',
      'limit',
      '1',
      '\\',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          try {
            expect(readSelect(text).collection).toMatch(/^[A-Za-z-][\w-]*$/);
          } catch (error) {
            expect(error).toMatchObject({ statusCode: 400 });
          }
        },
      ),
    );
  });
});

describe('exec', () => {
  it.each([
    ['delete from teas', { kind: 'delete', collection: 'teas', where: undefined }],
    ['DELETE FROM teas WHERE a = 1', { kind: 'delete', collection: 'teas', where: 'a = 1' }],
    [
      "update teas set a = 1.5, b = 'x, y', c = null, d = TRUE, e = ? where f = ?",
      {
        kind: 'update',
        collection: 'teas',
        where: 'f = ?',
        set: [
          { field: 'a', value: 1.5 },
          { field: 'b', value: 'x, y' },
          { field: 'c', value: null },
          { field: 'd', value: true },
          { field: 'e', value: undefined },
        ],
      },
    ],
    ['create property teas.name STRING', { kind: 'nothing' }],
    ['alter property teas.name collate ci', { kind: 'nothing' }],
    ['drop index teas.name', { kind: 'nothing' }],
  ])('%s', (text, expected) => expect(readExec(text)).toEqual(expected));

  it.each([
    '',
    'delete teas',
    'delete from',
    'delete vertex from teas',
    'update teas',
    'update teas set',
    'update teas set a',
    'update teas set a = b',
    'update teas set a = 1,',
    'update teas set a = (select 1)',
    'update teas set @rid = 1',
    'update teas set a.b = 1',
    'insert into teas set a = 1',
    'drop class teas',
    'create class teas',
    'select from teas',
    'begin; delete from teas',
  ])('refuses %s', (text) =>
    expect(() => readExec(text)).toThrow(expect.objectContaining({ statusCode: 400 })),
  );
});
