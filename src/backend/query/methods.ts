// The methods and functions of the query language (BaasBox spec 4.4). A missing value gives null, never an error.
import type { ArithmeticOperator, FunctionName, MethodName } from './ast.ts';
import { formatDate, formatPattern, parseDate, parsePattern } from './dates.ts';
import { QUERY_LIMITS } from './limits.ts';
import {
  DateValue,
  isObject,
  RidValue,
  toBoolean,
  toDecimal,
  toInteger,
  type Value,
} from './values.ts';

/** The text form of a scalar; `undefined` for null, lists and objects. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof DateValue) return formatDate(value.ms);
  return value instanceof RidValue ? value.toString() : undefined;
}

/** Longest text that a method may build. */
const LONGEST = 1_000_000;

const TEXT_METHODS: Partial<Record<MethodName, (text: string, args: readonly Value[]) => Value>> = {
  tolowercase: (text) => text.toLowerCase(),
  touppercase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
  substring: (text, [from, to]) =>
    text.slice(index(from), to === undefined ? undefined : index(to)),
  left: (text, [count]) => text.slice(0, index(count)),
  right: (text, [count]) => text.slice(Math.max(0, text.length - index(count))),
  indexof: (text, [part, from]) => text.indexOf(textOf(part) ?? '', index(from)),
  append: (text, [tail]) => bounded(text + (textOf(tail) ?? '')),
  prefix: (text, [head]) => bounded((textOf(head) ?? '') + text),
  replace: (text, [what, by]) => replaceAll(text, textOf(what) ?? '', textOf(by) ?? ''),
  asstring: (text) => text,
};

/** Runs a method on a value. */
export function callMethod(name: MethodName, on: Value, args: readonly Value[]): Value {
  switch (name) {
    case 'length':
      return textOf(on)?.length ?? sizeOf(on);
    case 'size':
      return sizeOf(on);
    case 'keys':
      return isObject(on) ? Object.keys(on) : null;
    case 'values':
      return isObject(on) ? Object.values(on) : null;
    case 'asinteger':
    case 'aslong':
      return asInteger(on);
    case 'asfloat':
      return asDecimal(on);
    case 'asboolean':
      return asBoolean(on);
    case 'asdate': {
      const ms = momentOf(on);
      return ms === null ? null : new DateValue(Math.floor(ms / DAY) * DAY);
    }
    case 'asdatetime': {
      const ms = momentOf(on);
      return ms === null ? null : new DateValue(ms);
    }
    case 'format': {
      const pattern = textOf(args[0]);
      const ms = on instanceof DateValue ? on.ms : null;
      return pattern === undefined || ms === null ? null : formatPattern(ms, short(pattern));
    }
    default: {
      const text = textOf(on);
      return text === undefined ? null : (TEXT_METHODS[name]?.(text, args) ?? null);
    }
  }
}

const DAY = 86_400_000;

/** Runs a function. `now` is the time of the request, in milliseconds. */
export function callFunction(name: FunctionName, args: readonly Value[], now: number): Value {
  switch (name) {
    case 'sysdate': {
      const pattern = textOf(args[0]);
      return pattern === undefined ? new DateValue(now) : formatPattern(now, short(pattern));
    }
    case 'date': {
      const [text, pattern] = [textOf(args[0]), textOf(args[1])];
      if (text === undefined) return null;
      const ms = pattern === undefined ? momentOf(args[0]) : parsePattern(text, short(pattern));
      return ms == null ? null : new DateValue(ms);
    }
    case 'distance':
      return distance(args);
  }
}

/** Arithmetic on numbers and numeric texts; null for anything else and for a division by zero. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): number | null {
  const [a, b] = [asDecimal(left), asDecimal(right)];
  if (a === null || b === null) return null;
  const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b }[operator];
  return Number.isFinite(result) ? result : null;
}

const UNITS: Record<string, number> = { km: 1, mi: 0.621371192, nmi: 0.539956803 };
const EARTH_RADIUS_KM = 6371;

/** Great-circle distance by the haversine formula. */
function distance(args: readonly Value[]): number | null {
  const [lat1, long1, lat2, long2] = args.slice(0, 4).map(asDecimal);
  const unit = UNITS[args.length > 4 ? (textOf(args[4]) ?? '').toLowerCase() : 'km'];
  if (lat1 == null || long1 == null || lat2 == null || long2 == null || !unit) return null;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const a =
    Math.sin(radians(lat2 - lat1) / 2) ** 2 +
    Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(long2 - long1) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(a))) * EARTH_RADIUS_KM * unit;
}

function sizeOf(value: Value): number {
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  return value == null ? 0 : 1;
}

function asInteger(value: Value): number | null {
  if (typeof value === 'string') return toInteger(value) ?? null;
  const number = asDecimal(value);
  return number === null ? null : Math.trunc(number);
}

function asDecimal(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return toDecimal(value) ?? null;
  if (typeof value === 'boolean') return Number(value);
  return value instanceof DateValue ? value.ms : null;
}

function asBoolean(value: Value): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'string' ? (toBoolean(value) ?? null) : null;
}

function momentOf(value: Value): number | null {
  if (value instanceof DateValue) return value.ms;
  const ms =
    typeof value === 'number'
      ? value
      : typeof value === 'string'
        ? (parseDate(value) ?? toInteger(value || 'x'))
        : undefined;
  // The range of dates that can be printed.
  return ms === undefined || Math.abs(ms) > 8.64e15 ? null : Math.trunc(ms);
}

function index(value: Value): number {
  return Math.max(0, asInteger(value) ?? 0);
}

function bounded(text: string): string {
  return text.slice(0, LONGEST);
}

function replaceAll(text: string, what: string, by: string): string {
  if (what === '') return text;
  const count = text.split(what).length - 1;
  // What would grow too long stays as it is.
  return text.length + count * (by.length - what.length) > LONGEST
    ? text
    : text.replaceAll(what, () => by);
}

function short(pattern: string): string {
  return pattern.slice(0, QUERY_LIMITS.pattern);
}
