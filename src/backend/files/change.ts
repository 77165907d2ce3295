// Changes of files: grants, and the end (BaasBox spec 5.5, 5.7). Content and attached data never change.
import { sql } from 'kysely';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { Forbidden } from '../../platform/errors.ts';
import { internGrants, isAllowed, type Grants } from '../acl/acl.ts';
import type { Actor, BackendContext } from '../context.ts';
import { removeLinksOf } from '../links/links.ts';
import type { BackendTables } from '../tables.ts';
import { holdFile, noFile, type StoredFile } from './file.ts';
import { removeResized } from './resized.ts';

type Key = { tenant: string; id: string };

const updateAcl = statement<Key & { acl: string }, unknown, BackendTables>((db, slot) =>
  db
    .updateTable('backend_files')
    .set({ version: sql`version + 1`, acl: slot('acl') })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const remove = statement<Key, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_files')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const removeText = statement<Key, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_file_texts')
    .where('tenant_id', '=', slot('tenant'))
    .where('file', '=', slot('id')),
);

/**
 * Changes the grants of a file, made from those that it has now. Throws `NotFound` (`no_file`), `Forbidden` (`no_update`),
 * and what `grants` throws.
 */
export async function changeFileGrants(
  context: BackendContext,
  actor: Actor,
  id: string,
  grants: (trx: Transaction, current: StoredFile) => Promise<Grants>,
): Promise<void> {
  const { tenant } = actor;
  await context.db.write(async (trx) => {
    const current = await holdReadable(trx, actor, id);
    if (!(await isAllowed(trx, actor, 'update', current))) {
      throw new Forbidden('no_update', `You have not the right to modify ${id}`);
    }
    const acl = await internGrants(trx, tenant, await grants(trx, current));
    if (acl !== current.acl) await updateAcl.run(trx, { tenant, id, acl });
  });
}

/** Deletes a file with its links and what was made of it. Throws `NotFound` (`no_file`) and `Forbidden` (`no_delete`). */
export async function removeFile(context: BackendContext, actor: Actor, id: string): Promise<void> {
  await context.db.write(async (trx) => {
    const current = await holdReadable(trx, actor, id);
    if (!(await isAllowed(trx, actor, 'delete', current))) {
      throw new Forbidden('no_delete', `You have not the right to delete ${id}`);
    }
    await dropFile(trx, context, actor.tenant, current);
  });
}

async function dropFile(
  trx: Transaction,
  { blobs }: Pick<BackendContext, 'blobs'>,
  tenant: string,
  { id, blob }: Pick<StoredFile, 'id' | 'blob'>,
): Promise<void> {
  await remove.run(trx, { tenant, id });
  await removeText.run(trx, { tenant, id });
  await removeLinksOf(trx, tenant, [id]);
  await removeResized(trx, blobs, tenant, blob);
  await blobs.remove(trx, tenant, blob);
}

async function holdReadable(trx: Transaction, actor: Actor, id: string): Promise<StoredFile> {
  const file = await holdFile(trx, actor.tenant, id);
  if (!file || !(await isAllowed(trx, actor, 'read', file))) throw noFile(id);
  return file;
}
