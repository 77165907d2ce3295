// A whole query as the language's parts make it up, read from its texts.
import { Invalid } from '../../platform/errors.ts';
import type { Filter, Operand } from './ast.ts';
import { QUERY_LIMITS } from './limits.ts';
import { parseOrder, type OrderKey } from './order.ts';
import { parseFilter } from './parser.ts';
import { isAggregation, parseFields, parseGroupBy, type Column } from './projection.ts';

/** The texts of a query; empty ones count as absent. */
export interface QueryText {
  where?: string | undefined;
  /** Values for the `?` marks of `where`. */
  params?: readonly string[] | undefined;
  fields?: string | undefined;
  orderBy?: string | undefined;
  groupBy?: string | undefined;
  /** Records to leave out at the start, 0 to 10^9. */
  skip?: number | undefined;
  /** Records to give at most, 0 to 10^9; absent: all. */
  limit?: number | undefined;
}

export interface Query {
  filter: Filter | undefined;
  /** None: records as they are. */
  columns: readonly Column[];
  order: readonly OrderKey[];
  groupBy: readonly Operand[];
  /** Rows are made from all records together. */
  aggregates: boolean;
  skip: number;
  limit: number | undefined;
}

/** Reads a query. Throws `Invalid`: `query_syntax`, `query_params`, `query_limit`, `query_expression`. */
export function parseQuery(text: QueryText): Query {
  const columns = text.fields ? parseFields(text.fields) : [];
  const groupBy = text.groupBy ? parseGroupBy(text.groupBy) : [];
  return {
    filter: text.where ? parseFilter(text.where, text.params) : undefined,
    columns,
    order: text.orderBy ? parseOrder(text.orderBy) : [],
    groupBy,
    aggregates: isAggregation(columns, groupBy),
    skip: rows(text.skip ?? 0),
    limit: text.limit === undefined ? undefined : rows(text.limit),
  };
}

function rows(count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= QUERY_LIMITS.rows) return count;
  throw new Invalid('query_limit', 'A number of records is out of range');
}
