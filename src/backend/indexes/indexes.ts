// Declared indexes of a collection: made in the background while others write, listed, dropped.
import { sql, type Kysely } from 'kysely';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, DomainError, Invalid, NotFound } from '../../platform/errors.ts';
import type { JobContext } from '../../platform/jobs/job.ts';
import {
  holdWholeCollection,
  getCollection,
  type HeldCollection,
} from '../collections/collections.ts';
import type { BackendContext } from '../context.ts';
import { parseOrder } from '../query/order.ts';
import type { BackendTables } from '../tables.ts';
import { CLEAR_INDEX, indexesText, parseIndexes, type IndexDefinition } from './definition.ts';
import { keepEntries } from './maintain.ts';

/** Indexed paths of one collection: each makes every change of a document dearer. */
const MAX_PATHS = 16;
const MAX_FIELDS = 4;

/** Documents that get their entries in one transaction, and their bytes; others write between them. */
const BATCH = 250;
const BATCH_BYTES = 1024 * 1024;

const BUILD = 'backend.index-build';
const TIMEOUT_MS = 6 * 3_600_000;

const store = statement<{ tenant: string; name: string; indexes: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_collections')
      .set({ indexes: slot('indexes') })
      .where('tenant_id', '=', slot('tenant'))
      .where('name', '=', slot('name')),
);

