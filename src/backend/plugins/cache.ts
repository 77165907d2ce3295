// What plugins remember for a while, in the memory of this process: bounded for each tenant, gone at a restart.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { TooLarge } from '../../platform/errors.ts';

interface Cached {
  json: string;
  /** Milliseconds since 1970; `Infinity`: until its place is needed. */
  expiresAt: number;
}

const MAX_TENANTS = 1000;
const MAX_ENTRIES = 2000;
/** Characters that one tenant's values and keys may take. */
const MAX_SIZE = 4 * 1024 * 1024;
const MAX_VALUE = 256 * 1024;
const MAX_KEY = 512;

export class PluginCache {
  readonly #clock: Clock;
  readonly #tenants = new LRUCache<string, LRUCache<string, Cached>>({ max: MAX_TENANTS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** JSON text of what is remembered under the key for the owner; `undefined`: nothing. */
  get(tenant: string, owner: string, key: string): string | undefined {
    const cached = this.#tenants.get(tenant)?.get(slot(owner, key));
    return cached && cached.expiresAt > this.#clock.now() ? cached.json : undefined;
  }

  /** Remembers JSON text for so many seconds; `undefined`: as long as there is room. Throws `TooLarge`. */
  set(tenant: string, owner: string, key: string, json: string, seconds?: number): void {
    if (key.length > MAX_KEY || json.length > MAX_VALUE) {
      throw new TooLarge(
        'plugin_cache',
        `A cached value has at most ${MAX_VALUE} characters, its key ${MAX_KEY}`,
      );
    }
    let own = this.#tenants.get(tenant);
    if (!own) {
      own = new LRUCache({
        max: MAX_ENTRIES,
        maxSize: MAX_SIZE,
        sizeCalculation: (value, name) => value.json.length + name.length + 1,
      });
      this.#tenants.set(tenant, own);
    }
    const expiresAt = seconds === undefined ? Infinity : this.#clock.now() + seconds * 1000;
    own.set(slot(owner, key), { json, expiresAt });
  }

  remove(tenant: string, owner: string, key: string): void {
    this.#tenants.get(tenant)?.delete(slot(owner, key));
  }
}

function slot(owner: string, key: string): string {
  return `${owner}\n${key}`;
}
