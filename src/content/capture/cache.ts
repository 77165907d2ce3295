// Remembers PDFs and pictures by what they were made of: template lists ask for the same ones again and again.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Captured } from './captured.ts';

export interface CaptureCacheOptions {
  /** Bytes of all results together; 0 remembers nothing. */
  maxBytes: number;
  /**
   * How long a result is good, in milliseconds, when documents may load what changes without them; such results are only kept
   * when all could be loaded. Without it they stay good.
   */
  keepMs?: number;
  /** The time in milliseconds. */
  now: () => number;
}

/** No single result may push out most of the others. */
const SHARE = 8;

/**
 * Results by the hash of what they were made of, the least used going first. Each tenant has its own: nobody learns from a fast
 * answer what others render. The same request twice at a time is done once.
 */
export class CaptureCache {
  readonly #options: CaptureCacheOptions;
  readonly #results: LRUCache<string, Captured> | undefined;
  readonly #underWay = new Map<string, Promise<Captured>>();

  constructor(options: CaptureCacheOptions) {
    this.#options = options;
    const { maxBytes, keepMs, now } = options;
    if (maxBytes === 0) return;
    this.#results = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.ceil(maxBytes / SHARE),
      sizeCalculation: ({ bytes }) => bytes.length + 500,
      ...(keepMs !== undefined && { ttl: keepMs, ttlResolution: 0, perf: { now } }),
    });
  }

  /** The remembered result for the same input, else what `make` makes. What `make` throws is not remembered. */
  async get(tenant: string, input: object, make: () => Promise<Captured>): Promise<Captured> {
    if (!this.#results) return make();
    const text = JSON.stringify([tenant, input]);
    const key = createHash('sha256').update(text).digest('base64');
    const known = this.#results.get(key);
    if (known) return known;
    let result = this.#underWay.get(key);
    if (!result) {
      result = make();
      this.#underWay.set(key, result);
      void result.then(
        (made) => this.#keep(key, made),
        () => this.#underWay.delete(key),
      );
    }
    return result;
  }

  #keep(key: string, made: Captured): void {
    this.#underWay.delete(key);
    const complete = this.#options.keepMs === undefined || made.warnings.length === 0;
    if (complete) this.#results?.set(key, made);
  }
}
