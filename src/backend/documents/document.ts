// A document as the rest of the room sees it, and the reads that find one.
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { NotFound } from '../../platform/errors.ts';
import { isAllowed } from '../acl/acl.ts';
import type { Actor } from '../context.ts';
import { amongList } from '../query/columns.ts';
import type { BackendTables } from '../tables.ts';

export interface Document {
  id: string;
  /** The collection's name and number. */
  collection: string;
  number: number;
  /** Second part of the record identity. */
  position: number;
  version: number;
  /** Id and name of whoever made it. */
  author: string;
  authorName: string;
  acl: string;
  createdAt: number;
  /** The client's own fields: a JSON object as text. */
  body: string;
}

/** How a client names a document: by id, or by record identity. */
export type DocumentKey = { id: string } | { number: number; position: number };

/**
 * Columns of a document. Names come from subqueries, because SQLite plans a join anew at each run with other values,
 * which costs more than the reads themselves.
 */
const COLUMNS = [
  'd.id',
  'd.collection as number',
  'd.position',
  'd.version',
  'd.author',
  'd.acl',
  'd.created_at as createdAt',
  'd.body',
] as const;

const COLLECTION_NAME = sql<
  string | null
>`(select c.name from backend_collections c where c.tenant_id = d.tenant_id and c.number = d.collection)`;

/** The author's name, for queries over `backend_documents as d`. */
export const AUTHOR_NAME = sql<
  string | null
>`(select u.name from backend_users u where u.tenant_id = d.tenant_id and u.id = d.author)`;

interface Row extends Omit<Document, 'collection' | 'authorName'> {
  /** `null`: the collection has been dropped, and its documents are on their way out. */
  collection: string | null;
  authorName: string | null;
}

function documents(db: Kysely<BackendTables>) {
  return db
    .selectFrom('backend_documents as d')
    .select(COLUMNS)
    .select([COLLECTION_NAME.as('collection'), AUTHOR_NAME.as('authorName')]);
}

const byId = statement<{ tenant: string; id: string }, Row, BackendTables>((db, slot) =>
  documents(db).where('d.tenant_id', '=', slot('tenant')).where('d.id', '=', slot('id')),
);

const byPosition = statement<
  { tenant: string; number: number; position: number },
  Row,
  BackendTables
>((db, slot) =>
  documents(db)
    .where('d.tenant_id', '=', slot('tenant'))
    .where('d.collection', '=', slot('number'))
    .where('d.position', '=', slot('position')),
);

const byIds = statement<{ tenant: string; ids: string }, Row, BackendTables>(
  (db, slot, dialect) => {
    const ids = sql`${slot('ids')}`;
    return documents(db)
      .where('d.tenant_id', '=', slot('tenant'))
      .where(sql<boolean>`${amongList(dialect, sql`d.id`, ids)}`);
  },
);

/** Takes the row for the rest of the transaction; SQLite has one writer anyway. */
const lock = statement<{ tenant: string; id: string }, { id: string }, BackendTables>(
  (db, slot, dialect) => {
    const query = db
      .selectFrom('backend_documents')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'));
    return dialect === 'postgres' ? query.forUpdate() : query;
  },
);

/** The document, whoever may read it; `undefined` when there is none. */
export async function findDocument(
  on: Database | Transaction,
  tenant: string,
  key: DocumentKey,
): Promise<Document | undefined> {
  const row =
    'id' in key
      ? await byId.first(on, { tenant, id: key.id })
      : await byPosition.first(on, { tenant, ...key });
  return row && documentOf(row);
}

/** The documents with these ids, in no order, whoever may read them. */
export async function findDocuments(
  on: Database | Transaction,
  tenant: string,
  ids: readonly string[],
): Promise<Document[]> {
  const rows = await byIds.all(on, { tenant, ids: JSON.stringify(ids) });
  return rows.flatMap((row) => documentOf(row) ?? []);
}

function documentOf(row: Row): Document | undefined {
  const { collection } = row;
  return collection === null ? undefined : { ...row, collection, authorName: row.authorName ?? '' };
}

/** A document that the actor may read. Throws `NotFound` (`no_document`) for one that he may not see as for none. */
export async function readDocument(
  on: Database | Transaction,
  actor: Actor,
  key: DocumentKey,
): Promise<Document> {
  const document = await findDocument(on, actor.tenant, key);
  if (!document || !(await isAllowed(on, actor, 'read', document))) throw noDocument(key);
  return document;
}

/** Like `readDocument`, and nobody else changes it before the transaction ends. */
export async function holdDocument(
  trx: Transaction,
  actor: Actor,
  key: DocumentKey,
): Promise<Document> {
  const { id } = await readDocument(trx, actor, key);
  await lock.first(trx, { tenant: actor.tenant, id });
  // On PostgreSQL it may have changed while we waited for it.
  return readDocument(trx, actor, { id });
}

function noDocument(key: DocumentKey): NotFound {
  const name = 'id' in key ? key.id : `#${key.number}:${key.position}`;
  return new NotFound('no_document', `Document ${name} not found`, { name });
}
