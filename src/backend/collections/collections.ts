// Collections: named containers of documents, made and dropped by administrators (BaasBox spec 5.11, 8.1).
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { PRIVATE } from '../acl/acl.ts';
import type { BackendContext } from '../context.ts';
import { CLEAR_INDEX, parseIndexes } from '../indexes/definition.ts';
import { removeLinksOf } from '../links/removal.ts';
import { amongList } from '../query/columns.ts';
import type { BackendTables } from '../tables.ts';

export interface Collection {
  name: string;
  /** First part of the record identities of its documents. */
  number: number;
  /** Its declared indexes as JSON, see `indexes/definition.ts`; empty for none. */
  indexes: string;
}

/** A collection that documents are written to. */
export interface HeldCollection extends Collection {
  /** Why its changes are written down, see `changes/record.ts`. */
  recorded: number;
  /** The ACL of documents that are made without one of their own. */
  defaultAcl: string;
}

export interface CollectionSize extends Pick<Collection, 'name' | 'number'> {
  records: number;
  /** Bytes of the documents' own fields. */
  bytes: number;
}

const NAME = /^[A-Za-z-][A-Za-z0-9_-]{0,99}$/;
/** Numbers below are left to what is no collection (users, files, links). */
const FIRST_NUMBER = 31;
/** Documents removed in one transaction while a collection is dropped. */
const DROP_BATCH = 2000;

type Key = { tenant: string; name: string };

const byName = statement<Key, Collection, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_collections')
    .select(['name', 'number', 'indexes'])
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name')),
);

/** Inside a transaction that adds documents: the collection cannot be dropped before it ends. */
const byNameHeld = statement<Key, HeldCollection, BackendTables>((db, slot, dialect) => {
  const query = db
    .selectFrom('backend_collections')
    .select(['name', 'number', 'indexes', 'recorded', 'default_acl as defaultAcl'])
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name'));
  return dialect === 'postgres' ? query.forKeyShare() : query;
});

/** Nobody adds documents before the transaction ends; those who have begun to come first. */
const byNameLocked = statement<Key, HeldCollection, BackendTables>((db, slot, dialect) => {
  const query = db
    .selectFrom('backend_collections')
    .select(['name', 'number', 'indexes', 'recorded', 'default_acl as defaultAcl'])
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name'));
  return dialect === 'postgres' ? query.forUpdate() : query;
});

const byNumber = statement<{ tenant: string; number: number }, { indexes: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_collections')
      .select('indexes')
      .where('tenant_id', '=', slot('tenant'))
      .where('number', '=', slot('number')),
);

const nextNumber = statement<{ tenant: string; first: number }, { last: number }, BackendTables>(
  (db, slot) =>
    db
      .insertInto('backend_collection_numbers')
      .values({ tenant_id: slot('tenant'), last: slot('first') })
      .onConflict((conflict) =>
        conflict
          .column('tenant_id')
          .doUpdateSet({ last: sql`backend_collection_numbers.last + 1` }),
      )
      .returning('last'),
);

const insert = statement<Key & { number: number; now: number }, unknown, BackendTables>(
  (db, slot) =>
    db
      .insertInto('backend_collections')
      .values({
        tenant_id: slot('tenant'),
        name: slot('name'),
        number: slot('number'),
        created_at: slot('now'),
        recorded: 0,
        indexes: '',
        default_acl: PRIVATE,
      })
      .onConflict((conflict) => conflict.doNothing()),
);

const sizes = statement<{ tenant: string }, CollectionSize, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_collections as c')
    .leftJoin('backend_collection_totals as t', (join) =>
      join.onRef('t.tenant_id', '=', 'c.tenant_id').onRef('t.collection', '=', 'c.number'),
    )
    .select([
      'c.name',
      'c.number',
      sql<number>`coalesce(sum(t.records), 0)`.as('records'),
      sql<number>`coalesce(sum(t.bytes), 0)`.as('bytes'),
    ])
    .where('c.tenant_id', '=', slot('tenant'))
    .groupBy(['c.name', 'c.number'])
    .orderBy('c.number'),
);

const removeBatch = statement<{ tenant: string; ids: string }, unknown, BackendTables>(
  (db, slot, dialect) =>
    db
      .deleteFrom('backend_documents')
      .where('tenant_id', '=', slot('tenant'))
      .where(sql<boolean>`${amongList(dialect, sql`id`, sql`${slot('ids')}`)}`),
);

