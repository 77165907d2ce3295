// Documents as queries see them: their own fields, and the fields that the system keeps (BaasBox spec 4.4).
import { sql } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Collection } from '../collections/collections.ts';
import type { Sql } from '../query/bounds.ts';
import type { SqlTarget } from '../query/compile.ts';
import type { Subject } from '../query/evaluate.ts';
import { postgresJson } from '../query/sql-postgres.ts';
import { sqliteJson } from '../query/sql-sqlite.ts';
import { DateValue, RidValue, type JsonObject } from '../query/values.ts';

/** What the evaluator needs of a document. */
export interface QueryRow {
  position: number;
  id: string;
  version: number;
  createdAt: number;
  authorName: string | null;
  /** The fields as queries read them, as JSON text. */
  fields: string;
}

/** Compiles against the table `backend_documents as d`. */
export function documentTarget(dialect: Dialect, collection: Collection): SqlTarget {
  const text = (column: Sql) => (dialect === 'postgres' ? sql`(${column} collate "C")` : column);
  const author = sql`(select u.name from backend_users u where u.tenant_id = d.tenant_id and u.id = d.author)`;
  return {
    json: dialect === 'postgres' ? postgresJson() : sqliteJson(),
    document: queryDocument(dialect),
    system(name) {
      switch (name) {
        case 'id':
          return { type: 'text', value: text(sql`d.id`) };
        case '_author':
          return { type: 'text', value: text(sql`coalesce(${author}, '')`) };
        case '_creation_date':
          return { type: 'date', value: sql`d.created_at` };
        case '@version':
          return { type: 'number', value: sql`d.version` };
        case '@rid':
          return { type: 'rid', cluster: collection.number, position: sql`d.position` };
        case '@class':
        case '@this':
          return { type: 'constant', value: collection.name };
        default:
          return undefined;
      }
    },
  };
}

/** The column with the fields as queries read them. */
export function queryDocument(dialect: Dialect): Sql {
  return dialect === 'postgres' ? sql`d.query_body` : sql`coalesce(d.query_body, d.body)`;
}

/** A document in memory, for the evaluator. */
export function subjectOf(row: QueryRow, collection: Collection): Subject {
  return {
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
        case '@rid':
          return new RidValue(collection.number, row.position);
        case '@class':
        case '@this':
          return collection.name;
        default:
          return undefined;
      }
    },
  };
}
