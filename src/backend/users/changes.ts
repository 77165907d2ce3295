// Changes of an account: profile, password, name, suspension (BaasBox spec 2.6, 5.1, 5.11).
import { foldName } from '../../platform/credentials/names.ts';
import type { PasswordKey } from '../../platform/credentials/passwords.ts';
import { isDuplicate } from '../../platform/database/duplicate.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid, NotFound } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import { heldRole } from '../roles/administration.ts';
import { ADMINISTRATOR } from '../roles/roles.ts';
import type { BackendTables } from '../tables.ts';
import { checkUserName, USER_REALM } from './accounts.ts';
import { ownAccount } from './people.ts';
import { emailOf, sectionText, socialOf, type Audience, type Sections } from './profile.ts';
import { holdUser, type UserRow } from './rows.ts';
import { checkPassword } from './sessions.ts';

type Key = { tenant: string; id: string };

const updateProfile = statement<
  Key & {
    email: string | null;
    self: string;
    friends: string;
    registered: string;
    anonymous: string;
    role: string;
  },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_users')
    .set({
      email_key: slot('email'),
      visible_to_self: slot('self'),
      visible_to_friends: slot('friends'),
      visible_to_registered: slot('registered'),
      visible_to_anonymous: slot('anonymous'),
      role: slot('role'),
    })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const updateName = statement<Key & { name: string; nameKey: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_users')
      .set({ name: slot('name'), name_key: slot('nameKey'), generated_name: 0 })
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id')),
);

const updateStatus = statement<Key & { status: string }, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_users')
    .set({ status: slot('status') })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const otherAdministrator = statement<Key & { role: string }, { id: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_users')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('role', '=', slot('role'))
      .where('status', '=', 'active')
      .where('id', '<>', slot('id'))
      .limit(1),
);

/** Decisions that depend on who else is an administrator. */
const SERIALIZABLE = { serializable: true };

/**
 * Replaces the sections that are given, and the role, which is named. What networks say of the account stays. Throws
 * `Invalid` (`bad_email`, `unknown_role`, `last_administrator`), `Conflict` (`email_taken`), `NotFound` (`no_user`).
 */
export async function changeProfile(
  { db }: BackendContext,
  tenant: string,
  id: string,
  { sections, role: roleName }: { sections: Sections; role?: string | undefined },
): Promise<UserRow> {
  const email = emailOf(sections);
  return db.write(
    async (trx) => {
      const row = await existing(trx, tenant, id);
      const role = roleName === undefined ? undefined : (await heldRole(trx, tenant, roleName)).id;
      if (role !== undefined && role !== row.role) await requireOther(trx, tenant, row);
      const text = (audience: Audience, stored: string) => {
        const section = sections[audience];
        if (!section) return stored;
        return sectionText(audience, section, socialOf(row.visible_to_registered));
      };
      const changed: UserRow = {
        ...row,
        visible_to_self: text('self', row.visible_to_self),
        visible_to_friends: text('friends', row.visible_to_friends),
        visible_to_registered: text('registered', row.visible_to_registered),
        visible_to_anonymous: text('anonymous', row.visible_to_anonymous),
        role: role ?? row.role,
      };
      await updateProfile
        .run(trx, {
          tenant,
          id,
          email: (sections.self ? email?.toLowerCase() : row.email_key) ?? null,
          self: changed.visible_to_self,
          friends: changed.visible_to_friends,
          registered: changed.visible_to_registered,
          anonymous: changed.visible_to_anonymous,
          role: changed.role,
        })
        .catch((error: unknown) => {
          throw isDuplicate(error) ? emailTaken() : error;
        });
      return changed;
    },
    roleName === undefined ? {} : SERIALIZABLE,
  );
}

/**
 * Changes the caller's own password; all sessions of the user end. Throws `Invalid` (`wrong_password`,
 * `password_length`), `TooMany` after many wrong ones.
 */
