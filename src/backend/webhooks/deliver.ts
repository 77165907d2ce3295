// Delivering: signs a queued message as the Standard Webhooks specification says, sends it, and keeps a log of every attempt.
import { createHmac } from 'node:crypto';
import { DomainError, NotFound, Unavailable } from '../../platform/errors.ts';
import type { JobContext } from '../../platform/jobs/job.ts';
import { fetchPublic } from '../../platform/network/public-fetch.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { DELIVERY_JOB } from './outbox.ts';
import { sealedAs } from './webhooks.ts';

export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'cancelled';

/** One attempt to deliver. */
export interface Attempt {
  at: number;
  /** How long it took, in milliseconds. */
  ms: number;
  /** Of the answer, if one came. */
  status?: number;
  error?: string;
}

export interface Delivery {
  id: string;
  event: string;
  collection: string;
  document: string;
  state: DeliveryState;
  attempts: Attempt[];
  createdAt: number;
  finishedAt: number | null;
}

/** Attempts of one delivery: with the waits between them about a day and a half. */
const MAX_ATTEMPTS = 12;
const BACKOFF = { baseMs: 10_000, maxMs: 6 * 3_600_000 };
const TIMEOUT_MS = 15_000;
const MAX_ANSWER = 1024 * 1024;
const MAX_ERROR = 300;
/** Attempts that the log keeps. */
const MAX_LOGGED = 20;
/** Deliveries at once in one process. */
const CONCURRENCY = 8;

/** Registers the job that delivers. */
export function registerDeliveries(context: BackendContext): void {
  context.jobs.register(
    DELIVERY_JOB,
    (payload, job) => deliver(context, (payload as { id: string }).id, job),
    {
      concurrency: CONCURRENCY,
      maxAttempts: MAX_ATTEMPTS,
      backoff: BACKOFF,
      timeoutMs: TIMEOUT_MS * 2,
    },
  );
}

async function deliver(
  context: BackendContext,
  id: string,
  { job, signal }: JobContext,
): Promise<void> {
  const { db, clock } = context;
  const { tenantId: tenant, attempts } = job;
  const delivery = await find(context, tenant, id);
  if (!delivery || delivery.state !== 'waiting') return;
  if (!delivery.active) return finish(context, tenant, delivery, 'cancelled');
  const at = clock.now();
  const started = performance.now();
  const result = await send(context, tenant, delivery, signal);
  const attempt = { at, ms: Math.round(performance.now() - started), ...result };
  if (isGood(result.status)) return finish(context, tenant, delivery, 'delivered', attempt);
  // The receiver says that nobody wants these any more.
  if (result.status === 410) {
    await db.write<BackendTables, unknown>((trx) =>
      trx
        .updateTable('backend_webhooks')
        .set({ active: 0 })
        .where('tenant_id', '=', tenant)
        .where('id', '=', delivery.webhook)
        .execute(),
    );
    return finish(context, tenant, delivery, 'failed', attempt);
  }
  if (attempts >= MAX_ATTEMPTS) return finish(context, tenant, delivery, 'failed', attempt);
  await finish(context, tenant, delivery, 'waiting', attempt);
  throw new Unavailable('webhook_failed', result.error ?? `status ${String(result.status)}`);
}

const isGood = (status: number | undefined) =>
  status !== undefined && status >= 200 && status < 300;

async function send(
  { clock, sealer, network }: BackendContext,
  tenant: string,
  { id, webhook, url, secret, body }: Found,
  signal: AbortSignal,
): Promise<{ status?: number; error?: string }> {
  const key = sealer.unseal(secret, sealedAs(tenant, webhook));
  if (key === undefined) return { error: 'The secret cannot be read with this server key' };
  const timestamp = Math.floor(clock.now() / 1000);
  try {
    const { status } = await fetchPublic(url, {
      ...network,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'skep-webhooks',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(key, id, timestamp, body),
      },
      body: Buffer.from(body),
      maxBytes: MAX_ANSWER,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    return isGood(status) ? { status } : { status, error: `The receiver answered ${status}` };
  } catch (error) {
    // What went wrong inside is for the log of the server; administrators are told what the domain says.
    const message =
      error instanceof DomainError ? error.message : 'The receiver could not be reached';
    return { error: message.slice(0, MAX_ERROR) };
  }
}

/** `secret` as it was shown: `whsec_` and the key in base64. */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

interface Found {
  id: string;
  webhook: string;
  state: string;
  attempts: number;
  log: string;
  body: string;
  url: string;
  secret: string;
  active: number;
}

function find({ db }: BackendContext, tenant: string, id: string): Promise<Found | undefined> {
  return db
    .tables<BackendTables>()
    .selectFrom('backend_webhook_deliveries as d')
    .innerJoin('backend_webhooks as w', (join) =>
      join.onRef('w.tenant_id', '=', 'd.tenant_id').onRef('w.id', '=', 'd.webhook'),
    )
    .select(['d.id', 'd.webhook', 'd.state', 'd.attempts', 'd.log', 'd.body'])
    .select(['w.url', 'w.secret', 'w.active'])
    .where('d.tenant_id', '=', tenant)
    .where('d.id', '=', id)
    .executeTakeFirst();
}

async function finish(
  { db, clock }: BackendContext,
  tenant: string,
  { id, attempts, log }: Found,
  state: DeliveryState,
  attempt?: Attempt,
): Promise<void> {
  const attemptsLog = JSON.parse(log) as Attempt[];
  if (attempt) attemptsLog.push(attempt);
  await db.write<BackendTables, unknown>((trx) =>
    trx
      .updateTable('backend_webhook_deliveries')
      .set({
        state,
        attempts: attempts + (attempt ? 1 : 0),
        log: JSON.stringify(attemptsLog.slice(-MAX_LOGGED)),
        finished_at: state === 'waiting' ? null : clock.now(),
      })
      .where('tenant_id', '=', tenant)
      .where('id', '=', id)
      .execute(),
  );
}

/** Deliveries of a webhook, newest first, a page at a time. */
export async function listDeliveries(
  { db }: BackendContext,
  tenant: string,
  webhook: string,
  page: { skip: number; limit: number },
): Promise<Delivery[]> {
  const rows = await db
    .tables<BackendTables>()
    .selectFrom('backend_webhook_deliveries')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('webhook', '=', webhook)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.skip)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    event: row.event,
    collection: row.collection,
    document: row.document,
    state: row.state as DeliveryState,
    attempts: JSON.parse(row.log) as Attempt[],
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }));
}

/** Sends a finished delivery once more, under the same id. Throws `NotFound` (`no_delivery`). */
export async function redeliver(
  { db, jobs }: BackendContext,
  tenant: string,
  webhook: string,
  id: string,
): Promise<void> {
  await db.write<BackendTables, void>(async (trx) => {
    const changed = await trx
      .updateTable('backend_webhook_deliveries')
      .set({ state: 'waiting', finished_at: null })
      .where('tenant_id', '=', tenant)
      .where('webhook', '=', webhook)
      .where('id', '=', id)
      .where('state', '<>', 'waiting')
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) {
      throw new NotFound('no_delivery', `There is no finished delivery ${id}`, { id });
    }
    await jobs.enqueue(trx, { tenantId: tenant, kind: DELIVERY_JOB, payload: { id } });
  });
}

/** Forgets deliveries that ended before a time. */
export async function pruneDeliveries({ db }: BackendContext, before: number): Promise<void> {
  await db.write<BackendTables, unknown>((trx) =>
    trx.deleteFrom('backend_webhook_deliveries').where('finished_at', '<', before).execute(),
  );
}
