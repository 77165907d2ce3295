// Counters of documents, made anew while an archive is read: one statement over all documents would hold up the server.
import { sql, type Kysely } from 'kysely';
import type { Row } from './copied-tables.ts';
import type { AnyTables } from './rows.ts';

/** Counters that are kept before they are written. */
const MAX_KEPT = 1000;
/** Counters written by one statement. */
const BATCH = 200;

export class DocumentCounts {
  readonly #trx: Kysely<AnyTables>;
  readonly #tenant: string;
  #byAuthor = new Map<
    string,
    [collection: unknown, author: unknown, acl: unknown, records: number]
  >();
  readonly #collections = new Map<unknown, { records: number; bytes: number }>();

  constructor(trx: Kysely<AnyTables>, tenant: string) {
    this.#trx = trx;
    this.#tenant = tenant;
  }

  /** Counts rows of documents. */
  async add(rows: readonly Row[]): Promise<void> {
    for (const { collection, author, acl, body } of rows) {
      const key = JSON.stringify([collection, author, acl]);
      const known = this.#byAuthor.get(key);
      if (known) known[3] += 1;
      else this.#byAuthor.set(key, [collection, author, acl, 1]);
      const total = this.#collections.get(collection) ?? { records: 0, bytes: 0 };
      total.records += 1;
      total.bytes += Buffer.byteLength(String(body));
      this.#collections.set(collection, total);
    }
    if (this.#byAuthor.size > MAX_KEPT) await this.#flush();
  }

  /** Writes the counters; positions in every collection go on behind `last`. */
  async end(last: number): Promise<void> {
    await this.#flush();
    const collections = await this.#trx
      .selectFrom('backend_collections')
      .select('number')
      .where('tenant_id', '=', this.#tenant)
      .execute();
    for (const { number } of collections) {
      const { records, bytes } = this.#collections.get(number) ?? { records: 0, bytes: 0 };
      const row = { collection: number, slot: 0, records, bytes, position: last };
      await this.#trx
        .insertInto('backend_collection_totals')
        .values({ tenant_id: this.#tenant, ...row })
        .execute();
    }
  }

  async #flush(): Promise<void> {
    const kept = [...this.#byAuthor.values()];
    this.#byAuthor = new Map();
    const tenant_id = this.#tenant;
    const byAuthor = kept.map(([collection, author, acl, records]) => {
      return { tenant_id, collection, author, acl, records };
    });
    // Nobody reads a private document by a grant.
    const byAcl = new Map<string, { acl: unknown; collection: unknown; records: number }>();
    for (const [collection, , acl, records] of kept) {
      if (acl === '') continue;
      const key = JSON.stringify([collection, acl]);
      const sum = (byAcl.get(key)?.records ?? 0) + records;
      byAcl.set(key, { collection, acl, records: sum });
    }
    const acls = [...byAcl.values()].map((row) => ({ tenant_id, slot: 0, ...row }));
    await this.#write('backend_author_totals', ['collection', 'author', 'acl'], byAuthor);
    await this.#write('backend_acl_totals', ['collection', 'acl', 'slot'], acls);
  }

  async #write(
    table: string,
    key: readonly string[],
    rows: readonly Record<string, unknown>[],
  ): Promise<void> {
    for (let from = 0; from < rows.length; from += BATCH) {
      await this.#trx
        .insertInto(table)
        .values(rows.slice(from, from + BATCH))
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', ...key]).doUpdateSet({
            records: sql`${sql.ref(`${table}.records`)} + excluded.records`,
          }),
        )
        .execute();
    }
  }
}
