// Conditions as two SQL expressions: one that holds for every record that may match, one for those that surely do.
import { sql, type RawBuilder } from 'kysely';

export type Sql = RawBuilder<unknown>;

/**
 * Where SQL can say exactly what the language means, both bounds are the same expression. Where it cannot (a regular
 * expression, Unicode letter case), records between the bounds are left to the evaluator. Neither is ever NULL.
 */
export interface Bounds {
  may: Sql;
  must: Sql;
}

export const TRUE: Sql = sql`true`;
export const FALSE: Sql = sql`false`;

export const ALWAYS: Bounds = { may: TRUE, must: TRUE };
export const NEVER: Bounds = { may: FALSE, must: FALSE };
/** SQL cannot tell. */
export const UNSURE: Bounds = { may: TRUE, must: FALSE };

export function exactly(condition: Sql): Bounds {
  return { may: condition, must: condition };
}

export function isExact(bounds: Bounds): boolean {
  return bounds.may === bounds.must;
}

export function always(value: boolean): Bounds {
  return value ? ALWAYS : NEVER;
}

export function not(bounds: Bounds): Bounds {
  if (isExact(bounds)) return exactly(negated(bounds.may));
  return { may: negated(bounds.must), must: negated(bounds.may) };
}

export function and(items: readonly Bounds[]): Bounds {
  return combine(items, (all) => joined(all, FALSE, TRUE, sql` and `));
}

export function or(items: readonly Bounds[]): Bounds {
  return combine(items, (all) => joined(all, TRUE, FALSE, sql` or `));
}

/** Builds one expression out of others, for each bound; once when all of them are exact. */
export function combine(items: readonly Bounds[], build: (items: Sql[]) => Sql): Bounds {
  const may = build(items.map((item) => item.may));
  return items.every(isExact) ? exactly(may) : { may, must: build(items.map((item) => item.must)) };
}

function negated(condition: Sql): Sql {
  if (condition === TRUE) return FALSE;
  return condition === FALSE ? TRUE : sql`(not ${condition})`;
}

/** `decisive` decides alone, `neutral` adds nothing. */
function joined(items: readonly Sql[], decisive: Sql, neutral: Sql, separator: Sql): Sql {
  if (items.includes(decisive)) return decisive;
  const rest = items.filter((item) => item !== neutral);
  return balanced(rest, neutral, separator);
}

/** Nested in halves: SQLite refuses expressions that are deeper than 1000, and a chain is as deep as it is long. */
function balanced(items: readonly Sql[], neutral: Sql, separator: Sql): Sql {
  if (items.length === 0) return neutral;
  if (items.length === 1) return items[0] as Sql;
  const middle = items.length >> 1;
  const left = balanced(items.slice(0, middle), neutral, separator);
  const right = balanced(items.slice(middle), neutral, separator);
  return sql`(${left}${separator}${right})`;
}
