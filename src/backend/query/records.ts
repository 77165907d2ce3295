// The search over records in tables: filter, order, pages, projections, sums and counts for any source of records.
import { sql, type RawBuilder } from 'kysely';
import type { Database } from '../../platform/database/database.ts';
import { DeadlineExceeded, TooLarge } from '../../platform/errors.ts';
import type { BackendContext, BackendLimits } from '../context.ts';
import { ALWAYS, isExact, TRUE, type Bounds, type Sql } from './bounds.ts';
import { amongList } from './columns.ts';
import { compileFilter, type SqlTarget } from './compile.ts';
import { matches, type Subject } from './evaluate.ts';
import { necessary, type Necessary } from './narrow.ts';
import { compileOrder } from './order.ts';
import { Aggregation, project, type Row } from './projection.ts';
import type { Query } from './query.ts';

type SearchContext = Pick<BackendContext, 'db' | 'clock'> & {
  limits: Pick<BackendLimits, 'queryTimeoutMs'>;
};

/** What names a record within its source: a number, or a text. */
export type Key = number | string;

export interface Keyed {
  key: Key;
}

/**
 * Records in tables, as one caller sees them. To make the users of a tenant searchable, say:
 *
 * ```ts
 * const source: Source<QueryRow, UserRow> = {
 *   from: sql`backend_users u`,
 *   scope: sql`u.tenant_id = ${tenant}`,
 *   visible: TRUE,
 *   key: sql`u.id`,
 *   insertion: [sql`u.created_at`, sql`u.id`],   // an index on (tenant_id, created_at, id) makes pages cheap
 *   dense: true,
 *   bytes: sql`octet_length(u.visible_to_self)`,
 *   target: { json, document, system },          // the fields for SQL; what is hidden is JSON null there …
 *   queried: sql<QueryRow>`u.name, …`,
 *   subject: (row) => ({ fields, system }),      // … and null here: both must say the same
 *   wanted: sql<UserRow>`u.name, u.status, …`,
 * };
 * const found = await searchRecords(context, source, query);
 * if ('rows' in found) …                         // the query has `fields` or `groupBy`
 * else found.records …                           // rows of `wanted`
 * ```
 *
 * Expressions hold names of columns and bound values, never a client's text. `QueryRow` is what `subject` is made of.
 */
export interface Source<QueryRow extends object, Item extends object = QueryRow> {
  /** What stands after FROM: a table with an alias, and joins that give one row a record. */
  from: Sql;
  /** Which rows are records of this source; an index finds them (`u.tenant_id = …`). */
  scope: Sql;
  /** Where single records are read by their keys, if that is another place: without the joins that the order needs. */
  read?: { from: Sql; scope: Sql };
  /** Which of them the caller may know of; `TRUE`: all. Others are absent from lists and counts. */
  visible: Sql;
  /** Finds one record in the scope, by an index. */
  key: Sql;
  /** The order of a list without `orderBy`. Never changes for a record, never NULL; the last expression is unique. */
  insertion: readonly Sql[];
  /** The order of insertion is meant backwards. */
  descending?: boolean;
  /** An index gives the order of insertion, and most records on the way are visible: then pages are read here. */
  dense: boolean;
  /** Roughly how many bytes a record is; it should not have to read the text itself (`octet_length`). */
  bytes: Sql;
  /** How many rows the scope has, and their bytes, when that is known. Otherwise the first 200 are looked at. */
  size?: Size;
  /** The fields as SQL sees them. */
  target: SqlTarget;
  /**
   * For conditions that an index can answer: a condition on columns that every record meets which meets this one, or
   * more than those. It is added to the filter, which still decides.
   */
  narrow?(condition: Necessary): Sql | undefined;
  /** The columns (`a, b as c`) that `subject` needs. */
  queried: RawBuilder<QueryRow>;
  /** A record for the evaluator: it must see the same as `target`. */
  subject(row: QueryRow): Subject;
  /** The columns that make an item of the answer. */
  wanted: RawBuilder<Item>;
}

export interface Size {
  records: number;
  bytes: number;
}

export type Found<Item> =
  | { records: Item[]; more: boolean }
  /** A projection: rows of values instead of records. */
  | { rows: Row[]; more: boolean };

/** Results as they are found, in order, a few at a time. Can be read once. */
export interface Batches<T> extends AsyncIterable<readonly T[]> {
  /** Whether the page has a successor; known after the last batch. */
  readonly more: boolean;
  /** Roughly how many bytes have been read so far. */
  readonly bytes: number;
}

