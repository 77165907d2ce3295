// Entries of an index: what a value becomes in it, and where in it the values are that a condition may hold for.
import { isInteger, toBoolean, toDecimal, toInteger, type Value } from '../query/values.ts';
import type { Necessary } from '../query/narrow.ts';

/** Kinds of values, in the order of sorting. */
const MISSING = 0;
const BOOLEAN = 1;
const NUMBER = 2;
const TEXT = 3;
const CONTAINER = 4;
/** Second entries of texts that are compared as numbers, or as booleans; no part of the order. */
const NUMERIC_TEXT = 5;
const BOOLEAN_TEXT = 6;

/** Entries up to this rank are the order of all documents. */
export const LAST_OF_ORDER = CONTAINER;

/** Characters of a text that an entry keeps. */
const LONGEST = 100;

export interface Entry {
  rank: number;
  num: number;
  text: string;
}

/** The entries of a value (of JSON, its texts cleaned by `cleanText`); the first one gives its place in the order. */
export function entriesOf(value: Value): Entry[] {
  if (value == null) return [{ rank: MISSING, num: 0, text: '' }];
  if (typeof value === 'boolean') return [{ rank: BOOLEAN, num: Number(value), text: '' }];
  // There is one zero.
  if (typeof value === 'number') return [{ rank: NUMBER, num: value + 0, text: '' }];
  if (typeof value !== 'string') return [{ rank: CONTAINER, num: 0, text: '' }];
  const entries = [{ rank: TEXT, num: 0, text: cut(value) }];
  const number = value === '' ? 0 : toDecimal(value);
  if (number !== undefined) entries.push({ rank: NUMERIC_TEXT, num: number + 0, text: '' });
  const truth = toBoolean(value);
  if (truth !== undefined) entries.push({ rank: BOOLEAN_TEXT, num: Number(truth), text: '' });
  return entries;
}

/** Is the entry of this value not the whole of it? */
export function isCut(value: Value): boolean {
  return typeof value === 'string' && cut(value) !== value;
}

/** Whole characters are counted: cutting texts must not change which comes first. */
function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  return Array.from(text.slice(0, 2 * LONGEST))
    .slice(0, LONGEST)
    .join('');
}

/** A stretch of entries of one rank; both ends belong to it, an open end is `undefined`. */
export type Stretch =
  | { rank: number; of: 'num'; low: number | undefined; high: number | undefined }
  | { rank: number; of: 'text'; low: string | undefined; high: string | undefined };

/**
 * Stretches that hold the entries of every value for which the condition holds, and maybe others. `undefined`: the
 * condition cannot be narrowed down (dates in texts, say). The table of coercions is in `query/values.ts`.
 */
export function stretchesOf(condition: Necessary): Stretch[] | undefined {
  switch (condition.operator) {
    case 'in': {
      const found: Stretch[] = [whole(CONTAINER)];
      for (const value of condition.values) {
        if (value == null) continue;
        const stretches = compared('=', value);
        if (!stretches) return undefined;
        found.push(...stretches);
      }
      return found;
    }
    case 'prefix': {
      const prefix = cut(condition.prefix);
      // Numbers are matched as they are printed.
      if (/^[-0-9]/.test(prefix)) return undefined;
      const found: Stretch[] = [
        { rank: TEXT, of: 'text', low: prefix, high: successor(prefix) },
        whole(CONTAINER),
      ];
      if (/^[tf]/.test(prefix)) found.push(whole(BOOLEAN));
      return found;
    }
    default:
      return compared(condition.operator, condition.value);
  }
}

type Ordering = '=' | '<' | '<=' | '>' | '>=';

function compared(operator: Ordering, value: Value): Stretch[] | undefined {
  if (typeof value === 'number') {
    // Texts are cut to integers when they meet one: at most 1 off.
    const slack = isInteger(value) ? 1 : 0;
    return [
      numbers(NUMBER, operator, value, value),
      numbers(NUMERIC_TEXT, operator, value - slack, value + slack),
    ];
  }
  if (typeof value === 'boolean') {
    const number = Number(value);
    return [BOOLEAN, BOOLEAN_TEXT].map((rank) => numbers(rank, operator, number, number));
  }
  if (typeof value !== 'string') return undefined;
  const text = cut(value);
  const found: Stretch[] = [{ rank: TEXT, of: 'text', ...ends(operator, text, text) }];
  const meant = [toInteger(value), toDecimal(value)].filter((number) => number !== undefined);
  if (meant.length > 0) {
    found.push(numbers(NUMBER, operator, Math.min(...meant), Math.max(...meant)));
  }
  const truth = toBoolean(value);
  if (truth !== undefined) found.push(numbers(BOOLEAN, operator, Number(truth), Number(truth)));
  return found;
}

function numbers(rank: number, operator: Ordering, low: number, high: number): Stretch {
  return { rank, of: 'num', ...ends(operator, low, high) };
}

function ends<T>(operator: Ordering, low: T, high: T): { low: T | undefined; high: T | undefined } {
  return {
    low: operator.startsWith('<') ? undefined : low,
    high: operator.startsWith('>') ? undefined : high,
  };
}

function whole(rank: number): Stretch {
  return { rank, of: 'num', low: undefined, high: undefined };
}

/** A text that no text with this beginning is above, or nothing when there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.length > 0) {
    const last = points.pop() as number;
    if (last < 0x10ffff) {
      const next = last === 0xd7ff ? 0xe000 : last + 1;
      return String.fromCodePoint(...points, next);
    }
  }
  return undefined;
}
