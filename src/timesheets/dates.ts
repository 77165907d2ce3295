// Calendar dates as text: they compare by letters and never meet a time zone (Beebole spec 2.3, 8.4).

const FIRST = '1990-01-01';
const LAST = '2100-12-31';

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `YYYY-MM-DD` of a real day between 1990 and 2100, or nothing.
 */
export function calendarDate(year: number, month: number, day: number): string | undefined {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && leap ? 29 : DAYS[month - 1];
  if (length === undefined || !(day >= 1 && day <= length)) return undefined;
  const date = `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
  return date >= FIRST && date <= LAST ? date : undefined;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

const zones = new Map<string, Intl.DateTimeFormat>();

/** The day it is at `now` (milliseconds) in an IANA zone, as `YYYY-MM-DD`. */
export function dayIn(timeZone: string, now: number): string {
  let format = zones.get(timeZone);
  if (!format) {
    // The Swedish form of a date is year-month-day.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    zones.set(timeZone, format);
  }
  return format.format(now);
}

/** Whether the runtime knows the IANA zone. */
export function isTimeZone(name: string): boolean {
  try {
    dayIn(name, 0);
    return true;
  } catch {
    return false;
  }
}