export type FoundBatches<Item> = { records: Batches<Item> } | { rows: Batches<Row> };

/** How long records are evaluated before other requests get their turn, in milliseconds. */
const WORK_MS = 8;

/** Records that are read together, on this thread. */
const STEP_RECORDS = 500;
const STEP_BYTES = 512 * 1024;
/** So few are read without weighing them first. */
const UNWEIGHED = 64;

/** Rows of the order of insertion that are stepped over on this thread. */
const MAX_SKIPPED = 5000;

/** Work below this is done on this thread: handing it to another process would cost more than it. */
const SMALL_RECORDS = 200;
const SMALL_BYTES = 64 * 1024;
const SMALL_WEIGHT = 4;

/** What one answer holds in memory; longer ones must be read in batches. */
const MAX_HELD = 100_000;
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/**
 * The page of the query, or the rows that it makes of it. Throws `Invalid` for a query that cannot be run,
 * `DeadlineExceeded`, and `TooLarge` for more records than one answer may hold in memory.
 */
export async function searchRecords<QueryRow extends object, Item extends object>(
  context: SearchContext,
  source: Source<QueryRow, Item>,
  query: Query,
): Promise<Found<Item>> {
  const found = await findRecords(context, source, query);
  if ('rows' in found) return { rows: await collected(found.rows), more: found.rows.more };
  return { records: await collected(found.records), more: found.records.more };
}

/**
 * The same in batches, for lists of any length. Nothing is read before the first batch is asked for; with the first,
 * everything that the query itself can be refused for has been checked. A list without filter and order walks the order
 * of insertion: records that exist all the while appear once, those that come or go meanwhile may or may not. Any other
 * list consists of the records that matched when it began, without those that were deleted since, each as it is when
 * its batch is read. `signal` stops the statement that is running; leaving the loop stops the rest.
 */
export async function findRecords<QueryRow extends object, Item extends object>(
  context: SearchContext,
  source: Source<QueryRow, Item>,
  query: Query,
  signal?: AbortSignal,
): Promise<FoundBatches<Item>> {
  const search = new Search(context, source, query, await sizeOf(context.db, source), signal);
  if (query.aggregates) return { rows: batches(search, aggregated(search, source, query)) };
  if (query.columns.length === 0) {
    return { records: batches(search, search.items<Item>(source.wanted)) };
  }
  return { rows: batches(search, projected(search, source, query)) };
}

async function* projected<QueryRow extends object>(
  search: Search<QueryRow>,
  source: Source<QueryRow, object>,
  { columns }: Query,
): AsyncGenerator<Row[]> {
  for await (const found of search.items<QueryRow>(source.queried)) {
    yield found.flatMap((row) => project(columns, source.subject(row), search.now));
  }
}

async function* aggregated<QueryRow extends object>(
  search: Search<QueryRow>,
  source: Source<QueryRow, object>,
  { columns, groupBy, order, skip, limit }: Query,
): AsyncGenerator<Row[]> {
  const aggregation = new Aggregation(columns, groupBy, search.now);
  for await (const found of search.all<QueryRow>(source.queried)) {
    for (const row of found) {
      aggregation.add(source.subject(row));
      await search.pace();
    }
  }
  const rows = aggregation.rows(order);
  const end = limit === undefined ? rows.length : skip + limit;
  search.more = end < rows.length;
  yield rows.slice(skip, end);
}

/** How many visible records match; paging and projection do not count. Throws like `searchRecords`. */
export async function countRecords<QueryRow extends object>(
  context: SearchContext,
  source: Source<QueryRow, object>,
  query: Query,
): Promise<number> {
  return new Search(context, source, query, await sizeOf(context.db, source)).count();
}

/** One run of a query. */
class Search<QueryRow extends object> {
  readonly now: number;
  /** Whether the page has a successor; known when its items have been read. */
  more = false;
  /** Roughly how many bytes have been read. */
  bytes = 0;
  readonly #context: SearchContext;
  readonly #source: Source<QueryRow, object>;
  readonly #query: Query;
  readonly #size: Size;
  readonly #signal: AbortSignal | undefined;
  readonly #bounds: Bounds;
  readonly #narrowed: Sql[];
  #deadline: number;
  #rested = performance.now();

