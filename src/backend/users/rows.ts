// The statements behind users.
import type { Database } from '../../platform/database/database.ts';
import { statement, type Transaction } from '../../platform/database/statement.ts';
import { foldName } from '../../platform/credentials/names.ts';
import type { BackendTables } from '../tables.ts';

export type UserRow = Omit<BackendTables['backend_users'], 'tenant_id'>;

const COLUMNS = [
  'id',
  'name',
  'name_key',
  'role',
  'status',
  'visible_to_self',
  'visible_to_friends',
  'visible_to_registered',
  'visible_to_anonymous',
  'generated_name',
  'created_at',
  'following',
  'email_key',
] as const;

const byId = statement<{ tenant: string; id: string }, UserRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_users')
    .select(COLUMNS)
    .where('tenant_id', '=', slot('tenant'))
    .where('id', '=', slot('id')),
);

const byName = statement<{ tenant: string; nameKey: string }, UserRow, BackendTables>((db, slot) =>
  db
    .selectFrom('backend_users')
    .select(COLUMNS)
    .where('tenant_id', '=', slot('tenant'))
    .where('name_key', '=', slot('nameKey')),
);

/** Gives 0 when the name, the e-mail address or the id is taken. */
export const insertUser = statement<
  Omit<BackendTables['backend_users'], 'following'>,
  unknown,
  BackendTables
>((db, slot) =>
  db
    .insertInto('backend_users')
    .values({
      tenant_id: slot('tenant_id'),
      id: slot('id'),
      name: slot('name'),
      name_key: slot('name_key'),
      role: slot('role'),
      status: slot('status'),
      email_key: slot('email_key'),
      visible_to_self: slot('visible_to_self'),
      visible_to_friends: slot('visible_to_friends'),
      visible_to_registered: slot('visible_to_registered'),
      visible_to_anonymous: slot('visible_to_anonymous'),
      generated_name: slot('generated_name'),
      created_at: slot('created_at'),
      following: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export function findUser(
  on: Database | Transaction,
  tenant: string,
  id: string,
): Promise<UserRow | undefined> {
  return byId.first(on, { tenant, id });
}

/** Letter case does not matter. */
export function findUserByName(
  on: Database | Transaction,
  tenant: string,
  name: string,
): Promise<UserRow | undefined> {
  return byName.first(on, { tenant, nameKey: foldName(name) });
}

/** Takes the row for the rest of the transaction; SQLite has one writer anyway. */
const held = statement<{ tenant: string; id: string }, UserRow, BackendTables>(
  (db, slot, dialect) =>
    db
      .selectFrom('backend_users')
      .select(COLUMNS)
      .where('tenant_id', '=', slot('tenant'))
      .where('id', '=', slot('id'))
      .$if(dialect === 'postgres', (query) => query.forUpdate()),
);

/** The account, which nobody else changes before the transaction ends. */
export function holdUser(
  trx: Transaction,
  tenant: string,
  id: string,
): Promise<UserRow | undefined> {
  return held.first(trx, { tenant, id });
}
