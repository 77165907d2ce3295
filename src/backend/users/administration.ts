// What administrators do with accounts: make them, and change profile and role (BaasBox spec 5.11).
import { Invalid } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import { requireUnusedId } from '../ids.ts';
import { assignableRole, heldRole } from '../roles/administration.ts';
import { addAccount, checkUserName, type NewAccount } from './accounts.ts';
import { changeProfile, fixed, isFixed } from './changes.ts';
import { emailOf, type Sections } from './profile.ts';
import type { UserRow } from './rows.ts';

/** What a chosen id may look like: it stands in paths and queries. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

/**
 * Makes an account with a role. Throws `Invalid` (`empty_password`, `bad_username`, `bad_email`, `bad_id`,
 * `unknown_role`), `Conflict` (`account_taken`, `id_taken`).
 */
export async function createUser(
  context: BackendContext,
  tenant: string,
  account: NewAccount & { role: string },
): Promise<void> {
  const { name, password, sections, id, role } = account;
  if (password === '') throw new Invalid('empty_password', 'The password is empty');
  if (id !== undefined && !ID.test(id)) throw new Invalid('bad_id', 'The id is not valid');
  checkUserName(name);
  emailOf(sections);
  // What is easily refused is refused before the work of a hash.
  await assignableRole(context.db, tenant, role);
  const prepared = await context.credentials.passwords.prepare(password);
  await context.db.write(async (trx) => {
    const { id: roleId } = await heldRole(trx, tenant, role);
    if (id !== undefined) await requireUnusedId(trx, tenant, id);
    await addAccount(trx, context, tenant, { name, sections, id }, prepared, roleId);
  });
}

/**
 * Replaces sections of somebody's profile, and the role when one is named. Throws `Invalid` (`unknown_role`,
 * `fixed_administrator`, `last_administrator`, `bad_email`), `Conflict` (`email_taken`), `NotFound` (`no_user`).
 */
export async function changeUser(
  context: BackendContext,
  tenant: string,
  user: UserRow,
  { sections, role }: { sections: Sections; role?: string | undefined },
): Promise<UserRow> {
  const id = role === undefined ? undefined : (await assignableRole(context.db, tenant, role)).id;
  if (id !== undefined && id !== user.role && isFixed(user)) {
    throw fixed(`User '${user.name}' cannot change role`);
  }
  return changeProfile(context, tenant, user.id, { sections, role });
}