  constructor(
    context: SearchContext,
    source: Source<QueryRow, object>,
    query: Query,
    size: Size,
    signal?: AbortSignal,
  ) {
    this.#context = context;
    this.#source = source;
    this.#query = query;
    this.#size = size;
    this.#signal = signal;
    this.now = context.clock.now();
    this.#deadline = performance.now() + context.limits.queryTimeoutMs;
    this.#bounds = query.filter ? compileFilter(query.filter, source.target, this.now) : ALWAYS;
    this.#narrowed = query.filter
      ? necessary(query.filter, this.now).flatMap((condition) => source.narrow?.(condition) ?? [])
      : [];
  }

  async count(): Promise<number> {
    if (isExact(this.#bounds)) {
      const { from } = this.#source;
      const query = sql<{
        count: number;
      }>`select count(*) as count from ${from} where ${this.#candidates()}`;
      const [row] = await this.#scan(query);
      return row?.count ?? 0;
    }
    let count = 0;
    for await (const keys of this.#matching([])) count += keys.length;
    return count;
  }

  /** The records of the page in order, with these columns. */
  async *items<Item extends object>(columns: RawBuilder<unknown>): AsyncGenerator<Item[]> {
    const { filter, order, skip } = this.#query;
    const walks = !filter && order.length === 0 && this.#source.dense && skip <= MAX_SKIPPED;
    for await (const keys of walks ? this.#walked() : this.#paged()) {
      const begun = performance.now();
      yield* this.#read<Item & Keyed>(keys, columns);
      // Finding is timed. What is found is given out however long the list is, and however slowly it is taken.
      this.#deadline += performance.now() - begun;
    }
  }

  /** Every matching record in order of insertion, whatever the page. */
  async *all<Item extends object>(columns: RawBuilder<unknown>): AsyncGenerator<Item[]> {
    for await (const keys of this.#matching(this.#insertion)) {
      for await (const items of this.#read<Item & Keyed>(keys, columns)) {
        yield items;
        await this.pace();
      }
    }
  }

  /** Keys in the order of insertion, read from its index as far as the page goes. */
  async *#walked(): AsyncGenerator<Key[]> {
    const { key, from, insertion } = this.#source;
    const names = insertion.map((_, index) => sql.ref(`w${index}`));
    const terms = sql.join(insertion.map((term, index) => sql`${term} as ${names[index]}`));
    let { skip, limit: left = Number.POSITIVE_INFINITY } = this.#query;
    let after: Sql = TRUE;
    for (;;) {
      // One more tells whether there are more.
      const size = Math.min(STEP_RECORDS, left + 1);
      const query = sql<Keyed & Record<string, unknown>>`select ${key} as key, ${terms} from ${from}
        where ${this.#candidates()} and ${after} order by ${sql.join(this.#insertion)} limit ${size} offset ${skip}`;
      const begun = performance.now();
      const { rows } = await query.execute(this.#context.db.tables());
      // Most of what it meets is given out.
      this.#deadline += performance.now() - begun;
      const given = rows.slice(0, left);
      if (given.length > 0) yield given.map((row) => row.key);
      left -= given.length;
      this.more = rows.length > given.length;
      const last = rows.at(-1);
      if (this.more || rows.length < size || !last) return;
      skip = 0;
      const values = sql.join(insertion.map((_, index) => sql`${last[`w${index}`]}`));
      const next = this.#source.descending ? sql`<` : sql`>`;
      after = sql`(${sql.join(insertion)}) ${next} (${values})`;
    }
  }

  /** Keys of the page. */
  async *#paged(): AsyncGenerator<Key[]> {
    const { skip, limit } = this.#query;
    const end = limit === undefined ? undefined : skip + limit;
    const order = this.#order();
    if (isExact(this.#bounds)) {
      const { keys } = await this.#scanKeys(
        order,
        limit === undefined ? undefined : limit + 1,
        skip,
      );
      this.more = limit !== undefined && keys.length > limit;
      yield* steps(keys.slice(0, limit), STEP_RECORDS);
      return;
    }
    let seen = 0;
    for await (const keys of this.#matching(order)) {
      const wanted = keys.slice(
        Math.max(0, skip - seen),
        end === undefined ? end : Math.max(0, end - seen),
      );
      if (wanted.length > 0) yield wanted;
      seen += keys.length;
      this.more = end !== undefined && seen > end;
      if (this.more) return;
    }
  }

  /** Keys of all matching records, a batch at a time. What SQL cannot decide is evaluated here. */
  async *#matching(order: readonly Sql[]): AsyncGenerator<Key[]> {
    const { filter } = this.#query;
    const { keys, sure } = await this.#scanKeys(order);
    for (let from = 0; from < keys.length; from += STEP_RECORDS) {
      const step = keys.slice(from, from + STEP_RECORDS);
      const open = step.filter((_, index) => !sure[from + index]);
      const fits = new Set<Key>();
      for await (const rows of this.#read<QueryRow & Keyed>(open, this.#source.queried)) {
        for (const row of rows) {
          if (filter && matches(filter, this.#source.subject(row), this.now)) fits.add(row.key);
          await this.pace();
        }
      }
      yield step.filter((key, index) => sure[from + index] || fits.has(key));
    }
  }

  /** Keys of the records that may match, and which of them surely do. They come as one text, which costs far less than rows. */
  async #scanKeys(
    order: readonly Sql[],
    limit: number = Number.MAX_SAFE_INTEGER,
    skip = 0,
  ): Promise<{ keys: Key[]; sure: (boolean | number)[] }> {
    const { dialect } = this.#context.db;
    const { from, key } = this.#source;
    const exact = isExact(this.#bounds);
    const gather = dialect === 'postgres' ? sql`json_agg` : sql`json_group_array`;
    const text = (list: Sql) =>
      dialect === 'postgres' ? sql`${gather}(${list})::text` : sql`${gather}(${list})`;
    const sorted = order.length > 0 ? sql`order by ${sql.join(order)}` : sql``;
    const query = sql<{ keys: string | null; sure: string | null }>`
      select ${text(sql`f.key`)} as keys, ${exact ? sql`null` : text(sql`f.sure`)} as sure
      from (select ${key} as key, ${exact ? TRUE : this.#bounds.must} as sure from ${from}
        where ${this.#candidates()} ${sorted} limit ${limit} offset ${skip}) f`;
    const [row] = await this.#scan(query);
    const keys = JSON.parse(row?.keys ?? '[]') as Key[];
    return {
      keys,
      sure: exact ? keys.map(() => true) : (JSON.parse(row?.sure ?? '[]') as boolean[]),
    };
  }

  /** Records by their keys, in this order; a few large ones or many small ones at a time. What was deleted is absent. */
  async *#read<Item extends Keyed>(
    keys: readonly Key[],
    columns: RawBuilder<unknown>,
  ): AsyncGenerator<Item[]> {
    const { key } = this.#source;
    const { from } = this.#source.read ?? this.#source;
    for (const step of await this.#weighed(keys)) {
      const query = sql<Item>`select ${key} as key, ${columns} from ${from} where ${this.#among(step)}`;
      const { rows } = await query.execute(this.#context.db.tables());
      const found = new Map(rows.map((row) => [row.key, row]));
      yield step.flatMap((one) => found.get(one) ?? []);
      await this.#rest();
    }
  }

  /** The keys in steps that are not too large to be held together. */
  async #weighed(keys: readonly Key[]): Promise<Key[][]> {
    if (keys.length === 0) return [];
    if (keys.length <= UNWEIGHED) return [[...keys]];
    const { key, bytes } = this.#source;
    const { from } = this.#source.read ?? this.#source;
    const query = sql<
      Keyed & { bytes: number }
    >`select ${key} as key, ${bytes} as bytes from ${from} where ${this.#among(keys)}`;
    const { rows } = await query.execute(this.#context.db.tables());
    const weights = new Map(rows.map((row) => [row.key, row.bytes]));
    const result: Key[][] = [];
    let room = 0;
    for (const one of keys) {
      const weight = weights.get(one) ?? 0;
      if (weight > room) {
        result.push([]);
        room = STEP_BYTES;
      }
      result.at(-1)?.push(one);
      room -= weight;
      this.bytes += weight;
    }
    return result;
  }

  #among(keys: readonly Key[]): Sql {
    const { key } = this.#source;
    const { scope } = this.#source.read ?? this.#source;
    const type = typeof keys[0] === 'number' ? 'bigint' : 'text';
    const list = sql`${JSON.stringify(keys)}`;
    return sql`${scope} and ${amongList(this.#context.db.dialect, key, list, type)}`;
  }

  /** The condition for records that the caller may know of and that may match. */
  #candidates(): Sql {
    const { scope, visible } = this.#source;
    const conditions = [scope, visible, ...this.#narrowed, this.#bounds.may];
    return sql.join(
      conditions.filter((condition) => condition !== TRUE),
      sql` and `,
    );
  }

  #order(): Sql[] {
    const { order } = this.#query;
    // Records that are equal keep the direction of the last key: newest first means newest first.
    const last = order.at(-1);
    const { insertion, target, descending } = this.#source;
    const backwards = last ? last.descending : descending;
    const ties = backwards ? insertion.map((term) => sql`${term} desc`) : insertion;
    return [...compileOrder(order, target), ...ties];
  }

