// Reading and rounding amounts of time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHours, roundUp } from './hours.ts';

describe('readHours', () => {
  it.each([
    [8, 28_800],
    [7.5, 27_000],
    [0, 0],
    [24, 86_400],
    ['8', 28_800],
    ['7.5', 27_000],
    ['7,5', 27_000],
    [' 3:30 ', 12_600],
    ['0:37', 2220],
    ['1:02:03', 3723],
    ['24:00', 86_400],
    ['.5', 1800],
  ])('reads %j as %d seconds', (value, seconds) => {
    expect(readHours(value)).toBe(seconds);
  });

  it.each([
    [-1],
    [24.01],
    [Number.NaN],
    [Infinity],
    ['24:01'],
    ['1:60'],
    ['1:2:3:4'],
    ['eight'],
    [''],
    ['1e1'],
    ['0x8'],
    ['-1'],
    ['+1'],
    [','],
    ['1 5'],
    [true],
    [null],
    [undefined],
    [[8]],
    [{}],
    ['9'.repeat(100_000)],
  ])('refuses %j', (value) => {
    expect(() => readHours(value)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { field: 'hours' } }),
    );
  });
});

describe('roundUp', () => {
  it.each([
    [8100, 1800, 9000],
    [2220, 900, 2700],
    [0, 60, 0],
    [0.4, 60, 0],
    [61, 60, 120],
    [86_400, 60, 86_400],
    // A day is no multiple of seven minutes.
    [86_399, 420, 86_400],
    // A tenth of an hour is not exactly 360 seconds.
    [0.1 * 3 * 3600, 60, 1080],
  ])('rounds %d s to a multiple of %d s: %d s', (seconds, quantity, rounded) => {
    expect(roundUp(seconds, quantity)).toBe(rounded);
  });

  it('never takes away more than half a second, never adds a whole quantity, and settles at once', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 86_400, noNaN: true }),
        fc.constantFrom(1, 60, 300, 900, 1800, 3600),
        (seconds, quantity) => {
          const rounded = roundUp(seconds, quantity);
          expect(rounded % quantity).toBe(0);
          expect(rounded).toBeGreaterThanOrEqual(seconds - 0.5);
          expect(rounded).toBeLessThan(seconds + quantity);
          expect(roundUp(rounded, quantity)).toBe(rounded);
          expect(Object.is(rounded, -0)).toBe(false);
        },
      ),
    );
  });

  it('keeps every whole minute that went out as hours', () => {
    for (let minutes = 0; minutes <= 1440; minutes++) {
      expect(roundUp(readHours((minutes * 60) / 3600), 60)).toBe(minutes * 60);
    }
  });
});