/** The indexes of a collection. Throws `NotFound` (`no_collection`). */
export async function listIndexes(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<IndexDefinition[]> {
  return parseIndexes((await getCollection(db, tenant, name)).indexes);
}

/**
 * Declares an index, which a job then builds. Throws `NotFound` (`no_collection`), `Invalid` (`index_fields`,
 * `too_many_indexes`) and `Conflict` (`index_exists`).
 */
export async function declareIndex(
  context: BackendContext,
  tenant: string,
  name: string,
  { fields, unique }: { fields: readonly string[]; unique: boolean },
): Promise<IndexDefinition> {
  checkFields(fields);
  const id = context.random.alphanumeric(12);
  const createdAt = context.clock.now();
  const index: IndexDefinition = {
    id,
    fields: [...fields],
    unique,
    state: 'building',
    cut: false,
    createdAt,
  };
  await change(
    context,
    tenant,
    name,
    (indexes) => {
      const paths = [...indexes, index].reduce((sum, other) => sum + other.fields.length, 0);
      if (paths > MAX_PATHS) {
        throw new Invalid(
          'too_many_indexes',
          `A collection has at most ${MAX_PATHS} indexed fields`,
        );
      }
      const same = (other: IndexDefinition) =>
        other.unique === unique && other.fields.join() === fields.join();
      if (indexes.some(same)) throw new Conflict('index_exists', 'There is such an index already');
      return [...indexes, index];
    },
    (trx, { number }) =>
      context.jobs.enqueue(trx, { tenantId: tenant, kind: BUILD, payload: { name, number, id } }),
  );
  return index;
}

/** Drops an index; its entries go in the background. Throws `NotFound` (`no_collection`, `no_index`). */
export async function dropIndex(
  context: BackendContext,
  tenant: string,
  name: string,
  id: string,
): Promise<void> {
  await change(
    context,
    tenant,
    name,
    (indexes) => {
      const rest = indexes.filter((index) => index.id !== id);
      if (rest.length === indexes.length) throw new NotFound('no_index', `There is no index ${id}`);
      return rest;
    },
    (trx) => context.jobs.enqueue(trx, { tenantId: tenant, kind: CLEAR_INDEX, payload: { id } }),
  );
}

/** Registers the jobs that build and clear. */
export function registerIndexJobs(context: BackendContext): void {
  context.jobs.register(BUILD, (payload, job) => build(context, payload as BuildPayload, job), {
    timeoutMs: TIMEOUT_MS,
  });
  context.jobs.register(
    CLEAR_INDEX,
    (payload, job) => clear(context, (payload as { id: string }).id, job),
    { timeoutMs: TIMEOUT_MS },
  );
}

/** Asks for all indexes of a tenant to be built, whose definitions say `building`, when the transaction ends well. */
export async function queueBuilds(
  trx: Kysely<BackendTables>,
  { jobs }: BackendContext,
  tenant: string,
): Promise<void> {
  const collections = await trx
    .selectFrom('backend_collections')
    .select(['name', 'number', 'indexes'])
    .where('tenant_id', '=', tenant)
    .where('indexes', '<>', '')
    .execute();
  for (const { name, number, indexes } of collections) {
    for (const { id } of parseIndexes(indexes)) {
      await jobs.enqueue(trx, { tenantId: tenant, kind: BUILD, payload: { name, number, id } });
    }
  }
}

interface BuildPayload {
  name: string;
  number: number;
  id: string;
}

type Batch = { id: string; position: number; fields: string; bytes: number };

/** The next documents; on PostgreSQL whoever changes one of them comes before or after us, never between. */
const nextBatch = statement<
  { tenant: string; number: number; after: number; limit: number },
  Batch,
  BackendTables
>((db, slot, dialect) => {
  const query = db
    .selectFrom('backend_documents')
    .select(['id', 'position'])
    .select([
      (dialect === 'postgres'
        ? sql<string>`query_body::text`
        : sql<string>`coalesce(query_body, body)`
      ).as('fields'),
      sql<number>`octet_length(body)`.as('bytes'),
    ])
    .where('tenant_id', '=', slot('tenant'))
    .where('collection', '=', slot('number'))
    .where('position', '>', slot('after'))
    .orderBy('position')
    .limit(slot('limit'));
  return dialect === 'postgres' ? query.forShare() : query;
});

async function build(
  context: BackendContext,
  { name, number, id }: BuildPayload,
  { job: { tenantId: tenant }, signal }: JobContext,
): Promise<void> {
  // Entries that are there already are left as they are, so that a build that was cut off may begin again.
  let after = -1;
  let limit = BATCH;
  let cut = false;
  for (;;) {
    signal.throwIfAborted();
    const index = await findIndex(context, tenant, name, number, id);
    if (index?.state !== 'building') return;
    const batch = await context.db
      .write<BackendTables, Batch[]>(async (trx) => {
        const rows = await nextBatch.all(trx, { tenant, number, after, limit });
        for (const { id: document, position, fields } of rows) {
          const place = { id: document, position };
          const kept = await keepEntries(trx, tenant, [index], place, {
            before: undefined,
            after: fields,
          });
          cut ||= kept.cut.size > 0;
        }
        return rows;
      })
      .catch((error: unknown) => error);
    if (batch instanceof DomainError && batch.code === 'not_unique') {
      await finish(context, tenant, name, id, { state: 'failed', problem: batch.message });
      return;
    }
    if (!Array.isArray(batch)) throw batch;
    const last = (batch as Batch[]).at(-1);
    if (!last) break;
    after = last.position;
    const bytes = (batch as Batch[]).reduce((sum, row) => sum + row.bytes, 0) / batch.length;
    limit = Math.max(10, Math.min(BATCH, Math.floor(BATCH_BYTES / Math.max(1, bytes))));
  }
  await finish(context, tenant, name, id, { state: 'ready', ...(cut ? { cut } : {}) });
}

async function findIndex(
  { db }: BackendContext,
  tenant: string,
  name: string,
  number: number,
  id: string,
): Promise<IndexDefinition | undefined> {
  const collection = await getCollection(db, tenant, name).catch(() => undefined);
  if (collection?.number !== number) return undefined;
  return parseIndexes(collection.indexes).find((index) => index.id === id);
}

async function finish(
  context: BackendContext,
  tenant: string,
  name: string,
  id: string,
  end: Pick<IndexDefinition, 'state'> & Partial<IndexDefinition>,
): Promise<void> {
  await change(context, tenant, name, (indexes) =>
    indexes.map((index) => (index.id === id ? { ...index, ...end } : index)),
  );
}

type Range = { tenant: string; low: string; high: string; limit: number };

const clearEntries = statement<Range, unknown, BackendTables>((db, slot) => ({
  compile: () =>
    sql`delete from backend_index_entries where tenant_id = ${slot('tenant')} and path >= ${slot('low')}
      and path < ${slot('high')} and (path, rank, num, text, position) in (
        select path, rank, num, text, position from backend_index_entries
        where tenant_id = ${slot('tenant')} and path >= ${slot('low')} and path < ${slot('high')}
        limit ${slot('limit')})`.compile(db),
}));

const clearKeys = statement<{ tenant: string; id: string; limit: number }, unknown, BackendTables>(
  (db, slot) => ({
    compile: () =>
      sql`delete from backend_unique_keys where tenant_id = ${slot('tenant')} and index_id = ${slot('id')}
        and hash in (select hash from backend_unique_keys where tenant_id = ${slot('tenant')}
          and index_id = ${slot('id')} limit ${slot('limit')})`.compile(db),
  }),
);

/** Removes what an index left behind, a batch at a time. */
async function clear(
  { db }: BackendContext,
  id: string,
  { job: { tenantId: tenant }, signal }: JobContext,
): Promise<void> {
  // Names of paths are the id, a slash and a number; `0` is what follows the slash.
  const range = { tenant, low: `${id}/`, high: `${id}0`, limit: BATCH };
  const work = [
    (trx: Transaction) => clearEntries.run(trx, range),
    (trx: Transaction) => clearKeys.run(trx, { tenant, id, limit: BATCH }),
  ];
  for (const step of work) {
    for (let removed = BATCH; removed === BATCH;) {
      signal.throwIfAborted();
      removed = await db.write(step);
    }
  }
}

/** Notes that texts were cut in these indexes, inside the transaction that did it. */
export async function noteCut(
  trx: Transaction,
  tenant: string,
  name: string,
  cut: ReadonlySet<string>,
): Promise<void> {
  if (cut.size === 0) return;
  const { indexes } = await holdWholeCollection(trx, tenant, name);
  const noted = parseIndexes(indexes).map((index) =>
    cut.has(index.id) ? { ...index, cut: true } : index,
  );
  await store.run(trx, { tenant, name, indexes: indexesText(noted) });
}

/** Changes the list while nobody writes documents of the collection: whoever comes later sees the new list. */
async function change(
  { db }: BackendContext,
  tenant: string,
  name: string,
  next: (indexes: IndexDefinition[]) => IndexDefinition[],
  then?: (trx: Transaction, collection: HeldCollection) => Promise<unknown>,
): Promise<void> {
  await db.write(async (trx) => {
    const held = await holdWholeCollection(trx, tenant, name);
    const indexes = indexesText(next(parseIndexes(held.indexes)));
    await store.run(trx, { tenant, name, indexes });
    await then?.(trx, { ...held, indexes });
  });
}

/** Throws `Invalid` (`index_fields`) unless these are 1 to 4 different plain paths of fields. */
export function checkFields(fields: readonly string[]): void {
  if (fields.length === 0 || fields.length > MAX_FIELDS || new Set(fields).size < fields.length) {
    throw new Invalid('index_fields', `An index has 1 to ${MAX_FIELDS} different fields`);
  }
  for (const field of fields) {
    const [key, ...others] = field.length <= 200 ? parseOrder(field) : [];
    const names = key?.path.steps ?? [];
    // What is written differently (`a . b`, `a[0]`, `a desc`) is no plain path.
    const plain = others.length === 0 && names.length > 0 && names.join('.') === field;
    if (!plain || names.some((name) => typeof name !== 'string' || SYSTEM.has(name))) {
      throw new Invalid('index_fields', `${field} is not a path of fields`);
    }
  }
}

/** Fields of the system have indexes of their own, or need none. */
const SYSTEM = new Set(['id', '_author', '_creation_date', '@rid', '@class', '@version', '@this']);
