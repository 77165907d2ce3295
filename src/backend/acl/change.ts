// Grants as people write them: whole lists, and single grants on documents (BaasBox spec 5.5).
import type { Database } from '../../platform/database/database.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { Invalid, NotFound } from '../../platform/errors.ts';
import { loadGrants, PERMISSIONS, withGrant, type Grants, type Permission } from './acl.ts';
import { nameGrantee, resolveGrantee, type NamedGrantee } from './grantees.ts';

export type NamedGrants = Readonly<Record<Permission, readonly NamedGrantee[]>>;

/** Finds the users and roles of a list. Throws `Invalid` (`acl_unknown_user`, `acl_unknown_role`, `details.name`). */
export async function resolveGrants(
  trx: Transaction,
  tenant: string,
  named: NamedGrants,
): Promise<Grants> {
  const grants: Record<Permission, string[]> = { read: [], update: [], delete: [] };
  for (const permission of PERMISSIONS) {
    for (const entry of named[permission]) {
      const grantee = await resolveGrantee(trx, tenant, entry);
      if (grantee === undefined) {
        const what = entry.isRole ? 'role' : 'user';
        const message = `The ${what} ${entry.name} does not exist`;
        throw new Invalid(`acl_unknown_${what}`, message, { name: entry.name });
      }
      grants[permission].push(grantee);
    }
  }
  return grants;
}

/** The list with names, for clients. Users and roles that are gone are left out. */
export async function nameGrants(
  on: Database | Transaction,
  tenant: string,
  acl: string,
): Promise<NamedGrants> {
  const grants = await loadGrants(on, tenant, acl);
  const named: Record<Permission, NamedGrantee[]> = { read: [], update: [], delete: [] };
  for (const permission of PERMISSIONS) {
    for (const grantee of grants[permission]) {
      const entry = await nameGrantee(on, tenant, grantee);
      if (entry) named[permission].push(entry);
    }
  }
  return named;
}

export interface SingleGrant {
  permission: Permission | 'all';
  grantee: NamedGrantee;
  /** Grant or revoke. */
  granted: boolean;
}

/**
 * The list of an object after one grant or revocation. Throws `NotFound` (`no_grantee`, `details.name`,
 * `details.isRole`).
 */
export async function applyGrant(
  trx: Transaction,
  tenant: string,
  acl: string,
  { permission, grantee, granted }: SingleGrant,
): Promise<Grants> {
  const resolved = await resolveGrantee(trx, tenant, grantee);
  if (resolved === undefined) {
    const what = grantee.isRole ? 'role' : 'user';
    throw new NotFound('no_grantee', `${what} ${grantee.name} not found`, { ...grantee });
  }
  return withGrant(await loadGrants(trx, tenant, acl), permission, resolved, granted);
}
