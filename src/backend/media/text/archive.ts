// Reads entries of a ZIP archive in memory, with bounds that hold whatever the archive claims.
import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

const MAX_ENTRIES = 10_000;
/** Bytes of all entries that are read, inflated. */
const MAX_INFLATED = 64 * 1024 * 1024;

/** An archive whose entries can be read by name, in the order asked for. */
export class Archive {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  #left = MAX_INFLATED;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /** Throws when the bytes are no archive, or one with too many entries. */
  static async open(bytes: Buffer): Promise<Archive> {
    const zip = await new Promise<ZipFile>((resolve, reject) => {
      yauzl.fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, opened) =>
        error ? reject(error) : resolve(opened),
      );
    });
    if (zip.entryCount > MAX_ENTRIES) throw new RangeError('The archive has too many entries');
    const entries = new Map<string, Entry>();
    await new Promise<void>((resolve, reject) => {
      zip.on('error', reject);
      zip.on('end', resolve);
      zip.on('entry', (entry: Entry) => {
        if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry);
        zip.readEntry();
      });
      zip.readEntry();
    });
    return new Archive(zip, entries);
  }

  /** Names of entries that the pattern matches, numbers in them in numerical order. */
  names(pattern: RegExp): string[] {
    const order = new Intl.Collator('en', { numeric: true });
    return [...this.#entries.keys()].filter((name) => pattern.test(name)).sort(order.compare);
  }

  /** The bytes of an entry in pieces; none when there is no such entry. Throws when too much comes out. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (!entry || entry.isEncrypted()) return;
    const stream = await new Promise<Readable>((resolve, reject) => {
      this.#zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      this.#left -= chunk.length;
      if (this.#left < 0) throw new RangeError('The archive holds more than can be read');
      yield chunk;
    }
  }
}
