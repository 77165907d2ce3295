// The outbox of webhooks: in the transaction of a change, one delivery and one job for each webhook that wants it.
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { BackendContext } from '../context.ts';
import type { Document } from '../documents/document.ts';
import type { BackendTables } from '../tables.ts';

/** The job that sends a delivery. */
export const DELIVERY_JOB = 'backend.webhook';

interface Wanting {
  id: string;
  events: string;
}

const wanting = statement<{ tenant: string; collection: number }, Wanting, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_webhook_collections as c')
      .innerJoin('backend_webhooks as w', (join) =>
        join.onRef('w.tenant_id', '=', 'c.tenant_id').onRef('w.id', '=', 'c.webhook'),
      )
      .select(['w.id', 'w.events'])
      .where('c.tenant_id', '=', slot('tenant'))
      .where('c.collection', '=', slot('collection'))
      .where('w.active', '=', 1),
);

const insert = statement<
  Omit<BackendTables['backend_webhook_deliveries'], 'tenant_id' | 'finished_at'> & {
    tenant: string;
  },
  unknown,
  BackendTables
>((db, slot) =>
  db.insertInto('backend_webhook_deliveries').values({
    tenant_id: slot('tenant'),
    id: slot('id'),
    webhook: slot('webhook'),
    event: slot('event'),
    collection: slot('collection'),
    document: slot('document'),
    state: slot('state'),
    attempts: slot('attempts'),
    log: slot('log'),
    created_at: slot('created_at'),
    finished_at: null,
    body: slot('body'),
  }),
);

/** Puts a change into the outbox. */
export async function sendToWebhooks(
  trx: Transaction,
  context: BackendContext,
  tenant: string,
  kind: 'create' | 'update' | 'delete',
  document: Document,
): Promise<void> {
  const hooks = await wanting.all(trx, { tenant, collection: document.number });
  for (const { id, events } of hooks) {
    if (!(JSON.parse(events) as string[]).includes(kind)) continue;
    const event = `document.${kind}`;
    await queueDelivery(trx, context, tenant, id, event, document);
  }
}

/** Queues one delivery and gives its id. Without a document it carries no data. */
export async function queueDelivery(
  trx: Transaction,
  { clock, random, jobs }: Pick<BackendContext, 'clock' | 'random' | 'jobs'>,
  tenant: string,
  webhook: string,
  event: string,
  document?: Document,
): Promise<string> {
  const now = clock.now();
  const id = random.uuid7();
  await insert.run(trx, {
    tenant,
    id,
    webhook,
    event,
    collection: document?.collection ?? '',
    document: document?.id ?? '',
    state: 'waiting',
    attempts: 0,
    log: '[]',
    created_at: now,
    body: payload(event, now, document),
  });
  await jobs.enqueue(trx, { tenantId: tenant, kind: DELIVERY_JOB, payload: { id } });
  return id;
}

/** The body: the stored text of the document's own fields is spliced in, so that numbers stay as they were. */
function payload(type: string, now: number, document: Document | undefined): string {
  const head = JSON.stringify({ type, timestamp: new Date(now).toISOString() }).slice(0, -1);
  if (!document) return `${head},"data":{}}`;
  const { collection, id, version, authorName: author, createdAt } = document;
  const created = new Date(createdAt).toISOString();
  const data = JSON.stringify({ collection, id, version, author, created }).slice(0, -1);
  return `${head},"data":${data},"document":${document.body}}}`;
}
