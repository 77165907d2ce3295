// In whose name scripts act when they lift their rights: the app's administrator (BaasBox spec 5.17).
import { sql } from 'kysely';
import { statement } from '../../platform/database/statement.ts';
import { NotFound } from '../../platform/errors.ts';
import type { Actor, BackendContext } from '../context.ts';
import { ADMINISTRATOR } from '../roles/roles.ts';
import type { BackendTables } from '../tables.ts';
import { findUserByName } from '../users/rows.ts';
import { actorFor } from '../users/sessions.ts';

/** The one called admin, else the one who has been there longest. */
const administrator = statement<{ tenant: string; role: string }, { id: string }, BackendTables>(
  (db, slot) =>
    db
      .selectFrom('backend_users')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('role', '=', slot('role'))
      .orderBy(sql`case when name_key = 'admin' then 0 else 1 end`)
      .orderBy('created_at')
      .orderBy('id')
      .limit(1),
);

/** The app's administrator; when there is none, someone without a name and with his rights. */
export async function administratorOf(context: BackendContext, tenant: string): Promise<Actor> {
  const found = await administrator.first(context.db, { tenant, role: ADMINISTRATOR });
  const actor = found && (await actorFor(context, { tenant, subject: found.id }));
  return actor ?? { tenant, user: undefined, grantees: [], seesAll: true, administrator: true };
}

/** The user of this name as somebody who acts. Throws `NotFound` (`no_user`). */
export async function userAsActor(
  context: BackendContext,
  tenant: string,
  name: string,
): Promise<Actor> {
  const row = await findUserByName(context.db, tenant, name);
  const actor = row && (await actorFor(context, { tenant, subject: row.id }));
  if (!actor) throw new NotFound('no_user', `User ${name} not found`, { name });
  return actor;
}
