// A file as the rest of the room sees it, and the reads that find one.
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { NotFound } from '../../platform/errors.ts';
import { isAllowed } from '../acl/acl.ts';
import type { Actor } from '../context.ts';
import type { BackendTables } from '../tables.ts';

export interface StoredFile {
  id: string;
  version: number;
  /** Id and name of whoever sent it. */
  author: string;
  authorName: string;
  acl: string;
  createdAt: number;
  /** As the client called it, without folders. */
  name: string;
  contentType: string;
  /** Bytes. */
  size: number;
  /** Id of the blob with the bytes. */
  blob: string;
  /** What was found out about it: a JSON object as text, of texts and lists of texts. */
  metadata: string;
  /** What the client attached: a JSON object as text. */
  attached: string;
}

/** The author's name, for queries over `backend_files as f`. */
export const AUTHOR_NAME = sql<
  string | null
>`(select u.name from backend_users u where u.tenant_id = f.tenant_id and u.id = f.author)`;

/** Columns of a file, for queries over `backend_files as f`. */
export const FILE_COLUMNS = [
  'f.id',
  'f.version',
  'f.author',
  'f.acl',
  'f.created_at as createdAt',
  'f.name',
  'f.content_type as contentType',
  'f.size',
  'f.blob',
  'f.metadata',
  'f.attached',
] as const;

const byId = statement<
  { tenant: string; id: string },
  Omit<StoredFile, 'authorName'> & { authorName: string | null },
  BackendTables
>((db, slot) =>
  db
    .selectFrom('backend_files as f')
    .select(FILE_COLUMNS)
    .select(AUTHOR_NAME.as('authorName'))
    .where('f.tenant_id', '=', slot('tenant'))
    .where('f.id', '=', slot('id')),
);

/** Takes the row for the rest of the transaction; SQLite has one writer anyway. */
const lock = statement<{ tenant: string; id: string }, { id: string }, BackendTables>(
  (db, slot, dialect) => {
    const query = db
      .selectFrom('backend_files')
      .select('id')
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'));
    return dialect === 'postgres' ? query.forUpdate() : query;
  },
);

/** The file, whoever may read it; `undefined` when there is none. */
export async function findFile(
  on: Database | Transaction,
  tenant: string,
  id: string,
): Promise<StoredFile | undefined> {
  const row = await byId.first(on, { tenant, id });
  return row && { ...row, authorName: row.authorName ?? '' };
}

/** Like `findFile`, and nobody else changes it before the transaction ends. */
export async function holdFile(
  trx: Transaction,
  tenant: string,
  id: string,
): Promise<StoredFile | undefined> {
  return (await lock.first(trx, { tenant, id })) && findFile(trx, tenant, id);
}

/** A file that the actor may read. Throws `NotFound` (`no_file`, `details.id`) for one that he may not see as for none. */
export async function readFile(
  on: Database | Transaction,
  actor: Actor,
  id: string,
): Promise<StoredFile> {
  const file = await findFile(on, actor.tenant, id);
  if (!file || !(await isAllowed(on, actor, 'read', file))) throw noFile(id);
  return file;
}

export function noFile(id: string): NotFound {
  return new NotFound('no_file', `${id} file was not found`, { id });
}
