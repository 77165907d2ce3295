// Looking at people: one profile, and lists of them, as the caller may see them (BaasBox spec 5.2, 5.3).
import type { Database } from '../../platform/database/database.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { Invalid, NotFound, Unauthenticated } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import type { Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import { countRecords, findRecords, mapped, type Batches } from '../query/records.ts';
import { findRole } from '../roles/roles.ts';
import { isInternalName } from './accounts.ts';
import { devicesOfUser } from './devices.ts';
import { friendRoles } from './friends.ts';
import { FRIENDS, profileOf, visibleTo, type Profile } from './profile.ts';
import { findUser, findUserByName, type UserRow } from './rows.ts';
import { devicesOf, personSource, sectionsOf, type Circle, type PersonRow } from './source.ts';

/** The account with this name. Throws `Invalid` (`internal_user`), `NotFound` (`no_user`), both with `details.name`. */
export async function getUser(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<UserRow> {
  if (isInternalName(name)) {
    throw new Invalid('internal_user', `${name} is an internal user`, { name });
  }
  const row = await findUserByName(on, tenant, name);
  if (!row) throw new NotFound('no_user', `${name} not found`, { name });
  return row;
}

/** The account of the caller. Throws `Unauthenticated` (`not_logged_in`) and `NotFound` (`no_user`) when it is gone. */
export async function ownAccount(
  on: Database | Transaction,
  { tenant, user }: Actor,
): Promise<UserRow> {
  if (!user) throw new Unauthenticated('not_logged_in', 'Only users have an account');
  const row = await findUser(on, tenant, user.id);
  if (!row) throw new NotFound('no_user', `${user.name} not found`, { name: user.name });
  return row;
}

/** The profile in a row with all roles, as the actor sees it; as a follower would when `befriended`. */
export async function shownProfile(
  context: BackendContext,
  actor: Actor,
  row: UserRow,
  { befriended = false } = {},
): Promise<Profile> {
  const { db } = context;
  const { tenant } = actor;
  const role = await findRole(db, tenant, row.role);
  const seen = visibleTo(actor, row.id);
  return profileOf(row, role?.name ?? row.role, {
    friendRoles: await friendRoles(db, tenant, row),
    visible: befriended && !seen.has('friends') ? FRIENDS : seen,
  });
}

/** The same with the devices, for administrators. */
export async function fullProfile(
  context: BackendContext,
  actor: Actor,
  row: UserRow,
): Promise<Profile> {
  const profile = await shownProfile(context, actor, row);
  return { ...profile, devices: await devicesOfUser(context.db, actor.tenant, row.id) };
}

export type People =
  | { profiles: Batches<Profile> }
  /** A projection: rows of values instead of profiles. */
  | { rows: Batches<Row> };

/**
 * The users of the circle that match, in lists of any length (`findRecords`). Roles of friends are left out; devices are
 * there for administrators. Throws `Invalid` for a query that cannot be run; with the first batch `DeadlineExceeded` and
 * `TooLarge`. `signal` ends the work.
 */
export async function listPeople(
  context: BackendContext,
  actor: Actor,
  circle: Circle,
  query: Query,
  signal?: AbortSignal,
): Promise<People> {
  const found = await findRecords(context, personSource(context, actor, circle), query, signal);
  if ('rows' in found) return found;
  return { profiles: mapped(found.records, (row) => listed(actor, row)) };
}

/** How many of them match. Throws like `listPeople`. */
export function countPeople(
  context: BackendContext,
  actor: Actor,
  circle: Circle,
  query: Query,
): Promise<number> {
  return countRecords(context, personSource(context, actor, circle), query);
}

function listed({ administrator }: Actor, row: PersonRow): Profile {
  return {
    id: row.id,
    name: row.name,
    status: row.status === 'suspended' ? 'suspended' : 'active',
    roles: [row.roleName],
    sections: sectionsOf(row),
    signedUpAt: row.createdAt,
    generatedName: row.generatedName !== 0,
    ...(administrator && row.devices !== null ? { devices: devicesOf(row.devices) } : {}),
  };
}
