// Searches: what no index gives runs as a scan under a deadline, and what SQL cannot decide is evaluated here in small steps.
import { sql, type SelectQueryBuilder } from 'kysely';
import { DeadlineExceeded } from '../../platform/errors.ts';
import { readableAcls } from '../acl/readable.ts';
import type { Collection } from '../collections/collections.ts';
import type { Actor, BackendContext } from '../context.ts';
import { ALWAYS, isExact, TRUE, type Bounds, type Sql } from '../query/bounds.ts';
import { compileFilter } from '../query/compile.ts';
import { matches } from '../query/evaluate.ts';
import { compileOrder } from '../query/order.ts';
import type { Query } from '../query/query.ts';
import type { BackendTables } from '../tables.ts';
import { AUTHOR_NAME, type Document } from './document.ts';
import { reachOf } from './page.ts';
import { documentTarget, queryDocument, subjectOf, type QueryRow } from './target.ts';
import type { CollectionTotals } from './totals.ts';

/** How long documents are evaluated before other requests get their turn, in milliseconds. */
const WORK_MS = 8;

/** Documents that are fetched together for the evaluator. */
const STEP_DOCUMENTS = 500;
const STEP_BYTES = 512 * 1024;

/** Documents that are read by their keys on this thread. */
const PAGE_DOCUMENTS = 100;
const PAGE_BYTES = 256 * 1024;

/** Work below this is done on this thread: handing it to another process would cost more than it. */
const SMALL_DOCUMENTS = 200;
const SMALL_BYTES = 64 * 1024;
const SMALL_WHERE = 4;

type From = SelectQueryBuilder<
  BackendTables & { d: BackendTables['backend_documents'] },
  'd',
  object
>;

/** One run of a query over the documents that an actor may read. */
export class Search {
  readonly #context: BackendContext;
  readonly #actor: Actor;
  readonly #collection: Collection;
  readonly #query: Query;
  readonly #totals: CollectionTotals;
  readonly #now: number;
  readonly #bounds: Bounds;
  readonly #order: Sql[];
  readonly #deadline: number;
  #rested = performance.now();

  constructor(
    context: BackendContext,
    actor: Actor,
    collection: Collection,
    query: Query,
    totals: CollectionTotals,
  ) {
    this.#context = context;
    this.#actor = actor;
    this.#collection = collection;
    this.#query = query;
    this.#totals = totals;
    this.#now = context.clock.now();
    this.#deadline = performance.now() + context.limits.queryTimeoutMs;
    const target = documentTarget(context.db.dialect, collection);
    this.#bounds = query.filter ? compileFilter(query.filter, target, this.#now) : ALWAYS;
    // Records that are equal keep the direction of the last key: newest first means newest first.
    const last = query.order.at(-1)?.descending ? sql`d.position desc` : sql`d.position`;
    this.#order = [...compileOrder(query.order, target), last];
  }

