// Webhooks: administrators name addresses that are told of changes, and see what became of every message; not in the original.
import { listDeliveries, redeliver } from '../webhooks/deliver.ts';
import {
  addWebhook,
  changeWebhook,
  getWebhook,
  listWebhooks,
  removeWebhook,
  renewSecret,
  testWebhook,
  WEBHOOK_EVENTS,
  type Webhook,
  type WebhookSettings,
} from '../webhooks/webhooks.ts';
import { formatDate } from '../query/dates.ts';
import type { Json, JsonObject } from '../query/values.ts';
import { jsonObject } from './body.ts';
import { readCriteria } from './criteria.ts';
import { answer, NOTHING, type Answer } from './envelope.ts';
import { Failure } from './failure.ts';
import { route, type ActorCall, type Route } from './route.ts';

export const webhookRoutes: readonly Route[] = [
  route('GET', '/admin/webhook', 'admin', list),
  route('POST', '/admin/webhook', 'admin', create),
  route('GET', '/admin/webhook/:id', 'admin', read),
  route('PUT', '/admin/webhook/:id', 'admin', change),
  route('DELETE', '/admin/webhook/:id', 'admin', remove),
  route('POST', '/admin/webhook/:id/secret', 'admin', renew),
  route('POST', '/admin/webhook/:id/test', 'admin', test),
  route('GET', '/admin/webhook/:id/deliveries', 'admin', deliveries),
  route('POST', '/admin/webhook/:id/deliveries/:delivery', 'admin', again),
];

const PAGE_SIZE = 20;
const MAX_PAGE = 200;

async function list({ context, actor }: ActorCall): Promise<Answer> {
  return answer((await listWebhooks(context, actor.tenant)).map(wireOf));
}

async function create({ context, actor, body }: ActorCall): Promise<Answer> {
  const settings = readSettings(jsonObject(body).value, DEFAULTS);
  const { webhook, secret } = await addWebhook(context, actor.tenant, settings);
  return answer({ ...wireOf(webhook), secret }, 201);
}

async function read({ context, actor, params }: ActorCall): Promise<Answer> {
  return answer(wireOf(await getWebhook(context, actor.tenant, params['id'] ?? '')));
}

/** What is not sent stays. */
async function change({ context, actor, params, body }: ActorCall): Promise<Answer> {
  const id = params['id'] ?? '';
  const current = await getWebhook(context, actor.tenant, id);
  const settings = readSettings(jsonObject(body).value, current);
  return answer(wireOf(await changeWebhook(context, actor.tenant, id, settings)));
}

async function remove({ context, actor, params }: ActorCall): Promise<Answer> {
  await removeWebhook(context, actor.tenant, params['id'] ?? '');
  return { data: NOTHING };
}

async function renew({ context, actor, params }: ActorCall): Promise<Answer> {
  return answer({ secret: await renewSecret(context, actor.tenant, params['id'] ?? '') });
}

async function test({ context, actor, params }: ActorCall): Promise<Answer> {
  return answer({ delivery: await testWebhook(context, actor.tenant, params['id'] ?? '') });
}

async function deliveries({ context, actor, params, query }: ActorCall): Promise<Answer> {
  const { tenant } = actor;
  const { id } = await getWebhook(context, tenant, params['id'] ?? '');
  const { skip, limit = PAGE_SIZE } = readCriteria(query).query;
  const page = { skip, limit: Math.min(limit, MAX_PAGE) };
  const found = await listDeliveries(context, tenant, id, page);
  return answer(
    found.map(({ createdAt, finishedAt, attempts, ...delivery }) => ({
      ...delivery,
      created: formatDate(createdAt),
      finished: finishedAt === null ? null : formatDate(finishedAt),
      attempts: attempts.map((attempt) => ({ ...attempt, at: formatDate(attempt.at) })),
    })),
  );
}

async function again({ context, actor, params }: ActorCall): Promise<Answer> {
  const { id = '', delivery = '' } = params;
  await redeliver(context, actor.tenant, id, delivery);
  return { data: NOTHING };
}

const DEFAULTS: WebhookSettings = {
  url: '',
  collections: [],
  events: WEBHOOK_EVENTS,
  description: '',
  active: true,
};

function readSettings(value: JsonObject, defaults: WebhookSettings): WebhookSettings {
  const { url, collections, events, description, active } = value;
  return {
    url: url === undefined ? defaults.url : text(url, 'url'),
    collections:
      collections === undefined ? defaults.collections : texts(collections, 'collections'),
    events: events === undefined ? defaults.events : texts(events, 'events'),
    description:
      description === undefined ? defaults.description : text(description, 'description'),
    active: active === undefined ? defaults.active : flag(active, 'active'),
  };
}

function text(value: Json, name: string): string {
  if (typeof value === 'string') return value;
  throw new Failure(400, `'${name}' must be a string`);
}

function texts(value: Json, name: string): string[] {
  if (Array.isArray(value)) return value.map((item) => text(item, name));
  throw new Failure(400, `'${name}' must be a list of strings`);
}

function flag(value: Json, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Failure(400, `'${name}' must be true or false`);
}

function wireOf({ createdAt, ...webhook }: Webhook) {
  return { ...webhook, created: formatDate(createdAt) };
}
