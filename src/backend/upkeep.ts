// Upkeep: what the room tidies every hour, as one job that one process of many does.
import { pruneChanges } from './changes/log.ts';
import { sweepDropped } from './collections/collections.ts';
import type { BackendContext } from './context.ts';
import { pruneDeliveries } from './webhooks/deliver.ts';

const UPKEEP_JOB = 'backend.upkeep';
const HOUR_MS = 3_600_000;
/** How long deliveries of webhooks stay in their log after they ended. */
const KEEP_DELIVERIES_MS = 7 * 24 * HOUR_MS;

/** Each is safe to run again after it was cut off. */
const TASKS: readonly ((context: BackendContext, now: number) => Promise<void>)[] = [
  ({ db, limits }, now) => pruneChanges(db, now - limits.changeHours * HOUR_MS),
  sweepDropped,
  (context, now) => pruneDeliveries(context, now - KEEP_DELIVERIES_MS),
];

/** Registers the job. */
export function registerUpkeep(context: BackendContext): void {
  const run = async () => {
    for (const task of TASKS) await task(context, context.clock.now());
  };
  context.jobs.register(UPKEEP_JOB, run, { timeoutMs: HOUR_MS });
}

/** Asks for the job every hour. */
export async function scheduleUpkeep({ jobs }: BackendContext): Promise<void> {
  await jobs.schedule({ tenantId: '', name: UPKEEP_JOB, kind: UPKEEP_JOB, cron: '41 * * * *' });
}
