// Webhooks: addresses that are told of changes, kept by administrators.
import type { Kysely } from 'kysely';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { checkReachable, type Network } from '../../platform/network/public-fetch.ts';
import { RECORDED } from '../changes/record.ts';
import { setRecorded } from '../changes/log.ts';
import { holdCollection } from '../collections/collections.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { queueDelivery } from './outbox.ts';

export const WEBHOOK_EVENTS = ['create', 'update', 'delete'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface Webhook {
  id: string;
  url: string;
  /** Names. */
  collections: string[];
  events: WebhookEvent[];
  description: string;
  active: boolean;
  createdAt: number;
}

export interface WebhookSettings {
  url: string;
  collections: readonly string[];
  events: readonly string[];
  description: string;
  active: boolean;
}

const MAX_WEBHOOKS = 100;
const MAX_COLLECTIONS = 100;
const MAX_URL = 2000;
const MAX_DESCRIPTION = 500;
const SECRET_BYTES = 24;

/**
 * Adds a webhook and gives its secret, which is shown only now. Throws `Invalid` (`bad_webhook`), `NotFound`
 * (`no_collection`), `Conflict` (`too_many_webhooks`).
 */
export async function addWebhook(
  context: BackendContext,
  tenant: string,
  settings: WebhookSettings,
): Promise<{ webhook: Webhook; secret: string }> {
  const checked = check(settings, context.network);
  const id = context.random.uuid();
  const secret = newSecret(context);
  const createdAt = context.clock.now();
  await context.db.write<BackendTables, void>(async (trx) => {
    const { count } = await trx
      .selectFrom('backend_webhooks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('tenant_id', '=', tenant)
      .executeTakeFirstOrThrow();
    if (count >= MAX_WEBHOOKS) {
      throw new Conflict('too_many_webhooks', `An app has at most ${MAX_WEBHOOKS} webhooks`);
    }
    await trx
      .insertInto('backend_webhooks')
      .values({
        tenant_id: tenant,
        id,
        ...columns(checked),
        secret: context.sealer.seal(secret, sealedAs(tenant, id)),
        created_at: createdAt,
      })
      .execute();
    await listenTo(trx, tenant, id, checked.collections);
  });
  return { webhook: { id, ...checked, createdAt }, secret };
}

/** All webhooks in the order in which they were made. */
export async function listWebhooks(context: BackendContext, tenant: string): Promise<Webhook[]> {
  const db = context.db.tables<BackendTables>();
  const rows = await db
    .selectFrom('backend_webhooks')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const names = await db
    .selectFrom('backend_webhook_collections as w')
    .innerJoin('backend_collections as c', (join) =>
      join.onRef('c.tenant_id', '=', 'w.tenant_id').onRef('c.number', '=', 'w.collection'),
    )
    .select(['w.webhook', 'c.name'])
    .where('w.tenant_id', '=', tenant)
    .orderBy('c.name')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    url: row.url,
    collections: names.flatMap(({ webhook, name }) => (webhook === row.id ? [name] : [])),
    events: JSON.parse(row.events) as WebhookEvent[],
    description: row.description,
    active: row.active !== 0,
    createdAt: row.created_at,
  }));
}

