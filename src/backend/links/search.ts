// Links as queries see them: label, author, time, and the objects at both ends (BaasBox spec 4.4).
import { sql } from 'kysely';
import type { Actor, BackendContext } from '../context.ts';
import { TRUE, type Sql } from '../query/bounds.ts';
import { jsonOn, textColumn } from '../query/columns.ts';
import type { Necessary } from '../query/narrow.ts';
import type { Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import {
  countRecords,
  findRecords,
  inBatches,
  type Batches,
  type Source,
} from '../query/records.ts';
import { DateValue, type Json } from '../query/values.ts';
import { made, objectJson } from './end-sql.ts';
import { linksOf, type Link, type LinkRow } from './links.ts';

interface QueryRow {
  id: string;
  label: string;
  authorName: string | null;
  createdAt: number;
  /** The ends as JSON texts. */
  in: string;
  out: string;
}

const AUTHOR_NAME = sql`(select u.name from backend_users u where u.tenant_id = l.tenant_id and u.id = l.author)`;

function linkSource({ db: { dialect } }: BackendContext, actor: Actor): Source<QueryRow, LinkRow> {
  const source = objectJson(dialect, actor, sql`l.source_kind`, sql`l.source`);
  const target = objectJson(dialect, actor, sql`l.target_kind`, sql`l.target`);
  const asText = (json: Sql) => (dialect === 'postgres' ? sql`(${json})::text` : json);
  const author = sql`coalesce(${AUTHOR_NAME}, '')`;
  return {
    from: sql`backend_links l`,
    scope: sql`l.tenant_id = ${actor.tenant}`,
    visible: TRUE,
    key: sql`l.id`,
    insertion: [sql`l.created_at`, sql`l.id`],
    dense: true,
    bytes: sql`200`,
    narrow: narrowed,
    target: {
      json: jsonOn(dialect),
      document: made(dialect, { label: sql`l.label`, in: target, out: source }),
      system(name) {
        switch (name) {
          case 'id':
            return { type: 'text', value: textColumn(dialect, sql`l.id`) };
          case 'label':
            return { type: 'text', value: textColumn(dialect, sql`l.label`) };
          case '_author':
            return { type: 'text', value: textColumn(dialect, author) };
          case '_creation_date':
            return { type: 'date', value: sql`l.created_at` };
          case '@class':
            return { type: 'constant', value: 'E' };
          case '@version':
            return { type: 'constant', value: 1 };
          case 'in':
            return { type: 'json', document: target };
          case 'out':
            return { type: 'json', document: source };
          default:
            return undefined;
        }
      },
    },
    queried: sql`l.id, l.label, ${author} as "authorName", l.created_at as "createdAt",
      ${asText(target)} as "in", ${asText(source)} as "out"`,
    subject: (row) => ({
      fields: {
        label: row.label,
        in: JSON.parse(row.in) as Json,
        out: JSON.parse(row.out) as Json,
      },
      system(name) {
        switch (name) {
          case 'id':
            return row.id;
          case '_author':
            return row.authorName ?? '';
          case '_creation_date':
            return new DateValue(row.createdAt);
          case '@class':
            return 'E';
          case '@version':
            return 1;
          default:
            return undefined;
        }
      },
    }),
    wanted: sql`l.id, l.label, l.source_kind as "sourceKind", l.source, l.target_kind as "targetKind", l.target,
      l.author, ${author} as "authorName", l.created_at as "createdAt"`,
  };
}

/** Links by the id of an end or by label are found in an index. An end that cannot be seen has no id: it does not match. */
function narrowed(condition: Necessary): Sql | undefined {
  const column = { 'out,id': sql`l.source`, 'in,id': sql`l.target`, label: sql`l.label` }[
    condition.steps.join(',')
  ];
  if (!column || condition.operator !== '=' || typeof condition.value !== 'string')
    return undefined;
  return sql`${column} = ${condition.value}`;
}

/** Links that match, or the rows that the query makes of them, in lists of any length (`findRecords`). */
export async function listLinks(
  context: BackendContext,
  actor: Actor,
  query: Query,
  signal?: AbortSignal,
): Promise<{ links: Batches<Link> } | { rows: Batches<Row> }> {
  const found = await findRecords(context, linkSource(context, actor), query, signal);
  if ('rows' in found) return found;
  return { links: inBatches(found.records, (rows) => linksOf(context.db, actor, rows)) };
}

/** How many links match. */
export function countLinks(context: BackendContext, actor: Actor, query: Query): Promise<number> {
  return countRecords(context, linkSource(context, actor), query);
}
