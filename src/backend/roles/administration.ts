// Administration of roles: look at, make, rename, delete (BaasBox spec 2.3, 5.11, 8.1).
import { foldName } from '../../platform/credentials/names.ts';
import type { Database } from '../../platform/database/database.ts';
import { isDuplicate } from '../../platform/database/duplicate.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import { FRIENDS_PREFIX } from '../acl/grantees.ts';
import type { BackendContext } from '../context.ts';
import { cleanText } from '../query/values.ts';
import type { BackendTables } from '../tables.ts';
import { findUserByName } from '../users/rows.ts';
import {
  ADMINISTRATOR,
  ANONYMOUS,
  BACKOFFICE,
  findRole,
  findRoleByName,
  holdRole,
  lineage,
  MAX_CHAIN,
  REGISTERED,
  type Role,
} from './roles.ts';

/** A role as administrators see it. */
export interface RoleInfo {
  name: string;
  description: string;
  /** Name of the role whose grants it has too. */
  inherits: string | undefined;
  /** The server's own: it cannot be changed. */
  internal: boolean;
  /** Users can have it. */
  assignable: boolean;
}

const MAX_NAME = 255;
const MAX_DESCRIPTION = 4000;
/** Roles of one app: lists of them are whole. */
const MAX_ROLES = 1000;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  [ADMINISTRATOR]: 'Does everything',
  [BACKOFFICE]: 'Reads and writes every document and file',
  [REGISTERED]: 'Whoever has signed up',
  [ANONYMOUS]: 'Whoever knows the app code',
};

/** Names that the original's engine has roles of. */
const ENGINE_NAMES = ['reader', 'writer', 'admin'];

const RESERVED: ReadonlySet<string> = new Set([...Object.keys(DESCRIPTIONS), ...ENGINE_NAMES]);

type Own = { tenant: string; id: string };
type OwnRow = Omit<BackendTables['backend_roles'], 'tenant_id'>;

const all = statement<{ tenant: string }, OwnRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_roles')
    .select(['id', 'name', 'inherits', 'description'])
    .where('tenant_id', '=', slot('tenant'))
    .orderBy('name'),
);

const description = statement<Own, { description: string }, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_roles')
    .select('description')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const insert = statement<
  Own & { name: string; inherits: string; description: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_roles')
    .values({
      tenant_id: slot('tenant'),
      id: slot('id'),
      name: slot('name'),
      inherits: slot('inherits'),
      description: slot('description'),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const update = statement<Own & { name: string; description: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_roles')
      .set({ name: slot('name'), description: slot('description') })
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id')),
);

const remove = statement<Own, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_roles')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const adopt = statement<Own & { parent: string }, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_roles')
    .set({ inherits: slot('parent') })
    .where('tenant_id', '=', slot('tenant'))
    .where('inherits', '=', slot('id')),
);

const demote = statement<Own & { role: string }, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_users')
    .set({ role: slot('role') })
    .where('tenant_id', '=', slot('tenant'))
    .where('role', '=', slot('id')),
);

/** The roles that users can have: the server's own first, then those of the app by name. */
export async function listRoles({ db }: BackendContext, tenant: string): Promise<RoleInfo[]> {
  const rows = await all.all(db, { tenant });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const own = rows.map((row): RoleInfo => ({
    name: row.name,
    description: row.description,
    inherits: row.inherits === null ? undefined : (names.get(row.inherits) ?? row.inherits),
    internal: false,
    assignable: true,
  }));
  return [ADMINISTRATOR, BACKOFFICE, REGISTERED].map(builtIn).concat(own);
}

