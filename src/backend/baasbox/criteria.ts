// Query criteria in the query string (BaasBox spec 4.2).
import { parseQuery, type Query } from '../query/query.ts';
import { Failure } from './failure.ts';
import type { QueryString } from './query-string.ts';

export interface Criteria {
  query: Query;
  /** Only the number of records is wanted. */
  count: boolean;
  /** The list was asked for by page, so the answer says whether there are more. */
  paged: boolean;
}

const PAGE_SIZE = 20;

/** Reads the criteria. Throws `Failure` (400) for numbers that are none, and what `parseQuery` throws. */
export function readCriteria(query: QueryString): Criteria {
  const { page, size, skip } = readPage(query);
  const paged = page >= 0;
  const counted = /^true$/i.test(query.first('count') ?? '');
  // A number for each group is a list of rows like any other.
  const groupBy = query.first('groupBy');
  if (counted && groupBy) {
    const where = query.first('where');
    const params = query.all('params', 'params[]');
    const groups = parseQuery({ where, params, groupBy, fields: 'count(*)' });
    return { query: groups, count: false, paged: false };
  }
  return {
    query: parseQuery({
      where: query.first('where'),
      params: query.all('params', 'params[]'),
      fields: query.first('fields'),
      orderBy: query.first('orderBy'),
      groupBy,
      skip: (paged ? page * size : 0) + skip,
      limit: paged ? size : undefined,
    }),
    count: counted,
    paged,
  };
}

/**
 * Page number (-1: none was asked for), page size, and records to skip beyond the pages. Throws `Failure` (400) for
 * numbers that are none.
 */
export function readPage(query: QueryString): { page: number; size: number; skip: number } {
  const page = integer(query, 'page') ?? -1;
  const size = integer(query, 'recordsPerPage') ?? integer(query, 'recordPerPage') ?? PAGE_SIZE;
  const skip = integer(query, 'skip') ?? 0;
  integer(query, 'depth');
  if (skip < 0) throw notAnInteger('skip');
  if (page >= 0 && size < 0) throw notAnInteger('recordsPerPage');
  return { page, size, skip };
}

/** The filter alone, for calls that count. */
export function readFilter(query: QueryString): Query {
  return parseQuery({ where: query.first('where'), params: query.all('params', 'params[]') });
}

function integer(query: QueryString, name: string): number | undefined {
  const text = query.first(name)?.trim();
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d{1,10}$/.test(text)) throw notAnInteger(name);
  return Number(text);
}

function notAnInteger(name: string): Failure {
  return new Failure(400, `${name} parameter must be a valid Integer`);
}
