// Devices that users can be reached on (BaasBox spec 5.9).
import type { Kysely } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Invalid } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';

export const DEVICE_SYSTEMS = ['ios', 'android'] as const;
export type DeviceSystem = (typeof DEVICE_SYSTEMS)[number];

export interface Device {
  os: DeviceSystem;
  token: string;
}

/** Bytes of a token; those of both providers have a few hundred at most. */
const MAX_TOKEN = 1024;
/** Devices of one user; the one that was registered first makes room. */
const MAX_DEVICES = 100;
/** Users that are looked up in one statement. */
const CHUNK = 500;

interface Row {
  user_id: string;
  os: string;
  token: string;
}

const put = statement<BackendTables['backend_devices'], unknown, BackendTables>((db, slot) =>
  db
    .insertInto('backend_devices')
    .values({
      tenant_id: slot('tenant_id'),
      os: slot('os'),
      token: slot('token'),
      user_id: slot('user_id'),
      registered_at: slot('registered_at'),
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'os', 'token']).doUpdateSet((row) => ({
        user_id: row.ref('excluded.user_id'),
        registered_at: row.ref('excluded.registered_at'),
      })),
    ),
);

const ofUser = statement<{ tenant: string; user: string }, Row, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_devices')
    .select(['user_id', 'os', 'token'])
    .where('tenant_id', '=', slot('tenant'))
    .where('user_id', '=', slot('user'))
    .orderBy('registered_at')
    .orderBy('os')
    .orderBy('token'),
);

const remove = statement<{ tenant: string; user: string; token: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .deleteFrom('backend_devices')
      .where('tenant_id', '=', slot('tenant'))
      .where('user_id', '=', slot('user'))
      .where('token', '=', slot('token')),
);

const removeGone = statement<
  { tenant: string; os: string; token: string; before: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .deleteFrom('backend_devices')
    .where('tenant_id', '=', slot('tenant'))
    .where('os', '=', slot('os'))
    .where('token', '=', slot('token'))
    .where('registered_at', '<=', slot('before')),
);

/** The kind of device that a word stands for, whatever its letter case. */
export function deviceSystem(word: string): DeviceSystem | undefined {
  return DEVICE_SYSTEMS.find((system) => system === word.toLowerCase());
}

/**
 * Registers a device of a user; it is taken from whoever had it, and is never there twice. Throws `Invalid`
 * (`push_token`).
 */
export async function registerDevice(
  context: BackendContext,
  { tenant, userId }: { tenant: string; userId: string },
  { os, token }: Device,
): Promise<void> {
  if (token === '' || token.includes('\0') || Buffer.byteLength(token) > MAX_TOKEN) {
    throw new Invalid('push_token', `A push token has 1 to ${MAX_TOKEN} bytes`);
  }
  await context.db.write(async (trx) => {
    const registered_at = context.clock.now();
    await put.run(trx, { tenant_id: tenant, os, token, user_id: userId, registered_at });
    const all = await ofUser.all(trx, { tenant, user: userId });
    for (const oldest of all.slice(0, Math.max(0, all.length - MAX_DEVICES))) {
      await remove.run(trx, { tenant, user: userId, token: oldest.token });
    }
  });
}

/** Forgets a device of a user. False when the user had none with this token. */
export function unregisterDevice(
  { db }: BackendContext,
  { tenant, userId }: { tenant: string; userId: string },
  token: string,
): Promise<boolean> {
  return db.write(async (trx) => (await remove.run(trx, { tenant, user: userId, token })) > 0);
}

/** Forgets a device that the provider does not know any more, unless it was registered again since. */
export async function forgetDevice(
  trx: Transaction,
  tenant: string,
  { os, token }: Device,
  before: number,
): Promise<void> {
  await removeGone.run(trx, { tenant, os, token, before });
}

/** The devices of users by their ids, each user's in the order in which they were registered. */
export async function devicesOf(
  db: Database,
  tenant: string,
  userIds: readonly string[],
): Promise<Map<string, Device[]>> {
  const devices = new Map<string, Device[]>();
  for (let from = 0; from < userIds.length; from += CHUNK) {
    const tables: Kysely<BackendTables> = db.tables<BackendTables>();
    const rows = await tables
      .selectFrom('backend_devices')
      .select(['user_id', 'os', 'token'])
      .where('tenant_id', '=', tenant)
      .where('user_id', 'in', userIds.slice(from, from + CHUNK))
      .orderBy('registered_at')
      .orderBy('os')
      .orderBy('token')
      .execute();
    for (const { user_id: user, os, token } of rows) {
      const list = devices.get(user);
      const device = { os: os as DeviceSystem, token };
      if (list) list.push(device);
      else devices.set(user, [device]);
    }
  }
  return devices;
}
