// Where declared indexes help a query over documents: candidates for its filter, and the order of a page.
import { sql } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import type { Sql } from '../query/bounds.ts';
import { necessary, type Necessary } from '../query/narrow.ts';
import type { Query } from '../query/query.ts';
import { parseIndexes, pathName, type IndexDefinition } from './definition.ts';
import { LAST_OF_ORDER, stretchesOf, type Stretch } from './entries.ts';

/** So many candidates are looked up on this thread and named one by one. */
const MAX_NAMED = 5000;

interface IndexedPath {
  field: string;
  /** Its name in the table of entries. */
  path: string;
  index: IndexDefinition;
}

/** The paths of a collection whose indexes are complete. */
export function readyPaths(indexes: string): IndexedPath[] {
  return parseIndexes(indexes)
    .filter(({ state }) => state === 'ready')
    .flatMap((index) =>
      index.fields.map((field, ordinal) => ({ field, path: pathName(index, ordinal), index })),
    );
}

/** Positions among which all matching documents are: named, or as a subquery when they are many. */
export type Candidates = { positions: number[] } | { query: Sql };

/**
 * Candidates for a filter, if an index narrows it down: the exact condition is still to be checked. A page of many is
 * found sooner in its own order than by looking them all up. `now` is the time of the request.
 */
export async function candidatesFor(
  db: Database,
  tenant: string,
  indexes: string,
  { filter, order, limit, aggregates }: Query,
  now: number,
): Promise<Candidates | undefined> {
  const paths = readyPaths(indexes);
  if (paths.length === 0 || !filter) return undefined;
  let best: Candidates | undefined;
  for (const condition of necessary(filter, now)) {
    const found = await lookUp(db, tenant, paths, condition);
    if (!found) continue;
    const smaller =
      !best ||
      ('positions' in found &&
        (!('positions' in best) || found.positions.length < best.positions.length));
    if (smaller) best = found;
  }
  const walks = order.length === 0 && limit !== undefined && !aggregates;
  return best && 'query' in best && walks ? undefined : best;
}

async function lookUp(
  db: Database,
  tenant: string,
  paths: readonly IndexedPath[],
  condition: Necessary,
): Promise<Candidates | undefined> {
  const field = condition.steps.join('.');
  // A path with an index is none that can be declared.
  const indexed = paths.find((path) => path.field === field);
  if (!indexed || condition.steps.some((step) => typeof step === 'number')) return undefined;
  const stretches = stretchesOf(condition);
  if (!stretches) return undefined;
  const parts = stretches.map((stretch) => inStretch(tenant, indexed.path, stretch));
  const query = sql`${sql.join(parts, sql` union all `)}`;
  const probe = sql<{
    position: number;
  }>`select f.position from (${query}) f limit ${MAX_NAMED + 1}`;
  const { rows } = await probe.execute(db.tables());
  if (rows.length > MAX_NAMED) return { query };
  return { positions: [...new Set(rows.map(({ position }) => position))] };
}

function inStretch(tenant: string, path: string, { rank, of, low, high }: Stretch): Sql {
  const conditions = [
    sql`e.tenant_id = ${tenant}`,
    sql`e.path = ${path}`,
    sql`e.rank = ${sql.lit(rank)}`,
    // Texts are behind the number in the key: all have the same.
    ...(of === 'text' ? [sql`e.num = 0`] : []),
    ...(low === undefined ? [] : [sql`${COLUMNS[of]} >= ${low}`]),
    ...(high === undefined ? [] : [sql`${COLUMNS[of]} <= ${high}`]),
  ];
  return sql`select e.position from backend_index_entries e where ${sql.join(conditions, sql` and `)}`;
}

const COLUMNS = { num: sql`e.num`, text: sql`e.text` } as const;

/** An order that the entries of a path give: the sources of a search that walks them. */
export interface EntryOrder {
  /** Joins `backend_index_entries as e`, whose `position` is the document's. */
  scope: Sql;
  order: Sql[];
  descending: boolean;
}

/** The order of a page by one indexed path. */
export function orderFor(tenant: string, indexes: string, query: Query): EntryOrder | undefined {
  const { order, limit } = query;
  const [key, ...others] = order;
  if (!key || others.length > 0 || limit === undefined || query.aggregates) return undefined;
  const field = key.path.steps.join('.');
  const found = readyPaths(indexes).find((path) => path.field === field && !path.index.cut);
  if (!found || key.path.steps.some((step) => typeof step === 'number')) return undefined;
  return {
    scope: sql`e.tenant_id = ${tenant} and e.path = ${found.path} and e.rank <= ${sql.lit(LAST_OF_ORDER)}`,
    order: [sql`e.rank`, sql`e.num`, sql`e.text`, sql`e.position`],
    descending: key.descending,
  };
}
