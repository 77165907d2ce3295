// Deleting a user with everything that is theirs (BaasBox spec 5.11).
import { NotFound } from '../../platform/errors.ts';
import { friendsGrantee, userGrantee } from '../acl/grantees.ts';
import { inBatches, removeGrantee } from '../acl/removal.ts';
import { listCollections } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { removeDocument } from '../documents/write.ts';
import { removeFile } from '../files/change.ts';
import { removeLinksBy, removeLinksOf } from '../links/removal.ts';
import type { BackendTables } from '../tables.ts';
import { fixed, isFixed, keyOf, requireOther, suspendUser } from './changes.ts';
import { removeDevices } from './devices.ts';
import { removeSocialLinks } from '../social/links.ts';
import { removeFriends } from './friends.ts';
import { endResets } from './password-reset.ts';
import { holdUser, type UserRow } from './rows.ts';
import { SESSION } from './sessions.ts';

/** Objects removed at once; each is a transaction of its own, and others write between them. */
const BATCH = 100;

/**
 * Deletes the account with all that it made, the links to it, and what was granted to it and its followers. The account
 * is suspended first and its row goes last: should the server stop in between, deleting it again does the rest.
 * Throws `NotFound` (`no_user`), `Invalid` (`fixed_administrator`, `last_administrator`).
 */
export async function deleteUser(
  context: BackendContext,
  tenant: string,
  user: UserRow,
): Promise<void> {
  if (isFixed(user)) throw fixed(`User ${user.name} cannot be deleted`);
  await suspendUser(context, tenant, user.id, true);
  await removeDocumentsOf(context, tenant, user.id);
  await removeFilesOf(context, tenant, user.id);
  await removeGrantee(context, tenant, userGrantee(user.id));
  await removeGrantee(context, tenant, friendsGrantee(user.id));
  // Of somebody very well known there may be very many, and others write between them.
  const someFriends = () => context.db.write((trx) => removeFriends(trx, tenant, user.id));
  for (let ended = 1; ended > 0;) ended = await someFriends();
  await removeAccount(context, tenant, user.id);
}

async function removeAccount(context: BackendContext, tenant: string, id: string): Promise<void> {
  const { db, credentials } = context;
  await db.write<BackendTables, void>(
    async (trx) => {
      const row = await holdUser(trx, tenant, id);
      if (!row) throw new NotFound('no_user', 'There is no such user');
      await requireOther(trx, tenant, row);
      await trx
        .deleteFrom('backend_users')
        .where('tenant_id', '=', tenant)
        .where('id', '=', id)
        .execute();
      await removeLinksOf(trx, tenant, [id]);
      await removeLinksBy(trx, tenant, id);
      // The account is held: nobody begins to follow it any more.
      await removeFriends(trx, tenant, id, Number.MAX_SAFE_INTEGER);
      await removeDevices(trx, tenant, id);
      await removeSocialLinks(trx, tenant, id);
      await endResets(context, trx, tenant, id);
      await credentials.tokens.revokeSubject(trx, { tenant, kind: SESSION, subject: id });
      await credentials.passwords.remove(trx, keyOf(tenant, row.name));
    },
    { serializable: true },
  );
}

async function removeDocumentsOf(
  context: BackendContext,
  tenant: string,
  author: string,
): Promise<void> {
  const actor = systemActor(tenant);
  for (const { number } of await listCollections(context, tenant)) {
    await inBatches(
      () =>
        context.db
          .tables<BackendTables>()
          .selectFrom('backend_documents')
          .select('id')
          .where('tenant_id', '=', tenant)
          .where('collection', '=', number)
          .where('author', '=', author)
          .orderBy('position')
          .limit(BATCH)
          .execute(),
      (id) => removeDocument(context, actor, { id }, () => undefined),
    );
  }
}

async function removeFilesOf(
  context: BackendContext,
  tenant: string,
  author: string,
): Promise<void> {
  await inBatches(
    () =>
      context.db
        .tables<BackendTables>()
        .selectFrom('backend_files')
        .select('id')
        .where('tenant_id', '=', tenant)
        .where('author', '=', author)
        .limit(BATCH)
        .execute(),
    (id) => removeFile(context, systemActor(tenant), id),
  );
}

/** The server itself. */
function systemActor(tenant: string): Actor {
  return { tenant, user: undefined, grantees: [], seesAll: true, administrator: true };
}
