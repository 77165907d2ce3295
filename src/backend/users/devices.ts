// What users are reached by, for those who look at accounts or delete them.
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { BackendTables } from '../tables.ts';
import type { Device } from './profile.ts';

type Owner = { tenant: string; user: string };

const ofUser = statement<Owner, Device, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_devices')
    .select(['os', 'token'])
    .where('tenant_id', '=', slot('tenant'))
    .where('user_id', '=', slot('user'))
    .orderBy('os')
    .orderBy('token'),
);

const removeAll = statement<Owner, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_devices')
    .where('tenant_id', '=', slot('tenant'))
    .where('user_id', '=', slot('user')),
);

/** The devices of a user, by kind and token. */
export function devicesOfUser(
  on: Database | Transaction,
  tenant: string,
  user: string,
): Promise<Device[]> {
  return ofUser.all(on, { tenant, user });
}

/** Forgets them all, inside the transaction. */
export async function removeDevices(trx: Transaction, tenant: string, user: string): Promise<void> {
  await removeAll.run(trx, { tenant, user });
}
