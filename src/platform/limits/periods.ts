// Days and months of a time zone: which one a moment is in, and when the next one starts.
import { LRUCache } from 'lru-cache';
import { Invalid } from '../errors.ts';
import type { Period } from './limits.ts';

export interface PeriodAt {
  /** `2026-11-22` or `2026-11`. */
  key: string;
  /** Start of the next period, in milliseconds since 1970. */
  endsAt: number;
}

const HOUR = 3_600_000;

/** Surely longer than any day and any month, whatever the clocks of the zone do. */
const LONGEST: Record<Period, number> = { day: 28 * HOUR, month: 33 * 24 * HOUR };

const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });
const latest = new LRUCache<string, PeriodAt & { from: number }>({ max: 400 });

/** The period that `now` is in. Throws `Invalid` (`time_zone`) for a zone that is not in the IANA data base. */
export function periodAt(now: number, period: Period, timeZone = 'UTC'): PeriodAt {
  const cacheKey = `${period} ${timeZone}`;
  const known = latest.get(cacheKey);
  if (known && known.from <= now && now < known.endsAt) return known;

  const format = formatOf(timeZone);
  const keyOf = (at: number) => keyIn(format, at, period);
  const key = keyOf(now);
  // Midnight does not exist on some days, so look for the first moment with another date instead of computing it.
  let before = now;
  let after = now + LONGEST[period];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (keyOf(middle) === key) before = middle;
    else after = middle;
  }
  const found = { key, endsAt: after, from: now };
  latest.set(cacheKey, found);
  return found;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
      });
    } catch (error) {
      throw new Invalid('time_zone', 'There is no such time zone', { timeZone }, { cause: error });
    }
    formats.set(timeZone, format);
  }
  return format;
}

function keyIn(format: Intl.DateTimeFormat, at: number, period: Period): string {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = value;
  const month = `${part.year}-${part.month}`;
  return period === 'month' ? month : `${month}-${part.day}`;
}
