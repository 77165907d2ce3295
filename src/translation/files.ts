// Files of a project: bytes exactly as they came, by area and path (Beebox spec 3.4 to 3.10).
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BlobSource } from '../platform/blobs/blob-store.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database/database.ts';
import type { Transaction } from '../platform/database/statement.ts';
import { NotFound } from '../platform/errors.ts';
import type { Area } from './areas.ts';
import {
  bury,
  findFile,
  inDirectory,
  remove,
  upsert,
  type FileKey,
  type FileRow,
} from './file-rows.ts';
import type { LogicalPath } from './paths.ts';
import type { Project } from './projects.ts';

/** A file that exists. */
export interface StoredFile {
  /** As the first upload wrote it. */
  path: string;
  /** Bytes. */
  size: number;
  /** Grows with every change of this path. */
  version: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

type Owner = Pick<Project, 'tenant' | 'key'>;

/** Nobody knows what a source is made of until it is parsed; it goes out as it came in. */
const MEDIA_TYPE = 'application/octet-stream';

/** Files removed in one transaction. */
const BATCH = 100;

export class ProjectFiles {
  readonly #db: Database;
  readonly #blobs: Blobs;
  readonly #clock: Clock;

  constructor(db: Database, { blobs, clock }: { blobs: Blobs; clock: Clock }) {
    this.#db = db;
    this.#blobs = blobs;
    this.#clock = clock;
  }

  /**
   * Stores a file, in place of one at the same path. Until it is complete and on disk the old one stays; of two uploads
   * of one path the one that ends last wins. Throws `TooLarge` (`blob_too_large`), the source's own error, or
   * `Unavailable` when the storage fails; then nothing has changed.
   */
  put(
    { tenant, key }: Owner,
    area: Area,
    path: LogicalPath,
    source: BlobSource,
    { maxBytes }: { maxBytes: number },
  ): Promise<StoredFile> {
    const options = { maxBytes, mediaType: MEDIA_TYPE };
    return this.#blobs.put(tenant, source, options, async (trx, blob) => {
      const row = await upsert.first(trx, {
        ...fileKey(tenant, key, area, path),
        path: path.display,
        pathKey: path.key,
        blob: blob.id,
        size: blob.size,
        now: this.#clock.now(),
      });
      if (!row) throw new Error('An upsert gives its row');
      if (row.replaced_blob_id) await this.#blobs.remove(trx, tenant, row.replaced_blob_id);
      return fromRow(row);
    });
  }

  /** Opens a file. The caller reads the stream to its end or destroys it. Throws `NotFound` (`file_not_found`). */
  async open(
    { tenant, key }: Owner,
    area: Area,
    path: LogicalPath,
  ): Promise<{ file: StoredFile; stream: Readable }> {
    for (let attempt = 0; ; attempt++) {
      const row = await findFile.first(this.#db, fileKey(tenant, key, area, path));
      if (!row?.blob_id) throw fileNotFound();
      try {
        const { stream } = await this.#blobs.open(tenant, row.blob_id);
        return { file: fromRow(row), stream };
      } catch (error) {
        // Replaced between the two reads: then the new one is there.
        if (!(error instanceof NotFound) || attempt >= 3) throw error;
      }
    }
  }

  /** Removes a file; false when there was none. */
  remove({ tenant, key }: Owner, area: Area, path: LogicalPath): Promise<boolean> {
    return this.#db.write((trx) => this.#remove(trx, fileKey(tenant, key, area, path)));
  }

  /**
   * Removes all files below a directory, or of the whole area when no path is given, and says how many there were. Files
   * that arrive or change meanwhile stay.
   */
  async removeDirectory(
    { tenant, key }: Owner,
    area: Area,
    path: LogicalPath | undefined,
  ): Promise<number> {
    const prefix = path ? `${path.key}\\` : '';
    const rows = await inDirectory.all(this.#db, {
      tenant,
      project: key,
      area: area.name,
      locale: area.locale,
      prefix,
      // Both engines count characters, not UTF-16 code units.
      length: Array.from(prefix).length,
    });
    for (let from = 0; from < rows.length; from += BATCH) {
      await this.#db.write(async (trx) => {
        for (const { path_hash: hash, version } of rows.slice(from, from + BATCH)) {
          await this.#remove(trx, {
            tenant,
            project: key,
            area: area.name,
            locale: area.locale,
            hash,
            version,
          });
        }
      });
    }
    return rows.length;
  }

  async #remove(trx: Transaction, file: FileKey & { version?: number }): Promise<boolean> {
    const parameters = { ...file, version: file.version ?? null, now: this.#clock.now() };
    // A source leaves a row behind, which tells the next scan that it is gone.
    const row = await (file.area === 'in' ? bury : remove).first(trx, parameters);
    if (!row) return false;
    if (row.removed_blob_id) await this.#blobs.remove(trx, file.tenant, row.removed_blob_id);
    return true;
  }
}

function fileKey(tenant: string, project: string, area: Area, path: LogicalPath): FileKey {
  return {
    tenant,
    project,
    area: area.name,
    locale: area.locale,
    hash: createHash('sha256').update(path.key).digest('base64url'),
  };
}

function fromRow(row: FileRow): StoredFile {
  return {
    path: row.path,
    size: row.size,
    version: row.version,
    modifiedAt: row.modified_at,
  };
}

const fileNotFound = () => new NotFound('file_not_found', 'There is no such file');
