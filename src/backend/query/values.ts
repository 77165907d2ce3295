// The values that queries compare, and how they are converted to each other (BaasBox spec 4.6).
import type { CompareOperator } from './ast.ts';
import { parseDate } from './dates.ts';

/** A moment; only system fields and date functions give one. */
export class DateValue {
  /** Milliseconds since 1970. */
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A record identity, `#cluster:position` on the wire. */
export class RidValue {
  readonly cluster: number;
  readonly position: number;
  constructor(cluster: number, position: number) {
    this.cluster = cluster;
    this.position = position;
  }
  toString(): string {
    return `#${this.cluster}:${this.position}`;
  }
}

export type JsonObject = { [name: string]: Json };
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** What an operand evaluates to; `undefined` is a missing field. */
export type Value =
  undefined | null | boolean | number | string | DateValue | RidValue | Value[] | JsonObject;

/** Texts as queries see them: no NUL and no lone surrogates, which PostgreSQL cannot hold. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

export function isObject(value: Value): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof DateValue) &&
    !(value instanceof RidValue)
  );
}

/** A number without a fractional part that is written without an exponent. */
export function isInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21;
}

/** The sign of the difference, or `undefined` when the two cannot be compared (then every condition is false). */
export function compare(left: Value, right: Value): number | undefined {
  if (left == null || right == null) return undefined;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'number' && typeof right === 'number') return sign(left - right);
  if (typeof left === 'boolean' && typeof right === 'boolean')
    return sign(Number(left) - Number(right));
  if (left instanceof RidValue && right instanceof RidValue) {
    return sign(left.cluster - right.cluster || left.position - right.position);
  }
  if (left instanceof DateValue && right instanceof DateValue) return sign(left.ms - right.ms);
  const converted = convert(right, left);
  if (converted !== undefined) return compare(left, converted);
  const mirrored = convert(left, right);
  return mirrored === undefined ? undefined : compare(mirrored, right);
}

/** `value` as the type of `model`, by the table of spec 4.6; `undefined` where there is no such conversion. */
function convert(value: Value, model: Value): Value {
  if (typeof value === 'string') {
    if (typeof model === 'number') return isInteger(model) ? toInteger(value) : toDecimal(value);
    if (typeof model === 'boolean') return toBoolean(value);
    if (model instanceof DateValue) {
      const ms = /^\d{1,16}$/.test(value) ? Number(value) : parseDate(value);
      return ms === undefined ? undefined : new DateValue(ms);
    }
    if (model instanceof RidValue) return toRid(value);
  }
  if (typeof value === 'number' && model instanceof DateValue && isInteger(value)) {
    return new DateValue(value);
  }
  return undefined;
}

/** Decimal text: `.` or `,` before the fraction, an exponent allowed. Linear: no part can match what another can. */
const DECIMAL = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$/;

/** Text as a decimal number, or `undefined`. */
export function toDecimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}

/** Text as an integer: fractions are cut off, empty text is 0. */
export function toInteger(text: string): number | undefined {
  if (text === '') return 0;
  const value = toDecimal(text);
  return value === undefined ? undefined : Math.trunc(value);
}

/** `true` or `false` in any letter case. */
export function toBoolean(text: string): boolean | undefined {
  if (/^true$/i.test(text)) return true;
  return /^false$/i.test(text) ? false : undefined;
}

/** `#cluster:position` as an identity. */
export function toRid(text: string): RidValue | undefined {
  const match = /^#(-?\d{1,9}):(\d{1,16})$/.exec(text);
  return match ? new RidValue(Number(match[1]), Number(match[2])) : undefined;
}

/** Order of texts by code point, the one order that both databases and this program can give. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    let a = left.charCodeAt(index);
    let b = right.charCodeAt(index);
    if (a !== b) {
      // Surrogates stand for code points above the rest of the plane: lift them over it.
      if (a >= 0xd800 && b >= 0xd800) {
        a = a >= 0xe000 ? a - 0x800 : a + 0x2000;
        b = b >= 0xe000 ? b - 0x800 : b + 0x2000;
      }
      return sign(a - b);
    }
  }
  return sign(left.length - right.length);
}

/** Does the comparison hold? `<>` holds between values that are present and not equal, comparable or not. */
export function holds(operator: CompareOperator, left: Value, right: Value): boolean {
  if (left == null || right == null) return false;
  const order = compare(left, right);
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order !== undefined && order < 0;
    case '<=':
      return order !== undefined && order <= 0;
    case '>':
      return order !== undefined && order > 0;
    case '>=':
      return order !== undefined && order >= 0;
  }
}

/**
 * A total order over all values, for sorting: missing and null first, then booleans, numbers and dates, texts,
 * and last lists and objects, which are equal to each other.
 */
export function compareForSort(left: Value, right: Value): number {
  const a = sortKey(left);
  const b = sortKey(right);
  return a.rank - b.rank || sign(a.number - b.number) || compareText(a.text, b.text);
}

function sortKey(value: Value): { rank: number; number: number; text: string } {
  if (value == null) return { rank: 0, number: 0, text: '' };
  if (typeof value === 'boolean') return { rank: 1, number: Number(value), text: '' };
  if (typeof value === 'number') return { rank: 2, number: value, text: '' };
  if (value instanceof DateValue) return { rank: 2, number: value.ms, text: '' };
  if (typeof value === 'string') return { rank: 3, number: 0, text: value };
  // What is sorted together is of one collection, which is one cluster.
  if (value instanceof RidValue) return { rank: 2, number: value.position, text: '' };
  return { rank: 4, number: 0, text: '' };
}

function sign(difference: number): number {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}
