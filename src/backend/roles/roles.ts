// Roles: built-in and of the tenant's own, and what they inherit (BaasBox spec 2.3).
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { BackendTables } from '../tables.ts';

export const ADMINISTRATOR = 'administrator';
export const BACKOFFICE = 'backoffice';
export const REGISTERED = 'registered';
export const ANONYMOUS = 'anonymous';

export interface Role {
  id: string;
  name: string;
  /** Id of the role whose grants it has too. */
  inherits: string | undefined;
}

/** Built-in roles have their name as id and no row. */
const BUILT_IN: ReadonlyMap<string, Role> = new Map(
  [
    { id: ADMINISTRATOR, name: ADMINISTRATOR, inherits: undefined },
    { id: BACKOFFICE, name: BACKOFFICE, inherits: undefined },
    { id: REGISTERED, name: REGISTERED, inherits: ANONYMOUS },
    { id: ANONYMOUS, name: ANONYMOUS, inherits: undefined },
  ].map((role) => [role.id, role]),
);

/** Inheritance longer than this is a mistake, or a circle. */
export const MAX_CHAIN = 16;

interface RoleRow {
  id: string;
  name: string;
  inherits: string | null;
}

const byId = statement<{ tenant: string; id: string }, RoleRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_roles')
    .select(['id', 'name', 'inherits'])
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const byName = statement<{ tenant: string; name: string }, RoleRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_roles')
    .select(['id', 'name', 'inherits'])
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name')),
);

const heldById = statement<{ tenant: string; id: string }, { id: string }, BackendTables>(
  (db, slot, dialect) => {
    const query = db
      .selectFrom('backend_roles')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'));
    return dialect === 'postgres' ? query.forKeyShare() : query;
  },
);

/**
 * Keeps the role from being deleted before the transaction ends, for what is about to refer to it: a deletion that comes
 * later finds the reference. False when the role is gone already.
 */
export async function holdRole(trx: Transaction, tenant: string, id: string): Promise<boolean> {
  return BUILT_IN.has(id) || (await heldById.first(trx, { tenant, id })) !== undefined;
}

/** The role with this id. */
export async function findRole(
  on: Database | Transaction,
  tenant: string,
  id: string,
): Promise<Role | undefined> {
  return BUILT_IN.get(id) ?? fromRow(await byId.first(on, { tenant, id }));
}

/** The role with this name; names are compared as they are. */
export async function findRoleByName(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<Role | undefined> {
  return BUILT_IN.get(name) ?? fromRow(await byName.first(on, { tenant, name }));
}

/** The role and all roles that it inherits from, nearest first. */
export async function lineage(
  on: Database | Transaction,
  tenant: string,
  id: string,
): Promise<Role[]> {
  const chain: Role[] = [];
  let next: string | undefined = id;
  while (next !== undefined && chain.length < MAX_CHAIN) {
    const role = await findRole(on, tenant, next);
    if (!role) break;
    chain.push(role);
    next = role.inherits;
  }
  return chain;
}

function fromRow(row: RoleRow | undefined): Role | undefined {
  return row && { id: row.id, name: row.name, inherits: row.inherits ?? undefined };
}
