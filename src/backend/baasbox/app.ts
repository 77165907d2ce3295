// What a tenant needs before clients can come: an app code, and an administrator.
import type { PreparedPassword } from '../../platform/credentials/passwords.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import type { Platform } from '../../platform/platform.ts';
import { ADMINISTRATOR, REGISTERED } from '../roles/roles.ts';
import { addAccount } from '../users/accounts.ts';
import { APPCODE } from './access.ts';

export interface NewApp {
  tenant: string;
  /** Names the app in every request; unique on the server. `1234567890` by convention for the first one. */
  appcode: string;
  admin: { name: string; password: PreparedPassword };
}

/**
 * Gives a tenant its app code and administrator, inside the caller's transaction. Throws `Conflict` (`handle_taken`) when
 * the app code is taken, `account_taken` when the tenant has such a user already.
 */
export async function createApp(
  trx: Transaction,
  platform: Pick<Platform, 'clock' | 'random' | 'credentials' | 'tenants'>,
  { tenant, appcode, admin }: NewApp,
): Promise<void> {
  await platform.tenants.handles.add(trx, tenant, { kind: APPCODE, value: appcode });
  await addUser(trx, platform, { tenant, ...admin, role: ADMINISTRATOR });
}

/** Adds a user with an empty profile; of everyone's role unless another (by id) is given. Throws `Conflict`. */
export async function addUser(
  trx: Transaction,
  platform: Pick<Platform, 'clock' | 'random' | 'credentials'>,
  user: { tenant: string; name: string; password: PreparedPassword; role?: string },
): Promise<void> {
  const { tenant, name, password, role = REGISTERED } = user;
  await addAccount(trx, platform, tenant, { name, sections: {} }, password, role);
}
