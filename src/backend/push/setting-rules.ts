// What must hold before a push setting is changed: nobody switches on what cannot send (BaasBox spec 3.5, 5.10).
import { Unavailable } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { PushProfile, ValueKey } from '../settings/catalogue.ts';
import { setting, settingFile } from '../settings/settings.ts';

type Mode = 'sandbox' | 'production';

/**
 * Throws `Unavailable`: `push_incomplete` when a profile is enabled that cannot send, `push_switch` when an enabled one
 * is switched to an environment in which it cannot.
 */
export async function checkPushSetting(
  context: BackendContext,
  tenant: string,
  key: ValueKey,
  value: string | number | boolean,
): Promise<void> {
  const match = /^profile([123])\.push\.(profile|sandbox)\.enable$/.exec(key);
  if (!match) return;
  const profile = Number(match[1]) as PushProfile;
  if (match[2] === 'profile') {
    if (value !== true) return;
    const sandbox = await setting(context, tenant, `profile${profile}.push.sandbox.enable`);
    const mode = sandbox ? 'sandbox' : 'production';
    if (await canSend(context, tenant, profile, mode)) return;
    throw new Unavailable(
      'push_incomplete',
      `Push settings are not complete: profile ${profile} has neither an Android API key nor a certificate with its password for ${mode}`,
    );
  }
  if (!(await setting(context, tenant, `profile${profile}.push.profile.enable`))) return;
  const mode = value === true ? 'sandbox' : 'production';
  if (await canSend(context, tenant, profile, mode)) return;
  throw new Unavailable(
    'push_switch',
    `Cannot switch between sandbox and production: the settings of profile ${profile} for ${mode} are missing`,
  );
}

/** Whether there is what at least one of the two providers asks for. */
async function canSend(
  context: BackendContext,
  tenant: string,
  profile: PushProfile,
  mode: Mode,
): Promise<boolean> {
  if (await setting(context, tenant, `profile${profile}.${mode}.android.api.key`)) return true;
  const password = `profile${profile}.${mode}.ios.certificate.password` as const;
  if (!(await setting(context, tenant, password))) return false;
  return (
    (await settingFile(context, tenant, `profile${profile}.${mode}.ios.certificate`)) !== undefined
  );
}