  /** The order of insertion, or backwards. */
  get #insertion(): readonly Sql[] {
    const { insertion, descending } = this.#source;
    return descending ? insertion.map((term) => sql`${term} desc`) : insertion;
  }

  /** Runs a statement: here when there is little to look at, else in a process that can be stopped. */
  async #scan<Result>(query: RawBuilder<Result>): Promise<Result[]> {
    const { db } = this.#context;
    const timeoutMs = Math.floor(this.#deadline - performance.now());
    if (timeoutMs <= 0) throw this.#late();
    if (this.#isSmall()) return (await query.execute(db.tables())).rows;
    const options = this.#signal ? { timeoutMs, signal: this.#signal } : { timeoutMs };
    return db.scan<Result>(query.compile(db.tables()), options);
  }

  /** Lets other requests have their turn after a while of work, and ends the search when its time is over. */
  async pace(): Promise<void> {
    const now = performance.now();
    if (now - this.#rested >= WORK_MS && now > this.#deadline) throw this.#late();
    await this.#rest();
  }

  async #rest(): Promise<void> {
    if (performance.now() - this.#rested < WORK_MS) return;
    await new Promise(setImmediate);
    this.#rested = performance.now();
  }

  #isSmall(): boolean {
    const { records, bytes } = this.#size;
    return (
      records <= SMALL_RECORDS && bytes <= SMALL_BYTES && weightOf(this.#query) <= SMALL_WEIGHT
    );
  }

  #late(): DeadlineExceeded {
    const ms = this.#context.limits.queryTimeoutMs;
    return new DeadlineExceeded('query_deadline', `The query was stopped after ${ms} ms`, { ms });
  }
}

