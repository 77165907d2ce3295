// Accounts: signing up, and what makes a user name (BaasBox spec 5.1, 8.1).
import { foldName } from '../../platform/credentials/names.ts';
import type { PasswordIdentity, PreparedPassword } from '../../platform/credentials/passwords.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { Conflict, Invalid } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import { findRole, REGISTERED } from '../roles/roles.ts';
import {
  emailOf,
  profileOf,
  sectionText,
  type Audience,
  type Profile,
  type Sections,
} from './profile.ts';
import { findUserByName, insertUser } from './rows.ts';

/** Where the passwords of users are. */
export const USER_REALM = 'backend.user';

/** Identities of the server itself; nobody can have or use these names. */
const INTERNAL: ReadonlySet<string> = new Set(['baasbox', 'internal_admin']);

export function isInternalName(name: string): boolean {
  return INTERNAL.has(foldName(name));
}

export interface NewAccount {
  name: string;
  password: string;
  sections: Sections;
  /** The id that an administrator chose; a random UUID otherwise. */
  id?: string | undefined;
}

const MAX_NAME = 255;

/** Who operates the server goes by this name; a user of an app with it would be taken for him. */
const OPERATOR = 'root';

/** No letters that would be lost in a path, in Basic credentials or in the database. */
function isUsableName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  const harmful = /[/:\u0000-\u001f\u007f]/;
  return (
    name.trim() !== '' && name.length <= MAX_NAME && !harmful.test(name) && name.isWellFormed()
  );
}

/** Throws `Invalid` (`bad_username`) for names that nobody can have. */
export function checkUserName(name: string): void {
  if (!isUsableName(name) || isInternalName(name) || foldName(name) === OPERATOR) {
    throw new Invalid('bad_username', 'This user name cannot be used');
  }
}

/**
 * Makes an account with the role of everyone who signs up. Throws `Invalid` (`empty_password`, `bad_username`,
 * `bad_email`) before anything is stored, `Conflict` (`account_taken`) when the name or e-mail address is taken.
 */
export async function signUp(
  context: BackendContext,
  tenant: string,
  account: NewAccount,
): Promise<{ profile: Profile; identity: PasswordIdentity }> {
  if (account.password === '') throw new Invalid('empty_password', 'The password is empty');
  checkAccount(account);
  const { passwords } = context.credentials;
  // Hashing costs far more than this look: most clashes end here.
  if (await findUserByName(context.db, tenant, account.name)) throw taken();
  const password = await passwords.prepare(account.password);
  return context.db.write((trx) => addAccount(trx, context, tenant, account, password, REGISTERED));
}

function checkAccount({ name, sections }: Pick<NewAccount, 'name' | 'sections'>): void {
  emailOf(sections);
  checkUserName(name);
}

/** Stores an account inside a transaction, with any role. Throws like `signUp`. */
export async function addAccount(
  trx: Transaction,
  context: Pick<BackendContext, 'clock' | 'random' | 'credentials'>,
  tenant: string,
  account: Omit<NewAccount, 'password'>,
  password: PreparedPassword,
  role: string,
): Promise<{ profile: Profile; identity: PasswordIdentity }> {
  checkAccount(account);
  const { name, sections } = account;
  const text = (audience: Audience) => sectionText(audience, sections[audience] ?? {});
  const row = {
    tenant_id: tenant,
    id: account.id ?? context.random.uuid(),
    name,
    name_key: foldName(name),
    role,
    status: 'active',
    email_key: emailOf(sections)?.toLowerCase() ?? null,
    visible_to_self: text('self'),
    visible_to_friends: text('friends'),
    visible_to_registered: text('registered'),
    visible_to_anonymous: text('anonymous'),
    generated_name: 0,
    created_at: context.clock.now(),
  };
  if ((await insertUser.run(trx, row)) === 0) throw taken();
  const key = { tenant, realm: USER_REALM, name, subject: row.id };
  const identity = await context.credentials.passwords.create(trx, key, password);
  const roleName = (await findRole(trx, tenant, role))?.name ?? role;
  return { profile: profileOf({ ...row, following: 0 }, roleName), identity };
}

function taken(): Conflict {
  return new Conflict('account_taken', 'The user name or the email address is taken');
}
