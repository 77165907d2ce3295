// Calendar dates and days in a zone.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calendarDate, dayIn, isTimeZone } from './dates.ts';

it.each([
  [2026, 3, 4, '2026-03-04'],
  [2024, 2, 29, '2024-02-29'],
  [2000, 2, 29, '2000-02-29'],
  [1990, 1, 1, '1990-01-01'],
  [2100, 12, 31, '2100-12-31'],
])('accepts %d-%d-%d', (year, month, day, text) => {
  expect(calendarDate(year, month, day)).toBe(text);
});

it.each([
  [2026, 2, 30],
  [2026, 2, 29],
  [2100, 2, 29],
  [2026, 13, 1],
  [2026, 0, 1],
  [2026, 1, 0],
  [2026, 4, 31],
  [1989, 12, 31],
  [2101, 1, 1],
])('refuses %d-%d-%d', (year, month, day) => {
  expect(calendarDate(year, month, day)).toBeUndefined();
});

it('agrees with the calendar of the runtime', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1990, max: 2100 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      (year, month, day) => {
        const date = new Date(Date.UTC(year, month - 1, day));
        const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const expected = real ? date.toISOString().slice(0, 10) : undefined;
        expect(calendarDate(year, month, day)).toBe(expected);
      },
    ),
  );
});

it('knows what day it is where', () => {
  const now = Date.UTC(2026, 2, 1, 23, 30);
  expect(dayIn('UTC', now)).toBe('2026-03-01');
  expect(dayIn('Europe/Lisbon', now)).toBe('2026-03-01');
  expect(dayIn('Europe/Helsinki', now)).toBe('2026-03-02');
  expect(dayIn('Pacific/Pago_Pago', now)).toBe('2026-03-01');
});

it('tells zones from other words', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
});
