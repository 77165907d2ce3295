// What plugins log and how an app is being used, for administrators who are looking: as it happens, and the last lines.

export type Topic = 'plugins' | 'requests';

export interface JournalEntry {
  /** Milliseconds since 1970. */
  at: number;
  topic: Topic;
  /** Facts as JSON values. */
  fields: Readonly<Record<string, unknown>>;
}

type Listener = (entry: JournalEntry) => void;

/** Entries that a new listener is told of. */
const KEPT = 100;
const MAX_TENANTS = 200;

/** In the memory of this process: with several processes each tells of its own. */
export class Journal {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #kept = new Map<string, JournalEntry[]>();

  /** Whether anybody is looking: then requests are worth an entry. */
  isWatched(tenant: string): boolean {
    return this.#listeners.has(tenant);
  }

  add(tenant: string, entry: JournalEntry): void {
    if (entry.topic === 'plugins') this.#keep(tenant, entry);
    for (const listener of this.#listeners.get(tenant) ?? []) listener(entry);
  }

  /** The last entries of plugins. */
  recent(tenant: string): readonly JournalEntry[] {
    return this.#kept.get(tenant) ?? [];
  }

  /** How many are looking at this tenant's entries. */
  listeners(tenant: string): number {
    return this.#listeners.get(tenant)?.size ?? 0;
  }

  /** Tells of each entry from now on; gives the function that ends it. */
  listen(tenant: string, listener: Listener): () => void {
    const own = this.#listeners.get(tenant) ?? new Set();
    this.#listeners.set(tenant, own.add(listener));
    return () => {
      own.delete(listener);
      if (own.size === 0) this.#listeners.delete(tenant);
    };
  }

  #keep(tenant: string, entry: JournalEntry): void {
    const own = this.#kept.get(tenant) ?? [];
    this.#kept.delete(tenant);
    this.#kept.set(tenant, own);
    own.push(entry);
    if (own.length > KEPT) own.shift();
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_TENANTS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
