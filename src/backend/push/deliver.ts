// The job that hands a batch to a provider. What was delivered is written device by device: after a crash, or another try,
// only those get the message that may not have it.
import type { JobContext } from '../../platform/jobs/job.ts';
import { DomainError, Unavailable } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import {
  failWaiting,
  findBatch,
  markTarget,
  removeTarget,
  tidyBatches,
  waitingTargets,
  type Batch,
  type Target,
} from './batches.ts';
import { forgetDevice, type DeviceSystem } from './devices.ts';
import type { ProfileNumber, PushMessage } from './message.ts';
import { senderFor } from './profiles.ts';
import type { Outcome, PushSender } from './provider.ts';

export const DELIVERY_JOB = 'backend.push';

/** Attempts over about a day. */
export const DELIVERY_ATTEMPTS = 20;

/** Devices that are sent to at once. */
const AT_ONCE = 20;
/** Devices read at a time; between two reads the lease is proved. */
const CHUNK = 100;
/** Failed devices can be looked at for so long. */
const KEEP_MS = 30 * 86_400_000;

interface Delivering {
  tenant: string;
  batch: Batch;
  message: PushMessage;
  sender: PushSender;
  signal: AbortSignal;
  /** What stands in the way of some devices; what stands in the way of all ends the round. */
  later: { reason: string; retryAt: number } | undefined;
  stop: boolean;
}

/** Delivers what is left of a batch. Throws when something is still left, so that the job is tried again. */
export async function runDelivery(
  context: BackendContext,
  payload: unknown,
  { job, signal, heartbeat }: JobContext,
): Promise<void> {
  const { tenantId: tenant } = job;
  const { batch: id } = payload as { batch: string };
  const batch = await findBatch(context.db, tenant, id);
  if (!batch) return;
  const last = job.attempts >= DELIVERY_ATTEMPTS;
  try {
    if (context.clock.now() > batch.expires_at) await giveUp(context, tenant, id, 'expired');
    else await deliver(context, tenant, batch, signal, heartbeat);
  } catch (error) {
    signal.throwIfAborted();
    if (last) await giveUp(context, tenant, id, reasonOf(error));
    throw error;
  }
  const before = context.clock.now() - KEEP_MS;
  await context.db.write((trx) => tidyBatches(trx, tenant, id, before));
}

async function deliver(
  context: BackendContext,
  tenant: string,
  batch: Batch,
  signal: AbortSignal,
  heartbeat: () => Promise<void>,
): Promise<void> {
  const sender = await senderFor(
    context,
    tenant,
    batch.profile as ProfileNumber,
    batch.os as DeviceSystem,
  );
  const message = JSON.parse(batch.message) as PushMessage;
  const work: Delivering = {
    tenant,
    batch,
    message,
    sender,
    signal,
    later: undefined,
    stop: false,
  };
  let after = -1;
  while (!work.stop) {
    await heartbeat();
    const targets = await waitingTargets.all(context.db, {
      tenant,
      batch: batch.id,
      after,
      limit: CHUNK,
    });
    const next = targets.values();
    const worker = async () => {
      for (const target of next) {
        if (work.stop) return;
        signal.throwIfAborted();
        await sendOne(context, work, target);
      }
    };
    // All of them are waited for: what is under way is written, whatever happens to the others.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
    if (targets.length < CHUNK) break;
    after = targets.at(-1)?.position ?? after;
  }
  if (work.later) {
    throw new Unavailable('push_later', `Some devices were not reached: ${work.later.reason}`, {
      retryAt: work.later.retryAt,
    });
  }
}

async function sendOne(context: BackendContext, work: Delivering, target: Target): Promise<void> {
  const { tenant, batch, message, sender, signal } = work;
  const delivery = { message, expiresAt: batch.expires_at };
  const outcome = await sender.send(target.token, delivery, signal);
  const at = { tenant, batch: batch.id, position: target.position };
  await context.db.write(async (trx) => {
    switch (outcome.state) {
      case 'gone': {
        const device = { os: batch.os as DeviceSystem, token: target.token };
        await forgetDevice(trx, tenant, device, batch.created_at);
        await removeTarget.run(trx, at);
        break;
      }
      case 'delivered':
        await removeTarget.run(trx, at);
        break;
      case 'failed':
        await markTarget.run(trx, { ...at, state: 'failed', error: outcome.reason });
        break;
      default:
        await markTarget.run(trx, { ...at, state: 'waiting', error: outcome.reason });
    }
  });
  note(work, outcome);
}

function note(work: Delivering, outcome: Outcome): void {
  if (outcome.state !== 'later' && outcome.state !== 'refused') return;
  const { reason } = outcome;
  const retryAt = outcome.state === 'later' ? (outcome.retryAt ?? 0) : 0;
  work.later = { reason, retryAt: Math.max(retryAt, work.later?.retryAt ?? 0) };
  if (outcome.state === 'refused' || outcome.all) work.stop = true;
}

/** Marks what still waits as failed. */
async function giveUp(
  context: BackendContext,
  tenant: string,
  batch: string,
  error: string,
): Promise<void> {
  await context.db.write((trx) => failWaiting.run(trx, { tenant, batch, error }));
}

function reasonOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'unexpected failure';
}
