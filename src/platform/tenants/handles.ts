// Handles: public names (an app code, an account, a project key) that lead to their tenant.
import type { Database } from '../database/database.ts';
import { statement, type Transaction } from '../database/statement.ts';
import { Conflict, Invalid } from '../errors.ts';
import type { TenantTables } from './tables.ts';

export interface Handle {
  /** Who gives the name its meaning: `baasbox.appcode`, `beebole.account`, … */
  kind: string;
  /** Compared as it is; a door that ignores letter case folds it before. */
  value: string;
}

/** Characters of a handle's value: longer than any protocol needs, short enough for an index. */
const MAX_VALUE = 200;

const owner = statement<Handle, { tenant_id: string }, TenantTables>((db, slot) =>
  db
    .selectFrom('platform_handles')
    .select('tenant_id')
    .where('kind', '=', slot('kind'))
    .where('value', '=', slot('value')),
);

const insert = statement<Handle & { tenant: string }, unknown, TenantTables>((db, slot) =>
  db
    .insertInto('platform_handles')
    .values({ kind: slot('kind'), value: slot('value'), tenant_id: slot('tenant') })
    .onConflict((conflict) => conflict.doNothing()),
);

const remove = statement<Handle & { tenant: string }, unknown, TenantTables>((db, slot) =>
  db
    .deleteFrom('platform_handles')
    .where('kind', '=', slot('kind'))
    .where('value', '=', slot('value'))
    .where('tenant_id', '=', slot('tenant')),
);

const ofTenant = statement<{ tenant: string }, Handle, TenantTables>((db, slot) =>
  db
    .selectFrom('platform_handles')
    .select(['kind', 'value'])
    .where('tenant_id', '=', slot('tenant'))
    .orderBy('kind')
    .orderBy('value'),
);

/** Unique (kind, value) → tenant. */
export class Handles {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The id of the tenant that owns the handle. */
  async find(kind: string, value: string): Promise<string | undefined> {
    if (value.length > MAX_VALUE) return undefined;
    return (await owner.first(this.#db, { kind, value }))?.tenant_id;
  }

  /** The handles of a tenant, all or of one kind, in order. */
  async list(tenant: string, kind?: string): Promise<Handle[]> {
    const handles = await ofTenant.all(this.#db, { tenant });
    return kind === undefined ? handles : handles.filter((handle) => handle.kind === kind);
  }

  /**
   * Gives the handle to the tenant. Throws `Conflict` (`handle_taken`) when anyone has it already, this tenant
   * included, and `Invalid` when the value is empty or over 200 characters.
   */
  async add(trx: Transaction, tenant: string, { kind, value }: Handle): Promise<void> {
    if (value === '' || value.length > MAX_VALUE) {
      throw new Invalid('handle_value', `A handle has 1 to ${MAX_VALUE} characters`);
    }
    if ((await insert.run(trx, { kind, value, tenant })) === 0) {
      throw new Conflict('handle_taken', 'This name is taken', { kind });
    }
  }

  /** Takes the handle away from the tenant; false when it did not have it. */
  async remove(trx: Transaction, tenant: string, { kind, value }: Handle): Promise<boolean> {
    return (await remove.run(trx, { kind, value, tenant })) > 0;
  }
}
