// Range headers: what is read, what is ignored, what cannot be given.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesTag, readRange } from './ranges.ts';

describe('a range', () => {
  it.each<[string, ReturnType<typeof readRange>]>([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-5', { start: 2, end: 5 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=5-99', { start: 5, end: 9 }],
    ['Bytes= 0-1 ', { start: 0, end: 1 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9999999999999999-', 'unsatisfiable'],
    ['bytes=5-2', undefined],
    ['bytes=0-1,4-5', undefined],
    ['bytes=-', undefined],
    ['bytes', undefined],
    ['items=0-1', undefined],
    ['bytes=a-b', undefined],
    ['bytes=1.5-3', undefined],
    ['bytes=99999999999999999-', undefined],
  ])('%s of ten bytes', (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });

  it('of nothing cannot be given', () => {
    expect(readRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(readRange('bytes=-1', 0)).toBe('unsatisfiable');
    expect(readRange(undefined, 0)).toBeUndefined();
  });

  it('lies within the content, whatever is asked for', () => {
    const number = fc.oneof(
      fc.constant(''),
      fc.nat().map(String),
      fc.bigInt({ min: 0n }).map(String),
    );
    const header = fc.oneof(
      fc.string(),
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
    );
    fc.assert(
      fc.property(header, fc.nat(1000), (text, size) => {
        const range = readRange(text, size);
        if (typeof range !== 'object') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

it('knows the tags that a client has', () => {
  expect(matchesTag('"a"', '"a"')).toBe(true);
  expect(matchesTag('"b", W/"a"', '"a"')).toBe(true);
  expect(matchesTag('*', '"a"')).toBe(true);
  expect(matchesTag('"ab"', '"a"')).toBe(false);
  expect(matchesTag('a', '"a"')).toBe(false);
  expect(matchesTag(undefined, '"a"')).toBe(false);
});
