// Entries of an index: they sort like their values, and no match is ever outside the stretches of its condition.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { satisfies } from '../query/evaluate.ts';
import type { Necessary } from '../query/narrow.ts';
import { compareForSort, compareText, type Json, type Value } from '../query/values.ts';
import {
  entriesOf,
  isCut,
  LAST_OF_ORDER,
  stretchesOf,
  type Entry,
  type Stretch,
} from './entries.ts';

const long = 'x'.repeat(99);
const scalar = fc.oneof(
  fc.constantFrom<Json>(
    '',
    ' ',
    'a',
    'ab',
    'b',
    'é',
    '😀',
    '30',
    '30.5',
    '30,5',
    '-0',
    '1e3',
    '007',
    '.5',
    'true',
    'FALSE',
    'False',
    `${long}a`,
    `${long}ab`,
    `${long}b`,
    `${long}😀`,
    `${long}😀x`,
    '\u{10ffff}',
    '\u{10ffff}a',
    '\ud7ff',
    '\ud7ffz',
    0,
    -0,
    1,
    -1,
    29,
    30,
    31,
    30.5,
    1000,
    1e21,
    0.5,
    -30.5,
    5e-324,
    true,
    false,
    null,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer().map(String),
  fc.string({ unit: 'grapheme' }),
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant<Json>({ a: 1 }) },
);
const steps = ['v'];
const condition: fc.Arbitrary<{ necessary: Necessary; holds: (value: Value) => boolean }> =
  fc.oneof(
    fc.tuple(fc.constantFrom('=', '<', '<=', '>', '>='), value).map(([operator, constant]) => ({
      necessary: { steps, operator, value: constant } as Necessary,
      holds: (own: Value) => satisfies(operator, own, constant),
    })),
    fc.array(scalar, { maxLength: 3 }).map((values) => ({
      necessary: { steps, operator: 'in', values } as Necessary,
      holds: (own: Value) => satisfies('in', own, values),
    })),
    fc
      .oneof(scalar, fc.constantFrom('t', 'tr', 'f', '3', '-'))
      .filter(
        (text): text is string => typeof text === 'string' && text !== '' && !text.includes('%'),
      )
      .map((text) => ({
        necessary: { steps, operator: 'prefix', prefix: text } as Necessary,
        holds: (own: Value) => satisfies('like', own, `${text}%`),
      })),
  );

const within = (stretch: Stretch, entry: Entry): boolean => {
  if (entry.rank !== stretch.rank) return false;
  if (stretch.of === 'num') {
    return entry.num >= (stretch.low ?? -Infinity) && entry.num <= (stretch.high ?? Infinity);
  }
  const { low, high } = stretch;
  return (
    (low === undefined || compareText(entry.text, low) >= 0) &&
    (high === undefined || compareText(entry.text, high) <= 0)
  );
};

it('are within the stretches of every condition that holds', () => {
  let narrowed = 0;
  fc.assert(
    fc.property(condition, value, ({ necessary, holds }, own) => {
      const stretches = stretchesOf(necessary);
      if (!stretches || !holds(own)) return;
      narrowed++;
      const entries = entriesOf(own);
      expect(stretches.some((stretch) => entries.some((entry) => within(stretch, entry)))).toBe(
        true,
      );
    }),
    { numRuns: 20_000, seed: 3 },
  );
  expect(narrowed).toBeGreaterThan(1000);
});

it('sort like their values, unless a text was cut', () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      const [a, b] = [entriesOf(left)[0] as Entry, entriesOf(right)[0] as Entry];
      expect(Math.max(a.rank, b.rank)).toBeLessThanOrEqual(LAST_OF_ORDER);
      if (isCut(left) || isCut(right)) return;
      const order = a.rank - b.rank || a.num - b.num || compareText(a.text, b.text);
      expect(Math.sign(order)).toBe(Math.sign(compareForSort(left, right)));
    }),
    { numRuns: 5000, seed: 3 },
  );
});
