// Sending a message to users: all that can be said at once is checked at once, the rest is done by jobs (BaasBox spec 5.9).
import type { Kysely } from 'kysely';
import { foldName } from '../../platform/credentials/names.ts';
import { Invalid, NotFound, TooLarge } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { isInternalName } from '../users/accounts.ts';
import { BATCH_SIZE, insertBatch, type Batch } from './batches.ts';
import { DELIVERY_JOB } from './deliver.ts';
import { DEVICE_SYSTEMS, devicesOf, type DeviceSystem } from './devices.ts';
import { MAX_TIME_TO_LIVE, type ProfileNumber, type PushMessage } from './message.ts';
import { MAX_PAYLOAD, payloadBytes } from './payload.ts';
import {
  configuredSystems,
  disabled,
  incomplete,
  isProfileEnabled,
  modeOf,
  senderFor,
} from './profiles.ts';

export interface PushRequest {
  message: PushMessage;
  /** Names, each once. */
  users: readonly string[];
  /** Each once. */
  profiles: readonly ProfileNumber[];
}

export interface PushResult {
  /** Some of the users' devices cannot be reached with these profiles: the settings for them are missing. */
  incomplete: boolean;
  /** What was done, step by step, for administrators. */
  log: string[];
}

/** Devices of one message; more are a mistake, or another kind of service. */
const MAX_DEVICES = 200_000;
const CHUNK = 500;
/** Short-lived messages wait at least so long for their turn. */
const MIN_WAIT_MS = 60_000;

/**
 * Sends a message to all devices of users: stored with the jobs that deliver it, before this resolves.
 * Throws `Unavailable` (`push_disabled`, `push_incomplete`), `Invalid` (`push_certificate`, `push_service_account`,
 * `push_too_large`), `NotFound` (`push_no_user`), `TooLarge` (`push_devices`).
 */
export async function sendPush(
  context: BackendContext,
  tenant: string,
  { message, users, profiles }: PushRequest,
): Promise<PushResult> {
  const log = [`Profiles computed: ${JSON.stringify(profiles)}`];
  const reach = await reachable(context, tenant, profiles, log);

  const ids = await idsOf(context, tenant, users);
  const devices = await devicesOf(context.db, tenant, ids);
  const targets: Record<DeviceSystem, { token: string; user_id: string }[]> = {
    ios: [],
    android: [],
  };
  for (const [user_id, list] of devices) {
    for (const { os, token } of list) targets[os].push({ token, user_id });
  }
  log.push(
    `Users: ${ids.length}; devices: ${targets.ios.length} ios, ${targets.android.length} android`,
  );
  if ((targets.ios.length + targets.android.length) * profiles.length > MAX_DEVICES) {
    throw new TooLarge('push_devices', `A message reaches at most ${MAX_DEVICES} devices`);
  }

  const batches: { batch: Batch; targets: { token: string; user_id: string }[] }[] = [];
  let missing = false;
  const now = context.clock.now();
  const wait = Math.max((message.timeToLive ?? MAX_TIME_TO_LIVE) * 1000, MIN_WAIT_MS);
  for (const profile of profiles) {
    for (const os of DEVICE_SYSTEMS) {
      if (targets[os].length === 0) continue;
      if (!reach.get(profile)?.includes(os)) {
        log.push(`Profile ${profile}: no settings for ${os}, its devices are left out`);
        missing = true;
        continue;
      }
      // A key that cannot be read is the administrator's business now, not when nobody looks any more.
      await senderFor(context, tenant, profile, os);
      if (payloadBytes(os, message) > MAX_PAYLOAD) {
        throw new Invalid('push_too_large', `The message has more than ${MAX_PAYLOAD} bytes`);
      }
      for (let from = 0; from < targets[os].length; from += BATCH_SIZE) {
        const batch = {
          id: context.random.uuid7(),
          profile,
          os,
          message: JSON.stringify(message),
          created_at: now,
          expires_at: now + wait,
        };
        const part = targets[os].slice(from, from + BATCH_SIZE);
        log.push(`Profile ${profile}: batch ${batch.id} for ${part.length} ${os} devices`);
        batches.push({ batch, targets: part });
      }
    }
  }
  if (batches.length > 0) {
    await context.db.write(async (trx) => {
      for (const { batch, targets: part } of batches) {
        await insertBatch(trx, tenant, batch, part);
        const job = { payload: { batch: batch.id }, uniqueKey: batch.id };
        await context.jobs.enqueue(trx, { tenantId: tenant, kind: DELIVERY_JOB, ...job });
      }
    });
  }
  return { incomplete: missing, log };
}

/** What each profile can reach. Throws unless every one of them is enabled and reaches something. */
async function reachable(
  context: BackendContext,
  tenant: string,
  profiles: readonly ProfileNumber[],
  log: string[],
): Promise<Map<ProfileNumber, DeviceSystem[]>> {
  for (const profile of profiles) {
    if (!(await isProfileEnabled(context, tenant, profile))) throw disabled(profile);
  }
  const reach = new Map<ProfileNumber, DeviceSystem[]>();
  for (const profile of profiles) {
    const mode = await modeOf(context, tenant, profile);
    const systems = await configuredSystems(context, tenant, profile, mode);
    log.push(`Profile ${profile}: ${mode}, settings for ${systems.join(' and ') || 'nothing'}`);
    if (systems.length === 0) throw incomplete(profile, mode);
    reach.set(profile, systems);
  }
  return reach;
}

/** Ids of users by name. Throws `NotFound` (`push_no_user`) when one of them does not exist. */
async function idsOf(
  { db }: BackendContext,
  tenant: string,
  names: readonly string[],
): Promise<string[]> {
  const ids = new Set<string>();
  for (let from = 0; from < names.length; from += CHUNK) {
    const part = names.slice(from, from + CHUNK);
    const tables: Kysely<BackendTables> = db.tables<BackendTables>();
    const rows = await tables
      .selectFrom('backend_users')
      .select(['id', 'name_key'])
      .where('tenant_id', '=', tenant)
      .where('name_key', 'in', part.map(foldName))
      .execute();
    const found = new Map(rows.map(({ id, name_key }) => [name_key, id]));
    for (const name of part) {
      const id = found.get(foldName(name));
      if (id === undefined || isInternalName(name)) {
        throw new NotFound('push_no_user', `Username ${name} not found`);
      }
      ids.add(id);
    }
  }
  return [...ids];
}
