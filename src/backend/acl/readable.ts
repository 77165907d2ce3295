// The condition for what an actor may read, as SQL.
import { sql, type RawBuilder } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Actor } from '../context.ts';
import { TRUE, type Sql } from '../query/bounds.ts';

/** The ACLs that grant reading to any of some grantees, as a subquery. `grantees` is a bound JSON list of texts. */
export function readableAcls(
  dialect: Dialect,
  tenant: RawBuilder<unknown>,
  grantees: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const list =
    dialect === 'postgres'
      ? sql`(select jsonb_array_elements_text(${grantees}::jsonb))`
      : sql`(select value from json_each(${grantees}))`;
  return sql`(select r.acl from backend_acl_readers r where r.tenant_id = ${tenant} and r.grantee in ${list})`;
}

/** Holds for the rows (documents, files) of `alias`, one of our own names, that the actor may read. */
export function readableBy(dialect: Dialect, actor: Actor, alias: string): Sql {
  if (actor.seesAll) return TRUE;
  const grantees = sql`${JSON.stringify(actor.grantees)}`;
  const acls = readableAcls(dialect, sql`${actor.tenant}`, grantees);
  return sql`(${sql.ref(`${alias}.acl`)} in ${acls} or ${sql.ref(`${alias}.author`)} = ${actor.user?.id ?? ''})`;
}
