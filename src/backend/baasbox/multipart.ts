// Reads multipart forms as they arrive: texts into memory, the file into the blob store, everything bounded (BaasBox spec 5.7).
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dicer } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import type { Blobs, StagedContent } from '../../platform/blobs/blobs.ts';
import { TooLarge } from '../../platform/errors.ts';
import { boundaryOf, malformed, readPartHeader, type PartHeader } from './part-header.ts';

/** Bytes of the start of a file that are kept for finding out its type. */
const HEAD_BYTES = 64 * 1024;
const MAX_PARTS = 100;
const MAX_FIELD_BYTES = 1024 * 1024;
const MAX_FIELDS_BYTES = 2 * 1024 * 1024;
/** Of one part, and how many lines. */
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_HEADER_LINES = 20;
/** Headers, boundaries, preamble and epilogue of a whole form. */
const MAX_FRAME_BYTES = 1024 * 1024;

/** The first part of a form that has a file name. */
export interface UploadedFile {
  /** Name of the form's field. */
  field: string;
  /** File name without folders; never empty. */
  name: string;
  /** On disk already: attach it, or discard it. */
  content: StagedContent;
  /** Its first bytes, 64 KB at most. */
  head: Buffer;
}

export interface MultipartForm {
  /** The first value of each field. */
  fields: ReadonlyMap<string, string>;
  /** Further files are read past. */
  file: UploadedFile | undefined;
}

export interface MultipartOptions {
  blobs: Pick<Blobs, 'stage' | 'discard'>;
  /** Whose blobs the file is staged with. */
  tenant: string;
  /** Largest file. */
  maxFileBytes: number;
}

/** The media type of forms with files. */
export const MULTIPART = 'multipart/form-data';

/** Whether the request brings a multipart form, whose body is still unread. */
export function isMultipart(request: Pick<FastifyRequest, 'headers'>): boolean {
  return /^multipart\/form-data\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}

/**
 * Reads the form in the request's body. Throws `Invalid` (`multipart`) for anything that is no whole, well-formed form,
 * `TooLarge` (`multipart`, `blob_too_large`), and what the blob store throws; then nothing stays behind, and what the
 * client still sends has been read past, so that it sees the answer.
 */
export async function readMultipart(
  request: Pick<FastifyRequest, 'raw' | 'headers'>,
  options: MultipartOptions,
): Promise<MultipartForm> {
  const { raw } = request;
  const reader = new FormReader(options);
  try {
    return await reader.read(raw, boundaryOf(request.headers['content-type'] ?? ''));
  } catch (error) {
    await reader.abandon();
    await discardRest(raw, options.maxFileBytes);
    // Nobody is left to be answered, and nothing has gone wrong with the server.
    if (raw.errored) throw malformed('the upload broke off');
    throw error;
  }
}

/**
 * What `read` makes of the texts of a form. When it throws, the form's file is discarded first: nothing of a form that is
 * refused stays behind.
 */
export async function readTexts<T>(
  { blobs }: Pick<MultipartOptions, 'blobs'>,
  { fields, file }: MultipartForm,
  read: (fields: ReadonlyMap<string, string>) => T,
): Promise<T> {
  try {
    return read(fields);
  } catch (error) {
    if (file) await blobs.discard(file.content);
    throw error;
  }
}

class FormReader {
  readonly #options: MultipartOptions;
  readonly #fields = new Map<string, string>();
  readonly #parts = new Set<Readable>();
  readonly #texts: Promise<void>[] = [];
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  #file: Promise<UploadedFile> | undefined;
  #fieldsLeft = MAX_FIELDS_BYTES;
  #count = 0;
  #over = false;
  /** A part has begun whose header has not ended. */
  #inHeader = false;

