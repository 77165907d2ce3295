// Push profiles: three sets of settings, each with what two providers want to know, for use and for development.
import { createHash } from 'node:crypto';
import { Unavailable } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import { setting, settingFile, settings } from '../settings/settings.ts';
import type { DeviceSystem } from './devices.ts';
import { readAppleCredentials, readGoogleCredentials } from './keys.ts';
import type { ProfileNumber } from './message.ts';
import type { PushSender } from './provider.ts';

/** The environments: for apps in development, and for those in use. */
export type Mode = 'sandbox' | 'production';

/** Whether a profile may be used. */
export function isProfileEnabled(
  context: BackendContext,
  tenant: string,
  profile: ProfileNumber,
): Promise<boolean> {
  return setting(context, tenant, `profile${profile}.push.profile.enable`);
}

/** The environment that a profile is switched to. */
export async function modeOf(
  context: BackendContext,
  tenant: string,
  profile: ProfileNumber,
): Promise<Mode> {
  const sandbox = await setting(context, tenant, `profile${profile}.push.sandbox.enable`);
  return sandbox ? 'sandbox' : 'production';
}

/** The kinds of device for which there is what their provider asks for; whether it is right is another question. */
export async function configuredSystems(
  context: BackendContext,
  tenant: string,
  profile: ProfileNumber,
  mode: Mode,
): Promise<DeviceSystem[]> {
  const systems: DeviceSystem[] = [];
  const { file, password, keyId, teamId, topic } = await readApple(context, tenant, profile, mode);
  const withKey = keyId !== '' && teamId !== '' && topic !== '';
  // A certificate in PEM may come with a key that has no password.
  const isPem = file?.includes('-----BEGIN CERTIFICATE-----') ?? false;
  if (file && (password !== '' || withKey || isPem)) systems.push('ios');
  if (await setting(context, tenant, `profile${profile}.${mode}.android.api.key`)) {
    systems.push('android');
  }
  return systems;
}

async function readApple(
  context: BackendContext,
  tenant: string,
  profile: ProfileNumber,
  mode: Mode,
) {
  const prefix = `profile${profile}.${mode}.ios` as const;
  const [password, keyId, teamId, topic] = [
    `${prefix}.certificate.password`,
    `${prefix}.key.id`,
    `${prefix}.team.id`,
    `${prefix}.topic`,
  ] as const;
  const own = await settings(context, tenant, password, keyId, teamId, topic);
  const file = await settingFile(context, tenant, `${prefix}.certificate`);
  return {
    file: file?.bytes,
    password: own[password],
    keyId: own[keyId].trim(),
    teamId: own[teamId].trim(),
    topic: own[topic].trim(),
  };
}

/**
 * The client for a profile's devices of a kind, with the settings as they are now. Throws `Unavailable` (`push_disabled`,
 * `push_incomplete`), `Invalid` (`push_certificate`, `push_service_account`).
 */
export async function senderFor(
  context: BackendContext,
  tenant: string,
  profile: ProfileNumber,
  os: DeviceSystem,
): Promise<PushSender> {
  if (!(await isProfileEnabled(context, tenant, profile))) throw disabled(profile);
  const mode = await modeOf(context, tenant, profile);
  const { push } = context.outward;
  const keyOf = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha256');
    for (const part of [tenant, String(profile), mode, ...parts]) {
      hash.update(`${part.length} `).update(part);
    }
    return hash.digest('base64url');
  };
  if (os === 'android') {
    const json = await setting(context, tenant, `profile${profile}.${mode}.android.api.key`);
    if (json === '') throw incomplete(profile, mode);
    return push.google(keyOf(json), readGoogleCredentials(json));
  }
  const apple = await readApple(context, tenant, profile, mode);
  if (!apple.file) throw incomplete(profile, mode);
  const { file, password, keyId, teamId, topic } = apple;
  const ms = await setting(context, tenant, `profile${profile}.push.apple.timeout`);
  const timeoutMs = ms === 0 ? push.timeoutMs : ms;
  const key = keyOf(file, password, keyId, teamId, topic, String(timeoutMs));
  const credentials = readAppleCredentials(file, apple);
  return push.apple(key, { credentials, topic, sandbox: mode === 'sandbox', timeoutMs });
}

export function disabled(profile: ProfileNumber): Unavailable {
  return new Unavailable('push_disabled', `Push profile ${profile} is disabled`);
}

export function incomplete(profile: ProfileNumber, mode: Mode): Unavailable {
  return new Unavailable(
    'push_incomplete',
    `The settings of push profile ${profile} for ${mode} are not complete`,
  );
}
