// Weights of columns as twelfths.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { twelfths } from './twelfths.ts';

const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);

describe('weights', () => {
  it.each([
    [[12], [12]],
    [
      [0, 0],
      [6, 6],
    ],
    [
      [Number.NaN, 3],
      [6, 6],
    ],
    [[1], [12]],
    [
      [1, 1],
      [6, 6],
    ],
    [
      [3, 3, 3],
      [4, 4, 4],
    ],
    [
      [1, 2],
      [4, 8],
    ],
    [
      [5, 7],
      [5, 7],
    ],
    [
      [12, 1],
      [11, 1],
    ],
    [
      [12, 12, 12, 1, 1],
      [3, 3, 4, 1, 1],
    ],
  ])('%j', (weights, shares) => {
    const found = twelfths(weights);
    expect(found.reduce((total, share) => total + share, 0)).toBe(12);
    expect(sorted(found)).toEqual(sorted(shares));
  });
  it('always add up to twelve, none empty', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weights, (given) => {
        const shares = twelfths(given);
        expect(shares).toHaveLength(given.length);
        expect(shares.every((share) => Number.isInteger(share) && share >= 1)).toBe(true);
        expect(shares.reduce((total, share) => total + share, 0)).toBe(12);
      }),
    );
  });
});
