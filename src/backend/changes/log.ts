// The log of changes: which collections keep one, positions in it, reading on from a position, and letting old changes go.
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { holdCollection } from '../collections/collections.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { RECORDED, type ChangeKind } from './record.ts';

/** A place in a tenant's log. */
export interface Position {
  epoch: string;
  tx: number;
  seq: number;
}

/** A change as it was written down. */
export interface Change {
  tx: number;
  seq: number;
  kind: ChangeKind;
  document: string;
  version: number;
  position: number;
  author: string;
  authorName: string | null;
  acl: string;
  aclBefore: string;
  createdAt: number;
  at: number;
  body: string;
}

/** Changes that are removed in one transaction. */
const PRUNE_BATCH = 2000;

type Place = { tx: number; seq: number };

const feedOf = statement<{ tenant: string }, BackendTables['backend_change_feeds'], BackendTables>(
  (db, slot) =>
    db.selectFrom('backend_change_feeds').selectAll().where('tenant_id', '=', slot('tenant')),
);

const addFeed = statement<{ tenant: string; epoch: string }, unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_change_feeds')
    .values({ tenant_id: slot('tenant'), epoch: slot('epoch'), floor_tx: 0, floor_seq: 0 })
    .onConflict((conflict) => conflict.doNothing()),
);

/**
 * On PostgreSQL a change may become visible after a later one. Those of transactions before the oldest that still runs
 * are all there, so reading no further never skips one.
 */
const SETTLED = sql<boolean>`c.tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`;

const AUTHOR_NAME = sql<
  string | null
>`(select u.name from backend_users u where u.tenant_id = c.tenant_id and u.id = c.author)`;

const last = statement<{ tenant: string }, Place, BackendTables>((db, slot, dialect) => {
  let query = db
    .selectFrom('backend_changes as c')
    .select(['c.tx', 'c.seq'])
    .where('c.tenant_id', '=', slot('tenant'));
  if (dialect === 'postgres') query = query.where(SETTLED);
  return query.orderBy('c.tx', 'desc').orderBy('c.seq', 'desc').limit(1);
});

const after = statement<
  { tenant: string; tx: number; seq: number; limit: number },
  Change & { collection: number },
  BackendTables
>((db, slot, dialect) => {
  let query = db
    .selectFrom('backend_changes as c')
    .select([
      'c.tx',
      'c.seq',
      'c.collection',
      'c.document',
      'c.version',
      'c.position',
      'c.author',
      'c.acl',
      'c.acl_before as aclBefore',
      'c.created_at as createdAt',
      'c.at',
      'c.body',
    ])
    .select(sql<ChangeKind>`c.kind`.as('kind'))
    .select(AUTHOR_NAME.as('authorName'))
    .where('c.tenant_id', '=', slot('tenant'))
    .where(sql<boolean>`(c.tx, c.seq) > (${slot('tx')}, ${slot('seq')})`);
  if (dialect === 'postgres') query = query.where(SETTLED);
  return query.orderBy('c.tx').orderBy('c.seq').limit(slot('limit'));
});

/** Whether the collection's changes are kept. */
export async function isLogged(
  { db }: BackendContext,
  tenant: string,
  number: number,
): Promise<boolean> {
  const row = await db
    .tables<BackendTables>()
    .selectFrom('backend_collections')
    .select('recorded')
    .where('tenant_id', '=', tenant)
    .where('number', '=', number)
    .executeTakeFirst();
  return ((row?.recorded ?? 0) & RECORDED.feed) !== 0;
}

/** Begins or ends keeping the collection's changes. Throws `NotFound` (`no_collection`). */
export async function keepLog(
  context: BackendContext,
  tenant: string,
  name: string,
  kept: boolean,
): Promise<void> {
  await context.db.write<BackendTables, void>(async (trx) => {
    const { number } = await holdCollection(trx, tenant, name);
    await addFeed.run(trx, { tenant, epoch: context.random.uuid() });
    await setRecorded(trx, tenant, number, RECORDED.feed, kept);
  });
}

