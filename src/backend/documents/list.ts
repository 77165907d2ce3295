// Lists of documents: the fast path for a page of a whole collection, and searches with a filter, an order or sums.
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { candidatesFor, orderFor } from '../indexes/use.ts';
import type { Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import { countRecords, findRecords, mapped, single, type Batches } from '../query/records.ts';
import type { Document } from './document.ts';
import { listPage } from './page.ts';
import { documentSource, type DocumentRow } from './target.ts';
import { totalsFor, type CollectionTotals } from './totals.ts';

/** Documents, or the rows that a projection makes of them, a few at a time. */
export type Listing = { documents: Batches<Document> } | { rows: Batches<Row> };

/**
 * The documents of a collection that the actor may read, or the rows that the query makes of them. Others are absent
 * without a trace. Lists of any length: see `findRecords` for what may change while one is read. Throws `Invalid` for a
 * query that cannot be run; with the first batch `DeadlineExceeded` and `TooLarge`. `signal` ends the work.
 */
export async function listDocuments(
  context: BackendContext,
  actor: Actor,
  collection: Collection,
  query: Query,
  signal?: AbortSignal,
): Promise<Listing> {
  const totals = await totalsFor(context.db, actor, collection.number);
  if (query.columns.length === 0 && !query.aggregates) {
    const page = await listPage(context, actor, collection, query, totals);
    if (page) return { documents: single(page.documents, page.more) };
  }
  const { source, rest } = await indexedSource(context, actor, collection, totals, query);
  const found = await findRecords(context, source, rest, signal);
  return 'rows' in found
    ? found
    : { documents: mapped(found.records, (row) => documentOf(row, collection)) };
}

function documentOf(row: DocumentRow, { name, number }: Collection): Document {
  return { ...row, collection: name, number, authorName: row.authorName ?? '' };
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
  const counted = { ...query, order: [], limit: undefined };
  const { source } = await indexedSource(context, actor, collection, totals, counted);
  return countRecords(context, source, query);
}

/** The source with what declared indexes know of the query, and what is left of the query. */
async function indexedSource(
  context: BackendContext,
  actor: Actor,
  collection: Collection,
  totals: CollectionTotals,
  query: Query,
) {
  const { db, clock } = context;
  const { indexes } = collection;
  if (indexes === '')
    return { source: documentSource(context, actor, collection, totals), rest: query };
  const candidates = await candidatesFor(db, actor.tenant, indexes, query, clock.now());
  // A few candidates are sorted sooner than an index is walked.
  const few = candidates !== undefined && 'positions' in candidates;
  const order = few ? undefined : orderFor(actor.tenant, indexes, query);
  const known = order ? { order } : { candidates };
  return {
    source: documentSource(context, actor, collection, totals, known),
    rest: order ? { ...query, order: [] } : query,
  };
}
