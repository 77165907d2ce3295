// Lists of documents: the fast path for a page of a whole collection, and searches with a filter, an order or sums.
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { Aggregation, project, type Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import type { Document } from './document.ts';
import { listPage } from './page.ts';
import { Search } from './search.ts';
import { subjectOf } from './target.ts';
import { totalsFor } from './totals.ts';

export type Listing =
  | { documents: Document[]; more: boolean }
  /** A projection: rows of values instead of documents. */
  | { rows: Row[]; more: boolean };

/**
 * The documents of a collection that the actor may read, or the rows that the query makes of them. Others are absent
 * without a trace. Throws `Invalid` for a query that cannot be run, `DeadlineExceeded` and `TooLarge`.
 */
export async function listDocuments(
  context: BackendContext,
  actor: Actor,
  collection: Collection,
  query: Query,
): Promise<Listing> {
  const totals = await totalsFor(context.db, actor, collection.number);
  if (query.columns.length === 0 && !query.aggregates) {
    const page = await listPage(context, actor, collection, query, totals);
    if (page) return page;
  }
  const search = new Search(context, actor, collection, query, totals);
  if (query.aggregates) return aggregate(context, search, collection, query);
  if (query.columns.length === 0) return search.documents();

  const { rows, more } = await search.rows();
  const now = context.clock.now();
  return {
    rows: rows.flatMap((row) => project(query.columns, subjectOf(row, collection), now)),
    more,
  };
}

async function aggregate(
  context: BackendContext,
  search: Search,
  collection: Collection,
  { columns, groupBy, order, skip, limit }: Query,
): Promise<Listing> {
  const aggregation = new Aggregation(columns, groupBy, context.clock.now());
  await search.each((row) => aggregation.add(subjectOf(row, collection)));
  const rows = aggregation.rows(order);
  const end = limit === undefined ? rows.length : skip + limit;
  return { rows: rows.slice(skip, end), more: end < rows.length };
}

/** How many documents of the collection match and may be read by the actor. Throws like `listDocuments`. */
export async function countDocuments(
  context: BackendContext,
  actor: Actor,
  collection: Collection,
  query: Query,
): Promise<number> {
  const totals = await totalsFor(context.db, actor, collection.number);
  if (!query.filter) return totals.granted + totals.own;
  return new Search(context, actor, collection, query, totals).count();
}
