// Access-control lists: who may read, update and delete an object besides its author. Equal lists are stored once.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Invalid } from '../../platform/errors.ts';
import type { Actor } from '../context.ts';
import type { BackendTables } from '../tables.ts';

export type Permission = 'read' | 'update' | 'delete';
export const PERMISSIONS: readonly Permission[] = ['read', 'update', 'delete'];

/** Grantees (see `grantees.ts`) by permission. */
export type Grants = Readonly<Record<Permission, readonly string[]>>;

/** The list that grants nothing. */
export const PRIVATE = '';
const NOTHING: Grants = { read: [], update: [], delete: [] };

/** Grantees of one list. */
const MAX_GRANTEES = 1000;

// Rows never change, so what was read once stays true.
const known = new LRUCache<string, Grants>({ max: 20_000 });

const find = statement<{ tenant: string; acl: string }, { grants: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_acls')
      .select('grants')
      .where('tenant_id', '=', slot('tenant'))
      .where('acl', '=', slot('acl')),
);

const insert = statement<{ tenant: string; acl: string; grants: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .insertInto('backend_acls')
      .values({ tenant_id: slot('tenant'), acl: slot('acl'), grants: slot('grants') })
      .onConflict((conflict) => conflict.doNothing()),
);

const insertReader = statement<
  { tenant: string; grantee: string; acl: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_acl_readers')
    .values({ tenant_id: slot('tenant'), grantee: slot('grantee'), acl: slot('acl') })
    .onConflict((conflict) => conflict.doNothing()),
);

/** The grants of a stored list. */
export async function loadGrants(
  on: Database | Transaction,
  tenant: string,
  acl: string,
): Promise<Grants> {
  if (acl === PRIVATE) return NOTHING;
  const key = `${tenant}/${acl}`;
  const cached = known.get(key);
  if (cached) return cached;
  const row = await find.first(on, { tenant, acl });
  if (!row) return NOTHING;
  const grants = JSON.parse(row.grants) as Grants;
  known.set(key, grants);
  return grants;
}

/** Stores a list, if it is new, and gives its name. Throws `Invalid` (`acl_too_long`). */
export async function internGrants(
  trx: Transaction,
  tenant: string,
  grants: Grants,
): Promise<string> {
  const canonical = Object.fromEntries(
    PERMISSIONS.map((permission) => [permission, [...new Set(grants[permission])].sort()]),
  ) as Record<Permission, string[]>;
  const count = PERMISSIONS.reduce((sum, permission) => sum + canonical[permission].length, 0);
  if (count === 0) return PRIVATE;
  if (count > MAX_GRANTEES) {
    throw new Invalid('acl_too_long', `An object has at most ${MAX_GRANTEES} grants`);
  }
  const text = JSON.stringify(canonical);
  const acl = aclOf(text);
  if ((await insert.run(trx, { tenant, acl, grants: text })) > 0) {
    for (const grantee of canonical.read) await insertReader.run(trx, { tenant, grantee, acl });
  }
  return acl;
}

/** The name of a list: of its canonical text. */
export function aclOf(grants: string): string {
  return createHash('sha256').update(grants).digest('base64url').slice(0, 22);
}

/** The list after a grant or a revocation. */
export function withGrant(
  grants: Grants,
  permission: Permission | 'all',
  grantee: string,
  granted: boolean,
): Grants {
  const change = (own: Permission) => {
    if (permission !== 'all' && permission !== own) return grants[own];
    const rest = grants[own].filter((other) => other !== grantee);
    return granted ? [...rest, grantee] : rest;
  };
  return { read: change('read'), update: change('update'), delete: change('delete') };
}

/** May the actor do this to an object? Its author always may, and so may those who see all. */
export async function isAllowed(
  on: Database | Transaction,
  actor: Actor,
  permission: Permission,
  object: { author: string; acl: string },
): Promise<boolean> {
  if (actor.seesAll || object.author === actor.user?.id) return true;
  if (object.acl === PRIVATE) return false;
  const granted = (await loadGrants(on, actor.tenant, object.acl))[permission];
  return actor.grantees.some((grantee) => granted.includes(grantee));
}
