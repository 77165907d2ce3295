// Dates in queries: the wire format of BaasBox spec 6.2, ISO 8601, and patterns of letters (yyyy-MM-dd).

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A date in the wire format or ISO 8601 as milliseconds since 1970; UTC where no offset is given. */
export function parseDate(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    match;
  return moment({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: Number(fraction.slice(0, 3).padEnd(3, '0')),
    offset: offsetOf(zone),
  });
}

/** `2015-11-02T10:21:07.004+0000`: the wire format, in UTC. */
export function formatDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}+0000`;
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  /** Minutes east of UTC. */
  offset: number;
}

function moment(parts: Parts): number | undefined {
  const { year, month, day, hour, minute, second, ms, offset } = parts;
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset) > 18 * 60) return undefined;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) return undefined;
  return time.setUTCHours(hour, minute, second, ms) - offset * 60_000;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Runs of one letter, quoted text, and single other characters. */
const PATTERN_PART = /([A-Za-z])\1*|'((?:[^']|'')*)'|[^A-Za-z']/gs;

type Part = { letter: string; width: number } | { text: string };

function partsOf(pattern: string): Part[] {
  return [...pattern.matchAll(PATTERN_PART)].map(([whole, letter, quoted]) => {
    if (letter) return { letter, width: whole.length };
    if (quoted !== undefined) return { text: quoted === '' ? "'" : quoted.replaceAll("''", "'") };
    return { text: whole };
  });
}

/** Prints a moment by a pattern, in UTC. Unknown letters are printed as they are. */
export function formatPattern(ms: number, pattern: string): string {
  const time = new Date(ms);
  return partsOf(pattern)
    .map((part) => ('text' in part ? part.text : printed(time, part.letter, part.width)))
    .join('');
}

function printed(time: Date, letter: string, width: number): string {
  const number = (value: number) => String(value).padStart(width, '0');
  switch (letter) {
    case 'y':
      return width === 2 ? String(time.getUTCFullYear()).slice(-2) : number(time.getUTCFullYear());
    case 'M':
      return width > 2 ? word(MONTHS[time.getUTCMonth()], width) : number(time.getUTCMonth() + 1);
    case 'd':
      return number(time.getUTCDate());
    case 'H':
      return number(time.getUTCHours());
    case 'h':
      return number(time.getUTCHours() % 12 || 12);
    case 'm':
      return number(time.getUTCMinutes());
    case 's':
      return number(time.getUTCSeconds());
    case 'S':
      return number(time.getUTCMilliseconds());
    case 'a':
      return time.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'E':
      return word(DAYS[time.getUTCDay()], width);
    case 'Z':
      return '+0000';
    case 'X':
      return 'Z';
    case 'z':
      return 'UTC';
    default:
      return letter.repeat(width);
  }
}

function word(name: string | undefined, width: number): string {
  return (name ?? '').slice(0, width > 3 ? undefined : 3);
}

/** Reads a date by a pattern of numeric letters (`yyyy-MM-dd HH:mm`); `undefined` when the text does not fit. */
export function parsePattern(text: string, pattern: string): number | undefined {
  const parts: Parts = {
    year: 1970,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    ms: 0,
    offset: 0,
  };
  let afternoon: boolean | undefined;
  let at = 0;
  const take = (expression: RegExp): string | undefined => {
    const found = expression.exec(text.slice(at, at + 20))?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const all = partsOf(pattern);
  for (const [index, part] of all.entries()) {
    if ('text' in part) {
      if (!text.startsWith(part.text, at)) return undefined;
      at += part.text.length;
      continue;
    }
    const field = FIELDS[part.letter];
    const next = all[index + 1];
    if (field) {
      // Digits that touch the next number belong to it: there the width is exact.
      const exact = next !== undefined && 'letter' in next;
      const digits = take(
        new RegExp(exact ? `^\\d{${Math.min(part.width, 9)}}` : String.raw`^\d{1,9}`),
      );
      if (digits === undefined) return undefined;
      parts[field] = Number(digits) + (field === 'year' && part.width === 2 ? 2000 : 0);
    } else if (part.letter === 'Z' || part.letter === 'X' || part.letter === 'z') {
      const zone = take(/^(?:Z|UTC|GMT|[+-]\d\d:?\d\d)/);
      if (zone === undefined) return undefined;
      parts.offset = /\d/.test(zone) ? offsetOf(zone) : 0;
    } else if (part.letter === 'a') {
      const half = take(/^[AaPp][Mm]/);
      if (half === undefined) return undefined;
      afternoon = /^p/i.test(half);
    } else return undefined;
  }
  if (at !== text.length) return undefined;
  if (afternoon !== undefined) parts.hour = (parts.hour % 12) + (afternoon ? 12 : 0);
  return moment(parts);
}

const FIELDS: Record<string, keyof Parts> = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  h: 'hour',
  m: 'minute',
  s: 'second',
  S: 'ms',
};