  /** The number of matching documents. */
  async count(): Promise<number> {
    if (isExact(this.#bounds)) {
      const query = this.#from().select(sql<number>`count(*)`.as('count'));
      const [row] = await this.#scan(query);
      return row?.count ?? 0;
    }
    let count = 0;
    for await (const batch of this.#matching([])) count += batch.length;
    return count;
  }

  /** The documents of the page. */
  async documents(): Promise<{ documents: Document[]; more: boolean }> {
    const { positions, more } = await this.#page();
    const rows = await this.#read(positions, (query) =>
      query.select([
        'd.position',
        'd.id',
        'd.version',
        'd.author',
        'd.acl',
        'd.created_at as createdAt',
        'd.body',
        AUTHOR_NAME.as('authorName'),
      ]),
    );
    const { name, number } = this.#collection;
    const documents = rows.map((row) => ({
      ...row,
      collection: name,
      number,
      authorName: row.authorName ?? '',
    }));
    return { documents, more };
  }

  /** What the evaluator needs of the documents of the page. */
  async rows(): Promise<{ rows: QueryRow[]; more: boolean }> {
    const { positions, more } = await this.#page();
    return { rows: await this.#queryRows(positions), more };
  }

  /** Hands over every matching document, in order of insertion. */
  async each(take: (row: QueryRow) => void): Promise<void> {
    for await (const positions of this.#matching([sql`d.position`])) {
      for (const row of await this.#queryRows(positions)) {
        take(row);
        await this.#pace();
      }
    }
  }

  /** Positions of the documents of the page, and whether there are more. */
  async #page(): Promise<{ positions: number[]; more: boolean }> {
    const { skip, limit } = this.#query;
    if (isExact(this.#bounds)) {
      let query = this.#ordered(this.#from().select('d.position'), this.#order);
      // The engines want a limit before a skip; the scan itself refuses answers that are too long.
      query = query.limit(limit === undefined ? Number.MAX_SAFE_INTEGER : limit + 1).offset(skip);
      const rows = await this.#scan(query);
      const positions = rows.map((row) => row.position);
      return limit === undefined
        ? { positions, more: false }
        : { positions: positions.slice(0, limit), more: positions.length > limit };
    }
    const end = limit === undefined ? Number.POSITIVE_INFINITY : skip + limit;
    const found: number[] = [];
    for await (const batch of this.#matching(this.#order)) {
      found.push(...batch);
      if (found.length > end) break;
    }
    return { positions: found.slice(skip, end), more: found.length > end };
  }

  /** Positions of matching documents, a batch at a time. */
  async *#matching(order: readonly Sql[]): AsyncGenerator<number[]> {
    const sure = this.#bounds.must;
    const exact = isExact(this.#bounds);
    const query = this.#from().select(['d.position', (exact ? TRUE : sure).as('sure')]);
    const candidates = await this.#scan(this.#ordered(query, order));
    const filter = this.#query.filter;
    for (const step of steps(candidates, this.#stepSize())) {
      const open = step.filter((row) => !row.sure).map((row) => row.position);
      const rows = open.length > 0 ? await this.#queryRows(open) : [];
      const left = new Set<number>();
      for (const row of rows) {
        const subject = subjectOf(row, this.#collection);
        if (filter && matches(filter, subject, this.#now)) left.add(row.position);
        await this.#pace();
      }
      yield step.flatMap((row) => (row.sure || left.has(row.position) ? [row.position] : []));
    }
  }

  #queryRows(positions: readonly number[]): Promise<QueryRow[]> {
    const { dialect } = this.#context.db;
    const fields = queryDocument(dialect);
    return this.#read(positions, (query) =>
      query.select([
        'd.position',
        'd.id',
        'd.version',
        'd.created_at as createdAt',
        AUTHOR_NAME.as('authorName'),
        (dialect === 'postgres' ? sql<string>`${fields}::text` : sql<string>`${fields}`).as(
          'fields',
        ),
      ]),
    );
  }

  /** Rows at these positions, in this order. */
  async #read<Row extends { position: number }>(
    positions: readonly number[],
    select: (query: From) => SelectQueryBuilder<never, never, Row>,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (const step of steps(positions, this.#stepSize() * 4)) {
      const list = JSON.stringify(step);
      const among =
        this.#context.db.dialect === 'postgres'
          ? sql`(select jsonb_array_elements_text(${list}::jsonb)::bigint)`
          : sql`(select value from json_each(${list}))`;
      const query = this.#documents().where(sql<boolean>`d.position in ${among}`);
      const selected = select(query);
      // A page found by its keys costs less than handing it to another process.
      const read = this.#isPage(step) ? await selected.execute() : await this.#scan(selected);
      const found = new Map(read.map((row) => [row.position, row] as const));
      // What was deleted meanwhile is absent.
      for (const position of step) {
        const row = found.get(position);
        if (row) rows.push(row);
      }
    }
    return rows;
  }

  #documents(): From {
    return this.#context.db
      .tables<BackendTables>()
      .selectFrom('backend_documents as d')
      .where('d.tenant_id', '=', this.#actor.tenant)
      .where('d.collection', '=', this.#collection.number);
  }

  /** The documents that the actor may read and that may match. */
  #from(): From {
    const { dialect } = this.#context.db;
    const author = this.#actor.user?.id ?? '';
    let query = this.#documents();
    const reach = reachOf(this.#actor, this.#totals);
    if (reach === 'own') query = query.where('d.author', '=', author);
    if (reach === 'readable') {
      const grantees = sql`${JSON.stringify(this.#actor.grantees)}`;
      const readable = readableAcls(dialect, sql`${this.#actor.tenant}`, grantees);
      query = query.where(sql<boolean>`(d.acl in ${readable} or d.author = ${author})`);
    }
    const { may } = this.#bounds;
    return may === TRUE ? query : query.where(sql<boolean>`${may}`);
  }

  #ordered<Row>(
    query:
      | SelectQueryBuilder<never, never, Row>
      | SelectQueryBuilder<BackendTables & { d: BackendTables['backend_documents'] }, 'd', Row>,
    order: readonly Sql[],
  ): SelectQueryBuilder<never, never, Row> {
    let ordered = query as SelectQueryBuilder<never, never, Row>;
    for (const term of order) ordered = ordered.orderBy(term);
    return ordered;
  }

  /** Runs a statement: here when the collection is small, else in a process that can be stopped. */
  async #scan<Row>(query: {
    compile(): { readonly sql: string };
    execute(): Promise<Row[]>;
  }): Promise<Row[]> {
    const timeoutMs = Math.floor(this.#deadline - performance.now());
    if (timeoutMs <= 0) throw late(this.#context.limits.queryTimeoutMs);
    if (this.#isSmall()) return query.execute();
    const compiled = query.compile() as Parameters<BackendContext['db']['scan']>[0];
    return this.#context.db.scan(compiled, { timeoutMs }) as Promise<Row[]>;
  }

  /** Lets other requests have their turn after a while of work, and ends the search when its time is over. */
  async #pace(): Promise<void> {
    const now = performance.now();
    if (now - this.#rested < WORK_MS) return;
    if (now > this.#deadline) throw late(this.#context.limits.queryTimeoutMs);
    await new Promise(setImmediate);
    this.#rested = performance.now();
  }

  #isSmall(): boolean {
    const { records, bytes } = this.#totals;
    return (
      records <= SMALL_DOCUMENTS && bytes <= SMALL_BYTES && weightOf(this.#query) <= SMALL_WHERE
    );
  }

  #isPage(positions: readonly number[]): boolean {
    const average = this.#totals.bytes / Math.max(1, this.#totals.records);
    return positions.length <= PAGE_DOCUMENTS && positions.length * average <= PAGE_BYTES;
  }

  /** Documents that make up about `STEP_BYTES`. */
  #stepSize(): number {
    const average = this.#totals.bytes / Math.max(1, this.#totals.records);
    return Math.max(1, Math.min(STEP_DOCUMENTS, Math.floor(STEP_BYTES / Math.max(1, average))));
  }
}

/** Roughly how many conditions and keys the query has. */
function weightOf({ filter, order }: Query): number {
  return (filter ? JSON.stringify(filter).split('"kind"').length / 3 : 0) + order.length;
}

function* steps<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

function late(ms: number): DeadlineExceeded {
  return new DeadlineExceeded('query_deadline', `The query was stopped after ${ms} ms`, { ms });
}
