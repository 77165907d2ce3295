// The writer of answers.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Hours, toJson, type Json } from './json.ts';

it.each([
  [8 * 3600, '8.0'],
  [7.5 * 3600, '7.5'],
  [0, '0.0'],
  [1200, '0.3333333333333333'],
  [86_400, '24.0'],
  [26_100, '7.25'],
  [1, '0.0002777777777777778'],
])('writes %d seconds as %s hours', (seconds, text) => {
  expect(toJson({ hours: new Hours(seconds) })).toBe(`{"hours":${text}}`);
});

it('writes every amount with a fraction that reads back as the same number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
      const text = toJson(new Hours(seconds));
      expect(text).toMatch(/^\d+\.\d+$/);
      expect(Math.round(Number(text) * 3600)).toBe(seconds);
    }),
  );
});

it('leaves out what is undefined and refuses null', () => {
  expect(toJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  expect(() => toJson({ a: null } as unknown as Json)).toThrow('null');
  expect(() => toJson(Number.NaN)).toThrow('number');
});

it('writes text in ASCII with lower-case escapes', () => {
  expect(toJson('Malmö – 🐝\u007f\n"\\')).toBe(
    '"Malm\\u00f6 \\u2013 \\ud83d\\udc1d\\u007f\\n\\"\\\\"',
  );
});

it('writes what parses back to the same', () => {
  const { json } = fc.letrec<{ json: Json; leaf: Json }>((tie) => ({
    leaf: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      fc.boolean(),
    ),
    json: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('json'), { maxLength: 5 }),
      fc.dictionary(
        fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
        tie('json'),
        { maxKeys: 5 },
      ),
    ),
  }));
  fc.assert(
    fc.property(json, (value) => {
      const text = toJson(value);
      expect(text).toMatch(/^[ -~]*$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
