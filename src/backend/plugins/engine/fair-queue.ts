// A queue in which tenants take turns: one who asks for much waits behind himself, not others behind him.
import { TooMany } from '../../../platform/errors.ts';

export interface FairQueueOptions {
  /** What may wait for one tenant. */
  perTenant: number;
  /** What may wait in all. */
  total: number;
}

export class FairQueue<Item> {
  readonly #options: FairQueueOptions;
  /** In the order of turns. */
  readonly #waiting = new Map<string, Item[]>();
  #size = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** Throws `TooMany` (`plugin_queue_full`) when too much is waiting. */
  add(tenant: string, item: Item): void {
    const own = this.#waiting.get(tenant) ?? [];
    if (own.length >= this.#options.perTenant || this.#size >= this.#options.total) {
      throw new TooMany('plugin_queue_full', 'Too many scripts are waiting');
    }
    own.push(item);
    this.#waiting.set(tenant, own);
    this.#size += 1;
  }

  /** The next item of the tenant whose turn it is, among those who may run. */
  take(mayRun: (tenant: string) => boolean): Item | undefined {
    for (const [tenant, own] of this.#waiting) {
      if (!mayRun(tenant)) continue;
      const item = own.shift();
      this.#waiting.delete(tenant);
      if (own.length > 0) this.#waiting.set(tenant, own);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }

  /** Takes an item out before its turn. False when it is not waiting. */
  remove(tenant: string, item: Item): boolean {
    const own = this.#waiting.get(tenant);
    const index = own?.indexOf(item) ?? -1;
    if (!own || index < 0) return false;
    own.splice(index, 1);
    if (own.length === 0) this.#waiting.delete(tenant);
    this.#size -= 1;
    return true;
  }
}
