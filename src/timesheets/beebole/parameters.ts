// Readers of parameters that both generations share: numbers, dates, hours, texts (Beebole spec 2.3, 5.2).
import Type, { type TSchema } from 'typebox';
import { DomainError } from '../../platform/errors.ts';
import { reading } from '../context.ts';
import { calendarDate } from '../dates.ts';
import { findOfKind } from '../entity-store.ts';
import { entityNotFound } from '../failures.ts';
import { readHours } from '../hours.ts';
import type { Entity, EntityKind } from '../model.ts';
import { invalidParameter, missingParameter } from './failures.ts';
import type { Call, Parameter, Pending } from './service.ts';

/** A required parameter that is one member; `readValue` throws `invalidParameter(path)` for a bad value. */
export function member<T>(
  schema: TSchema,
  readValue: (value: unknown, path: string) => T | Pending<T>,
  missingAs: (path: string) => string = (path) => path,
): Parameter<T> {
  return {
    schema,
    required: true,
    read(source, name, prefix) {
      const path = prefix + name;
      const value = source[name];
      if (value === undefined) throw missingParameter(missingAs(path));
      const read = readValue(value, path);
      return typeof read === 'function' ? (read as Pending<T>) : () => read;
    },
  };
}

/** The same parameter, but it may be absent. */
export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return {
    ...parameter,
    required: false,
    read: (source, name, prefix) =>
      source[name] === undefined ? () => undefined : parameter.read(source, name, prefix),
  };
}

/** Text. A number is taken as its digits. */
export const text = (description: string) =>
  member<string>(Type.String({ description }), (value, path) => {
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') throw invalidParameter(path);
    return value;
  });

/** A switch: `true`, `false`, or these words as text. */
export const flag = (description: string) =>
  member<boolean>(Type.Boolean({ description }), (value, path) => {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalidParameter(path);
  });

/** One of a few words. */
export const choice = <Word extends string>(words: readonly Word[], description: string) =>
  member<Word>(Type.Unsafe<Word>(Type.String({ enum: [...words], description })), (value, path) => {
    const word = words.find((one) => one === value);
    if (word === undefined) throw invalidParameter(path);
    return word;
  });

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].{0,40})?$/s;

/** A calendar day in any of the documented and really sent spellings, as `YYYY-MM-DD`. */
export const date = (description: string) =>
  member<string>(Type.String({ description, examples: ['2026-03-02'] }), (value, path) => {
    const written = Array.isArray(value) ? value.join('-') : value;
    const parts = typeof written === 'string' ? DATE.exec(written.trim()) : null;
    const day = parts && calendarDate(Number(parts[1]), Number(parts[2]), Number(parts[3]));
    if (!day) throw invalidParameter(path);
    return day;
  });

/** Hours as a number or text, in seconds. */
export const hours = (description: string) =>
  member<number>(Type.Number({ minimum: 0, maximum: 24, description }), (value, path) => {
    try {
      return readHours(value);
    } catch (error) {
      throw error instanceof DomainError ? invalidParameter(path) : error;
    }
  });

const DIGITS = /^\d{1,15}$/;

/** The number of an object: an integer, or text of digits. */
export function readNumber(value: unknown, path: string): number {
  const number = typeof value === 'string' && DIGITS.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw invalidParameter(path);
  return number;
}

/** The number of an object as a parameter. */
export const number = (description: string) =>
  member<number>(Type.Integer({ description }), readNumber);

/** Which entities a parameter may name: those that the caller sees, or all of the account. */
export type Reach = 'visible' | 'any';

/** Looks an entity up in the second step of a call. Throws `Project not found`. */
export function lookUp<Kind extends EntityKind>(
  kind: Kind,
  key: { id?: number; xid?: string },
  reach: Reach,
): Pending<Entity<Kind>> {
  return async (call: Call) => {
    const { context } = call;
    const entity = await findOfKind(reading(context), context.account.tenantId, kind, key);
    if (!entity) throw entityNotFound(kind);
    if (reach === 'visible' && !(await call.sight())(entity)) throw entityNotFound(kind);
    return entity;
  };
}