/** The collection with this name. Throws `NotFound` (`no_collection`, `details.name`). */
export async function getCollection(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<Collection> {
  return (await byName.first(on, { tenant, name })) ?? missing(name);
}

/** Like `getCollection`, and it stays until the transaction ends. */
export async function holdCollection(
  trx: Transaction,
  tenant: string,
  name: string,
): Promise<HeldCollection> {
  return (await byNameHeld.first(trx, { tenant, name })) ?? missing(name);
}

/** Like `holdCollection`, and nobody adds documents until the transaction ends. */
export async function holdWholeCollection(
  trx: Transaction,
  tenant: string,
  name: string,
): Promise<HeldCollection> {
  return (await byNameLocked.first(trx, { tenant, name })) ?? missing(name);
}

/** The declared indexes of a document's collection. Ask once the document is held, or an index may be missed. */
export async function indexesOf(trx: Transaction, tenant: string, number: number): Promise<string> {
  return (await byNumber.first(trx, { tenant, number }))?.indexes ?? '';
}

/** All collections in the order in which they were made. */
export function listCollections(
  context: BackendContext,
  tenant: string,
): Promise<CollectionSize[]> {
  return sizes.all(context.db, { tenant });
}

/** Letters, digits, `_` and `-`, from a letter or `-` on; 100 characters at most (BaasBox spec 8.1). */
export function isCollectionName(name: string): boolean {
  return NAME.test(name);
}

/** Makes a collection. Throws `Invalid` (`collection_name`) and `Conflict` (`collection_exists`). */
export async function createCollection(
  context: BackendContext,
  tenant: string,
  name: string,
): Promise<Collection> {
  if (!isCollectionName(name)) {
    throw new Invalid('collection_name', `The collection name ${name} is invalid`, { name });
  }
  return context.db.write(async (trx) => {
    const row = await nextNumber.first(trx, { tenant, first: FIRST_NUMBER });
    const collection = { name, number: row?.last ?? FIRST_NUMBER, indexes: '' };
    const added = await insert.run(trx, { tenant, ...collection, now: context.clock.now() });
    if (added === 0) {
      throw new Conflict('collection_exists', `A collection ${name} already exists`, { name });
    }
    return collection;
  });
}

/**
 * Drops a collection with its documents. It is gone at once; the documents go in batches, so that other writers are
 * not held up. Throws `NotFound` (`no_collection`).
 */
export async function dropCollection(
  context: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  const { db } = context;
  const { number } = await db.write<BackendTables, Collection>(async (trx) => {
    const collection = await getCollection(trx, tenant, name);
    const removed = await trx
      .deleteFrom('backend_collections')
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) missing(name);
    for (const { id } of parseIndexes(collection.indexes)) {
      await context.jobs.enqueue(trx, { tenantId: tenant, kind: CLEAR_INDEX, payload: { id } });
    }
    return collection;
  });
  // Those who listen to its changes learn that it is gone.
  context.feed.changed(tenant);
  await clearDropped(db, tenant, number);
}

/** Removes what dropped collections left when the server was killed in the middle. For the hourly upkeep. */
export async function sweepDropped({ db }: Pick<BackendContext, 'db'>): Promise<void> {
  // The counters go last.
  const left = await db
    .tables<BackendTables>()
    .selectFrom('backend_collection_totals as t')
    .select(['t.tenant_id', 't.collection'])
    .distinct()
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('backend_collections as c')
            .select('c.number')
            .whereRef('c.tenant_id', '=', 't.tenant_id')
            .whereRef('c.number', '=', 't.collection'),
        ),
      ),
    )
    .execute();
  for (const { tenant_id, collection } of left) await clearDropped(db, tenant_id, collection);
}

async function clearDropped(db: Database, tenant: string, number: number): Promise<void> {
  await removeDocuments(db, tenant, number);
  await db.write<BackendTables, void>(async (trx) => {
    for (const table of BELONGINGS) {
      await trx
        .deleteFrom(table)
        .where('tenant_id', '=', tenant)
        .where('collection', '=', number)
        .execute();
    }
  });
}

/** What else has rows of a collection. */
const BELONGINGS = [
  'backend_collection_totals',
  'backend_acl_totals',
  'backend_author_totals',
  'backend_webhook_collections',
] as const;

async function removeDocuments(db: Database, tenant: string, number: number): Promise<void> {
  for (;;) {
    const removed = await db.write<BackendTables, number>(async (trx) => {
      const batch = await trx
        .selectFrom('backend_documents')
        .select('id')
        .where('tenant_id', '=', tenant)
        .where('collection', '=', number)
        .limit(DROP_BATCH)
        .execute();
      const ids = batch.map(({ id }) => id);
      await removeLinksOf(trx, tenant, ids);
      await removeBatch.run(trx, { tenant, ids: JSON.stringify(ids) });
      return ids.length;
    });
    if (removed < DROP_BATCH) return;
  }
}

function missing(name: string): never {
  throw new NotFound('no_collection', `There is no collection ${name}`, { name });
}
