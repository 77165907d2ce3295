// What is stored of a client's JSON: its order and its numbers as they came, and a form that both engines can query.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../platform/json.ts';
import type { JsonObject } from '../query/values.ts';
import { contentFrom, contentOf, parseBody } from './content.ts';
import { readField, writeField, type PathStep } from './fields.ts';

const LEAVE_OUT = new Set(['id', '@version']);
const content = (text: string) => contentOf(text, parseJson(text) as JsonObject, LEAVE_OUT);

describe('the body', () => {
  it.each([
    ['{}', '{}'],
    [' { } ', '{}'],
    ['{"a":1}', '{"a":1}'],
    ['{"b":1,"a":2}', '{"b":1,"a":2}'],
    ['{ "a" : [ 1 , 2 ] ,\n"b":\t{ } }', '{"a":[1,2],"b":{}}'],
    [
      '{"a":1.0,"b":1e2,"c":-0,"d":12345678901234567890,"e":1E+400}',
      '{"a":1.0,"b":1e2,"c":-0,"d":12345678901234567890,"e":1E+400}',
    ],
    ['{"2":0,"1":0,"a":0}', '{"2":0,"1":0,"a":0}'],
    ['{"a":{"2":1,"1":2}}', '{"a":{"2":1,"1":2}}'],
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['{"a":{"x":1,"\\u0078":2}}', '{"a":{"x":2}}'],
    ['{"a":"\\u00e9\\/ \\" {[,:"}', '{"a":"é/ \\" {[,:"}'],
    ['{"id":5,"a":1,"@version":[{"x":[]}],"b":2}', '{"a":1,"b":2}'],
    ['{"id":5, "a":1.0}', '{"a":1.0}'],
    ['{"a":{"id":5}}', '{"a":{"id":5}}'],
    ['{"a":"\\u0000\\ud800"}', '{"a":"\\u0000\\ud800"}'],
  ])('of %s', (text, body) => expect(content(text).body).toBe(body));
});

describe('the form for queries', () => {
  it.each([
    ['{"a":1.0,"b":1e2,"c":12345678901234567890}', '{"a":1,"b":100,"c":12345678901234567000}'],
    ['{"a":1E+400}', '{"a":null}'],
    ['{"a":"\\u0000\\ud800x\\udc00"}', '{"a":"\uFFFD\uFFFDx\uFFFD"}'],
    ['{"a":"\\ud83d\\ude00"}', '{"a":"😀"}'],
    // A backslash and then letters that look like an escape.
    ['{"a":"\\\\u0000 \\\\ud800"}', '{"a":"\\\\u0000 \\\\ud800"}'],
    ['{"\\u0000":1,"\uFFFD":2}', '{"\uFFFD":2}'],
  ])('of %s', (text, query) => expect(content(text).queryBody).toBe(query));
});

it('means the same as the text, whatever it is', () => {
  fc.assert(
    fc.property(
      fc
        .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
        .filter((value) => !Object.hasOwn(value, '__proto__')),
      fc.constantFrom(0, 2, '\t'),
      (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { body, queryBody } = contentOf(text, JSON.parse(text) as JsonObject, new Set());
        expect(JSON.parse(body)).toEqual(JSON.parse(text));
        expect(body).toBe(JSON.stringify(JSON.parse(text)));
        expect(
          queryBody.isWellFormed() && !/\\u0000|\\ud[89a-f]/.test(queryBody.replaceAll('\\\\', '')),
        ).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

it('keeps the spelling of numbers through a change of one field', () => {
  const changed = writeField(
    '{"a":1.0,"b":{"c":[1e2,2]}}',
    [step('b'), step('c', 1)],
    parseBody('{"v":3.50}')['v'],
  );
  expect(changed).toEqual({
    body: '{"a":1.0,"b":{"c":[1e2,3.50]}}',
    queryBody: '{"a":1,"b":{"c":[100,3.5]}}',
  });
  expect(contentFrom({ a: 1 }).body).toBe('{"a":1}');
});

function step(name: string, index?: number): PathStep {
  return { name, index };
}

describe('one field', () => {
  const body = '{"a":{"b":[10,{"c":"x"}]},"n":null,"s":"text"}';
  it.each<[PathStep[], string]>([
    [[step('a')], '{"b":[10,{"c":"x"}]}'],
    [[step('a'), step('b', 0)], '10'],
    [[step('a'), step('b', 1), step('c')], '"x"'],
    [[step('n')], 'null'],
    [[step('missing')], 'null'],
  ])('reads %j', (path, value) => expect(readField(body, path)).toBe(value));

  it.each<PathStep[][]>([
    [[step('missing'), step('b')]],
    [[step('a'), step('x')]],
    [[step('a'), step('b', 2)]],
    [[step('s'), step('length')]],
    [[step('s', 0)]],
    [[step('a'), step('constructor')]],
  ])('has nothing at %j', (path) =>
    expect(() => readField(body, path)).toThrow(expect.objectContaining({ code: 'no_field' })),
  );

  it.each<[PathStep[], string]>([
    [[step('new')], '{"a":{"b":[10,{"c":"x"}]},"n":null,"s":"text","new":1}'],
    [[step('a'), step('b', 0)], '{"a":{"b":[1,{"c":"x"}]},"n":null,"s":"text"}'],
    [[step('a'), step('b', 99)], '{"a":{"b":[10,{"c":"x"},1]},"n":null,"s":"text"}'],
    [[step('a'), step('b', 1), step('d')], '{"a":{"b":[10,{"c":"x","d":1}]},"n":null,"s":"text"}'],
  ])('writes %j', (path, expected) => expect(writeField(body, path, 1).body).toBe(expected));

  it.each<[PathStep[], string]>([
    [[step('x'), step('y')], 'no_field'],
    [[step('s'), step('y')], 'no_field'],
    [[step('n'), step('y')], 'no_field'],
    [[step('x', 0)], 'no_field'],
    [[step('s', 0)], 'not_a_list'],
    [Array.from({ length: 40 }, () => step('a')), 'path_too_long'],
  ])('refuses to write %j', (path, code) =>
    expect(() => writeField(body, path, 1)).toThrow(expect.objectContaining({ code })),
  );
});
