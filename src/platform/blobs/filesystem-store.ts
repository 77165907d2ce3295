// Keeps blobs as files: written under a temporary name, synced, renamed into place, and the folder synced.
import { createHash } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { DomainError, NotFound, TooLarge, Unavailable } from '../errors.ts';
import type { Random } from '../random.ts';
import type { BlobSource, BlobStore, ByteRange, PutLimits, StoredContent } from './blob-store.ts';
import { decodeSpace, encodeSpace, hashOfKey, isKey } from './names.ts';

/** The calls that are made of the file system. Tests put a failing one in between. */
export type FileSystem = Pick<
  typeof nodeFs,
  'open' | 'mkdir' | 'rename' | 'unlink' | 'stat' | 'readdir'
>;

export interface FilesystemStoreOptions {
  /** The folder of the blobs; made when it is missing. All of it must be on one file system. */
  folder: string;
  clock: Clock;
  random: Random;
  fs?: FileSystem;
}

/** Temporary files; its name can't be one of an encoded space. */
const UNFINISHED = 'unfinished';

/** Folders known to be there and synced. Forgetting one costs a sync, nothing else. */
const KNOWN_FOLDERS = 10_000;

/** Contents at `<folder>/<space>/<first 2 digits>/<next 2 digits>/<hash>.<suffix>`. */
export class FilesystemStore implements BlobStore {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #fs: FileSystem;
  readonly #known = new LRUCache<string, true>({ max: KNOWN_FOLDERS });

  constructor(options: FilesystemStoreOptions) {
    this.#folder = path.resolve(options.folder);
    this.#clock = options.clock;
    this.#random = options.random;
    this.#fs = options.fs ?? nodeFs;
  }

  async put(space: string, source: BlobSource, limits: PutLimits): Promise<StoredContent> {
    const unfinished = path.join(this.#folder, UNFINISHED);
    const suffix = this.#random.bytes(12).toString('hex');
    const temporary = path.join(unfinished, suffix);
    await medium(this.#ensureFolder(unfinished));
    let placed: string | undefined;
    try {
      const handle = await medium(this.#fs.open(temporary, 'wx', 0o600));
      let content: StoredContent;
      try {
        const { hash, size } = await fill(handle, source, limits.maxBytes);
        content = { key: `${hash}.${suffix}`, hash, size };
        // The age that a sweep goes by is told by our clock, as all other times are.
        const now = this.#clock.now() / 1000;
        await medium(handle.utimes(now, now));
        const target = path.dirname(this.#path(space, content.key));
        await medium(allDone([handle.sync(), this.#ensureFolder(target)]));
      } finally {
        await medium(handle.close());
      }
      placed = this.#path(space, content.key);
      await medium(this.#fs.rename(temporary, placed));
      await medium(this.#sync(path.dirname(placed)));
      return content;
    } catch (error) {
      // What can't be removed now is found by the sweep.
      await this.#fs.unlink(temporary).catch(() => undefined);
      if (placed) await this.#fs.unlink(placed).catch(() => undefined);
      throw error;
    }
  }

  async get(space: string, key: string, range?: ByteRange): Promise<Readable> {
    const handle = await medium(
      this.#fs.open(this.#path(space, key), 'r').catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        throw new NotFound('content_missing', 'The content of the blob is not there');
      }),
    );
    return handle.createReadStream({
      ...(range ? { start: range.start } : {}),
      ...(range?.end === undefined ? {} : { end: range.end }),
    });
  }

  async stat(space: string, key: string): Promise<{ size: number; storedAt: number } | undefined> {
    try {
      const { size, mtimeMs } = await this.#fs.stat(this.#path(space, key));
      return { size, storedAt: Math.round(mtimeMs) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failure(error);
    }
  }

  delete(space: string, key: string): Promise<boolean> {
    return this.#remove(this.#path(space, key));
  }

  async *list(): AsyncGenerator<{ space: string; key: string; hash: string }> {
    for (const folder of await this.#entries(this.#folder)) {
      const space = decodeSpace(folder);
      if (space === undefined) continue;
      for (const first of await this.#entries(path.join(this.#folder, folder))) {
        for (const second of await this.#entries(path.join(this.#folder, folder, first))) {
          const keys = await this.#entries(path.join(this.#folder, folder, first, second));
          for (const key of keys) if (isKey(key)) yield { space, key, hash: hashOfKey(key) };
        }
      }
    }
  }

  async removeUnfinished(before: number): Promise<number> {
    let removed = 0;
    const folder = path.join(this.#folder, UNFINISHED);
    for (const name of await this.#entries(folder)) {
      const file = path.join(folder, name);
      const found = await this.#fs.stat(file).catch(() => undefined);
      if (found && found.mtimeMs < before && (await this.#remove(file))) removed += 1;
    }
    return removed;
  }

  /** `space` is encoded and `key` checked, so that no text can lead out of the folder. */
  #path(space: string, key: string): string {
    if (!isKey(key)) throw new TypeError('Not a key of a blob');
    return path.join(this.#folder, encodeSpace(space), key.slice(0, 2), key.slice(2, 4), key);
  }

  async #remove(file: string): Promise<boolean> {
    try {
      await this.#fs.unlink(file);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw failure(error);
    }
  }

  async #entries(folder: string): Promise<string[]> {
    try {
      return await this.#fs.readdir(folder);
    } catch (error) {
      // Strangers' files (ENOTDIR) are none of our business.
      if (isMissing(error) || codeOf(error) === 'ENOTDIR') return [];
      throw failure(error);
    }
  }

  /** Makes a folder with its parents, each of them synced into its own parent. */
  async #ensureFolder(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    const parent = path.dirname(folder);
    if (folder !== this.#folder) await this.#ensureFolder(parent);
    await this.#fs
      .mkdir(folder, { mode: 0o700, recursive: folder === this.#folder })
      .catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
    // Also when it was there: another process may have made it and not synced it yet.
    await this.#sync(parent);
    this.#known.set(folder, true);
  }

  async #sync(folder: string): Promise<void> {
    // Windows can't open folders, and NTFS keeps their entries in its own journal.
    if (process.platform === 'win32') return;
    const handle = await this.#fs.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Writes the whole source, counting and hashing on the way. */
async function fill(
  handle: FileHandle,
  source: BlobSource,
  maxBytes: number,
): Promise<{ hash: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunksOf(source)) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new TooLarge('blob_too_large', `The content is larger than ${maxBytes} bytes`, {
        maxBytes,
      });
    }
    hash.update(chunk);
    // The system may take a part of a chunk only.
    for (let done = 0; done < chunk.byteLength;) {
      const { bytesWritten } = await medium(handle.write(chunk, done));
      done += bytesWritten;
    }
  }
  return { hash: hash.digest('hex'), size };
}

function chunksOf(source: BlobSource): AsyncIterable<Uint8Array> | Uint8Array[] {
  if (source instanceof Uint8Array) return [source];
  if (source instanceof Readable) {
    // Leaving the loop early must not destroy a request that still wants its answer.
    return source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  }
  return source;
}

/** Waits for all, also when one fails, so that nothing goes on behind the caller's back. */
async function allDone(work: Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Awaits a call of the file system, and says in our words why it failed. */
async function medium<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw failure(error);
  }
}

function failure(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Unavailable('storage_full', 'There is no room to store this', {}, { cause: error });
  }
  return new Unavailable('storage_failed', 'The file storage failed', {}, { cause: error });
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
