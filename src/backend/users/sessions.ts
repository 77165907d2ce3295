// Sessions: logging in and out, and finding out who a session or password belongs to (BaasBox spec 2.5, 2.6).
import { memo } from '../../platform/database/memo.ts';
import { uuidToken } from '../../platform/credentials/token-formats.ts';
import type { PasswordIdentity } from '../../platform/credentials/passwords.ts';
import type { TokenInfo } from '../../platform/credentials/tokens.ts';
import { friendsGrantee, roleGrantee, userGrantee } from '../acl/grantees.ts';
import type { Actor, BackendContext } from '../context.ts';
import { ADMINISTRATOR, ANONYMOUS, BACKOFFICE, lineage } from '../roles/roles.ts';
import { setting } from '../settings/settings.ts';
import { profileOf, type Profile } from './profile.ts';
import { USER_REALM } from './accounts.ts';
import { followedIds, friendRoles } from './friends.ts';
import { findUser, type UserRow } from './rows.ts';

/** The kind of tokens that sessions are. */
export const SESSION = 'backend.session';
const MINUTE_MS = 60_000;

/** Makes a session that ends when it was idle for the tenant's time-out, or its password changes. Gives the token. */
export async function openSession(
  context: BackendContext,
  identity: PasswordIdentity,
): Promise<string> {
  const { tenant, subject } = identity;
  const minutes = await setting(context, tenant, 'session_tokens.timeout');
  const issued = await context.db.write((trx) =>
    context.credentials.tokens.issue(trx, {
      tenant,
      kind: SESSION,
      subject,
      format: uuidToken,
      boundTo: identity,
      data: { epoch: context.limits.sessionEpoch },
      ...(minutes > 0 ? { expiry: { afterIdleMs: minutes * MINUTE_MS } } : {}),
    }),
  );
  return issued.token;
}

/** Gives the sessions that are open another time-out, in idle minutes; 0: they last for ever. */
export function changeSessionTime(
  { credentials }: BackendContext,
  tenant: string,
  minutes: number,
): Promise<void> {
  const afterIdleMs = minutes > 0 ? minutes * MINUTE_MS : undefined;
  return credentials.tokens.changeIdle(tenant, SESSION, afterIdleMs);
}

/** Ends a session. False when there was none. */
export function closeSession(context: BackendContext, token: string): Promise<boolean> {
  return context.db.write((trx) => context.credentials.tokens.revoke(trx, SESSION, token));
}

/** Sessions that are open now, newest first: of one user (by id) or of all. */
export function listSessions(
  { credentials, limits }: BackendContext,
  tenant: string,
  user: string | undefined,
  page: { skip: number; limit: number },
): Promise<TokenInfo[]> {
  const epoch = limits.sessionEpoch;
  const which = { tenant, kind: SESSION, subject: user };
  return credentials.tokens.live(epoch === undefined ? which : { ...which, data: { epoch } }, page);
}

/** Ends the session with this public id. False when there was none. */
export function closeSessionById(
  { db, credentials }: BackendContext,
  tenant: string,
  id: string,
): Promise<boolean> {
  return db.write((trx) => credentials.tokens.revokeOne(trx, { tenant, kind: SESSION, id }));
}

/** Ends all sessions of a user (by id), and says how many. */
export function closeSessionsOf(
  { db, credentials }: BackendContext,
  tenant: string,
  subject: string,
): Promise<number> {
  return db.write((trx) =>
    credentials.tokens.revokeSubject(trx, { tenant, kind: SESSION, subject }),
  );
}

export interface PasswordLogin {
  tenant: string;
  name: string;
  password: string;
  /** Address of the caller, for counting failures. */
  client: string;
}

/** Who has this name and password; `undefined` when nobody has. Throws `TooMany` after many failures. */
export function checkPassword(
  context: BackendContext,
  login: PasswordLogin,
): Promise<PasswordIdentity | undefined> {
  return context.credentials.passwords.verify({ ...login, realm: USER_REALM });
}

export interface SessionCheck {
  actor: Actor | undefined;
  /** Without an actor: the session was good until this account's password or name changed, or it was suspended. */
  name: string | undefined;
}

/** Who a session token acts for; each use makes the session last longer. */
export async function checkSession(context: BackendContext, token: string): Promise<SessionCheck> {
  const check = await context.credentials.tokens.verify(SESSION, token);
  if (!check.valid && check.reason !== 'superseded') return { actor: undefined, name: undefined };
  const holder = check.valid ? check : check.holder;
  if (!isOfEpoch(holder.data, context.limits.sessionEpoch)) {
    return { actor: undefined, name: undefined };
  }
  const { tenant, subject } = holder;
  if (!check.valid) {
    return { actor: undefined, name: (await findUser(context.db, tenant, subject))?.name };
  }
  return { actor: await actorWith(context, tenant, subject), name: undefined };
}

function isOfEpoch(data: unknown, epoch: string | undefined): boolean {
  return epoch === undefined || (data as { epoch?: unknown }).epoch === epoch;
}

/** The actor for a verified password, or for the user with this id. */
export async function actorFor(
  context: BackendContext,
  { tenant, subject }: Pick<PasswordIdentity, 'tenant' | 'subject'>,
): Promise<Actor | undefined> {
  return actorWith(context, tenant, subject);
}

/** The profile of a verified password's owner. */
export async function profileFor(
  context: BackendContext,
  { tenant, subject }: PasswordIdentity,
): Promise<Profile | undefined> {
  const row = await findUser(context.db, tenant, subject);
  if (!row) return undefined;
  const [role] = await lineage(context.db, tenant, row.role);
  const friends = await friendRoles(context.db, tenant, row);
  return profileOf(row, role?.name ?? row.role, { friendRoles: friends });
}

/** Someone who is not logged in. */
export function anonymous(tenant: string): Actor {
  return {
    tenant,
    user: undefined,
    grantees: [roleGrantee(ANONYMOUS)],
    seesAll: false,
    administrator: false,
  };
}

/** Actors of accounts that called lately, made of watched columns (`tables.ts`) only. */
const actors = memo<Actor>({ max: 20_000 });

/** The account as an actor; `undefined` when it is gone. */
async function actorWith(
  context: BackendContext,
  tenant: string,
  id: string,
): Promise<Actor | undefined> {
  const key = `${tenant}\n${id}`;
  const known = actors.get(context.db, key);
  if (known) return known;
  return actors.load(context.db, key, async () => {
    const row = await findUser(context.db, tenant, id);
    return row && actorOf(context, tenant, row);
  });
}

async function actorOf(context: BackendContext, tenant: string, row: UserRow): Promise<Actor> {
  const roles = await lineage(context.db, tenant, row.role);
  const names = roles.map((role) => role.id);
  const administrator = names.includes(ADMINISTRATOR);
  // The count is no watched column, but the rows that it counts are.
  const friends = row.following > 0 ? await followedIds(context.db, tenant, row.id) : [];
  return {
    tenant,
    user: { id: row.id, name: row.name },
    grantees: [
      userGrantee(row.id),
      ...names.map(roleGrantee),
      ...friends.map((id) => friendsGrantee(id)),
    ],
    seesAll: administrator || names.includes(BACKOFFICE),
    administrator,
  };
}
