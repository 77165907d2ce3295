// The fast path: a page of a collection without a filter, in order of insertion or creation, read from an index.
import { sql } from 'kysely';
import { statement } from '../../platform/database/statement.ts';
import { readableAcls } from '../acl/readable.ts';
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Query } from '../query/query.ts';
import type { BackendTables } from '../tables.ts';
import { AUTHOR_NAME, type Document } from './document.ts';
import { densityOf, isDense, reachOf, type Reach } from './reach.ts';
import type { CollectionTotals } from './totals.ts';

/** Rows that a page may skip and read on this thread; more is left to a scan. */
const MAX_VISITED = 5000;
/** Bytes that a page may hold on this thread, as far as the average document tells. */
const MAX_BYTES = 4 * 1024 * 1024;

type Direction = 'asc' | 'desc';
type Order = 'position' | 'created_at';

interface Parameters {
  tenant: string;
  number: number;
  author: string;
  grantees: string;
  limit: number;
  skip: number;
}

type PageRow = Omit<Document, 'collection' | 'number' | 'authorName'> & {
  authorName: string | null;
};

const COLUMNS = [
  'd.id',
  'd.position',
  'd.version',
  'd.author',
  'd.acl',
  'd.created_at as createdAt',
  'd.body',
] as const;

function build(reach: Reach, order: Order, direction: Direction) {
  return statement<Parameters, PageRow, BackendTables>((db, slot, dialect) => {
    let query = db
      .selectFrom('backend_documents as d')
      .select(COLUMNS)
      .select(AUTHOR_NAME.as('authorName'))
      .where('d.tenant_id', '=', slot('tenant'))
      .where('d.collection', '=', slot('number'));
    if (reach === 'own') query = query.where('d.author', '=', slot('author'));
    if (reach === 'readable') {
      const readable = readableAcls(dialect, sql`${slot('tenant')}`, sql`${slot('grantees')}`);
      query = query.where(sql<boolean>`(d.acl in ${readable} or d.author = ${slot('author')})`);
    }
    if (order === 'created_at') query = query.orderBy('d.created_at', direction);
    return query.orderBy('d.position', direction).limit(slot('limit')).offset(slot('skip'));
  });
}

const PAGES = Object.fromEntries(
  (['all', 'readable', 'own'] as const).map((reach) => [
    reach,
    {
      position: { asc: build(reach, 'position', 'asc'), desc: build(reach, 'position', 'desc') },
      created_at: {
        asc: build(reach, 'created_at', 'asc'),
        desc: build(reach, 'created_at', 'desc'),
      },
    },
  ]),
) as Record<Reach, Record<Order, Record<Direction, ReturnType<typeof build>>>>;

/** The page, or nothing when the query needs a search. */
export async function listPage(
  { db }: BackendContext,
  actor: Actor,
  collection: Collection,
  query: Query,
  totals: CollectionTotals,
): Promise<{ documents: Document[]; more: boolean } | undefined> {
  if (query.filter) return undefined;
  const order = simpleOrder(query);
  if (!order) return undefined;
  const readable = totals.granted + totals.own;
  const left = Math.max(0, readable - query.skip);
  const limit = Math.min(query.limit ?? left, left);
  if (limit === 0) return { documents: [], more: left > 0 };

  const reach = reachOf(actor, totals);
  const visited = (query.skip + limit) / densityOf(reach, totals);
  const bytes = (limit * totals.bytes) / Math.max(1, totals.records);
  const sparse = !isDense(reach, totals) && totals.records > MAX_VISITED;
  if (visited > MAX_VISITED || bytes > MAX_BYTES || sparse) return undefined;

  // One more tells whether there are more, in case the counters lag behind.
  const rows = await PAGES[reach][order.by][order.direction].all(db, {
    tenant: actor.tenant,
    number: collection.number,
    author: actor.user?.id ?? '',
    grantees: JSON.stringify(actor.grantees),
    limit: limit + 1,
    skip: query.skip,
  });
  const wanted = query.limit ?? rows.length;
  const documents = rows.slice(0, wanted).map((row) => ({
    ...row,
    collection: collection.name,
    number: collection.number,
    authorName: row.authorName ?? '',
  }));
  return { documents, more: rows.length > wanted };
}

/** An order that an index gives. */
function simpleOrder({ order }: Query): { by: Order; direction: Direction } | undefined {
  const [first, ...rest] = order;
  if (!first) return { by: 'position', direction: 'asc' };
  const { steps } = first.path;
  if (rest.length > 0 || steps.length > 1) return undefined;
  const direction = first.descending ? 'desc' : 'asc';
  if (steps[0] === '_creation_date') return { by: 'created_at', direction };
  return steps[0] === '@rid' ? { by: 'position', direction } : undefined;
}
