// What must hold before a push setting is changed: nobody switches on what cannot send (BaasBox spec 3.5, 5.10).
import { Unavailable } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { ValueKey } from '../settings/catalogue.ts';
import { readGoogleCredentials } from './keys.ts';
import type { ProfileNumber } from './message.ts';
import { configuredSystems, incomplete, isProfileEnabled, modeOf, type Mode } from './profiles.ts';

/**
 * Throws `Unavailable`: `push_incomplete` when a profile is enabled that cannot send, `push_switch` when an enabled one
 * is switched to an environment in which it cannot; `Invalid` (`push_service_account`) for an Android key that is no
 * service account.
 */
export async function checkPushSetting(
  context: BackendContext,
  tenant: string,
  key: ValueKey,
  value: string | number | boolean,
): Promise<void> {
  // An empty one takes the key away.
  if (key.endsWith('.android.api.key') && value !== '') readGoogleCredentials(String(value));
  const match = /^profile([123])\.push\.(profile|sandbox)\.enable$/.exec(key);
  if (!match) return;
  const profile = Number(match[1]) as ProfileNumber;
  const canSend = async (mode: Mode) =>
    (await configuredSystems(context, tenant, profile, mode)).length > 0;
  if (match[2] === 'profile') {
    if (value !== true) return;
    const mode = await modeOf(context, tenant, profile);
    if (!(await canSend(mode))) throw incomplete(profile, mode);
    return;
  }
  if (!(await isProfileEnabled(context, tenant, profile))) return;
  const mode = value === true ? 'sandbox' : 'production';
  if (await canSend(mode)) return;
  throw new Unavailable(
    'push_switch',
    `The settings of push profile ${profile} for ${mode} are missing`,
  );
}