export async function changeOwnPassword(
  context: BackendContext,
  actor: Actor,
  change: { old: string; new: string; client: string },
): Promise<void> {
  const { db, credentials } = context;
  const { tenant } = actor;
  const { name } = await ownAccount(db, actor);
  const login = { tenant, name, password: change.old, client: change.client };
  const identity = await checkPassword(context, login);
  if (!identity) throw wrongPassword();
  const prepared = await credentials.passwords.prepare(change.new);
  await db.write(async (trx) => {
    // Whoever has changed it meanwhile knew a newer one.
    const now = await credentials.passwords.find(identity, trx);
    if (now?.version !== identity.version) throw wrongPassword();
    await credentials.passwords.change(trx, identity, prepared);
  });
}

/** Gives a user another password; all sessions of the user end. Throws `Invalid` (`password_length`). */
export async function setPassword(
  { db, credentials }: BackendContext,
  tenant: string,
  { id }: Pick<UserRow, 'id'>,
  password: string,
): Promise<void> {
  const prepared = await credentials.passwords.prepare(password);
  await db.write(async (trx) => {
    const row = await existing(trx, tenant, id);
    await credentials.passwords.change(trx, keyOf(tenant, row.name), prepared);
  });
}

/**
 * Gives the account another name. What the user has made, and the role of the followers, go by the new one; sessions
 * end. Throws `Invalid` (`bad_username`, `fixed_administrator`), `Conflict` (`username_taken`).
 */
export async function renameUser(
  { db, credentials }: BackendContext,
  tenant: string,
  id: string,
  name: string,
): Promise<void> {
  checkUserName(name);
  await db.write(async (trx) => {
    const row = await existing(trx, tenant, id);
    // Tools that mend a server look for this name.
    if (isFixed(row)) throw fixed(`User ${row.name} cannot change name`);
    try {
      await updateName.run(trx, { tenant, id, name, nameKey: foldName(name) });
      await credentials.passwords.rename(trx, keyOf(tenant, row.name), name);
    } catch (error) {
      const taken =
        isDuplicate(error) || (error instanceof Conflict && error.code === 'name_taken');
      throw taken ? new Conflict('username_taken', `The user name ${name} is taken`) : error;
    }
  });
}

/**
 * Suspends an account, or activates it again: meanwhile nobody can use it, and its sessions rest. Throws `Invalid`
 * (`last_administrator`).
 */
export async function suspendUser(
  { db, credentials }: BackendContext,
  tenant: string,
  id: string,
  suspended: boolean,
): Promise<void> {
  await db.write(async (trx) => {
    const row = await existing(trx, tenant, id);
    if (suspended) await requireOther(trx, tenant, row);
    await updateStatus.run(trx, { tenant, id, status: suspended ? 'suspended' : 'active' });
    const key = keyOf(tenant, row.name);
    await credentials.passwords.suspend(trx, key, suspended, { keepSessions: true });
  }, SERIALIZABLE);
}

/** Throws `Invalid` (`last_administrator`) when this is the only active administrator: the app needs one. */
export async function requireOther(trx: Transaction, tenant: string, row: UserRow): Promise<void> {
  if (row.role !== ADMINISTRATOR || row.status !== 'active') return;
  const other = await otherAdministrator.first(trx, { tenant, role: ADMINISTRATOR, id: row.id });
  if (!other) {
    throw new Invalid('last_administrator', `${row.name} is the only active administrator`);
  }
}

/** The administrator called `admin` keeps name and role, and cannot be deleted. */
export function isFixed({ name_key: key, role }: UserRow): boolean {
  return key === 'admin' && role === ADMINISTRATOR;
}

/** Why something cannot be done to that administrator. */
export function fixed(message: string): Invalid {
  return new Invalid('fixed_administrator', message);
}

/** Where the password of the user is. */
export function keyOf(tenant: string, name: string): PasswordKey {
  return { tenant, realm: USER_REALM, name };
}

async function existing(trx: Transaction, tenant: string, id: string): Promise<UserRow> {
  const row = await holdUser(trx, tenant, id);
  if (!row) throw new NotFound('no_user', 'There is no such user');
  return row;
}

function wrongPassword(): Invalid {
  return new Invalid('wrong_password', 'The old password does not match with the current one');
}

function emailTaken(): Conflict {
  return new Conflict('email_taken', 'Another user has this email address');
}
