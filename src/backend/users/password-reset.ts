// A new password for those who have lost theirs: a mail with a secret link, and what the link may do (BaasBox spec 2.9).
import { prefixedToken } from '../../platform/credentials/token-formats.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Invalid, NotFound, TooMany } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import { fillHtml, fillText } from '../mail/templates.ts';
import { serverAddress } from '../mail/server-address.ts';
import { setting, settings } from '../settings/settings.ts';
import type { BackendTables } from '../tables.ts';
import { isInternalName, USER_REALM } from './accounts.ts';
import { findUser, findUserByName, type UserRow } from './rows.ts';

/** The token in a mail. */
const MAILED = 'backend.reset';
/** The token that programs get for the second step; it lives no longer than the mailed one. */
const FOLLOW_UP = 'backend.reset-step';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Kinds of tokens that a lost password is reset with. */
export const RESET_TOKENS: readonly string[] = [MAILED, FOLLOW_UP];

/** The job that sends the mail later, where the answer must not tell whether there is such a user. */
export const RESET_JOB = 'backend.reset-mail';

const idByEmail = statement<{ tenant: string; email: string }, { id: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_users')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('email_key', '=', slot('email')),
);

/** Where links lead to, given the token. */
export type ResetPath = (token: string) => string;

/**
 * Mails a link to the user with this name or e-mail address; links that were sent before end. Where the operator hides
 * accounts, this always succeeds, and the mail is sent afterwards.
 * Throws `NotFound` (`reset_no_user`), `Invalid` (`no_email`, `suspended`), `TooMany` (`reset_mails`), `Unavailable`
 * (`mail_unreachable`).
 */
export async function requestReset(
  context: BackendContext,
  tenant: string,
  name: string,
  pathOf: ResetPath,
): Promise<void> {
  if (!context.outward.hideAccounts) return mailReset(context, tenant, name, pathOf);
  // The same work for every name, so that not even the time tells.
  const payload = { name: name.slice(0, MAX_NAME), path: pathOf('') };
  await context.db.write((trx) =>
    context.jobs.enqueue(trx, { tenantId: tenant, kind: RESET_JOB, payload }),
  );
}

const MAX_NAME = 300;

/** Does what `requestReset` put off. Users who cannot have a mail are passed over in silence. */
export async function runResetJob(
  context: BackendContext,
  tenant: string,
  payload: unknown,
): Promise<void> {
  const { name, path } = payload as { name: string; path: string };
  try {
    await mailReset(context, tenant, name, (token) => path + token);
  } catch (error) {
    if (error instanceof NotFound || error instanceof Invalid || error instanceof TooMany) return;
    throw error;
  }
}

async function mailReset(
  context: BackendContext,
  tenant: string,
  name: string,
  pathOf: ResetPath,
): Promise<void> {
  const user = await findByNameOrEmail(context, tenant, name);
  if (!user) throw new NotFound('reset_no_user', `User ${name} does not exist`);
  const email = (JSON.parse(user.visible_to_self) as { email?: unknown }).email;
  if (typeof email !== 'string' || email === '') {
    throw new Invalid('no_email', 'The user has no e-mail address');
  }
  const identity = await context.credentials.passwords.find({
    tenant,
    realm: USER_REALM,
    name: user.name,
  });
  if (!identity || identity.suspended) {
    throw new Invalid('suspended', `User ${user.name} is suspended`);
  }
  await requireFewMails(context, tenant, user.id);

  const own = await settings(
    context,
    tenant,
    ...([
      'application.name',
      'email.template.text',
      'email.template.html',
      'email.from',
      'email.subject',
      'email.expiration.time',
    ] as const),
  );
  const { tokens } = context.credentials;
  const at = context.clock.now() + own['email.expiration.time'] * MINUTE_MS;
  const { token } = await context.db.write(async (trx) => {
    await tokens.revokeSubject(trx, { tenant, kind: FOLLOW_UP, subject: user.id });
    return tokens.issue(trx, {
      tenant,
      kind: MAILED,
      subject: user.id,
      only: true,
      // With the prefix a leaked one can be recognised.
      format: prefixedToken('skr_'),
      expiry: { at },
      boundTo: identity,
    });
  });
  const address = await serverAddress(context, tenant);
  const values = {
    user_name: user.name,
    application_name: own['application.name'],
    link: address + pathOf(token),
  };
  const from = own['email.from'] || `no-reply@${new URL(address).hostname}`;
  await context.outward.sendMail(await mailServer(context, tenant), {
    from,
    to: email,
    subject: fillText(own['email.subject'], values),
    text: fillText(own['email.template.text'], values),
    html: fillHtml(own['email.template.html'], values),
  });
}

