// Writes the archive of an app as a stream: rows table by table, then the contents of its files, then the manifest.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { ZipFile } from 'yazl';
import type { BackendContext } from '../context.ts';
import { settingRows } from '../settings/transfer.ts';
import { USER_REALM } from '../users/accounts.ts';
import { COPIED } from './copied-tables.ts';
import {
  blobEntry,
  FORMAT,
  FORMAT_VERSION,
  MANIFEST,
  PASSWORDS,
  SETTINGS,
  tableEntry,
  type ArchivedBlob,
  type Manifest,
} from './format.ts';
import { lastPosition } from './positions.ts';
import { archivedRows, type AnyTables } from './rows.ts';

export interface ArchiveRequest {
  tenant: string;
  appcode: string;
}

/** Writes the archive to `store`, which gives what it made of it. The data are those of one moment. */
export function writeArchive<T>(
  context: BackendContext,
  request: ArchiveRequest,
  store: (bytes: Readable) => Promise<T>,
): Promise<T> {
  return context.db.snapshot<AnyTables, T>(async (reads) => {
    const { ZipFile } = await import('yazl');
    const zip = new ZipFile();
    const output = zip.outputStream as Readable;
    zip.on('error', (error: Error) => output.destroy(error));
    const [stored] = await Promise.all([
      store(output),
      new ArchiveWriter(context, request, zip, reads).write().catch((error: unknown) => {
        output.destroy(error as Error);
        throw error;
      }),
    ]);
    return stored;
  });
}

class ArchiveWriter {
  readonly #context: BackendContext;
  readonly #request: ArchiveRequest;
  readonly #zip: ZipFile;
  readonly #reads: Kysely<AnyTables>;
  readonly #mtime: Date;
  readonly #manifest: Manifest;
  /** Types by hash. */
  readonly #blobs = new Map<string, string>();
  #giveUp: (error: Error) => void = () => undefined;

  constructor(
    context: BackendContext,
    request: ArchiveRequest,
    zip: ZipFile,
    reads: Kysely<AnyTables>,
  ) {
    this.#context = context;
    this.#request = request;
    this.#zip = zip;
    this.#reads = reads;
    this.#mtime = new Date(context.clock.now());
    // Nobody reads on when the archive cannot be stored.
    zip.outputStream.once('close', () => this.#giveUp(new Error('The archive was given up')));
    this.#manifest = {
      format: FORMAT,
      version: FORMAT_VERSION,
      made: this.#mtime.toISOString(),
      appcode: request.appcode,
      lastPosition: 0,
      tables: {},
      blobs: 0,
    };
  }

  async write(): Promise<void> {
    const { db, sealer } = this.#context;
    const { tenant } = this.#request;
    this.#manifest.lastPosition = await lastPosition(this.#reads, db.dialect, tenant);
    const reader = {
      reads: this.#reads,
      tenant,
      dialect: db.dialect,
      sealer,
      onBlob: ({ sha256, type }: ArchivedBlob) => void this.#blobs.set(sha256, type),
    };
    for (const [name, table] of Object.entries(COPIED)) {
      await this.#lines(tableEntry(name), archivedRows(reader, name, table));
    }
    await this.#lines(PASSWORDS, this.#passwords());
    await this.#lines(SETTINGS, settingRows(this.#context, this.#reads, tenant));
    for (const [hash, type] of this.#blobs) {
      const content = await this.#context.blobs.openContent(tenant, hash);
      // Pictures and films do not get smaller.
      await this.#add(blobEntry(hash), content, /^(text\/|application\/json)/.test(type));
    }
    this.#manifest.blobs = this.#blobs.size;
    this.#zip.addBuffer(Buffer.from(JSON.stringify(this.#manifest)), MANIFEST, {
      mtime: this.#mtime,
    });
    this.#zip.end();
  }

  async *#passwords(): AsyncGenerator<string> {
    const { passwords } = this.#context.credentials;
    for await (const one of passwords.stored(this.#reads, this.#request.tenant, USER_REALM)) {
      yield JSON.stringify(one);
    }
  }

  async #lines(path: string, lines: AsyncIterable<string>): Promise<void> {
    const hash = createHash('sha256');
    let rows = 0;
    const bytes = async function* () {
      for await (const line of lines) {
        const chunk = Buffer.from(`${line}\n`);
        hash.update(chunk);
        rows += 1;
        yield chunk;
      }
    };
    await this.#add(path, Readable.from(bytes(), { objectMode: false }), true);
    this.#manifest.tables[path] = { rows, sha256: hash.digest('hex') };
  }

  /** Adds an entry, and waits until all of it was read. */
  #add(path: string, bytes: Readable, compress: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      bytes.once('end', resolve);
      bytes.once('error', reject);
      this.#giveUp = reject;
      this.#zip.addReadStream(bytes, path, { mtime: this.#mtime, compress });
    });
  }
}