/** One role, those of friends and of nobody included. Throws `NotFound` (`no_role`). */
export async function readRole(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<RoleInfo> {
  if (Object.hasOwn(DESCRIPTIONS, name)) return builtIn(name);
  if (await isFriendsRole(db, tenant, name)) {
    const whose = name.slice(FRIENDS_PREFIX.length);
    const text = `Followers of ${whose}`;
    return { name, description: text, inherits: undefined, internal: true, assignable: false };
  }
  const role = await findRoleByName(db, tenant, name);
  if (!role) throw noRole(name);
  const parent =
    role.inherits === undefined ? undefined : await findRole(db, tenant, role.inherits);
  const row = await description.first(db, { tenant, id: role.id });
  return {
    name,
    description: row?.description ?? '',
    inherits: parent?.name,
    internal: false,
    assignable: true,
  };
}

/** A role that users can have. Throws `Invalid` (`unknown_role`, `details.name`). */
export async function assignableRole(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<Role> {
  const role = await findRoleByName(on, tenant, name);
  if (!role || role.id === ANONYMOUS) throw unknownRole(name);
  return role;
}

/**
 * The same in the transaction that gives the role to a user: it cannot be deleted before that ends. Throws as
 * `assignableRole` does.
 */
export async function heldRole(trx: Transaction, tenant: string, name: string): Promise<Role> {
  const role = await assignableRole(trx, tenant, name);
  if (!(await holdRole(trx, tenant, role.id))) throw unknownRole(name);
  return role;
}

function unknownRole(name: string): Invalid {
  return new Invalid('unknown_role', `${name} is not a role`, { name });
}

/**
 * Makes a role that inherits from another; from that of everyone who signs up when none is named. Throws `Invalid`
 * (`role_name`, `role_description`, `unknown_role`, `role_depth`, `too_many_roles`), `Conflict` (`role_exists`).
 */
export async function createRole(
  { db, random }: BackendContext,
  tenant: string,
  role: { name: string; description?: string | undefined; inherits?: string | undefined },
): Promise<void> {
  const text = checked(role.name, role.description ?? '');
  const parentName = role.inherits ?? REGISTERED;
  await db.write(async (trx) => {
    const parent = await findRoleByName(trx, tenant, parentName);
    if (!parent || !(await holdRole(trx, tenant, parent.id))) throw unknownRole(parentName);
    if ((await lineage(trx, tenant, parent.id)).length >= MAX_CHAIN) {
      throw new Invalid('role_depth', `Roles inherit from each other over ${MAX_CHAIN} steps`);
    }
    if ((await all.all(trx, { tenant })).length >= MAX_ROLES) {
      throw new Invalid('too_many_roles', `An app has at most ${MAX_ROLES} roles`);
    }
    const row = {
      tenant,
      id: random.uuid(),
      name: role.name,
      inherits: parent.id,
      description: text,
    };
    if ((await insert.run(trx, row)) === 0) throw nameTaken(role.name);
  });
}

/**
 * Changes name and description, as far as they are given. Grants to the role stay. Throws `NotFound` (`no_role`),
 * `Invalid` (`internal_role`, `role_name`, `role_description`), `Conflict` (`role_exists`).
 */
export async function changeRole(
  { db }: BackendContext,
  tenant: string,
  name: string,
  change: { name?: string | undefined; description?: string | undefined },
): Promise<void> {
  await db.write(async (trx) => {
    const role = await ownRole(trx, tenant, name);
    const stored = await description.first(trx, { tenant, id: role.id });
    const newName = change.name ?? role.name;
    const text = checked(newName, change.description ?? stored?.description ?? '');
    await update
      .run(trx, { tenant, id: role.id, name: newName, description: text })
      .catch((error: unknown) => {
        throw isDuplicate(error) ? nameTaken(newName) : error;
      });
  });
}

/**
 * Deletes a role: its users become registered ones, and roles that inherit from it inherit from its own parent instead.
 * Throws `NotFound` (`no_role`), `Invalid` (`internal_role`).
 */
export async function deleteRole(
  { db }: BackendContext,
  tenant: string,
  name: string,
): Promise<void> {
  await db.write(async (trx) => {
    const { id, inherits = REGISTERED } = await ownRole(trx, tenant, name);
    if ((await remove.run(trx, { tenant, id })) === 0) throw noRole(name);
    await adopt.run(trx, { tenant, id, parent: inherits });
    await demote.run(trx, { tenant, id, role: REGISTERED });
  });
}

function builtIn(name: string): RoleInfo {
  const inherits = name === REGISTERED ? ANONYMOUS : undefined;
  const text = DESCRIPTIONS[name] ?? '';
  return { name, description: text, inherits, internal: true, assignable: name !== ANONYMOUS };
}

/** A role that the app has made. */
async function ownRole(trx: Transaction, tenant: string, name: string): Promise<Role> {
  if (isReserved(name) || (await isFriendsRole(trx, tenant, name))) {
    throw new Invalid('internal_role', `The role ${name} cannot be changed`);
  }
  const role = await findRoleByName(trx, tenant, name);
  if (!role) throw noRole(name);
  return role;
}

async function isFriendsRole(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<boolean> {
  if (!name.startsWith(FRIENDS_PREFIX)) return false;
  return (await findUserByName(on, tenant, name.slice(FRIENDS_PREFIX.length))) !== undefined;
}

function isReserved(name: string): boolean {
  return RESERVED.has(foldName(name));
}

/** Checks both texts; gives the description in characters that every engine can hold. */
function checked(name: string, text: string): string {
  // oxlint-disable-next-line no-control-regex
  const harmful = /[/\u0000-\u001f\u007f]/;
  const usable = name.trim() !== '' && name.length <= MAX_NAME && !harmful.test(name);
  if (!usable || !name.isWellFormed()) throw badName('This role name cannot be used');
  if (isReserved(name) || foldName(name).startsWith(FRIENDS_PREFIX)) {
    throw badName(`The role name ${name} is reserved`);
  }
  if (text.length > MAX_DESCRIPTION) {
    const message = `A description has at most ${MAX_DESCRIPTION} characters`;
    throw new Invalid('role_description', message);
  }
  return cleanText(text);
}

function badName(message: string): Invalid {
  return new Invalid('role_name', message);
}

function nameTaken(name: string): Conflict {
  return new Conflict('role_exists', `A role ${name} already exists`);
}

function noRole(name: string): NotFound {
  return new NotFound('no_role', `There is no role ${name}`, { name });
}
