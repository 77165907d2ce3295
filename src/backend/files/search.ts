// Searches over files: by what the client attached, by what was found out, and by the text in them (BaasBox spec 4.4).
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import { readableBy } from '../acl/readable.ts';
import type { Actor, BackendContext } from '../context.ts';
import { jsonOn, textColumn } from '../query/columns.ts';
import type { SqlTarget } from '../query/compile.ts';
import type { Source } from '../query/records.ts';
import { DateValue, type JsonObject } from '../query/values.ts';
import { AUTHOR_NAME, type StoredFile } from './file.ts';

export type FileRow = Omit<StoredFile, 'authorName'> & { authorName: string | null };

/** What the evaluator needs of a file. */
interface QueryRow {
  id: string;
  version: number;
  createdAt: number;
  authorName: string | null;
  /** As JSON text. */
  fields: string;
  text: string;
}

/** The text in the file. Searched only: no list gives it. */
const TEXT = sql`coalesce((select t.text from backend_file_texts t where t.tenant_id = f.tenant_id and t.file = f.id), '')`;

/** The files that the actor may read, as a source of searches. */
export function fileSource(
  { db: { dialect } }: BackendContext,
  actor: Actor,
): Source<QueryRow, FileRow> {
  return {
    from: sql`backend_files f`,
    scope: sql`f.tenant_id = ${actor.tenant}`,
    visible: readableBy(dialect, actor, 'f'),
    key: sql`f.id`,
    insertion: [sql`f.created_at`, sql`f.id`],
    dense: actor.seesAll,
    bytes: sql`(octet_length(f.attached) + octet_length(${TEXT}))`,
    target: targetOf(dialect),
    queried: sql`f.id, f.version, f.created_at as "createdAt", ${AUTHOR_NAME} as "authorName",
      ${dialect === 'postgres' ? sql`f.fields::text` : sql`f.fields`} as fields, ${TEXT} as text`,
    subject: (row) => ({
      fields: JSON.parse(row.fields) as JsonObject,
      system(name) {
        switch (name) {
          case 'id':
            return row.id;
          case '_author':
            return row.authorName ?? '';
          case '_creation_date':
            return new DateValue(row.createdAt);
          case '@version':
            return row.version;
          case 'text_content':
            return row.text;
          default:
            return undefined;
        }
      },
    }),
    wanted: sql`f.id, f.version, f.author, f.acl, f.created_at as "createdAt", f.name,
      f.content_type as "contentType", f.size, f.blob, f.metadata, f.attached, ${AUTHOR_NAME} as "authorName"`,
  };
}

function targetOf(dialect: Dialect): SqlTarget {
  return {
    json: jsonOn(dialect),
    document: sql`f.fields`,
    system(name) {
      switch (name) {
        case 'id':
          return { type: 'text', value: textColumn(dialect, sql`f.id`) };
        case '_author':
          return { type: 'text', value: textColumn(dialect, sql`coalesce(${AUTHOR_NAME}, '')`) };
        case '_creation_date':
          return { type: 'date', value: sql`f.created_at` };
        case '@version':
          return { type: 'number', value: sql`f.version` };
        case 'text_content':
          return { type: 'text', value: textColumn(dialect, TEXT) };
        default:
          return undefined;
      }
    },
  };
}
