// Empties an app: nothing stays but the accounts of those who may begin anew (BaasBox spec 5.14).
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Transaction } from '../../platform/database/statement.ts';
import type { Actor, BackendContext } from '../context.ts';
import { ADMINISTRATOR } from '../roles/roles.ts';
import type { BackendTables } from '../tables.ts';
import { sectionText } from '../users/profile.ts';
import { USER_REALM } from '../users/accounts.ts';
import { DEFAULT_ADMIN } from '../users/administrator.ts';
import { SESSION } from '../users/sessions.ts';
import { clearApp } from './replace.ts';

const MAX_WAIT_MS = 60_000;

/**
 * Removes everything in the app, `waitMs` (60 s at most) after it was closed for other calls. The original then had an
 * administrator with a known password; here the caller and the account `admin` stay, with their passwords and sessions
 * and empty profiles; for a caller without an account and an app without `admin`, all administrators.
 */
export async function dropApp(
  context: BackendContext,
  { tenant, user }: Actor,
  waitMs: number,
): Promise<void> {
  context.log.info({ tenant, by: user?.id }, 'app is emptied');
  await context.gate.alone(tenant, async () => {
    await delay(Math.min(waitMs, MAX_WAIT_MS));
    await context.db.write<BackendTables, void>(async (trx) => {
      const kept = await accountsToKeep(trx, tenant, user?.id);
      await clearApp(trx, context, tenant);
      for (const row of kept) await trx.insertInto('backend_users').values(row).execute();
      await removeOtherPasswords(trx, context, tenant, new Set(kept.map(({ id }) => id)));
    });
  });
}

async function accountsToKeep(
  trx: Kysely<BackendTables>,
  tenant: string,
  caller: string | undefined,
): Promise<BackendTables['backend_users'][]> {
  const administrators = await trx
    .selectFrom('backend_users')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('role', '=', ADMINISTRATOR)
    .execute();
  const kept = administrators.filter(
    ({ id, name_key }) => id === caller || name_key === DEFAULT_ADMIN,
  );
  const empty = {
    email_key: null,
    visible_to_self: sectionText('self', {}),
    visible_to_friends: sectionText('friends', {}),
    visible_to_registered: sectionText('registered', {}),
    visible_to_anonymous: sectionText('anonymous', {}),
    following: 0,
  };
  return (kept.length > 0 ? kept : administrators).map((row) => ({ ...row, ...empty }));
}

async function removeOtherPasswords(
  trx: Transaction,
  { credentials }: BackendContext,
  tenant: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  const { passwords, tokens } = credentials;
  const others: { name: string; subject: string }[] = [];
  for await (const { name, subject } of passwords.stored(trx, tenant, USER_REALM)) {
    if (!kept.has(subject)) others.push({ name, subject });
  }
  for (const { name, subject } of others) {
    await passwords.remove(trx, { tenant, realm: USER_REALM, name });
    await tokens.revokeSubject(trx, { tenant, kind: SESSION, subject });
  }
}
