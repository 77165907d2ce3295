// Lists of documents: the fast path for a page of a whole collection, and searches with a filter, an order or sums.
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import { countRecords, searchRecords } from '../query/records.ts';
import type { Document } from './document.ts';
import { listPage } from './page.ts';
import { documentSource } from './target.ts';
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
  const source = documentSource(context, actor, collection, totals);
  const found = await searchRecords(context, source, query);
  if ('rows' in found) return found;
  const { name, number } = collection;
  const documents = found.records.map((row) => ({
    ...row,
    collection: name,
    number,
    authorName: row.authorName ?? '',
  }));
  return { documents, more: found.more };
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
  return countRecords(context, documentSource(context, actor, collection, totals), query);
}
