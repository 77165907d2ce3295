// What the filter language takes, what it refuses, and what its parts mean (BaasBox spec 4.3, 4.4, 4.6).
import { describe, expect, it } from 'vitest';
import { matches, type Subject } from './evaluate.ts';
import { QUERY_LIMITS } from './limits.ts';
import { parseOrder } from './order.ts';
import { parseFilter } from './parser.ts';
import { DateValue, RidValue, type JsonObject } from './values.ts';

const CREATED = Date.UTC(2015, 5, 1);
const NOW = Date.UTC(2015, 10, 2);

const fields: JsonObject = {
  color: 'green',
  price: 12,
  weight: 2.5,
  text: "it's 50% off",
  asText: '30',
  empty: '',
  nothing: null,
  sold: true,
  flag: 'true',
  tags: ['sale', 'new', 3],
  none: [],
  address: { city: 'Rome', phones: ['1', '2'], geo: { lat: 44.5, long: 11.35 } },
  players: [
    { username: 'ann', score: 5, skills: ['dig'] },
    { username: 'bob', score: 2, skills: ['run', 'dig'] },
    'odd',
  ],
  day: '2015-05-02',
};

const system = new Map<string, string | DateValue | RidValue | number>([
  ['id', 'abc'],
  ['_author', 'mira'],
  ['_creation_date', new DateValue(CREATED)],
  ['@rid', new RidValue(31, 4)],
  ['@class', 'teas'],
  ['@this', 'teas'],
  ['@version', 3],
]);

const subject: Subject = {
  fields,
  system: (name) => system.get(name),
};

const holds = (where: string, ...params: string[]) =>
  matches(parseFilter(where, params), subject, NOW);

describe('a filter that holds', () => {
  it.each<[string, ...string[]]>([
    ["color='green'"],
    ["color = 'green'"],
    ['color="green"'],
    ['color=’green’'],
    ['color=?', 'green'],
    ['color=? or color=?', 'yellow', 'green'],
    ['color=? ', 'green', 'surplus'],
    ['COLOR is null AND color IS NOT NULL'],
    ["color <> 'red' and color != 'red'"],
    ['price between 10 and 12'],
    ['price between ? and ?', '10', '20'],
    ['price > 10 and price>=12 and price<13 and price <= 12'],
    ["price = '12' and price = '12.9' and price < '13'"],
    ['price = ?', '12'],
    ["weight = '2.5' and weight <> '2'"],
    ['asText = 30 and asText > 9'],
    ["empty = 0 and empty = ''"],
    ["sold and sold = true and sold = 'TRUE' and flag = true"],
    ['not color is null and not (price = 1)'],
    ['not not price = 12'],
    ["text like '%50%' and text like 'it%off' and text like \"it's%\""],
    ["text like '%s 5%o%'"],
    ["color like 'green' and not color like 'GREEN' and not color like 'gr_en'"],
    ["tags like 'sa%' and tags like '3'"],
    ["'sale' in tags and color in ['red', 'green'] and color in ('green')"],
    ["tags in ['x', 'new'] and '3' in tags"],
    ["tags contains 'sale' and tags contains 3 and tags contains ('new')"],
    ["players contains (username='ann' and score > 3)"],
    ["not players contains (username='ann' and score > 5)"],
    ["address.phones containsall ['1','2'] and none containsall 'x'"],
    ['not players containsall (score > 1)'],
    ["address containskey 'city' and address containsvalue 'Rome'"],
    ["text containstext '50%'"],
    ["color matches 'g.*n' and not color matches 'gree'"],
    ["any() like '%een%' and any() = 12"],
    ['any()like?', '%50%'],
    ['(any()like? )', '%50%'],
    ["address.city.toLowerCase() = 'rome'"],
    ['color.length() = 5 and tags.size() = 3 and missing.size() = 0'],
    ["color.toUpperCase().substring(1,3) = 'RE' and color.left(2).append('x') = 'grx'"],
    ["color.right(2).prefix('k') = 'ken' and color.indexOf('ee') = 2"],
    ["color.replace('e','a').trim() = 'graan' and price.asString() = '12'"],
    ['asText.asInteger() = 30 and asText.asFloat() < 30.5 and flag.asBoolean()'],
    ["address.keys() contains 'geo' and address.phones[1] = '2'"],
    ["players.username contains 'bob' and players.skills contains 'run' and players[0].score = 5"],
    ['nothing is null and missing is null and nothing is defined and missing is not defined'],
    ["_author = 'mira' and id = 'abc' and @class = 'teas' and @version = 3"],
    ["@rid = '#31:4' and @rid = #31:4 and @rid < '#31:10'"],
    ["_creation_date > date('2015-05-01T00:00:00.000+0200')"],
    ["_creation_date < sysdate() and _creation_date > '2015-05-31T00:00:00.000+0000'"],
    [`_creation_date = ${CREATED}`],
    ["day > date('2015-05-01') and _creation_date < date('30/12/2015', 'dd/MM/yyyy')"],
    ["_creation_date.format('yyyy-MM-dd') = '2015-06-01' and _creation_date like '2015-06%'"],
    ['distance(address.geo.lat, address.geo.long, 44.49, 11.34) < 5'],
    ["distance(address.geo.lat,address.geo.long,44.49,11.34,'mi') < 1"],
    ['price + 3 * 2 = 18 and (price - 2) / 5 = 2 and price % 5 = 2 and -1 < price'],
    ["@this instanceof teas and @class instanceof 'teas'"],
    ["color='red' and price=1 or color='green'"],
    ["color='green' or color='red' and price=1"],
    ['price>? and color=? ', '5', 'green'],
    ["'green'=color and 5<price"],
    ["text = 'it\\'s 50% off'"],
  ])('%s', (where, ...params) => {
    expect(holds(where, ...params)).toBe(true);
  });
});

