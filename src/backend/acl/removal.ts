// Takes everything back that was granted to somebody who is being deleted.
import { sql } from 'kysely';
import { NotFound } from '../../platform/errors.ts';
import { listCollections } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { changeDocument } from '../documents/write.ts';
import type { BackendTables } from '../tables.ts';
import { loadGrants, withGrant } from './acl.ts';

/** Objects changed at once; each is a transaction of its own, and others write between them. */
const BATCH = 100;

/**
 * Revokes all grants to the grantee. Nobody new may be granted anything as this grantee any more, for else the work
 * might begin anew with each object.
 */
export async function removeGrantee(
  context: BackendContext,
  tenant: string,
  grantee: string,
): Promise<void> {
  const acls = await aclsWith(context, tenant, grantee);
  if (acls.length === 0) return;
  const actor: Actor = {
    ...{ tenant, user: undefined, grantees: [] },
    ...{ seesAll: true, administrator: true },
  };
  for (const { number } of await listCollections(context, tenant)) {
    for (;;) {
      const found = await documentsWith(context, tenant, number, acls);
      if (found.length === 0) break;
      await Promise.all(
        found.map(({ id }) =>
          changeDocument(
            context,
            actor,
            { id },
            {
              grants: async (trx, { acl }) =>
                withGrant(await loadGrants(trx, tenant, acl), 'all', grantee, false),
            },
          ).catch((error: unknown) => {
            if (!(error instanceof NotFound)) throw error;
          }),
        ),
      );
    }
  }
}

/** The lists in which the grantee stands. */
async function aclsWith(
  { db }: BackendContext,
  tenant: string,
  grantee: string,
): Promise<string[]> {
  const entry = JSON.stringify(grantee);
  const found =
    db.dialect === 'postgres' ? sql`strpos(grants, ${entry})` : sql`instr(grants, ${entry})`;
  const rows = await db
    .tables<BackendTables>()
    .selectFrom('backend_acls')
    .select('acl')
    .where('tenant_id', '=', tenant)
    .where(sql<boolean>`${found} > 0`)
    .execute();
  return rows.map(({ acl }) => acl);
}

function documentsWith(
  { db }: BackendContext,
  tenant: string,
  collection: number,
  acls: readonly string[],
): Promise<{ id: string }[]> {
  const list = JSON.stringify(acls);
  const among =
    db.dialect === 'postgres'
      ? sql`(select jsonb_array_elements_text(${list}::jsonb))`
      : sql`(select value from json_each(${list}))`;
  return (
    db
      .tables<BackendTables>()
      .selectFrom('backend_documents')
      .select('id')
      .where('tenant_id', '=', tenant)
      .where('collection', '=', collection)
      // The index has documents with grants only.
      .where('acl', '<>', sql.lit(''))
      .where(sql<boolean>`acl in ${among}`)
      .limit(BATCH)
      .execute()
  );
}
