// The objects that links join, found by their ids, as far as an actor may see them.
import { sql, type Kysely } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Slot, type Transaction } from '../../platform/database/statement.ts';
import { isAllowed } from '../acl/acl.ts';
import type { Actor } from '../context.ts';
import { findDocuments, type Document } from '../documents/document.ts';
import { AUTHOR_NAME, FILE_COLUMNS, type StoredFile } from '../files/file.ts';
import type { FileRow } from '../files/search.ts';
import { amongList } from '../query/columns.ts';
import { findRole } from '../roles/roles.ts';
import type { BackendTables } from '../tables.ts';
import { profileOf, visibleTo, type Profile } from '../users/profile.ts';
import { findUser } from '../users/rows.ts';
import type { EndKind } from './tables.ts';

/** Something that a link can join. */
export type Linked =
  | { kind: 'document'; id: string; document: Document }
  | { kind: 'file'; id: string; file: StoredFile }
  | { kind: 'user'; id: string; profile: Profile };

/** Where an object is. */
export interface End {
  kind: EndKind;
  id: string;
}

const filesByIds = statement<{ tenant: string; ids: string }, FileRow, BackendTables>(
  (db, slot, dialect) =>
    db
      .selectFrom('backend_files as f')
      .select(FILE_COLUMNS)
      .select(AUTHOR_NAME.as('authorName'))
      .where('f.tenant_id', '=', slot('tenant'))
      .where(sql<boolean>`${amongList(dialect, sql`f.id`, sql`${slot('ids')}`)}`),
);

/** The kind of the object with an id, whoever may see it; the row is held until the transaction ends. */
const kinds: readonly [EndKind, ReturnType<typeof holding>][] = [
  ['document', holding('backend_documents')],
  ['file', holding('backend_files')],
  ['user', holding('backend_users')],
];

function holding(table: 'backend_documents' | 'backend_files' | 'backend_users') {
  return statement<{ tenant: string; id: string }, { id: string }, BackendTables>(
    (db: Kysely<BackendTables>, slot: Slot, dialect: Dialect) => {
      const query = db
        .selectFrom(table)
        .select('id')
        .where('tenant_id', '=', slot('tenant'))
        .where('id', '=', slot('id'));
      return dialect === 'postgres' ? query.forKeyShare() : query;
    },
  );
}

/** Finds the object with this id and keeps it from being deleted; `undefined` when there is none or the actor may not see it. */
export async function holdEnd(
  trx: Transaction,
  actor: Actor,
  id: string,
): Promise<Linked | undefined> {
  for (const [kind, hold] of kinds) {
    if (await hold.first(trx, { tenant: actor.tenant, id })) {
      return (await loadEnds(trx, actor, [{ kind, id }])).get(id);
    }
  }
  return undefined;
}

/** The objects at these ends that the actor may see, by id. */
export async function loadEnds(
  on: Database | Transaction,
  actor: Actor,
  ends: readonly End[],
): Promise<Map<string, Linked>> {
  const { tenant } = actor;
  const idsOf = (kind: EndKind) => [
    ...new Set(ends.filter((end) => end.kind === kind).map((end) => end.id)),
  ];
  const found = new Map<string, Linked>();
  const documents = idsOf('document');
  for (const document of documents.length > 0 ? await findDocuments(on, tenant, documents) : []) {
    if (await isAllowed(on, actor, 'read', document)) {
      found.set(document.id, { kind: 'document', id: document.id, document });
    }
  }
  const files = idsOf('file');
  const stored =
    files.length > 0 ? await filesByIds.all(on, { tenant, ids: JSON.stringify(files) }) : [];
  for (const row of stored) {
    if (await isAllowed(on, actor, 'read', row)) {
      const file = { ...row, authorName: row.authorName ?? '' };
      found.set(file.id, { kind: 'file', id: file.id, file });
    }
  }
  for (const id of idsOf('user')) {
    const profile = await profileWithId(on, actor, id);
    if (profile) found.set(id, { kind: 'user', id, profile });
  }
  return found;
}

async function profileWithId(
  on: Database | Transaction,
  actor: Actor,
  id: string,
): Promise<Profile | undefined> {
  const row = await findUser(on, actor.tenant, id);
  if (!row) return undefined;
  const role = await findRole(on, actor.tenant, row.role);
  return profileOf(row, role?.name ?? row.role, { visible: visibleTo(actor, id) });
}
