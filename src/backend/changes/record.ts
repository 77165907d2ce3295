// Recording: every change of a document is written down in its own transaction, where its collection asks for that.
import { sql } from 'kysely';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { BackendContext } from '../context.ts';
import type { Document } from '../documents/document.ts';
import type { BackendTables } from '../tables.ts';
import { sendToWebhooks } from '../webhooks/outbox.ts';

export type ChangeKind = 'create' | 'update' | 'delete';

/** Why a collection's changes are written down: bits of `backend_collections.recorded`. */
export const RECORDED = { feed: 1, webhooks: 2 } as const;

export interface DocumentChanged {
  kind: ChangeKind;
  /** After the change; before it, for a deletion. */
  document: Document;
  /** The ACL before the change. */
  aclBefore: string;
}

const recordedOf = statement<
  { tenant: string; number: number },
  { recorded: number },
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_collections')
    .select('recorded')
    .where('tenant_id', '=', slot('tenant'))
    .where('number', '=', slot('number')),
);

const insert = statement<
  Omit<BackendTables['backend_changes'], 'tenant_id' | 'tx' | 'seq'> & { tenant: string },
  unknown,
  BackendTables
>((db, slot, dialect) =>
  db.insertInto('backend_changes').values({
    tenant_id: slot('tenant'),
    tx: dialect === 'postgres' ? sql`pg_current_xact_id()::text::bigint` : 0,
    seq:
      dialect === 'postgres'
        ? sql`nextval('backend_change_numbers')`
        : sql`(select coalesce(max(c.seq), 0) + 1 from backend_changes c where c.tenant_id = ${slot('tenant')} and c.tx = 0)`,
    collection: slot('collection'),
    document: slot('document'),
    kind: slot('kind'),
    version: slot('version'),
    position: slot('position'),
    author: slot('author'),
    acl: slot('acl'),
    acl_before: slot('acl_before'),
    created_at: slot('created_at'),
    at: slot('at'),
    body: slot('body'),
  }),
);

/**
 * Writes a change down, inside the transaction that makes it. `recorded` is the collection's, where the caller has it
 * already. After the commit, call `context.feed.changed(tenant)`.
 */
export async function recordChange(
  trx: Transaction,
  context: BackendContext,
  tenant: string,
  change: DocumentChanged,
  recorded?: number,
): Promise<void> {
  const { kind, document, aclBefore } = change;
  const reasons =
    recorded ?? (await recordedOf.first(trx, { tenant, number: document.number }))?.recorded ?? 0;
  if (reasons & RECORDED.feed) {
    await insert.run(trx, {
      tenant,
      collection: document.number,
      document: document.id,
      kind,
      version: document.version,
      position: document.position,
      author: document.author,
      acl: document.acl,
      acl_before: aclBefore,
      created_at: document.createdAt,
      at: context.clock.now(),
      body: document.body,
    });
  }
  if (reasons & RECORDED.webhooks) await sendToWebhooks(trx, context, tenant, kind, document);
}
