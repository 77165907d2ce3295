// The statements behind messages on their way to devices.
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { Kysely } from 'kysely';
import type { BackendTables } from '../tables.ts';

export interface Batch {
  id: string;
  profile: number;
  os: string;
  message: string;
  created_at: number;
  expires_at: number;
}

export interface Target {
  position: number;
  token: string;
  user_id: string;
}

/** Devices of one batch: they are sent to by one job, and inserted by one statement. */
export const BATCH_SIZE = 500;

const insert = statement<BackendTables['backend_push_batches'], unknown, BackendTables>(
  (db, slot) =>
    db.insertInto('backend_push_batches').values({
      tenant_id: slot('tenant_id'),
      id: slot('id'),
      profile: slot('profile'),
      os: slot('os'),
      message: slot('message'),
      created_at: slot('created_at'),
      expires_at: slot('expires_at'),
    }),
);

const byId = statement<{ tenant: string; id: string }, Batch, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_push_batches')
    .select(['id', 'profile', 'os', 'message', 'created_at', 'expires_at'])
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

/** The next devices that still wait, beyond a position. */
export const waitingTargets = statement<
  { tenant: string; batch: string; after: number; limit: number },
  Target,
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_push_targets')
    .select(['position', 'token', 'user_id'])
    .where('tenant_id', '=', slot('tenant'))
    .where('batch', '=', slot('batch'))
    .where('state', '=', 'waiting')
    .where('position', '>', slot('after'))
    .orderBy('position')
    .limit(slot('limit')),
);

export const removeTarget = statement<
  { tenant: string; batch: string; position: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .deleteFrom('backend_push_targets')
    .where('tenant_id', '=', slot('tenant'))
    .where('batch', '=', slot('batch'))
    .where('position', '=', slot('position')),
);

export const markTarget = statement<
  { tenant: string; batch: string; position: number; state: string; error: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_push_targets')
    .set({ state: slot('state'), error: slot('error') })
    .where('tenant_id', '=', slot('tenant'))
    .where('batch', '=', slot('batch'))
    .where('position', '=', slot('position')),
);

/** Gives up on all devices that still wait; their last error stays, if they have one. */
export const failWaiting = statement<
  { tenant: string; batch: string; error: string },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_push_targets')
    .set((row) => ({
      state: 'failed',
      error: row.fn.coalesce('error', row.val<string>(slot('error'))),
    }))
    .where('tenant_id', '=', slot('tenant'))
    .where('batch', '=', slot('batch'))
    .where('state', '=', 'waiting'),
);

export const reviveFailed = statement<{ tenant: string; batch: string }, unknown, BackendTables>(
  (db, slot) =>
    db
      .updateTable('backend_push_targets')
      .set({ state: 'waiting', error: null })
      .where('tenant_id', '=', slot('tenant'))
      .where('batch', '=', slot('batch'))
      .where('state', '=', 'failed'),
);

export const extendBatch = statement<
  { tenant: string; id: string; until: number },
  unknown,
  BackendTables
>((db, slot) =>
  db
    .updateTable('backend_push_batches')
    .set({ expires_at: slot('until') })
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

/** Removes a batch that has reached all its devices. */
const removeIfDone = statement<{ tenant: string; id: string }, unknown, BackendTables>((db, slot) =>
  db
    .deleteFrom('backend_push_batches')
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id'))
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('backend_push_targets')
            .select('position')
            .where('tenant_id', '=', slot('tenant'))
            .where('batch', '=', slot('id')),
        ),
      ),
    ),
);

const oldTargets = statement<{ tenant: string; before: number }, unknown, BackendTables>(
  (db, slot) =>
    db
      .deleteFrom('backend_push_targets')
      .where('tenant_id', '=', slot('tenant'))
      .where(
        'batch',
        'in',
        db
          .selectFrom('backend_push_batches')
          .select('id')
          .where('tenant_id', '=', slot('tenant'))
          .where('created_at', '<', slot('before')),
      ),
);

const oldBatches = statement<{ tenant: string; before: number }, unknown, BackendTables>(
  (db, slot) =>
    db
      .deleteFrom('backend_push_batches')
      .where('tenant_id', '=', slot('tenant'))
      .where('created_at', '<', slot('before')),
);

/** Stores a batch with its devices (`BATCH_SIZE` at most), inside the caller's transaction. */
export async function insertBatch(
  trx: Transaction,
  tenant: string,
  batch: Batch,
  targets: readonly Omit<Target, 'position'>[],
): Promise<void> {
  await insert.run(trx, { tenant_id: tenant, ...batch });
  await (trx as Kysely<BackendTables>)
    .insertInto('backend_push_targets')
    .values(
      targets.map(({ token, user_id }, position) => ({
        tenant_id: tenant,
        batch: batch.id,
        position,
        token,
        user_id,
        state: 'waiting',
        error: null,
      })),
    )
    .execute();
}

export function findBatch(
  on: Database | Transaction,
  tenant: string,
  id: string,
): Promise<Batch | undefined> {
  return byId.first(on, { tenant, id });
}

/** Tidies up after a job: the batch if it is done, and what is too old for anybody to look at. */
export async function tidyBatches(
  trx: Transaction,
  tenant: string,
  id: string,
  before: number,
): Promise<void> {
  await removeIfDone.run(trx, { tenant, id });
  await oldTargets.run(trx, { tenant, before });
  await oldBatches.run(trx, { tenant, before });
}
