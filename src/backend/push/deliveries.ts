// What became of messages that were not delivered, and another try; for administrators.
import type { Kysely } from 'kysely';
import { NotFound } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { extendBatch, findBatch, reviveFailed } from './batches.ts';
import { DELIVERY_JOB } from './deliver.ts';
import type { PushMessage } from './message.ts';

export interface PendingDelivery {
  id: string;
  profile: number;
  os: string;
  message: string;
  sentAt: number;
  /** Devices that wait for another try, and those that were given up. */
  waiting: number;
  failed: number;
  /** Reasons with the number of devices, the most frequent first. */
  errors: { reason: string; devices: number }[];
}

const MAX_LIST = 100;
/** A message that is tried again has this long, whatever its own time was. */
const AGAIN_MS = 86_400_000;

/** Batches that have not reached all their devices, the newest first. */
export async function pendingDeliveries(
  { db }: BackendContext,
  tenant: string,
): Promise<PendingDelivery[]> {
  const tables: Kysely<BackendTables> = db.tables<BackendTables>();
  const batches = await tables
    .selectFrom('backend_push_batches')
    .select(['id', 'profile', 'os', 'message', 'created_at'])
    .where('tenant_id', '=', tenant)
    // Ids begin with the time they were made at.
    .orderBy('id', 'desc')
    .limit(MAX_LIST)
    .execute();
  if (batches.length === 0) return [];
  const counts = await tables
    .selectFrom('backend_push_targets')
    .select(['batch', 'state', 'error', (of) => of.fn.countAll<number>().as('devices')])
    .where('tenant_id', '=', tenant)
    .where(
      'batch',
      'in',
      batches.map(({ id }) => id),
    )
    .groupBy(['batch', 'state', 'error'])
    .execute();
  return batches.map(({ id, profile, os, message, created_at }) => {
    const own = counts.filter(({ batch }) => batch === id);
    const sum = (state: string) =>
      own
        .filter((count) => count.state === state)
        .reduce((total, { devices }) => total + devices, 0);
    return {
      id,
      profile,
      os,
      sentAt: created_at,
      message: (JSON.parse(message) as PushMessage).message,
      waiting: sum('waiting'),
      failed: sum('failed'),
      errors: own
        .flatMap(({ error, devices }) =>
          error === null ? [] : [{ reason: error, devices: devices }],
        )
        .sort((a, b) => b.devices - a.devices),
    };
  });
}

/** Tries a batch again: at once, unless another try is due anyway. Throws `NotFound` (`no_delivery`) when there is none, or nothing is left of it. */
export async function retryDelivery(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<void> {
  await context.db.write(async (trx) => {
    if (!(await findBatch(trx, tenant, id))) {
      throw new NotFound('no_delivery', 'There is no such delivery');
    }
    await reviveFailed.run(trx, { tenant, batch: id });
    await extendBatch.run(trx, { tenant, id, until: context.clock.now() + AGAIN_MS });
    await context.jobs.enqueue(trx, {
      tenantId: tenant,
      kind: DELIVERY_JOB,
      payload: { batch: id },
      // Nobody else is at it then.
      uniqueKey: id,
    });
  });
}