/** What is known of the size of the source, or what its first rows tell. */
async function sizeOf(
  db: Database,
  source: Pick<Source<object>, 'size' | 'from' | 'scope' | 'bytes'>,
): Promise<Size> {
  if (source.size) return source.size;
  const { from, scope, bytes } = source;
  const query = sql<Size>`select count(*) as records, coalesce(sum(f.bytes), 0) as bytes
    from (select ${bytes} as bytes from ${from} where ${scope} limit ${SMALL_RECORDS + 1}) f`;
  const { rows } = await query.execute(db.tables());
  return rows[0] ?? { records: 0, bytes: 0 };
}

function batches<T>(
  search: { readonly more: boolean; readonly bytes: number },
  found: AsyncGenerator<T[]>,
): Batches<T> {
  return {
    get more() {
      return search.more;
    },
    get bytes() {
      return search.bytes;
    },
    [Symbol.asyncIterator]: () => found,
  };
}

/** The same with another form of each result. */
export function mapped<T, Other>(
  found: Batches<T>,
  form: (item: T) => Other | Promise<Other>,
): Batches<Other> {
  return inBatches(found, (items) => Promise.all(items.map(form)));
}

/** The same with another form of the results of each batch, which are looked up together. */
export function inBatches<T, Other>(
  found: Batches<T>,
  form: (items: readonly T[]) => Promise<Other[]>,
): Batches<Other> {
  return batches(
    found,
    (async function* forms() {
      for await (const batch of found) yield await form(batch);
    })(),
  );
}

/** Results that are there already. */
export function single<T>(items: T[], more: boolean): Batches<T> {
  return batches(
    { more, bytes: 0 },
    (async function* once() {
      yield items;
    })(),
  );
}

async function collected<T>(found: Batches<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of found) {
    all.push(...batch);
    if (all.length > MAX_HELD || found.bytes > MAX_HELD_BYTES) {
      throw new TooLarge('answer_too_large', 'The search gives more than one answer may hold');
    }
  }
  return all;
}

/** Roughly how many conditions and keys the query has. */
function weightOf({ filter, order }: Query): number {
  return (filter ? JSON.stringify(filter).split('"kind"').length / 3 : 0) + order.length;
}

function* steps<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
