// Opens an archive that somebody sent: nothing in it is believed before it was checked, and nothing unpacks without bounds.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import type { Blobs, StagedContent } from '../../platform/blobs/blobs.ts';
import { DomainError, Invalid } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';
import { FORMAT, FORMAT_VERSION, MANIFEST, MAX_POSITION, type Manifest } from './format.ts';

/** Bytes of the manifest, and of one line of a table: more than the largest row can have. */
const MAX_MANIFEST = 1024 * 1024;
const MAX_LINE = 64 * 1024 * 1024;
const MAX_ENTRIES = 1_000_000;
const MAX_TABLES = 200;

const NAMES = /^(?:manifest\.json|tables\/[a-z_]{1,60}\.ndjson|blobs\/[0-9a-f]{64})$/;

export interface ArchiveLimits {
  /** Bytes of everything that is in the archive, unpacked. */
  maxUnpackedBytes: number;
}

/** An archive whose entries have names and sizes that are allowed, and whose manifest can be read. */
export class Archive {
  readonly manifest: Manifest;
  readonly #zip: () => Promise<ZipFile>;
  readonly #tables: ReadonlyMap<string, Entry>;
  readonly #main: ZipFile;

  private constructor(
    zip: () => Promise<ZipFile>,
    main: ZipFile,
    tables: ReadonlyMap<string, Entry>,
    manifest: Manifest,
  ) {
    this.#zip = zip;
    this.#main = main;
    this.#tables = tables;
    this.manifest = manifest;
  }

  /** Throws `Invalid` (`bad_archive`) for anything that is no archive of ours. Close what you get. */
  static async open(
    blobs: Pick<Blobs, 'openStaged'>,
    content: StagedContent,
    limits: ArchiveLimits,
  ): Promise<Archive> {
    const zip = () => guarded(() => openZip(blobs, content));
    const main = await zip();
    try {
      const tables = new Map<string, Entry>();
      let manifest: Entry | undefined;
      let count = 0;
      let unpacked = 0;
      for await (const entry of entriesOf(main)) {
        count += 1;
        unpacked += entry.uncompressedSize;
        if (count > MAX_ENTRIES) throw bad(`it has more than ${MAX_ENTRIES} entries`);
        if (unpacked > limits.maxUnpackedBytes) {
          throw bad(`it has more than ${limits.maxUnpackedBytes} bytes when it is unpacked`);
        }
        checkEntry(entry);
        if (entry.fileName === MANIFEST) {
          if (manifest) throw bad('it has two manifests');
          manifest = entry;
        } else if (entry.fileName.startsWith('tables/')) {
          if (tables.has(entry.fileName)) throw bad(`it has ${entry.fileName} twice`);
          if (tables.size >= MAX_TABLES) throw bad('it has too many tables');
          tables.set(entry.fileName, entry);
        }
      }
      if (!manifest) throw bad('it has no manifest');
      return new Archive(zip, main, tables, await readManifest(main, manifest));
    } catch (error) {
      main.close();
      throw error;
    }
  }

  /** Names of the entries with rows. */
  get tables(): string[] {
    return [...this.#tables.keys()];
  }

  close(): void {
    this.#main.close();
  }

  /**
   * The lines of an entry; none when there is no such entry. Throws `Invalid` (`bad_archive`) when it is not what the
   * manifest says.
   */
  async *lines(path: string): AsyncGenerator<string> {
    const entry = this.#tables.get(path);
    const promised = this.manifest.tables[path];
    if (!entry && !promised) return;
    if (!entry || !promised) throw bad(`${path} is missing in it or in its manifest`);
    const hash = createHash('sha256');
    let rows = 0;
    for await (const line of linesOf(await contentOf(this.#main, entry), hash)) {
      rows += 1;
      yield line;
    }
    if (rows !== promised.rows || hash.digest('hex') !== promised.sha256) {
      throw bad(`${path} is damaged`);
    }
  }

  /** The blobs one after the other, by hash. Read each to its end before you ask for the next. */
  async *blobs(): AsyncGenerator<{ hash: string; size: number; stream: Readable }> {
    const zip = await this.#zip();
    try {
      for await (const entry of entriesOf(zip)) {
        const [folder, hash = ''] = entry.fileName.split('/');
        if (folder !== 'blobs') continue;
        yield { hash, size: entry.uncompressedSize, stream: await contentOf(zip, entry) };
      }
    } finally {
      zip.close();
    }
  }
}

async function openZip(blobs: Pick<Blobs, 'openStaged'>, content: StagedContent): Promise<ZipFile> {
  const yauzl = (await import('yauzl')).default;
  class ContentReader extends yauzl.RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      const bytes = async function* () {
        // Ours counts the last byte in.
        yield* await blobs.openStaged(content, { start, end: end - 1 });
      };
      return Readable.from(start < end ? bytes() : [], { objectMode: false });
    }
  }
  const reader = new ContentReader();
  return yauzl.fromRandomAccessReaderPromise(reader, content.size, {
    autoClose: false,
    lazyEntries: true,
    strictFileNames: true,
    validateEntrySizes: true,
  });
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await guarded(() => entries.next());
    if (next.done) return;
    yield next.value;
  }
}

function checkEntry(entry: Entry): void {
  if (!NAMES.test(entry.fileName)) throw bad('an entry has a name that does not belong there');
  if (!entry.canDecodeFileData() || entry.isEncrypted()) throw bad('an entry cannot be unpacked');
}

const contentOf = (zip: ZipFile, entry: Entry) => guarded(() => zip.openReadStreamPromise(entry));

async function readManifest(zip: ZipFile, entry: Entry): Promise<Manifest> {
  if (entry.uncompressedSize > MAX_MANIFEST) throw bad('its manifest is too large');
  const chunks: Buffer[] = [];
  const stream = await contentOf(zip, entry);
  await guarded(async () => {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  });
  const manifest = await guarded(() => Promise.resolve(parseJson(Buffer.concat(chunks))));
  if (!isObject(manifest) || manifest['format'] !== FORMAT) throw bad('it is no archive of ours');
  const { version, lastPosition, tables } = manifest;
  if (version !== FORMAT_VERSION) {
    throw bad(`its format has version ${String(version)}, and this server reads ${FORMAT_VERSION}`);
  }
  if (!isCount(lastPosition) || lastPosition > MAX_POSITION || !isObject(tables)) {
    throw bad('its manifest is not complete');
  }
  for (const table of Object.values(tables)) {
    if (!isObject(table) || !isCount(table['rows']) || typeof table['sha256'] !== 'string') {
      throw bad('its manifest is not complete');
    }
  }
  return manifest as unknown as Manifest;
}

async function* linesOf(
  stream: Readable,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await guarded(() => chunks.next());
    if (next.done) break;
    let chunk = next.value;
    hash.update(chunk);
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a)) {
      yield Buffer.concat([...parts, chunk.subarray(0, end)]).toString('utf8');
      parts = [];
      length = 0;
      chunk = chunk.subarray(end + 1);
    }
    parts.push(chunk);
    length += chunk.length;
    if (length > MAX_LINE) throw bad(`it has a row with more than ${MAX_LINE} bytes`);
  }
  if (length > 0) throw bad('its last row has no end');
}

/** What is wrong with the archive is the fault of who sent it; our own failures stay as they are. */
async function guarded<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unavailable') throw error;
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function bad(why: string): Invalid {
  return new Invalid('bad_archive', `The archive cannot be imported: ${why}`);
}
