// The permissions that documents of a collection get when they are made without any of their own.
import { internGrants } from '../acl/acl.ts';
import { resolveGrants, type NamedGrants } from '../acl/change.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { holdCollection } from './collections.ts';

/** The name of the list (see `acl/acl.ts`). Throws `NotFound` (`no_collection`). */
export function getDefaultAcl(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<string> {
  return db.write(async (trx) => (await holdCollection(trx, tenant, name)).defaultAcl);
}

/**
 * Sets the list for documents that are made from now on; empty lists make them their author's alone again. Gives the
 * list's name. Throws `NotFound` (`no_collection`) and `Invalid` for unknown users and roles.
 */
export function setDefaultGrants(
  { db }: BackendContext,
  tenant: string,
  name: string,
  named: NamedGrants,
): Promise<string> {
  return db.write<BackendTables, string>(async (trx) => {
    await holdCollection(trx, tenant, name);
    const acl = await internGrants(trx, tenant, await resolveGrants(trx, tenant, named));
    await trx
      .updateTable('backend_collections')
      .set({ default_acl: acl })
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .execute();
    return acl;
  });
}
