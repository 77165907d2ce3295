// The statements behind files.
import { sql } from 'kysely';
import { statement } from '../platform/database/statement.ts';
import type { TranslationTables } from './tables.ts';

export interface FileKey {
  tenant: string;
  project: string;
  area: string;
  locale: string;
  /** Of the path's key. */
  hash: string;
}

export type FileRow = TranslationTables['tr_files'];

/** A change under a condition: only if the row still has this version, or whatever version it has. */
type Removal = FileKey & { version: number | null; now: number };

export const findFile = statement<FileKey, FileRow, TranslationTables>((db, slot) =>
  db
    .selectFrom('tr_files')
    .selectAll()
    .where('tenant_id', '=', slot('tenant'))
    .where('project_key', '=', slot('project'))
    .where('area', '=', slot('area'))
    .where('locale', '=', slot('locale'))
    .where('path_hash', '=', slot('hash')),
);

/** Puts a blob in the place of what was there, which the answer names. The spelling of the first upload stays. */
export const upsert = statement<
  FileKey & { path: string; pathKey: string; blob: string; size: number; now: number },
  FileRow,
  TranslationTables
>((db, slot) =>
  db
    .insertInto('tr_files')
    .values({
      tenant_id: slot('tenant'),
      project_key: slot('project'),
      area: slot('area'),
      locale: slot('locale'),
      path_hash: slot('hash'),
      path: slot('path'),
      path_key: slot('pathKey'),
      blob_id: slot('blob'),
      replaced_blob_id: null,
      size: slot('size'),
      version: 1,
      modified_at: slot('now'),
      changed_at: slot('now'),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'project_key', 'area', 'locale', 'path_hash'])
        .doUpdateSet((row) => ({
          path: row
            .case()
            .when('tr_files.blob_id', 'is', null)
            .then(row.ref('excluded.path'))
            .else(row.ref('tr_files.path'))
            .end(),
          blob_id: row.ref('excluded.blob_id'),
          replaced_blob_id: row.ref('tr_files.blob_id'),
          size: row.ref('excluded.size'),
          version: row('tr_files.version', '+', 1),
          modified_at: row.ref('excluded.modified_at'),
          changed_at: row.ref('excluded.changed_at'),
        })),
    )
    .returningAll(),
);

/** Takes the blob off a row that stays. */
export const bury = statement<Removal, { removed_blob_id: string | null }, TranslationTables>(
  (db, slot) =>
    db
      .updateTable('tr_files')
      .set((row) => ({
        blob_id: null,
        replaced_blob_id: row.ref('blob_id'),
        size: 0,
        version: row('version', '+', 1),
        changed_at: slot('now'),
      }))
      .where('tenant_id', '=', slot('tenant'))
      .where('project_key', '=', slot('project'))
      .where('area', '=', slot('area'))
      .where('locale', '=', slot('locale'))
      .where('path_hash', '=', slot('hash'))
      .where('blob_id', 'is not', null)
      .where('version', '=', (row) => row.fn.coalesce(slotNumber(slot('version')), 'version'))
      .returning('replaced_blob_id as removed_blob_id'),
);

/** Removes a row with its blob. */
export const remove = statement<Removal, { removed_blob_id: string | null }, TranslationTables>(
  (db, slot) =>
    db
      .deleteFrom('tr_files')
      .where('tenant_id', '=', slot('tenant'))
      .where('project_key', '=', slot('project'))
      .where('area', '=', slot('area'))
      .where('locale', '=', slot('locale'))
      .where('path_hash', '=', slot('hash'))
      .where('version', '=', (row) => row.fn.coalesce(slotNumber(slot('version')), 'version'))
      .returning('blob_id as removed_blob_id'),
);

/** The files whose path key starts with `prefix`, which has `length` characters. */
export const inDirectory = statement<
  Omit<FileKey, 'hash'> & { prefix: string; length: number },
  Pick<FileRow, 'path_hash' | 'version'>,
  TranslationTables
>((db, slot) =>
  db
    .selectFrom('tr_files')
    .select(['path_hash', 'version'])
    .where('tenant_id', '=', slot('tenant'))
    .where('project_key', '=', slot('project'))
    .where('area', '=', slot('area'))
    .where('locale', '=', slot('locale'))
    .where('blob_id', 'is not', null)
    .where(
      (row) => row.fn('substr', ['path_key', sql`1`, slotNumber(slot('length'))]),
      '=',
      slot('prefix'),
    ),
);

/** Tells PostgreSQL the type of a parameter that it can't infer from its place. */
function slotNumber(value: unknown) {
  return sql<number>`CAST(${value} AS integer)`;
}
