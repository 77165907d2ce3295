// Counters that make counting a whole collection a matter of a few index reads. Kept in the transaction of each change.
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { PRIVATE } from '../acl/acl.ts';
import { readableAcls } from '../acl/readable.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';

/** Writers on PostgreSQL add to one of so many rows, so that they seldom wait for each other. */
const SLOTS = 16;

/** The counters that a document belongs to. */
export interface Counted {
  collection: number;
  author: string;
  acl: string;
}

const addTotal = statement<
  { tenant: string; collection: number; slot: number; records: number; bytes: number },
  { position: number },
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_collection_totals')
    .values({
      tenant_id: slot('tenant'),
      collection: slot('collection'),
      slot: slot('slot'),
      records: slot('records'),
      bytes: slot('bytes'),
      position: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'collection', 'slot']).doUpdateSet({
        records: sql`backend_collection_totals.records + excluded.records`,
        bytes: sql`backend_collection_totals.bytes + excluded.bytes`,
        position: sql`backend_collection_totals.position + 1`,
      }),
    )
    .returning('position'),
);

const addAclTotal = statement<
  { tenant: string; collection: number; acl: string; slot: number; records: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_acl_totals')
    .values({
      tenant_id: slot('tenant'),
      collection: slot('collection'),
      acl: slot('acl'),
      slot: slot('slot'),
      records: slot('records'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'collection', 'acl', 'slot'])
        .doUpdateSet({ records: sql`backend_acl_totals.records + excluded.records` }),
    ),
);

const addAuthorTotal = statement<
  { tenant: string; collection: number; author: string; acl: string; records: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_author_totals')
    .values({
      tenant_id: slot('tenant'),
      collection: slot('collection'),
      author: slot('author'),
      acl: slot('acl'),
      records: slot('records'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'collection', 'author', 'acl'])
        .doUpdateSet({ records: sql`backend_author_totals.records + excluded.records` }),
    ),
);

/** Adds to the size of the collection. Gives the next position in it, where the engine has no sequence. */
export async function addToCollection(
  trx: Transaction,
  context: BackendContext,
  tenant: string,
  change: { collection: number; records: number; bytes: number },
): Promise<number> {
  const slot = slotFor(context);
  const row = await addTotal.first(trx, { tenant, slot, ...change });
  return row?.position ?? 0;
}

/** Adds to the counters by author and ACL. */
export async function addToAcl(
  trx: Transaction,
  context: BackendContext,
  tenant: string,
  { collection, author, acl }: Counted,
  records: number,
): Promise<void> {
  await addAuthorTotal.run(trx, { tenant, collection, author, acl, records });
  // Nobody reads a private document by a grant.
  if (acl === PRIVATE) return;
  await addAclTotal.run(trx, { tenant, collection, acl, slot: slotFor(context), records });
}

function slotFor({ db, random }: BackendContext): number {
  return db.dialect === 'postgres' ? (random.bytes(1)[0] ?? 0) % SLOTS : 0;
}

export interface CollectionTotals {
  /** All documents, and the bytes of their fields. */
  records: number;
  bytes: number;
  /** Those that the actor may read because of a grant. */
  granted: number;
  /** His own that no grant lets him read. */
  own: number;
}

const all = statement<
  { tenant: string; collection: number },
  { records: number; bytes: number },
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_collection_totals')
    .select([
      sql<number>`coalesce(sum(records), 0)`.as('records'),
      sql<number>`coalesce(sum(bytes), 0)`.as('bytes'),
    ])
    .where('tenant_id', '=', slot('tenant'))
    .where('collection', '=', slot('collection')),
);

interface ActorParameters {
  tenant: string;
  collection: number;
  author: string;
  grantees: string;
}

const forActor = statement<ActorParameters, CollectionTotals, BackendTables>(
  (db, slot, dialect) => {
    const readable = readableAcls(dialect, sql`${slot('tenant')}`, sql`${slot('grantees')}`);
    return db
      .selectFrom('backend_collection_totals')
      .select([
        sql<number>`coalesce(sum(records), 0)`.as('records'),
        sql<number>`coalesce(sum(bytes), 0)`.as('bytes'),
        sql<number>`(select coalesce(sum(a.records), 0) from backend_acl_totals a
        where a.tenant_id = ${slot('tenant')} and a.collection = ${slot('collection')}
        and a.acl in ${readable})`.as('granted'),
        sql<number>`(select coalesce(sum(o.records), 0) from backend_author_totals o
        where o.tenant_id = ${slot('tenant')} and o.collection = ${slot('collection')}
        and o.author = ${slot('author')} and o.acl not in ${readable})`.as('own'),
      ])
      .where('tenant_id', '=', slot('tenant'))
      .where('collection', '=', slot('collection'));
  },
);

/** How large the collection is, in all and for the actor. */
export async function totalsFor(
  on: Database,
  actor: Actor,
  collection: number,
): Promise<CollectionTotals> {
  const { tenant } = actor;
  if (actor.seesAll) {
    const row = await all.first(on, { tenant, collection });
    const records = row?.records ?? 0;
    return { records, bytes: row?.bytes ?? 0, granted: records, own: 0 };
  }
  const row = await forActor.first(on, {
    tenant,
    collection,
    author: actor.user?.id ?? '',
    grantees: JSON.stringify(actor.grantees),
  });
  return row ?? { records: 0, bytes: 0, granted: 0, own: 0 };
}
