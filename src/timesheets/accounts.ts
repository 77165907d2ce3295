// Accounts: a tenant's timesheet, its settings and its first content.
import { statement } from '../platform/database/statement.ts';
import type { Handles } from '../platform/tenants/handles.ts';
import type { AccountContext } from './context.ts';
import { reading, writing } from './context.ts';
import { isTimeZone } from './dates.ts';
import { insertEntity } from './entity-store.ts';
import { invalidValue } from './failures.ts';
import type { Account, XidMode } from './model.ts';
import { createSequences } from './sequences.ts';
import type { Sql, TimesheetTables } from './tables.ts';
import { checkName } from './text.ts';

/** The public name of an account, unique on the server: its first host label in the first generation of the API. */
export const ACCOUNT_HANDLE = 'timesheets.account';

/** A label of a host name, in lower case. */
const ALIAS = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export interface NewAccount {
  tenantId: string;
  /** A label of a host name; upper case is folded. */
  alias: string;
  name: string;
  admin: { name: string; email?: string };
  mainCompany?: string;
  apiEnabled: boolean;
  timeZone?: string;
}

interface Row {
  tenant_id: string;
  name: string;
  api_enabled: number;
  time_zone: string;
  xid_mode: string;
  v1_strict: number;
  min_quantity_seconds: number;
  main_company_id: number;
}

const byTenant = statement<{ tenant: string }, Row, TimesheetTables>((sql, slot) =>
  sql
    .selectFrom('time_accounts')
    .select([
      'tenant_id',
      'name',
      'api_enabled',
      'time_zone',
      'xid_mode',
      'v1_strict',
      'min_quantity_seconds',
      'main_company_id',
    ])
    .where('tenant_id', '=', slot('tenant')),
);

/** The timesheet of a tenant, if it has one. */
export async function findAccount(sql: Sql, tenantId: string): Promise<Account | undefined> {
  const row = await byTenant.first(sql, { tenant: tenantId });
  return (
    row && {
      tenantId: row.tenant_id,
      name: row.name,
      apiEnabled: row.api_enabled === 1,
      timeZone: row.time_zone,
      xidMode: row.xid_mode as XidMode,
      v1Strict: row.v1_strict === 1,
      minQuantitySeconds: row.min_quantity_seconds,
      mainCompanyId: row.main_company_id,
    }
  );
}

/** The tasks and absence types that a new account starts with (Beebole spec 6.2). */
const FIRST_TASKS = ['Administration', 'Meetings', 'Research'];
const FIRST_ABSENCES = ['Holidays', 'Leave', 'Sickness'];

/**
 * Opens the timesheet of a tenant, as `furnishAccount` does, in a transaction of its own.
 */
export function createAccount(
  context: Pick<AccountContext, 'db' | 'clock'> & { handles: Handles },
  account: NewAccount,
): Promise<Account> {
  const now = context.clock.now();
  return writing(context, (sql) => furnishAccount(sql, context.handles, account, now));
}

/**
 * Opens a timesheet with its first administrator (number 2), main company (number 3), first tasks and absence types,
 * inside the caller's transaction. Throws `Invalid` for a bad alias, name or zone and `Conflict` (`handle_taken`) for
 * an alias in use.
 */
export async function furnishAccount(
  sql: Sql,
  handles: Handles,
  account: NewAccount,
  now: number,
): Promise<Account> {
  const created = await openAccount(sql, handles, account, now);
  const parentId = created.mainCompanyId;
  for (const name of FIRST_TASKS) {
    await insertEntity(sql, account.tenantId, { kind: 'task', name, parentId }, now);
  }
  for (const name of FIRST_ABSENCES) {
    await insertEntity(sql, account.tenantId, { kind: 'absence', name, parentId }, now);
  }
  return created;
}

/** Opens a timesheet with its administrator and main company alone, inside the caller's transaction. */
export async function openAccount(
  sql: Sql,
  handles: Handles,
  account: NewAccount,
  now: number,
): Promise<Account> {
  const { tenantId, timeZone = 'UTC', admin } = account;
  const alias = account.alias.toLowerCase();
  if (!ALIAS.test(alias)) throw invalidValue('alias');
  if (!isTimeZone(timeZone)) throw invalidValue('timeZone');
  const name = checkName(account.name);
  const adminName = checkName(admin.name);

  await handles.add(sql, tenantId, { kind: ACCOUNT_HANDLE, value: alias });
  await createSequences(sql, tenantId);
  const companyId = MAIN_COMPANY;
  const adminId = await insertEntity(
    sql,
    tenantId,
    {
      kind: 'person',
      name: adminName,
      parentId: companyId,
      userGroup: 'admin',
      email: admin.email,
    },
    now,
  );
  const mainCompanyId = await insertEntity(
    sql,
    tenantId,
    { kind: 'company', name: checkName(account.mainCompany ?? 'My Company'), corporate: true },
    now,
  );
  if (adminId !== FIRST_ADMIN || mainCompanyId !== MAIN_COMPANY) {
    throw new TypeError('The numbers of a new account do not begin where they should');
  }
  const row = {
    tenant_id: tenantId,
    name,
    api_enabled: Number(account.apiEnabled),
    time_zone: timeZone,
    xid_mode: 'replace',
    v1_strict: 0,
    min_quantity_seconds: 60,
    main_company_id: mainCompanyId,
    created_at: now,
  };
  await sql.insertInto('time_accounts').values(row).execute();
  return (await findAccount(sql, tenantId)) as Account;
}

/** Numbers of the first administrator and of the main company in every account. */
export const FIRST_ADMIN = 2;
const MAIN_COMPANY = 3;

/**
 * Lets other transactions that call this wait for this one: for rules that span rows of an account (one administrator
 * remains, the tree of groups has no circle).
 */
export async function lockAccount(sql: Sql, tenantId: string): Promise<void> {
  await sql
    .updateTable('time_accounts')
    .set((column) => ({ name: column.ref('name') }))
    .where('tenant_id', '=', tenantId)
    .execute();
}

export interface AccountChange {
  name?: string;
  apiEnabled?: boolean;
  timeZone?: string;
  xidMode?: XidMode;
  v1Strict?: boolean;
  /** 1 to 3600. */
  minQuantitySeconds?: number;
}

/** Changes settings of an account; those that are absent stay. Throws `Invalid` (`invalid_value`). */
export async function updateAccount(
  context: AccountContext,
  change: AccountChange,
): Promise<Account> {
  const { tenantId } = context.account;
  const { timeZone, minQuantitySeconds: quantity } = change;
  if (timeZone !== undefined && !isTimeZone(timeZone)) throw invalidValue('timeZone');
  if (
    quantity !== undefined &&
    !(Number.isInteger(quantity) && quantity >= 1 && quantity <= 3600)
  ) {
    throw invalidValue('minQuantitySeconds');
  }
  const set = {
    ...(change.name !== undefined && { name: checkName(change.name) }),
    ...(change.apiEnabled !== undefined && { api_enabled: Number(change.apiEnabled) }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
    ...(change.xidMode !== undefined && { xid_mode: change.xidMode }),
    ...(change.v1Strict !== undefined && { v1_strict: Number(change.v1Strict) }),
    ...(quantity !== undefined && { min_quantity_seconds: quantity }),
  };
  if (Object.keys(set).length > 0) {
    await writing(context, (sql) =>
      sql.updateTable('time_accounts').set(set).where('tenant_id', '=', tenantId).execute(),
    );
  }
  return (await findAccount(reading(context), tenantId)) as Account;
}
