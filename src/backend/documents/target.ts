// Documents as queries see them: their own fields, and the fields that the system keeps (BaasBox spec 4.4).
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Candidates, EntryOrder } from '../indexes/use.ts';
import type { Sql } from '../query/bounds.ts';
import type { SqlTarget } from '../query/compile.ts';
import type { Subject } from '../query/evaluate.ts';
import { amongList, jsonOn, textColumn } from '../query/columns.ts';
import type { Source } from '../query/records.ts';
import { DateValue, RidValue, type JsonObject } from '../query/values.ts';
import { AUTHOR_NAME, type Document } from './document.ts';
import { isDense, reachOf, withinReach } from './reach.ts';
import type { CollectionTotals } from './totals.ts';

/** A document of the collection as it is stored. */
export type DocumentRow = Omit<Document, 'collection' | 'number' | 'authorName'> & {
  authorName: string | null;
};

/** The documents of a collection that the actor may read, as a source of searches. */
export function documentSource(
  { db: { dialect } }: BackendContext,
  actor: Actor,
  collection: Collection,
  totals: CollectionTotals,
  { candidates, order }: Indexes = {},
): Source<QueryRow, DocumentRow> {
  const reach = reachOf(actor, totals);
  const fields = queryDocument(dialect);
  const documents = {
    from: sql`backend_documents d`,
    scope: sql`d.tenant_id = ${actor.tenant} and d.collection = ${collection.number}`,
  };
  // Both engines are made to go along the entries, and to stop when the page is full: SQLite keeps the order of a cross
  // join, and PostgreSQL cannot turn a limited subquery round.
  const joined =
    dialect === 'postgres'
      ? sql`lateral (select * from backend_documents x where x.tenant_id = ${actor.tenant}
          and x.collection = ${collection.number} and x.position = e.position limit 1) d`
      : sql`backend_documents d`;
  const ordered = order && {
    from: sql`backend_index_entries e cross join ${joined}`,
    scope: sql`${order.scope} and d.position = e.position and ${documents.scope}`,
    insertion: order.order,
    descending: order.descending,
    read: documents,
  };
  const place = ordered ?? { ...documents, insertion: [sql`d.position`] };
  const among = candidates && amongCandidates(dialect, candidates);
  return {
    ...place,
    scope: among ? sql`${place.scope} and ${among}` : place.scope,
    read: documents,
    visible: withinReach(dialect, actor, reach),
    key: sql`d.position`,
    dense: isDense(reach, totals),
    bytes: sql`octet_length(d.body)`,
    size: sizeOf(totals, candidates),
    target: documentTarget(dialect, collection),
    queried: sql`d.position as key, d.id, d.version, d.created_at as "createdAt", ${AUTHOR_NAME} as "authorName",
      ${dialect === 'postgres' ? sql`${fields}::text` : fields} as fields`,
    subject: (row) => documentSubject(row, collection),
    wanted: sql`d.position, d.id, d.version, d.author, d.acl, d.created_at as "createdAt", d.body,
      ${AUTHOR_NAME} as "authorName"`,
  };
}

/** What declared indexes know of a query. */
interface Indexes {
  candidates?: Candidates | undefined;
  order?: EntryOrder | undefined;
}

function amongCandidates(dialect: Dialect, candidates: Candidates): Sql {
  const position = sql`d.position`;
  return 'query' in candidates
    ? sql`${position} in (${candidates.query})`
    : amongList(dialect, position, sql`${JSON.stringify(candidates.positions)}`, 'bigint');
}

/** What a search has to look at: few candidates are little work, however large the collection is. */
function sizeOf({ records, bytes }: CollectionTotals, candidates: Candidates | undefined) {
  if (!candidates || !('positions' in candidates)) return { records, bytes };
  const found = candidates.positions.length;
  return { records: found, bytes: (found * bytes) / Math.max(1, records) };
}

/** What the evaluator needs of a document. */
interface QueryRow {
  key: number;
  id: string;
  version: number;
  createdAt: number;
  authorName: string | null;
  /** The fields as queries read them, as JSON text. */
  fields: string;
}

function documentTarget(dialect: Dialect, collection: Collection): SqlTarget {
  const text = (column: Sql) => textColumn(dialect, column);
  return {
    json: jsonOn(dialect),
    document: queryDocument(dialect),
    system(name) {
      switch (name) {
        case 'id':
          return { type: 'text', value: text(sql`d.id`) };
        case '_author':
          return { type: 'text', value: text(sql`coalesce(${AUTHOR_NAME}, '')`) };
        case '_creation_date':
          return { type: 'date', value: sql`d.created_at` };
        case '@version':
          return { type: 'number', value: sql`d.version` };
        case '@rid':
          return { type: 'rid', cluster: collection.number, position: sql`d.position` };
        case '@class':
        case '@this':
          return { type: 'constant', value: collection.name };
        default:
          return undefined;
      }
    },
  };
}

/** The column with the fields as queries read them. */
function queryDocument(dialect: Dialect): Sql {
  return dialect === 'postgres' ? sql`d.query_body` : sql`coalesce(d.query_body, d.body)`;
}

/** A document in memory, for the evaluator. */
export function documentSubject(row: QueryRow, collection: Collection): Subject {
  return {
    fields: JSON.parse(row.fields) as JsonObject,
    system(name) {
      switch (name) {
        case 'id':
          return row.id;
        case '_author':
          return row.authorName ?? '';
        case '_creation_date':
          return new DateValue(row.createdAt);
        case '@version':
          return row.version;
        case '@rid':
          return new RidValue(collection.number, row.key);
        case '@class':
        case '@this':
          return collection.name;
        default:
          return undefined;
      }
    },
  };
}
