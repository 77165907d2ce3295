// Times of a five-field cron pattern in a time zone.
import { Cron } from 'croner';
import { Invalid } from '../errors.ts';

/** Longer patterns are refused unread. */
const MAX_PATTERN = 200;

/**
 * The first time after `after` (milliseconds) that the pattern names in the IANA time zone. A time that the clock change
 * skips runs when the clock has jumped, one that it repeats runs once.
 * Throws `Invalid` (`invalid_schedule`) for a pattern or zone that is wrong or has no such time.
 */
export function nextCronTime(pattern: string, timeZone: string, after: number): number {
  const next = pattern.length <= MAX_PATTERN && nextRun(pattern, timeZone, after);
  if (!next) {
    throw new Invalid('invalid_schedule', 'The schedule is not a cron pattern with a time to come');
  }
  return next;
}

function nextRun(pattern: string, timezone: string, after: number): number | undefined {
  try {
    // Without a function croner starts no timer: it only computes. An offset spares the start of a server the tables of
    // time zones, which take longer to load than everything else that schedules need.
    const zone = timezone === 'UTC' ? { utcOffset: 0 } : { timezone };
    const cron = new Cron(pattern, { ...zone, mode: '5-part' });
    return cron.nextRun(new Date(after))?.getTime();
  } catch {
    return undefined;
  }
}
