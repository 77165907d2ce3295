// Replaces everything that an app has in this room: by an archive, or by nothing but its administrators (BaasBox spec 5.14).
import { setImmediate } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import type { Dialect } from '../../platform/database/connection.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import type { BackendContext } from '../context.ts';
import { removeSettings } from '../settings/transfer.ts';
import { USER_REALM } from '../users/accounts.ts';
import { RESET_TOKENS } from '../users/password-reset.ts';
import { SESSION } from '../users/sessions.ts';
import { COPIED, LEFT_OUT } from './copied-tables.ts';
import { blobColumns, type AnyTables } from './rows.ts';

/** Removes everything but the accounts' passwords, their sessions, and the archives that were exported. */
export async function clearApp(
  on: Transaction,
  context: Pick<BackendContext, 'blobs' | 'db' | 'tenants'>,
  tenant: string,
): Promise<void> {
  const { db } = context;
  const trx = on as Kysely<AnyTables>;
  const tables = [
    ...Object.entries(COPIED).map(([name, { columns }]) => [name, blobColumns(columns)] as const),
    ...Object.entries(LEFT_OUT).map(([name, { blobs = [] }]) => [name, blobs] as const),
  ];
  for (const [name, columns] of tables) {
    if (columns.length > 0) await removeBlobs(trx, context, tenant, name, columns);
    await removeRows(trx, db.dialect, tenant, name);
  }
  await removeSettings(trx, context, tenant);
}

/** Rows that SQLite removes at a time: it does so on this thread, and others want to be answered between. */
const BATCH = 2000;

async function removeRows(
  trx: Kysely<AnyTables>,
  dialect: Dialect,
  tenant: string,
  table: string,
): Promise<void> {
  if (dialect === 'postgres') {
    await trx.deleteFrom(table).where('tenant_id', '=', tenant).execute();
    return;
  }
  const key = LEFT_OUT[table]?.key ?? ['rowid'];
  const columns = sql.join(key.map((column) => sql.ref(column)));
  for (let removed = BATCH; removed === BATCH;) {
    const { numAffectedRows = 0n } = await sql`
      DELETE FROM ${sql.table(table)} WHERE tenant_id = ${tenant} AND (${columns}) IN (
        SELECT ${columns} FROM ${sql.table(table)} WHERE tenant_id = ${tenant} LIMIT ${BATCH})
    `.execute(trx);
    removed = Number(numAffectedRows);
    await setImmediate();
  }
}

async function removeBlobs(
  trx: Kysely<AnyTables>,
  { blobs }: Pick<BackendContext, 'blobs'>,
  tenant: string,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const rows = await trx
    .selectFrom(table)
    .select([...columns])
    .where('tenant_id', '=', tenant)
    .execute();
  for (const id of rows.flatMap((row) => columns.map((column) => row[column]))) {
    if (typeof id === 'string') await blobs.remove(trx, tenant, id);
  }
}

/** Ends all accounts: passwords, sessions, and links that were mailed. */
export async function removeAccounts(
  trx: Transaction,
  { credentials }: Pick<BackendContext, 'credentials'>,
  tenant: string,
): Promise<void> {
  const { passwords, tokens } = credentials;
  await passwords.removeAll(trx, tenant, USER_REALM);
  for (const kind of [SESSION, ...RESET_TOKENS]) await tokens.revokeKind(trx, tenant, kind);
}
