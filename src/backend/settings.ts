// Settings of a tenant's app that administrators change while it runs.
import { Invalid } from '../platform/errors.ts';
import type { BackendContext } from './context.ts';

const SESSION_MINUTES = 'backend.session_minutes';
/** A year: longer than any idle session makes sense. */
const MAX_SESSION_MINUTES = 525_600;

/** Idle minutes after which new sessions end; 0: never. */
export async function sessionMinutes(context: BackendContext, tenant: string): Promise<number> {
  const stored = await context.tenants.settings.get<number>(tenant, SESSION_MINUTES);
  return stored ?? context.limits.sessionTimeoutMinutes;
}

/** Sets the time-out of sessions that are opened from now on. Throws `Invalid` (`bad_setting`) outside 0 to 525600. */
export async function setSessionMinutes(
  context: BackendContext,
  tenant: string,
  minutes: number,
): Promise<void> {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes > MAX_SESSION_MINUTES) {
    throw new Invalid(
      'bad_setting',
      `The time-out is a number of minutes from 0 to ${MAX_SESSION_MINUTES}`,
    );
  }
  await context.db.write((trx) =>
    context.tenants.settings.set(trx, tenant, SESSION_MINUTES, minutes),
  );
}