/** Sets or clears one reason to record. */
export async function setRecorded(
  trx: Transaction,
  tenant: string,
  number: number,
  reason: number,
  wanted: boolean,
): Promise<void> {
  await setReason.run(trx, { tenant, number, on: wanted ? reason : 0, mask: ~reason });
}

const setReason = statement<
  { tenant: string; number: number; on: number; mask: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_collections')
    .set({ recorded: sql`(recorded & ${slot('mask')}) | ${slot('on')}` })
    .where('tenant_id', '=', slot('tenant'))
    .where('number', '=', slot('number')),
);

/** The newest position of the tenant's log. */
export async function newestPosition(db: Database, tenant: string): Promise<Position> {
  const feed = await feedOf.first(db, { tenant });
  const newest = await last.first(db, { tenant });
  return {
    epoch: feed?.epoch ?? '',
    tx: newest?.tx ?? feed?.floor_tx ?? 0,
    seq: newest?.seq ?? feed?.floor_seq ?? 0,
  };
}

/** Whether everything after this position is still in the log. */
export async function isKnown(db: Database, tenant: string, position: Position): Promise<boolean> {
  const feed = await feedOf.first(db, { tenant });
  if (feed?.epoch !== position.epoch) return false;
  return (
    position.tx > feed.floor_tx || (position.tx === feed.floor_tx && position.seq >= feed.floor_seq)
  );
}

/** Changes of one collection after a position, and how far the log was read. At most `limit` changes of all are looked at. */
export async function readChanges(
  db: Database,
  tenant: string,
  collection: number,
  position: Position,
  limit: number,
): Promise<{ changes: Change[]; read: Position; more: boolean }> {
  const { epoch, tx, seq } = position;
  const rows = await after.all(db, { tenant, tx, seq, limit });
  const newest = rows.at(-1);
  return {
    changes: rows.filter((row) => row.collection === collection),
    read: newest ? { epoch, tx: newest.tx, seq: newest.seq } : position,
    more: rows.length === limit,
  };
}

/** Lets go of changes from before a time. The newest one stays: its number must not be given out again. */
export async function pruneChanges(db: Database, before: number): Promise<void> {
  const tenants = await db
    .tables<BackendTables>()
    .selectFrom('backend_change_feeds')
    .select('tenant_id')
    .execute();
  for (const { tenant_id: tenant } of tenants) {
    for (;;) {
      const removed = await db.write<BackendTables, number>((trx) =>
        pruneBatch(trx, tenant, before),
      );
      if (removed < PRUNE_BATCH) break;
    }
  }
}

const oldest = statement<{ tenant: string; before: number; limit: number }, Place, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_changes as c')
      .select(['c.tx', 'c.seq'])
      .where('c.tenant_id', '=', slot('tenant'))
      .where('c.at', '<', slot('before'))
      .orderBy('c.tx')
      .orderBy('c.seq')
      .limit(slot('limit')),
);

const removeUpTo = statement<Place & { tenant: string }, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_changes')
    .where('tenant_id', '=', slot('tenant'))
    .where(sql<boolean>`(tx, seq) <= (${slot('tx')}, ${slot('seq')})`),
);

const raiseFloor = statement<Place & { tenant: string }, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_change_feeds')
    .set({ floor_tx: slot('tx'), floor_seq: slot('seq') })
    .where('tenant_id', '=', slot('tenant')),
);

async function pruneBatch(trx: Transaction, tenant: string, before: number): Promise<number> {
  const old = await oldest.all(trx, { tenant, before, limit: PRUNE_BATCH });
  const newest = await last.first(trx, { tenant });
  const gone = old.filter((place) => newest && isBefore(place, newest));
  const end = gone.at(-1);
  if (!end) return 0;
  await removeUpTo.run(trx, { tenant, ...end });
  await raiseFloor.run(trx, { tenant, ...end });
  return gone.length;
}

function isBefore(a: Place, b: Place): boolean {
  return a.tx < b.tx || (a.tx === b.tx && a.seq < b.seq);
}