describe('a filter that does not hold', () => {
  it.each<[string, ...string[]]>([
    ["color = 'Green'"],
    ['missing = null or nothing = null or missing <> 1'],
    ["not (color = 'green')"],
    ["color > 5 or tags = 'sale' or address = 'x'"],
    ["empty like '%' or color like ''"],
    ["price contains 12 or color contains 'g'"],
    ["weight = '2'"],
    ['color between 1 and 9'],
    ["players.username = 'ann'"],
    ['flag'],
    ['distance(address.geo.lat, missing, 44.49, 11.34) < 50000'],
    ['price / 0 = 1 or price / 0 is not null'],
    ['__proto__ is defined or constructor is defined or address.toString is defined'],
  ])('%s', (where, ...params) => {
    expect(holds(where, ...params)).toBe(false);
  });
});

describe('refused', () => {
  it.each([
    'in (p)',
    '',
    ' ',
    'color =',
    "color = 'green",
    'color = = 1',
    '(color = 1',
    'color = 1)',
    "color = 'a'; drop table x",
    'color = 1 -- comment',
    'color = 1 /* comment */',
    'color = (select from OUser)',
    'select from OUser',
    'traverse x',
    "1 = 1) or (select password from OUser) = '",
    'color := 1',
    'a b',
    'a.b.',
    'a..b',
    'a[',
    'a[x]',
    'a[1.5]',
    'a[-1]',
    '5a = 1',
    'color is',
    'color is not',
    'between 1 and 2',
    'x between 1',
    'x like',
    'exec("rm")',
    'x.evil() = 1',
    'x.substring() = 1',
    'distance(a) < 1',
    '(a = 1) = 2',
    'a = (b = 2)',
    'x = 1 or',
    'not',
    'a = 1e999',
    "a = '\\",
    'a ~ b',
    'a = $b{',
    "a matches '('",
    "a matches '(?=x)'",
    "a matches '((((a|b)?){10}){10}){9}c'",
    `a matches '${'x'.repeat(600)}'`,
  ])('%s', (where) => {
    const run = () => {
      const filter = parseFilter(where);
      matches(filter, subject, NOW);
      // A malformed expression shows when it is first used.
      matches(filter, { ...subject, fields: { a: 'x' } }, NOW);
    };
    expect(run).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('more question marks than params', () => {
    expect(() => parseFilter('a=? or b=?', ['1'])).toThrow(
      expect.objectContaining({ code: 'query_params' }),
    );
  });
});

describe('limits', () => {
  const refused = (where: string, params: string[] = []) =>
    expect(() => parseFilter(where, params)).toThrow(
      expect.objectContaining({ code: 'query_limit' }),
    );
  const times = (count: number, text: string, separator = '') =>
    Array.from({ length: count }, () => text).join(separator);

  it('length', () => refused(`a='${'x'.repeat(QUERY_LIMITS.where)}'`));
  it('depth of parentheses', () => {
    refused(`${times(QUERY_LIMITS.depth + 1, '(')}a=1${times(QUERY_LIMITS.depth + 1, ')')}`);
    expect(parseFilter(`${times(30, '(')}a=1${times(30, ')')}`)).toBeDefined();
  });
  it('depth of not', () => refused(`${times(QUERY_LIMITS.depth + 1, 'not ')}a=1`));
  it('depth of lists', () => refused(`a in ${times(QUERY_LIMITS.depth + 1, '[')}`));
  it('depth of calls', () => refused(times(QUERY_LIMITS.depth + 1, 'date(')));
  it('conditions', () => refused(times(QUERY_LIMITS.conditions + 1, 'a=1', ' or ')));
  it('arithmetic', () => refused(`a=${times(QUERY_LIMITS.conditions + 1, '1', '+')}`));
  it('items', () => refused(`a in [${times(QUERY_LIMITS.items + 1, '1', ',')}]`));
  it('steps of a path', () => refused(`${times(QUERY_LIMITS.steps + 2, 'a', '.')}=1`));
  it('methods in a row', () => refused(`a${times(QUERY_LIMITS.steps + 1, '.trim()')}=1`));
  it('expressions', () => refused(times(QUERY_LIMITS.expressions + 1, "a matches 'b'", ' or ')));
  it('params', () =>
    refused(
      'a=?',
      Array.from({ length: QUERY_LIMITS.params + 1 }, () => '1'),
    ));
  it('length of a param', () => refused('a=?', ['x'.repeat(QUERY_LIMITS.param + 1)]));
});

it('takes expressions in time that grows with the text alone', () => {
  const started = performance.now();
  const long: Subject = { fields: { a: `${'a'.repeat(10_000)}!` }, system: () => undefined };
  expect(matches(parseFilter("a matches '(a+)+' or a matches '(a|a)*b'"), long, NOW)).toBe(false);
  expect(matches(parseFilter(`a like '${'%a'.repeat(2000)}%b'`), long, NOW)).toBe(false);
  expect(performance.now() - started).toBeLessThan(3000);
});

describe('orders', () => {
  const read = (text: string) =>
    parseOrder(text).map(
      ({ path, descending }) => `${path.steps.join('.')}${descending ? ' desc' : ''}`,
    );
  it.each([
    ['a', ['a']],
    ['a desc', ['a desc']],
    ['a ASC, b.c[1] DESC', ['a', 'b.c.1 desc']],
    // One client library puts the directions after all the columns.
    ['x,y asc,desc', ['x', 'y desc']],
    ['x,y desc,asc', ['x desc', 'y']],
    ['desc', ['desc']],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected));
  it.each(['', 'a,', 'a desc asc', "'a'", 'count(*)', 'a;b', 'a desc,', 'a.length()'])(
    'refused: %s',
    (text) => expect(() => parseOrder(text)).toThrow(expect.objectContaining({ kind: 'invalid' })),
  );
});
