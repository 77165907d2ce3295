// What a document is linked with: documents, files and users in one list (BaasBox spec 5.4, linked objects).
import { sql } from 'kysely';
import type { Actor, BackendContext } from '../context.ts';
import type { Sql } from '../query/bounds.ts';
import { jsonOn, textColumn } from '../query/columns.ts';
import type { Row } from '../query/projection.ts';
import type { Query } from '../query/query.ts';
import {
  countRecords,
  findRecords,
  inBatches,
  type Batches,
  type Source,
} from '../query/records.ts';
import type { JsonObject } from '../query/values.ts';
import { objectJson } from './end-sql.ts';
import { loadEnds, type End, type Linked } from './ends.ts';

/** Targets of links that start here, sources of links that end here, or both. */
export type Direction = 'to' | 'from' | 'both';

export interface LinksOf {
  /** Id of the document. */
  document: string;
  label: string;
  direction: Direction;
}

interface QueryRow {
  id: string;
  fields: string;
}

/** Each object counts once, however many links lead to it, in the order of the first of them. */
function linkedSource(
  { db: { dialect } }: BackendContext,
  actor: Actor,
  { document, label, direction }: LinksOf,
): Source<QueryRow, End> {
  const away = sql`select l.target_kind as kind, l.target as id, l.created_at as at, l.id as link from backend_links l
    where l.tenant_id = ${actor.tenant} and l.source = ${document} and l.label = ${label}`;
  const back = sql`select l.source_kind as kind, l.source as id, l.created_at as at, l.id as link from backend_links l
    where l.tenant_id = ${actor.tenant} and l.target = ${document} and l.label = ${label}`;
  const all = { to: away, from: back, both: sql`${away} union all ${back}` }[direction];
  const object = objectJson(dialect, actor, sql`o.kind`, sql`o.id`);
  const text: Sql = dialect === 'postgres' ? sql`(${object})::text` : object;
  return {
    from: sql`(select a.kind, a.id, min(a.at) as at, min(a.link) as link from (${all}) a group by a.kind, a.id) o`,
    scope: sql`true`,
    visible: sql`${text} <> 'null'`,
    key: sql`o.id`,
    insertion: [sql`o.at`, sql`o.link`, sql`o.id`],
    dense: false,
    bytes: sql`500`,
    target: {
      json: jsonOn(dialect),
      document: object,
      system: (name) =>
        name === 'id' ? { type: 'text', value: textColumn(dialect, sql`o.id`) } : undefined,
    },
    queried: sql`o.id, ${text} as fields`,
    subject: (row) => ({
      fields: JSON.parse(row.fields) as JsonObject,
      system: (name) => (name === 'id' ? row.id : undefined),
    }),
    wanted: sql`o.kind, o.id`,
  };
}

/** The linked objects that the actor may see, or the rows that the query makes of them (`findRecords`). */
export async function listLinked(
  context: BackendContext,
  actor: Actor,
  of: LinksOf,
  query: Query,
  signal?: AbortSignal,
): Promise<{ objects: Batches<Linked> } | { rows: Batches<Row> }> {
  const found = await findRecords(context, linkedSource(context, actor, of), query, signal);
  if ('rows' in found) return found;
  const objects = inBatches(found.records, async (rows) => {
    const ends = await loadEnds(context.db, actor, rows);
    return rows.flatMap(({ id }) => ends.get(id) ?? []);
  });
  return { objects };
}

/** How many linked objects match. */
export function countLinked(
  context: BackendContext,
  actor: Actor,
  of: LinksOf,
  query: Query,
): Promise<number> {
  return countRecords(context, linkedSource(context, actor, of), query);
}
