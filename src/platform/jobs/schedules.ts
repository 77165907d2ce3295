// Recurring jobs: schedules in a table, of whose ticks each is taken by one process alone.
import type { Database } from '../database/database.ts';
import type { Random } from '../random.ts';
import { nextCronTime } from './cron.ts';
import type { ScheduleRequest } from './job.ts';
import { insertJob, payloadText } from './queue.ts';
import type { JobTables } from './tables.ts';

/** Schedules looked at in one pass; the rest follow in the next. */
const BATCH = 200;

/**
 * Adds or changes a schedule. One whose times stay the same keeps its next time, so that a restart neither skips nor
 * repeats a tick. Throws `Invalid` (`invalid_schedule`).
 */
export async function saveSchedule(
  db: Database,
  request: ScheduleRequest,
  now: number,
): Promise<void> {
  const { tenantId, name, kind, cron, timeZone = 'UTC' } = request;
  const next_at = nextCronTime(cron, timeZone, now);
  const values = { kind, payload: payloadText(request.payload), cron, time_zone: timeZone };
  await db.write<JobTables, void>(async (trx) => {
    await trx
      .insertInto('platform_schedules')
      .values({ tenant_id: tenantId, name, ...values, next_at })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'name']).doUpdateSet((old) => ({
          ...values,
          next_at: old
            .case()
            .when(
              old.and([
                old('platform_schedules.cron', '=', cron),
                old('platform_schedules.time_zone', '=', timeZone),
              ]),
            )
            .then(old.ref('platform_schedules.next_at'))
            .else(next_at)
            .end(),
        })),
      )
      .execute();
  });
}

/** Removes a schedule; jobs that it has asked for stay. False when there was none. */
export async function removeSchedule(
  db: Database,
  tenantId: string,
  name: string,
): Promise<boolean> {
  return db.write<JobTables, boolean>(async (trx) => {
    const result = await trx
      .deleteFrom('platform_schedules')
      .where('tenant_id', '=', tenantId)
      .where('name', '=', name)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  });
}

/**
 * Asks for the jobs of the schedules that are due; gives how many ticks this process took. Ticks that were missed while no
 * process ran are made up for by one job; and while a schedule's last job is unfinished, a tick adds no other.
 */
export async function runSchedules(db: Database, random: Random, now: number): Promise<number> {
  const due = await db
    .tables<JobTables>()
    .selectFrom('platform_schedules')
    .selectAll()
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(BATCH)
    .execute();
  let taken = 0;
  for (const schedule of due) {
    const next_at = nextCronTime(schedule.cron, schedule.time_zone, now);
    const mine = await db.write<JobTables, boolean>(async (trx) => {
      const moved = await trx
        .updateTable('platform_schedules')
        .set({ next_at })
        .where('tenant_id', '=', schedule.tenant_id)
        .where('name', '=', schedule.name)
        // Whoever moves it on from the time that was read has taken the tick.
        .where('next_at', '=', schedule.next_at)
        .executeTakeFirst();
      if (moved.numUpdatedRows === 0n) return false;
      await insertJob(
        trx,
        random.uuid7(),
        {
          tenantId: schedule.tenant_id,
          kind: schedule.kind,
          payload: JSON.parse(schedule.payload) as unknown,
          uniqueKey: `schedule:${schedule.name}`,
        },
        now,
      );
      return true;
    });
    if (mine) taken += 1;
  }
  return taken;
}
