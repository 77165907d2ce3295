// Days and months, also where midnight does not exist.
import { expect, it } from 'vitest';
import { periodAt } from './periods.ts';

const at = (text: string) => Date.parse(text);

it.each([
  ['day', 'UTC', '2026-11-22T00:00:00Z', '2026-11-22', '2026-11-23T00:00:00Z'],
  ['day', 'UTC', '2026-11-22T23:59:59.999Z', '2026-11-22', '2026-11-23T00:00:00Z'],
  ['day', 'America/New_York', '2026-11-22T03:00:00Z', '2026-11-21', '2026-11-22T05:00:00Z'],
  ['day', 'Asia/Kathmandu', '2026-11-22T18:14:59Z', '2026-11-22', '2026-11-22T18:15:00Z'],
  // Clocks go forward at one in the morning: a day of 23 hours; and back: 25 hours.
  ['day', 'Europe/London', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-29T23:00:00Z'],
  ['day', 'Europe/London', '2026-10-24T23:00:00Z', '2026-10-25', '2026-10-26T00:00:00Z'],
  // Clocks went forward at midnight: the day began at one.
  ['day', 'America/Sao_Paulo', '2018-11-04T02:59:59Z', '2018-11-03', '2018-11-04T03:00:00Z'],
  // A day that was left out altogether.
  ['day', 'Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29', '2011-12-30T10:00:00Z'],
  ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02', '2028-03-01T00:00:00Z'],
  ['month', 'Asia/Tokyo', '2026-12-31T15:00:00Z', '2027-01', '2027-01-31T15:00:00Z'],
] as const)('%s in %s at %s', (period, zone, now, key, end) => {
  const found = periodAt(at(now), period, zone);
  expect(found.key).toBe(key);
  expect(new Date(found.endsAt).toISOString()).toBe(new Date(at(end)).toISOString());
});

it('starts the next period at the end of this one, whatever was asked before', () => {
  const day = periodAt(at('2026-11-22T12:00:00Z'), 'day', 'Europe/Vienna');
  expect(periodAt(day.endsAt - 1, 'day', 'Europe/Vienna').key).toBe('2026-11-22');
  expect(periodAt(day.endsAt, 'day', 'Europe/Vienna').key).toBe('2026-11-23');
  expect(periodAt(at('2026-11-21T12:00:00Z'), 'day', 'Europe/Vienna').key).toBe('2026-11-21');
});

it('refuses a zone that does not exist', () => {
  expect(() => periodAt(0, 'day', 'Mars/Olympus')).toThrow(
    expect.objectContaining({ kind: 'invalid', code: 'time_zone' }) as Error,
  );
});