/** Throws `NotFound` (`no_webhook`). */
export async function getWebhook(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<Webhook> {
  const webhook = (await listWebhooks(context, tenant)).find((one) => one.id === id);
  return webhook ?? missing(id);
}

/** Replaces everything but the secret. Throws like `addWebhook`, and `NotFound` (`no_webhook`). */
export async function changeWebhook(
  context: BackendContext,
  tenant: string,
  id: string,
  settings: WebhookSettings,
): Promise<Webhook> {
  const checked = check(settings, context.network);
  await context.db.write<BackendTables, void>(async (trx) => {
    const changed = await trx
      .updateTable('backend_webhooks')
      .set(columns(checked))
      .where('tenant_id', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) missing(id);
    await stopListening(trx, tenant, id);
    await listenTo(trx, tenant, id, checked.collections);
  });
  return getWebhook(context, tenant, id);
}

/** Gives the webhook a new secret; the old one signs nothing any more. Throws `NotFound` (`no_webhook`). */
export async function renewSecret(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<string> {
  const secret = newSecret(context);
  await context.db.write<BackendTables, void>(async (trx) => {
    const changed = await trx
      .updateTable('backend_webhooks')
      .set({ secret: context.sealer.seal(secret, sealedAs(tenant, id)) })
      .where('tenant_id', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) missing(id);
  });
  return secret;
}

/** Removes a webhook; what waits for it is not sent. Throws `NotFound` (`no_webhook`). */
export async function removeWebhook(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<void> {
  await context.db.write<BackendTables, void>(async (trx) => {
    const removed = await trx
      .deleteFrom('backend_webhooks')
      .where('tenant_id', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) missing(id);
    await stopListening(trx, tenant, id);
    await trx
      .deleteFrom('backend_webhook_deliveries')
      .where('tenant_id', '=', tenant)
      .where('webhook', '=', id)
      .execute();
  });
}

/** Queues a delivery without a change, to see whether the address answers. Gives its id. Throws `NotFound`. */
export async function testWebhook(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<string> {
  await getWebhook(context, tenant, id);
  return context.db.write((trx) => queueDelivery(trx, context, tenant, id, 'ping'));
}

/** What a secret is sealed for. */
export const sealedAs = (tenant: string, id: string) => `webhook/${tenant}/${id}`;

async function listenTo(
  trx: Kysely<BackendTables>,
  tenant: string,
  webhook: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const { number } = await holdCollection(trx, tenant, name);
    await trx
      .insertInto('backend_webhook_collections')
      .values({ tenant_id: tenant, collection: number, webhook })
      .execute();
    await setRecorded(trx, tenant, number, RECORDED.webhooks, true);
  }
}

/** The bit of a collection stays while another webhook wants it. */
async function stopListening(
  trx: Kysely<BackendTables>,
  tenant: string,
  webhook: string,
): Promise<void> {
  const left = await trx
    .deleteFrom('backend_webhook_collections')
    .where('tenant_id', '=', tenant)
    .where('webhook', '=', webhook)
    .returning('collection')
    .execute();
  for (const { collection } of left) {
    const other = await trx
      .selectFrom('backend_webhook_collections')
      .select('webhook')
      .where('tenant_id', '=', tenant)
      .where('collection', '=', collection)
      .limit(1)
      .executeTakeFirst();
    if (!other) await setRecorded(trx, tenant, collection, RECORDED.webhooks, false);
  }
}

function columns({ url, events, description, active }: WebhookSettings) {
  return { url, events: JSON.stringify(events), description, active: active ? 1 : 0 };
}

function check(settings: WebhookSettings, network: Network): Omit<Webhook, 'id' | 'createdAt'> {
  const { url, collections, events, description, active } = settings;
  const parsed = URL.parse(url);
  if (
    url.length > MAX_URL ||
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username ||
    parsed.password
  ) {
    throw bad('The address of a webhook is an http or https URL without credentials');
  }
  try {
    checkReachable(parsed, network);
  } catch (error) {
    throw bad(error instanceof Error ? error.message : 'The address cannot be reached');
  }
  if (collections.length === 0 || collections.length > MAX_COLLECTIONS) {
    throw bad(`A webhook listens to 1 to ${MAX_COLLECTIONS} collections`);
  }
  const kinds = WEBHOOK_EVENTS.filter((event) => events.includes(event));
  const unknown = events.find((event) => !(WEBHOOK_EVENTS as readonly string[]).includes(event));
  if (unknown !== undefined) throw bad(`${unknown} is not an event: ${WEBHOOK_EVENTS.join(', ')}`);
  if (kinds.length === 0) throw bad('A webhook wants at least one event');
  if (description.length > MAX_DESCRIPTION) {
    throw bad(`A description has at most ${MAX_DESCRIPTION} characters`);
  }
  return {
    url: parsed.href,
    collections: [...new Set(collections)].sort(),
    events: kinds,
    description,
    active,
  };
}

function bad(message: string): Invalid {
  return new Invalid('bad_webhook', message);
}

function newSecret({ random }: BackendContext): string {
  return `whsec_${random.bytes(SECRET_BYTES).toString('base64')}`;
}

function missing(id: string): never {
  throw new NotFound('no_webhook', `There is no webhook ${id}`, { id });
}
