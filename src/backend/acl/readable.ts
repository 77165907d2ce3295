// The ACLs that grant reading to any of some grantees, as a subquery.
import { sql, type RawBuilder } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';

/** `grantees` is a bound JSON list of texts. */
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
