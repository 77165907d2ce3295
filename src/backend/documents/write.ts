// Changes of documents: create, replace, delete (BaasBox spec 5.4). Each is one transaction, counters included.
import { sql } from 'kysely';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Forbidden, Unauthenticated } from '../../platform/errors.ts';
import { internGrants, isAllowed, type Grants } from '../acl/acl.ts';
import { recordChange } from '../changes/record.ts';
import { holdCollection, indexesOf } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { newObjectId, requireUnusedId } from '../ids.ts';
import { parseIndexes } from '../indexes/definition.ts';
import { noteCut } from '../indexes/indexes.ts';
import { keepEntries, type Contents, type Indexed } from '../indexes/maintain.ts';
import { removeLinksOf } from '../links/removal.ts';
import type { BackendTables } from '../tables.ts';
import { contentFrom, parseBody, type Content } from './content.ts';
import { holdDocument, type Document, type DocumentKey } from './document.ts';
import { addToAcl, addToCollection } from './totals.ts';

const insert = statement<
  Omit<BackendTables['backend_documents'], 'tenant_id' | 'version'> & { tenant: string },
  { position: number },
  BackendTables
>((db, slot, dialect) =>
  db
    .insertInto('backend_documents')
    .values({
      tenant_id: slot('tenant'),
      id: slot('id'),
      collection: slot('collection'),
      position:
        dialect === 'postgres' ? sql`nextval('backend_document_positions')` : slot('position'),
      version: 1,
      author: slot('author'),
      acl: slot('acl'),
      created_at: slot('created_at'),
      body: slot('body'),
      query_body: slot('query_body'),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .returning('position'),
);

const update = statement<
  { tenant: string; id: string; acl: string; body: string; query_body: string | null },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_documents')
    .set({
      version: sql`version + 1`,
      acl: slot('acl'),
      body: slot('body'),
      query_body: slot('query_body'),
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

/** The ACL alone: the content is not written again. */
const updateAcl = statement<{ tenant: string; id: string; acl: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_documents')
      .set({ version: sql`version + 1`, acl: slot('acl') })
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id')),
);

const remove = statement<{ tenant: string; id: string }, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_documents')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

export interface NewDocument {
  collection: string;
  content: Content;
  /** The id that the client chose; a random UUID otherwise. */
  id?: string | undefined;
  /** Finds the grants inside the transaction, because they name users and roles. */
  grants?: ((trx: Transaction) => Promise<Grants>) | undefined;
}

/**
 * Stores a new document of the actor. Throws `NotFound` (`no_collection`), `Conflict` (`id_taken`), and what `grants`
 * throws.
 */
export async function createDocument(
  context: BackendContext,
  actor: Actor,
  { collection: name, content, id, grants }: NewDocument,
): Promise<Document> {
  const { tenant, user } = actor;
  if (!user) throw new Unauthenticated('not_logged_in', 'Only users make documents');
  const { body } = content;
  const bytes = Buffer.byteLength(body);
  const createdAt = context.clock.now();
  const chosen = id ?? newObjectId(context.random);
  const created = await context.db.write(async (trx) => {
    const { number, recorded, indexes, defaultAcl } = await holdCollection(trx, tenant, name);
    if (id !== undefined) await requireUnusedId(trx, tenant, id);
    const acl = grants ? await internGrants(trx, tenant, await grants(trx)) : defaultAcl;
    const counted = { collection: number, author: user.id, acl };
    const next = await addToCollection(trx, context, tenant, {
      collection: number,
      records: 1,
      bytes,
    });
    const row = await insert.first(trx, {
      tenant,
      id: chosen,
      ...counted,
      position: next,
      created_at: createdAt,
      body,
      query_body: queryBody(context, content),
    });
    if (!row) {
      throw new Conflict('id_taken', `An object with id ${chosen} already exists`, { id: chosen });
    }
    await addToAcl(trx, context, tenant, counted, 1);
    if (indexes) {
      const place = { id: chosen, position: row.position };
      const contents = { before: undefined, after: content.queryBody };
      await index(trx, tenant, { name, indexes }, place, contents);
    }
    const document = {
      id: chosen,
      collection: name,
      number,
      position: row.position,
      version: 1,
      author: user.id,
      authorName: user.name,
      acl,
      createdAt,
      body,
    };
    if (recorded) {
      const change = { kind: 'create', document, aclBefore: acl } as const;
      await recordChange(trx, context, tenant, change, recorded);
    }
    return document;
  });
  context.feed.changed(tenant);
  return created;
}

export interface DocumentChange {
  /** The new content, made from the document as it is stored now; absent: it stays. */
  content?: ((current: Document) => Content) | undefined;
  /** The new grants, made from those that it has now; absent: they stay. */
  grants?: ((trx: Transaction, current: Document) => Promise<Grants>) | undefined;
  /** The version that the client has seen; absent: whatever it is. */
  version?: number | undefined;
  /** Throws when the document is not what the caller thinks, before rights to change it are looked at. */
  check?: (current: Document) => void;
}

/**
 * Changes a document. Throws `NotFound` (`no_document`), `Forbidden` (`no_update`), `Conflict` (`other_version`,
 * `details.given` and `.stored`), and what the functions in `change` throw.
 */
export async function changeDocument(
  context: BackendContext,
  actor: Actor,
  key: DocumentKey,
  change: DocumentChange,
): Promise<Document> {
  const { tenant } = actor;
  const changed = await context.db.write(async (trx) => {
    const current = await holdDocument(trx, actor, key);
    change.check?.(current);
    if (!(await isAllowed(trx, actor, 'update', current))) {
      throw new Forbidden('no_update', `You have not the right to modify ${current.id}`);
    }
    const { version } = change;
    if (version !== undefined && version !== current.version) {
      const versions = { given: version, stored: current.version };
      throw new Conflict('other_version', `The stored version is ${current.version}`, versions);
    }
    const acl = change.grants
      ? await internGrants(trx, tenant, await change.grants(trx, current))
      : current.acl;
    const content = change.content?.(current);
    if (content) {
      const values = { body: content.body, query_body: queryBody(context, content) };
      await update.run(trx, { tenant, id: current.id, acl, ...values });
      await reindex(trx, tenant, current, content.queryBody);
      const bytes = Buffer.byteLength(content.body) - Buffer.byteLength(current.body);
      if (bytes !== 0) {
        await addToCollection(trx, context, tenant, {
          collection: current.number,
          records: 0,
          bytes,
        });
      }
    } else await updateAcl.run(trx, { tenant, id: current.id, acl });
    if (acl !== current.acl) {
      const counted = { collection: current.number, author: current.author };
      await addToAcl(trx, context, tenant, { ...counted, acl: current.acl }, -1);
      await addToAcl(trx, context, tenant, { ...counted, acl }, 1);
    }
    const document = {
      ...current,
      acl,
      version: current.version + 1,
      body: content?.body ?? current.body,
    };
    const recorded = { kind: 'update', document, aclBefore: current.acl } as const;
    await recordChange(trx, context, tenant, recorded);
    return document;
  });
  context.feed.changed(tenant);
  return changed;
}

/** Deletes a document. Throws `NotFound` (`no_document`) and `Forbidden` (`no_delete`). */
export async function removeDocument(
  context: BackendContext,
  actor: Actor,
  key: DocumentKey,
  check: (current: Document) => void,
): Promise<void> {
  const { tenant } = actor;
  await context.db.write(async (trx) => {
    const current = await holdDocument(trx, actor, key);
    check(current);
    if (!(await isAllowed(trx, actor, 'delete', current))) {
      throw new Forbidden('no_delete', `You have not the right to delete ${current.id}`);
    }
    await remove.run(trx, { tenant, id: current.id });
    await removeLinksOf(trx, tenant, [current.id]);
    await reindex(trx, tenant, current, undefined);
    const counted = { collection: current.number, author: current.author, acl: current.acl };
    await addToCollection(trx, context, tenant, {
      collection: current.number,
      records: -1,
      bytes: -Buffer.byteLength(current.body),
    });
    await addToAcl(trx, context, tenant, counted, -1);
    const change = { kind: 'delete', document: current, aclBefore: current.acl } as const;
    await recordChange(trx, context, tenant, change);
  });
  context.feed.changed(tenant);
}

/** Changes the entries of a document that is held, to those of its new content or none. */
async function reindex(
  trx: Transaction,
  tenant: string,
  current: Document,
  after: string | undefined,
): Promise<void> {
  const indexes = await indexesOf(trx, tenant, current.number);
  if (indexes === '') return;
  const before = contentFrom(parseBody(current.body)).queryBody;
  await index(trx, tenant, { name: current.collection, indexes }, current, { before, after });
}

async function index(
  trx: Transaction,
  tenant: string,
  { name, indexes }: { name: string; indexes: string },
  place: Indexed,
  contents: Contents,
): Promise<void> {
  const { cut } = await keepEntries(trx, tenant, parseIndexes(indexes), place, contents);
  await noteCut(trx, tenant, name, cut);
}

/** SQLite reads the body itself when it says the same. */
function queryBody({ db }: BackendContext, { body, queryBody }: Content): string | null {
  return db.dialect === 'sqlite' && queryBody === body ? null : queryBody;
}