async function findByNameOrEmail(
  context: BackendContext,
  tenant: string,
  name: string,
): Promise<UserRow | undefined> {
  if (isInternalName(name)) return undefined;
  const named = await findUserByName(context.db, tenant, name);
  if (named || !name.includes('@')) return named;
  const found = await idByEmail.first(context.db, { tenant, email: name.toLowerCase() });
  return found && findUser(context.db, tenant, found.id);
}

/** Nobody's mailbox is filled by others: so many mails a user and hour. */
async function requireFewMails(
  context: BackendContext,
  tenant: string,
  credential: string,
): Promise<void> {
  const max = context.outward.resetMailsPerHour;
  const windows = [{ name: RESET_JOB, ms: HOUR_MS, max }];
  const { allowed, exhausted } = await context.rates.take({ tenant, credential, windows });
  if (allowed) return;
  throw new TooMany('reset_mails', 'Too many mails were sent to this user, try again later', {
    retryAt: exhausted?.resetAt,
  });
}

async function mailServer(context: BackendContext, tenant: string) {
  const own = await settings(
    context,
    tenant,
    'network.smtp.host',
    'network.smtp.port',
    'network.smtp.ssl',
    'network.smtp.tls',
    'network.smtp.authentication',
  );
  const login = own['network.smtp.authentication']
    ? {
        user: await setting(context, tenant, 'network.smtp.user'),
        password: await setting(context, tenant, 'network.smtp.password'),
      }
    : undefined;
  return {
    host: own['network.smtp.host'].trim(),
    port: own['network.smtp.port'],
    ssl: own['network.smtp.ssl'],
    startTls: own['network.smtp.tls'],
    login,
  };
}

/** Whom a token lets choose a new password. */
export interface OpenReset {
  tenant: string;
  userId: string;
  userName: string;
  kind: typeof MAILED | typeof FOLLOW_UP;
  expiresAt: number;
}

/** Looks at a token without using it up. Throws `Invalid` (`reset_token`) when it is unknown, used, replaced or too old. */
export async function openReset(context: BackendContext, token: string): Promise<OpenReset> {
  for (const kind of [MAILED, FOLLOW_UP] as const) {
    const check = await context.credentials.tokens.verify(kind, token);
    if (!check.valid) continue;
    const { tenant, subject, expiresAt = 0 } = check;
    const user = await findUser(context.db, tenant, subject);
    if (user) return { tenant, userId: user.id, userName: user.name, kind, expiresAt };
  }
  throw notValid();
}

/** A fresh token for the next step; earlier fresh ones end, the mailed one stays until the password is set. */
export async function renewReset(context: BackendContext, open: OpenReset): Promise<string> {
  const { tenant, userId, userName, expiresAt } = open;
  const { passwords, tokens } = context.credentials;
  const identity = await passwords.find({ tenant, realm: USER_REALM, name: userName });
  if (!identity) throw notValid();
  const { token } = await context.db.write((trx) =>
    tokens.issue(trx, {
      tenant,
      kind: FOLLOW_UP,
      subject: userId,
      only: true,
      format: prefixedToken('sks_'),
      expiry: { at: expiresAt },
      boundTo: identity,
    }),
  );
  return token;
}

/**
 * Sets the new password: the token and every session of the user end. Throws `Invalid`: `reset_password` when the two
 * texts are empty or differ (the token stays good), `password_length`, `reset_token` when it was used meanwhile.
 */
export async function completeReset(
  context: BackendContext,
  open: OpenReset,
  token: string,
  [password, repeated]: readonly [string, string],
): Promise<void> {
  if (password === '') throw new Invalid('reset_password', 'The new password is empty');
  if (password !== repeated) throw new Invalid('reset_password', 'The two passwords are different');
  const { tenant, userId, userName, kind } = open;
  const { passwords, tokens } = context.credentials;
  const prepared = await passwords.prepare(password);
  await context.db.write(async (trx) => {
    // Whoever takes the token out of the table may use it.
    if (!(await tokens.revoke(trx, kind, token))) throw notValid();
    await endResets(context, trx, tenant, userId);
    await passwords.change(trx, { tenant, realm: USER_REALM, name: userName }, prepared);
  });
}

/** Ends all links and tokens of a user. */
export async function endResets(
  { credentials: { tokens } }: Pick<BackendContext, 'credentials'>,
  trx: Transaction,
  tenant: string,
  subject: string,
): Promise<void> {
  for (const kind of [MAILED, FOLLOW_UP])
    await tokens.revokeSubject(trx, { tenant, kind, subject });
}

function notValid(): Invalid {
  return new Invalid(
    'reset_token',
    'The link is not valid: it was used, it is too old, or there is a newer one',
  );
}
