// What a plugin keeps between its runs: one JSON value, replaced as a whole, and atomically where it wants that.
import { statement, type Transaction } from '../../platform/database/statement.ts';
import type { Database } from '../../platform/database/database.ts';
import { TooLarge } from '../../platform/errors.ts';
import type { BackendContext } from '../context.ts';
import type { BackendTables } from '../tables.ts';
import { noPlugin } from './plugins.ts';

export interface PluginStorage {
  /** JSON text. */
  json: string | null;
  version: number;
}

const MAX_STORAGE = 512 * 1024;

type Key = { tenant: string; name: string };

const read = statement<Key, PluginStorage, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_plugins')
    .select(['storage as json', 'storage_version as version'])
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name')),
);

/** Throws `NotFound` (`no_plugin`). */
export async function readStorage(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<PluginStorage> {
  const found = await read.first(on, { tenant, name });
  if (!found) throw noPlugin(name);
  return found;
}

/**
 * Replaces the storage; with `version`, only if it is still that. False when it is not. Throws `NotFound` (`no_plugin`)
 * and `TooLarge` (`plugin_storage`).
 */
export async function writeStorage(
  { db }: BackendContext,
  { tenant, name }: Key,
  json: string | null,
  version?: number,
): Promise<boolean> {
  if (json !== null && json.length > MAX_STORAGE) {
    throw new TooLarge('plugin_storage', `A plugin stores at most ${MAX_STORAGE} characters`);
  }
  return db.write<BackendTables, boolean>(async (trx) => {
    const changed = await trx
      .updateTable('backend_plugins')
      .set(({ eb }) => ({ storage: json, storage_version: eb('storage_version', '+', 1) }))
      .where('tenant_id', '=', tenant)
      .where('name', '=', name)
      .$if(version !== undefined, (query) => query.where('storage_version', '=', version as number))
      .executeTakeFirst();
    if (changed.numUpdatedRows > 0n) return true;
    if (version === undefined) throw noPlugin(name);
    return false;
  });
}

/** Lets scripts of this process take turns at one storage, so that their changes do not run twice. */
export class StorageTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when it is the caller's turn, with the function that ends it; or when `signal` says to give up. */
  async take(tenant: string, name: string, signal: AbortSignal): Promise<() => void> {
    const key = `${tenant}\n${name}`;
    const before = this.#last.get(key) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const mine = before.then(() => promise);
    this.#last.set(key, mine);
    const end = () => {
      resolve();
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    const gaveUp = Promise.withResolvers<void>();
    const giveUp = () => gaveUp.resolve();
    signal.addEventListener('abort', giveUp, { once: true });
    await Promise.race([before, gaveUp.promise]);
    signal.removeEventListener('abort', giveUp);
    if (signal.aborted) end();
    return end;
  }
}
