// Who a grant can name: a user, a role, or the followers of a user. Grants are stored by id, so that renames keep them.
import type { Database } from '../../platform/database/database.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { findRole, findRoleByName } from '../roles/roles.ts';
import { findUserByName, findUser } from '../users/rows.ts';

const USER = 'u:';
const ROLE = 'r:';
const FRIENDS = 'f:';

/** Followers of a user act as a role of this name. */
export const FRIENDS_PREFIX = 'friends_of_';

export const userGrantee = (id: string) => USER + id;
export const roleGrantee = (id: string) => ROLE + id;
export const friendsGrantee = (userId: string) => FRIENDS + userId;

/** A grantee as people write it. */
export interface NamedGrantee {
  name: string;
  isRole: boolean;
}

/** The grantee of this name; `undefined` when there is no such user or role. */
export async function resolveGrantee(
  on: Database | Transaction,
  tenant: string,
  { name, isRole }: NamedGrantee,
): Promise<string | undefined> {
  if (!isRole) {
    const user = await findUserByName(on, tenant, name);
    return user && userGrantee(user.id);
  }
  if (name.startsWith(FRIENDS_PREFIX)) {
    const user = await findUserByName(on, tenant, name.slice(FRIENDS_PREFIX.length));
    return user && friendsGrantee(user.id);
  }
  const role = await findRoleByName(on, tenant, name);
  return role && roleGrantee(role.id);
}

/** The name of a grantee; `undefined` when the user or role is gone. */
export async function nameGrantee(
  on: Database | Transaction,
  tenant: string,
  grantee: string,
): Promise<NamedGrantee | undefined> {
  const id = grantee.slice(2);
  if (grantee.startsWith(ROLE)) {
    const role = await findRole(on, tenant, id);
    return role && { name: role.name, isRole: true };
  }
  const user = await findUser(on, tenant, id);
  if (!user) return undefined;
  return grantee.startsWith(FRIENDS)
    ? { name: FRIENDS_PREFIX + user.name, isRole: true }
    : { name: user.name, isRole: false };
}
