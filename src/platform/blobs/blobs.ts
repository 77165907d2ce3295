// Blobs of a tenant: rows that point to stored contents, each content stored once a tenant, and the sweep of what is unused.
import type { Readable } from 'node:stream';
import { sql, type Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { statement, type Transaction } from '../database/statement.ts';
import { DomainError, Invalid, NotFound, TooLarge, Unavailable } from '../errors.ts';
import type { Random } from '../random.ts';
import type { BlobSource, BlobStore, ByteRange, PutLimits, StoredContent } from './blob-store.ts';
import { sweepBlobs, type SweepResult } from './sweep.ts';
import type { BlobTables } from './tables.ts';

export interface Blob {
  id: string;
  /** SHA-256 of the content in lower-case hexadecimal; good as an entity tag within the tenant. */
  hash: string;
  /** Bytes. */
  size: number;
  mediaType: string;
  /** Milliseconds. */
  createdAt: number;
}

/** Content that is on disk and not yet anyone's: `attach` makes it a blob. */
export interface StagedContent extends StoredContent {
  readonly tenantId: string;
  readonly stagedAt: number;
}

export interface PutOptions extends PutLimits {
  mediaType: string;
}

export interface BlobsOptions {
  db: Database;
  store: BlobStore;
  clock: Clock;
  random: Random;
  /** How long unused contents stay, in milliseconds: longer than any backup runs and clocks differ. One hour by default. */
  graceMs?: number;
}

const HOUR_MS = 3_600_000;

export class Blobs {
  readonly #db: Database;
  readonly #store: BlobStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #graceMs: number;

  constructor(options: BlobsOptions) {
    this.#db = options.db;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#graceMs = options.graceMs ?? HOUR_MS;
  }

  /**
   * Stores a content and makes a blob of it, in one transaction with `also`, where a room writes its own rows; gives what
   * `also` gave. Throws `TooLarge` (`blob_too_large`), `Unavailable` (`storage_full`, `storage_failed`) or what `also` threw;
   * then there is no blob.
   */
  async put<Tables, T = Blob>(
    tenantId: string,
    source: BlobSource,
    options: PutOptions,
    also: (trx: Kysely<Tables>, blob: Blob) => Promise<T> = async (_trx, blob) => blob as T,
  ): Promise<T> {
    return this.adopt(await this.stage(tenantId, source, options), options.mediaType, also);
  }

  /**
   * Makes a blob of a staged content in one transaction with `also`, and gives what `also` gave. Takes the staged content
   * off its owner: what is not needed, because the transaction was refused or the content was there already, is discarded.
   * Throws `Unavailable` (`upload_expired`) or what `also` threw; then there is no blob.
   */
  async adopt<Tables, T = Blob>(
    staged: StagedContent,
    mediaType: string,
    also: (trx: Kysely<Tables>, blob: Blob) => Promise<T> = async (_trx, blob) => blob as T,
  ): Promise<T> {
    let used = true;
    try {
      return await this.#db.write<Tables, T>(async (trx) => {
        const attached = await this.#attach(trx, staged, mediaType);
        used = attached.used;
        return also(trx, attached.blob);
      });
    } catch (error) {
      // A refusal was surely undone. After any other failure the commit may have happened: the sweep knows better.
      used = !(error instanceof DomainError);
      throw error;
    } finally {
      if (!used) await this.discard(staged);
    }
  }

  /**
   * Stores a content for a blob to come, for transactions that need several. Attach it within the grace period, or
   * discard it; forgotten ones are swept away.
   */
  async stage(tenantId: string, source: BlobSource, limits: PutLimits): Promise<StagedContent> {
    const content = await this.#store.put(tenantId, source, limits);
    return { ...content, tenantId, stagedAt: this.#clock.now() };
  }

  /** Makes a blob of a staged content, as a part of the caller's transaction. Each staged content is attached once. */
  async attach(trx: Transaction, staged: StagedContent, mediaType: string): Promise<Blob> {
    return (await this.#attach(trx, staged, mediaType)).blob;
  }

  /** Drops a staged content that no transaction attached. Never throws: what stays behind is swept away. */
  async discard(staged: StagedContent): Promise<void> {
    await this.#store.delete(staged.tenantId, staged.key).catch(() => undefined);
  }

  /** The blob, or nothing. */
  async find(tenantId: string, id: string): Promise<Blob | undefined> {
    const row = await findRow.first(this.#db, { tenantId, id });
    return row && toBlob(row);
  }

  /**
   * Opens a blob for reading, whole or in part. The caller reads `stream` to its end or destroys it.
   * Throws `NotFound` (`blob_not_found`), `Invalid` (`range_not_satisfiable`, with `details.size`) when the range starts
   * behind the end, `Unavailable` (`content_missing`) when the storage has lost or cut the content.
   */
  async open(
    tenantId: string,
    id: string,
    range?: ByteRange,
  ): Promise<{ blob: Blob; stream: Readable }> {
    const row = await findRow.first(this.#db, { tenantId, id });
    if (!row) throw new NotFound('blob_not_found', 'There is no such blob');
    const blob = toBlob(row);
    if (range && !satisfiable(range, blob.size)) {
      throw new Invalid('range_not_satisfiable', 'The range is outside of the content', {
        size: blob.size,
      });
    }
    const stored = await this.#store.stat(tenantId, row.storage_key);
    if (stored?.size !== row.size) throw contentMissing();
    const stream = await this.#store
      .get(tenantId, row.storage_key, range)
      .catch((error: unknown) => {
        throw error instanceof NotFound ? contentMissing() : error;
      });
    return { blob, stream };
  }

  /** Opens a content that is staged, whole or in part. Throws `NotFound` (`content_missing`). */
  openStaged({ tenantId, key }: StagedContent, range?: ByteRange): Promise<Readable> {
    return this.#store.get(tenantId, key, range);
  }

  /**
   * Opens a content by its hash. It is there until the grace period after its last blob was removed, so that a copy of a
   * tenant finds what its snapshot names. Throws `Unavailable` (`content_missing`).
   */
  async openContent(tenantId: string, hash: string): Promise<Readable> {
    const row = await findContent.first(this.#db, { tenantId, hash });
    if (!row) throw contentMissing();
    return this.#store.get(tenantId, row.storage_key).catch((error: unknown) => {
      throw error instanceof NotFound ? contentMissing() : error;
    });
  }

  /** Reads a whole blob into memory. Throws as `open`, and `TooLarge` (`blob_too_large`) above `maxBytes`. */
  async read(tenantId: string, id: string, { maxBytes }: PutLimits): Promise<Buffer> {
    const { blob, stream } = await this.open(tenantId, id);
    if (blob.size > maxBytes) {
      stream.destroy();
      throw new TooLarge('blob_too_large', `The content is larger than ${maxBytes} bytes`, {
        maxBytes,
      });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  /** Makes a second blob of the same content, without copying bytes. Throws `NotFound` (`blob_not_found`). */
  async copy(trx: Transaction, tenantId: string, id: string): Promise<Blob> {
    const row = await findRow.first(trx, { tenantId, id });
    if (!row) throw new NotFound('blob_not_found', 'There is no such blob');
    await useContent.first(trx, { tenantId, hash: row.hash, key: row.storage_key, size: row.size });
    return this.#insert(trx, tenantId, row, row.media_type);
  }

  /** Removes a blob as a part of the caller's transaction; false when there was none. The content goes with the sweep. */
  async remove(trx: Transaction, tenantId: string, id: string): Promise<boolean> {
    const row = await deleteRow.first(trx, { tenantId, id });
    if (!row) return false;
    const parameters = { tenantId, hash: row.hash, now: this.#clock.now() };
    // Marked first, which locks the content, and unmarked if another blob still uses it: so of two transactions that
    // remove the last two blobs, the later one sees that none is left.
    await markUnused.run(trx, parameters);
    await unmarkUsed.run(trx, parameters);
    return true;
  }

  /** Number of blobs of a tenant and the bytes that they take when shared contents count once. */
  async usage(tenantId: string): Promise<{ blobs: number; bytes: number }> {
    const tables = this.#db.tables<BlobTables>();
    const blobs = await tables
      .selectFrom('platform_blobs')
      .select((of) => of.fn.countAll<number>().as('blobs'))
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst();
    const bytes = await tables
      .selectFrom('platform_blob_contents')
      .select((of) => of.fn.sum<number | null>('size').as('bytes'))
      .where('tenant_id', '=', tenantId)
      .where('unused_since', 'is', null)
      .executeTakeFirst();
    return { blobs: blobs?.blobs ?? 0, bytes: bytes?.bytes ?? 0 };
  }

  /** Bytes of all contents of all tenants, with those that wait for the sweep. Visits every content: not for hot paths. */
  async totalBytes(timeoutMs = 5000): Promise<number> {
    const query = this.#db
      .tables<BlobTables>()
      .selectFrom('platform_blob_contents')
      .select((of) => of.fn.sum<number | null>('size').as('bytes'))
      .compile();
    const [row] = await this.#db.scan(query, { timeoutMs });
    return row?.bytes ?? 0;
  }

  /**
   * Removes contents that nobody has used for the grace period, files without a row, and what broken uploads left.
   * Any number of processes may sweep at once, while others write.
   */
  sweep(): Promise<SweepResult> {
    return sweepBlobs(this.#db, this.#store, this.#clock.now() - this.#graceMs);
  }

  async #attach(
    trx: Transaction,
    staged: StagedContent,
    mediaType: string,
  ): Promise<{ blob: Blob; used: boolean }> {
    const { tenantId, hash, key, size } = staged;
    // Past the grace period the sweep may be removing the file at this moment.
    if (this.#clock.now() - staged.stagedAt > this.#graceMs / 2) {
      throw new Unavailable('upload_expired', 'The upload took too long to be stored');
    }
    const content = await useContent.first(trx, { tenantId, hash, key, size });
    const blob = await this.#insert(trx, tenantId, { hash, size }, mediaType);
    return { blob, used: content?.storage_key === key };
  }

  async #insert(
    trx: Transaction,
    tenantId: string,
    { hash, size }: { hash: string; size: number },
    mediaType: string,
  ): Promise<Blob> {
    const blob = { id: this.#random.uuid7(), hash, size, mediaType, createdAt: this.#clock.now() };
    await insertRow.run(trx, { tenantId, ...blob });
    return blob;
  }
}

function contentMissing(): Unavailable {
  return new Unavailable('content_missing', 'The content of the blob is missing or damaged');
}

function satisfiable({ start, end }: ByteRange, size: number): boolean {
  return (
    Number.isSafeInteger(start) &&
    start >= 0 &&
    start < size &&
    (end === undefined || (Number.isSafeInteger(end) && end >= start))
  );
}

type Row = BlobTables['platform_blobs'] & { storage_key: string };

function toBlob(row: Row): Blob {
  return {
    id: row.id,
    hash: row.hash,
    size: row.size,
    mediaType: row.media_type,
    createdAt: row.created_at,
  };
}

const findRow = statement<{ tenantId: string; id: string }, Row, BlobTables>((db, slot) =>
  db
    .selectFrom('platform_blobs as b')
    .innerJoin('platform_blob_contents as c', (join) =>
      join.onRef('c.tenant_id', '=', 'b.tenant_id').onRef('c.hash', '=', 'b.hash'),
    )
    .selectAll('b')
    .select('c.storage_key')
    .where('b.tenant_id', '=', slot('tenantId'))
    .where('b.id', '=', slot('id')),
);

const findContent = statement<
  { tenantId: string; hash: string },
  { storage_key: string },
  BlobTables
>((db, slot) =>
  db
    .selectFrom('platform_blob_contents')
    .select('storage_key')
    .where('tenant_id', '=', slot('tenantId'))
    .where('hash', '=', slot('hash')),
);

const insertRow = statement<Blob & { tenantId: string }, unknown, BlobTables>((db, slot) =>
  db.insertInto('platform_blobs').values({
    tenant_id: slot('tenantId'),
    id: slot('id'),
    hash: slot('hash'),
    size: slot('size'),
    media_type: slot('mediaType'),
    created_at: slot('createdAt'),
  }),
);

const deleteRow = statement<{ tenantId: string; id: string }, { hash: string }, BlobTables>(
  (db, slot) =>
    db
      .deleteFrom('platform_blobs')
      .where('tenant_id', '=', slot('tenantId'))
      .where('id', '=', slot('id'))
      .returning('hash'),
);

/** Says which file holds the content: the one that is there already, or else the caller's. Locks the content's row. */
const useContent = statement<
  { tenantId: string; hash: string; key: string; size: number },
  { storage_key: string },
  BlobTables
>((db, slot) =>
  db
    .insertInto('platform_blob_contents')
    .values({
      tenant_id: slot('tenantId'),
      hash: slot('hash'),
      storage_key: slot('key'),
      size: slot('size'),
      unused_since: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'hash']).doUpdateSet({ unused_since: null }),
    )
    .returning('storage_key'),
);

interface Marking {
  tenantId: string;
  hash: string;
  now: number;
}

const markUnused = statement<Marking, unknown, BlobTables>((db, slot) =>
  db
    .updateTable('platform_blob_contents')
    .set({ unused_since: slot('now') })
    .where('tenant_id', '=', slot('tenantId'))
    .where('hash', '=', slot('hash')),
);

const unmarkUsed = statement<Marking, unknown, BlobTables>((db, slot) =>
  db
    .updateTable('platform_blob_contents')
    .set({ unused_since: null })
    .where('tenant_id', '=', slot('tenantId'))
    .where('hash', '=', slot('hash'))
    .where((where) =>
      where.exists(
        where
          .selectFrom('platform_blobs as b')
          .select(sql<number>`1`.as('one'))
          .whereRef('b.tenant_id', '=', 'platform_blob_contents.tenant_id')
          .whereRef('b.hash', '=', 'platform_blob_contents.hash'),
      ),
    ),
);
