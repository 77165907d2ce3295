// Takes everything back that was granted to somebody who is being deleted.
import { sql } from 'kysely';
import type { Transaction } from '../../platform/database/statement.ts';
import { NotFound } from '../../platform/errors.ts';
import { listCollections } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { changeDocument } from '../documents/write.ts';
import { changeFileGrants } from '../files/change.ts';
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
    tenant,
    user: undefined,
    grantees: [],
    seesAll: true,
    administrator: true,
  };
  const grants = async (trx: Transaction, { acl }: { acl: string }) =>
    withGrant(await loadGrants(trx, tenant, acl), 'all', grantee, false);
  for (const { number } of await listCollections(context, tenant)) {
    await inBatches(
      () => documentsWith(context, tenant, number, acls),
      (id) => changeDocument(context, actor, { id }, { grants }),
    );
  }
  await inBatches(
    () => filesWith(context, tenant, acls),
    (id) => changeFileGrants(context, actor, id, grants),
  );
}

/** Works on what `next` finds until it finds nothing more. What has gone meanwhile is done. */
export async function inBatches(
  next: () => Promise<{ id: string }[]>,
  work: (id: string) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const found = await next();
    if (found.length === 0) return;
    await Promise.all(
      found.map(({ id }) =>
        work(id).catch((error: unknown) => {
          if (!(error instanceof NotFound)) throw error;
        }),
      ),
    );
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
  return (
    db
      .tables<BackendTables>()
      .selectFrom('backend_documents')
      .select('id')
      .where('tenant_id', '=', tenant)
      .where('collection', '=', collection)
      // The index has documents with grants only.
      .where('acl', '<>', sql.lit(''))
      .where(sql<boolean>`acl in ${listed(db, acls)}`)
      .limit(BATCH)
      .execute()
  );
}

function filesWith(
  { db }: BackendContext,
  tenant: string,
  acls: readonly string[],
): Promise<{ id: string }[]> {
  return db
    .tables<BackendTables>()
    .selectFrom('backend_files')
    .select('id')
    .where('tenant_id', '=', tenant)
    .where(sql<boolean>`acl in ${listed(db, acls)}`)
    .limit(BATCH)
    .execute();
}

function listed({ dialect }: BackendContext['db'], acls: readonly string[]) {
  const list = JSON.stringify(acls);
  return dialect === 'postgres'
    ? sql`(select jsonb_array_elements_text(${list}::jsonb))`
    : sql`(select value from json_each(${list}))`;
}
