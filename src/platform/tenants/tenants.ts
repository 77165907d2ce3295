// Tenants: the unit of ownership. Everything stored belongs to exactly one.
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { statement, type Transaction } from '../database/statement.ts';
import { Invalid, NotFound } from '../errors.ts';
import type { Random } from '../random.ts';
import { Handles } from './handles.ts';
import { TenantSettings } from './settings.ts';
import type { TenantTables } from './tables.ts';

export interface Tenant {
  /** A version-7 UUID, so tenants sort by age. */
  id: string;
  /** For people, not unique. */
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Characters of a tenant's name. */
const MAX_NAME = 200;

interface Row {
  tenant_id: string;
  name: string;
  created_at: number;
}

const insert = statement<{ id: string; name: string; now: number }, unknown, TenantTables>(
  (db, slot) =>
    db
      .insertInto('platform_tenants')
      .values({ tenant_id: slot('id'), name: slot('name'), created_at: slot('now') }),
);

const byId = statement<{ id: string }, Row, TenantTables>((db, slot) =>
  db.selectFrom('platform_tenants').selectAll().where('tenant_id', '=', slot('id')),
);

const page = statement<{ after: string; limit: number }, Row, TenantTables>((db, slot) =>
  db
    .selectFrom('platform_tenants')
    .selectAll()
    .where('tenant_id', '>', slot('after'))
    .orderBy('tenant_id')
    .limit(slot('limit')),
);

/**
 * The tenants of this server. Nothing is cached: a read by key costs microseconds on SQLite and is right in every
 * process.
 */
export class Tenants {
  readonly settings: TenantSettings;
  readonly handles: Handles;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(db: Database, { clock, random }: { clock: Clock; random: Random }) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.settings = new TenantSettings(db);
    this.handles = new Handles(db);
  }

  /** Makes a tenant inside the caller's transaction. Throws `Invalid` when the name is empty or over 200 characters. */
  async create(trx: Transaction, { name }: { name: string }): Promise<Tenant> {
    if (name.trim() === '' || name.length > MAX_NAME) {
      throw new Invalid('tenant_name', `A tenant's name has 1 to ${MAX_NAME} characters`);
    }
    const tenant = { id: this.#random.uuid7(), name, createdAt: this.#clock.now() };
    await insert.run(trx, { id: tenant.id, name, now: tenant.createdAt });
    return tenant;
  }

  async find(id: string): Promise<Tenant | undefined> {
    const row = await byId.first(this.#db, { id });
    return row && fromRow(row);
  }

  /** Like `find`; throws `NotFound` (`tenant_not_found`). */
  async get(id: string): Promise<Tenant> {
    const tenant = await this.find(id);
    if (!tenant) throw new NotFound('tenant_not_found', 'There is no such tenant');
    return tenant;
  }

  /** Tenants by age, oldest first; `after` is the last id of the page before. `limit` is 1 to 1000. */
  async list({ after = '', limit = 100 }: { after?: string; limit?: number } = {}): Promise<
    Tenant[]
  > {
    const rows = await page.all(this.#db, { after, limit: Math.min(Math.max(limit, 1), 1000) });
    return rows.map(fromRow);
  }
}

function fromRow(row: Row): Tenant {
  return { id: row.tenant_id, name: row.name, createdAt: row.created_at };
}
