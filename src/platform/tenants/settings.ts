// Settings of a tenant: named JSON values; each room owns the names that start with its own.
import type { Database } from '../database/database.ts';
import { statement, type Transaction } from '../database/statement.ts';
import { TooLarge } from '../errors.ts';
import type { TenantTables } from './tables.ts';

/** Characters of one setting as JSON. */
const MAX_JSON = 65_536;

interface Key {
  tenant: string;
  name: string;
}

const one = statement<Key, { value: string }, TenantTables>((db, slot) =>
  db
    .selectFrom('platform_tenant_settings')
    .select('value')
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name')),
);

const all = statement<{ tenant: string }, { name: string; value: string }, TenantTables>(
  (db, slot) =>
    db
      .selectFrom('platform_tenant_settings')
      .select(['name', 'value'])
      .where('tenant_id', '=', slot('tenant'))
      .orderBy('name'),
);

const put = statement<Key & { value: string }, unknown, TenantTables>((db, slot) =>
  db
    .insertInto('platform_tenant_settings')
    .values({ tenant_id: slot('tenant'), name: slot('name'), value: slot('value') })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'name'])
        .doUpdateSet((row) => ({ value: row.ref('excluded.value') })),
    ),
);

const drop = statement<Key, unknown, TenantTables>((db, slot) =>
  db
    .deleteFrom('platform_tenant_settings')
    .where('tenant_id', '=', slot('tenant'))
    .where('name', '=', slot('name')),
);

/**
 * One row a setting (`beefree.limits`), so that two writers of different settings never overwrite each other.
 * The reader gives the fallback and vouches for the type; the writer checks the value.
 */
export class TenantSettings {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The value, or `undefined` when it was never set. Pass the transaction as `on` to read inside it. */
  async get<T>(
    tenant: string,
    name: string,
    on: Database | Transaction = this.#db,
  ): Promise<T | undefined> {
    const row = await one.first(on, { tenant, name });
    return row && (JSON.parse(row.value) as T);
  }

  /** All settings of the tenant by name. */
  async all(
    tenant: string,
    on: Database | Transaction = this.#db,
  ): Promise<Record<string, unknown>> {
    const rows = await all.all(on, { tenant });
    return Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value) as unknown]));
  }

  /** Stores any JSON value. Throws `TooLarge` above 64 K characters. */
  async set(trx: Transaction, tenant: string, name: string, value: unknown): Promise<void> {
    const json = JSON.stringify(value);
    if (json.length > MAX_JSON) {
      throw new TooLarge('setting_too_large', 'A setting holds at most 65536 characters', { name });
    }
    await put.run(trx, { tenant, name, value: json });
  }

  /** Forgets the value; false when there was none. */
  async remove(trx: Transaction, tenant: string, name: string): Promise<boolean> {
    return (await drop.run(trx, { tenant, name })) > 0;
  }
}
