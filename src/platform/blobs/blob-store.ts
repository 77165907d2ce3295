// The port to where the bytes of blobs are kept: a file system now, an object store such as S3 with the same promises.
import type { Readable } from 'node:stream';

/** Bytes on their way in: whole, or in pieces. */
export type BlobSource = Uint8Array | Readable | AsyncIterable<Uint8Array>;

export interface PutLimits {
  /** More bytes than this are refused while they arrive. */
  maxBytes: number;
}

/** Content that is in place and on disk. */
export interface StoredContent {
  /** Names the content within its space. Never used twice, so that removing an old one can't hit a new one. */
  key: string;
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  hash: string;
  size: number;
}

/** First and last byte, both included, as HTTP counts them; without `end` up to the last one. */
export interface ByteRange {
  start: number;
  end?: number | undefined;
}

/**
 * Keeps contents by space (one a tenant) and key. Failures of the medium are `Unavailable`: `storage_full` when there is
 * no room, `storage_failed` otherwise. Neither spaces nor keys ever come from a client.
 */
export interface BlobStore {
  /**
   * Takes in a content. When it resolves, the content survives a power cut; when it rejects, nothing of it can be seen.
   * A source that is a stream is neither ended nor destroyed, so that its owner can still answer on the same socket.
   * Throws `TooLarge` (`blob_too_large`), the source's own error, or `Unavailable`.
   */
  put(space: string, source: BlobSource, limits: PutLimits): Promise<StoredContent>;

  /** Opens a content. The caller reads the stream to its end or destroys it. Throws `NotFound` (`content_missing`). */
  get(space: string, key: string, range?: ByteRange): Promise<Readable>;

  /** Size in bytes and time of storing in milliseconds, or nothing when there is no such content. */
  stat(space: string, key: string): Promise<{ size: number; storedAt: number } | undefined>;

  /** Removes a content; false when there was none. */
  delete(space: string, key: string): Promise<boolean>;

  /** All contents of all spaces, in no order. Contents that come or go meanwhile may be left out. */
  list(): AsyncIterable<{ space: string; key: string; hash: string }>;

  /** Removes what unfinished puts left behind before `before` (milliseconds); gives how many. */
  removeUnfinished(before: number): Promise<number>;
}
