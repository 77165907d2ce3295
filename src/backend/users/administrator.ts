// Gives an app its administrator back, when the password is lost or the account is gone (BaasBox spec 5.15).
import type { BackendContext } from '../context.ts';
import { ADMINISTRATOR } from '../roles/roles.ts';
import { addAccount, USER_REALM } from './accounts.ts';

/** The account that every app begins with. */
export const DEFAULT_ADMIN = 'admin';

/**
 * Sets the password of the account `admin`, which is made when there is none; its sessions end. Throws `Invalid`
 * (`password_length`).
 */
export async function resetAdministrator(
  context: BackendContext,
  tenant: string,
  password: string,
): Promise<void> {
  const { passwords } = context.credentials;
  const prepared = await passwords.prepare(password);
  const key = { tenant, realm: USER_REALM, name: DEFAULT_ADMIN };
  await context.db.write(async (trx) => {
    if (await passwords.find(key, trx)) {
      await passwords.change(trx, key, prepared);
      return;
    }
    const account = { name: DEFAULT_ADMIN, sections: {} };
    await addAccount(trx, context, tenant, account, prepared, ADMINISTRATOR);
  });
}
