// Remembers what was worked out from watched tables for exactly as long as none of them changes.
import { LRUCache } from 'lru-cache';
import type { Database } from './database.ts';

/** Values by key, on each database for itself. Made once, like a statement. */
export interface Memo<Value extends object> {
  /**
   * The value that was remembered, if the tables are still as they were: asking costs nothing but the counter, and that
   * only once a snapshot. Always `undefined` on PostgreSQL. Don't change what you are given.
   */
  get(db: Database, key: string): Value | undefined;

  /**
   * Works the value out and remembers it, unless the tables changed meanwhile. `read` must read nothing but watched
   * columns of rows that exist (`changes.ts`), or its caller must know what may be old.
   */
  load<Found extends Value | undefined>(
    db: Database,
    key: string,
    read: () => Promise<Found>,
  ): Promise<Found>;
}

interface Remembered<Value extends object> {
  /** The counter that the values go with. */
  changes: number | undefined;
  values: LRUCache<string, Value>;
}

/** `max`: values kept for one database; those that were not asked for longest are forgotten. */
export function memo<Value extends object>({ max }: { max: number }): Memo<Value> {
  const remembered = new WeakMap<Database, Remembered<Value>>();

  /** What holds with the counter as it is, or nothing where it cannot be known. */
  function current(db: Database): Remembered<Value> | undefined {
    const changes = db.changes();
    if (changes === undefined) return undefined;
    let kept = remembered.get(db);
    if (!kept) remembered.set(db, (kept = { changes, values: new LRUCache({ max }) }));
    if (kept.changes !== changes) {
      kept.values.clear();
      kept.changes = changes;
    }
    return kept;
  }

  return {
    get: (db, key) => current(db)?.values.get(key),
    async load(db, key, read) {
      const before = current(db)?.changes;
      const value = await read();
      const after = current(db);
      if (value !== undefined && after && after.changes === before) after.values.set(key, value);
      return value;
    },
  };
}