  constructor(options: MultipartOptions) {
    this.#options = options;
    this.#failed = new Promise((_resolve, reject) => {
      this.#fail = (error) => {
        this.#over = true;
        reject(error);
      };
    });
    this.#failed.catch(() => undefined);
  }

  async read(raw: IncomingMessage, boundary: string): Promise<MultipartForm> {
    const config = {
      boundary,
      // One more than allowed, so that a header at the limit can be told from one beyond it.
      maxHeaderSize: MAX_HEADER_BYTES + 1,
      maxHeaderPairs: MAX_HEADER_LINES + 1,
    };
    // Loaded when the first form comes: most servers never see one.
    const { Dicer: Parser } = await import('@fastify/busboy');
    const dicer = new Parser(config);
    dicer.on('error', () => this.#fail(malformed('it ends before its last boundary')));
    dicer.on('part', (part) => this.#begin(part));
    const finished = new Promise((resolve) => dicer.once('finish', resolve));
    await Promise.race([this.#pump(raw, dicer, finished), this.#failed]);
    await Promise.race([finished, this.#failed]);
    if (this.#inHeader) throw malformed('the header of a part has no end');
    await Promise.race([Promise.all(this.#texts), this.#failed]);
    const file = await Promise.race([this.#file, this.#failed]);
    return { fields: this.#fields, file };
  }

  /** Ends what is being read, and takes back what was stored. */
  async abandon(): Promise<void> {
    this.#fail(malformed('it was abandoned'));
    for (const part of this.#parts) part.destroy(malformed('it was abandoned'));
    const file = await this.#file?.catch(() => undefined);
    if (file) await this.#options.blobs.discard(file.content);
  }

  async #pump(raw: IncomingMessage, dicer: Dicer, finished: Promise<unknown>): Promise<void> {
    const most = this.#options.maxFileBytes + MAX_FIELDS_BYTES + MAX_FRAME_BYTES;
    let size = 0;
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > most) throw new TooLarge('multipart', 'The form is larger than allowed');
      // What follows the last boundary is nobody's.
      if (dicer.writable && !dicer.write(chunk)) {
        await Promise.race([once(dicer, 'drain'), finished, this.#failed]);
      }
    }
    dicer.end();
  }

  #begin(part: Readable): void {
    part.on('error', (error) => this.#fail(error));
    if (this.#over) return void part.resume();
    this.#parts.add(part);
    // Ended by the next boundary before its header was: nobody ever reads it.
    if (this.#inHeader) return this.#fail(malformed('the header of a part has no end'));
    if (++this.#count > MAX_PARTS) {
      return this.#fail(malformed(`it has more than ${MAX_PARTS} parts`));
    }
    this.#inHeader = true;
    part.on('header', (header: Record<string, string[]>) => {
      this.#inHeader = false;
      try {
        this.#take(part, readPartHeader(header, MAX_HEADER_BYTES, MAX_HEADER_LINES));
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #take(part: Readable, { field, fileName }: PartHeader): void {
    if (fileName === undefined) {
      const text = this.#readField(field, part);
      text.catch((error: unknown) => this.#fail(error));
      this.#texts.push(text);
    } else if (this.#file) {
      part.resume();
    } else {
      this.#file = this.#store(field, fileName, part);
      this.#file.catch((error: unknown) => this.#fail(error));
    }
  }

  async #readField(field: string, part: Readable): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of piecesOf(part)) {
      size += chunk.length;
      this.#fieldsLeft -= chunk.length;
      if (size > MAX_FIELD_BYTES || this.#fieldsLeft < 0) {
        throw new TooLarge('multipart', `The form field ${field} is too large`);
      }
      chunks.push(chunk);
    }
    if (!this.#fields.has(field)) this.#fields.set(field, Buffer.concat(chunks).toString('utf8'));
  }

  async #store(field: string, name: string, part: Readable): Promise<UploadedFile> {
    const heads: Buffer[] = [];
    let kept = 0;
    const { blobs, tenant, maxFileBytes } = this.#options;
    const content = await blobs.stage(
      tenant,
      (async function* () {
        for await (const chunk of piecesOf(part)) {
          if (kept < HEAD_BYTES) {
            heads.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - kept)));
            kept += heads.at(-1)?.length ?? 0;
          }
          yield chunk;
        }
      })(),
      { maxBytes: maxFileBytes },
    );
    return { field, name, content, head: Buffer.concat(heads) };
  }
}

/** Whoever stops reading says why: that must not become an error of the part itself. */
function piecesOf(part: Readable): AsyncIterable<Buffer> {
  return part.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/**
 * Reads on and throws away, so that a client that sends before it reads gets to see the refusal instead of a reset
 * connection. Stops after `maxBytes`.
 */
async function discardRest(raw: IncomingMessage, maxBytes: number): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  let size = 0;
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) return;
    }
  } catch {
    // The client is gone.
  }
}
