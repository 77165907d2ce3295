// The sessions of an app, for its administrators: who is logged in (an extension, BaasBox spec 9.2).
import { sql } from 'kysely';
import type { BackendContext } from '../context.ts';
import { listOf } from '../query/columns.ts';
import type { BackendTables } from '../tables.ts';
import { listSessions } from './sessions.ts';

/** A session, never with its token. */
export interface SessionInfo {
  id: string;
  user: string;
  createdAt: number;
  usedAt: number | undefined;
  /** `undefined`: it lasts until somebody ends it. */
  expiresAt: number | undefined;
}

/** Sessions of one answer. */
export const MAX_SESSIONS = 500;

/**
 * The sessions that are good now, newest first: of one user (by id), or of all. `limit` is at most 500; sessions of
 * suspended users rest and are left out.
 */
export async function sessionsWithUsers(
  context: BackendContext,
  tenant: string,
  { user, skip, limit }: { user?: string | undefined; skip: number; limit: number },
): Promise<{ sessions: SessionInfo[]; more: boolean }> {
  const tokens = await listSessions(context, tenant, user, { skip, limit: limit + 1 });
  const page = tokens.slice(0, limit);
  const names = await namesOf(context, tenant, [...new Set(page.map(({ subject }) => subject))]);
  const sessions = page.map(({ id, subject, createdAt, usedAt, expiresAt }) => ({
    id,
    user: names.get(subject) ?? '',
    createdAt,
    usedAt,
    expiresAt,
  }));
  return { sessions, more: tokens.length > limit };
}

async function namesOf(
  { db }: BackendContext,
  tenant: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .tables<BackendTables>()
    .selectFrom('backend_users')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant)
    .where(sql<boolean>`id in ${listOf(db.dialect, sql`${JSON.stringify(ids)}`)}`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
