// A small account to try things out, with the numbers that the published examples of the API use.
import type { Clock } from '../platform/clock.ts';
import type { Tokens } from '../platform/credentials/tokens.ts';
import type { Database } from '../platform/database/database.ts';
import { Conflict } from '../platform/errors.ts';
import type { Handles } from '../platform/tenants/handles.ts';
import { ACCOUNT_HANDLE, findAccount, FIRST_ADMIN, openAccount } from './accounts.ts';
import { showApiToken } from './api-tokens.ts';
import { reading, writing } from './context.ts';
import { findOfKind, insertEntity, type NewEntity } from './entity-store.ts';
import { insertEntry } from './entry-store.ts';
import { setLeaders } from './relations.ts';
import { skipNumbers } from './sequences.ts';
import type { Account } from './model.ts';
import type { Sql } from './tables.ts';

export interface TimesheetDemo {
  /** The public name of the account. */
  account: string;
  /** Token of person 21, who leads a team of one and has recorded entry 16. */
  token: string;
  /** Token of person 2, the administrator. */
  adminToken: string;
}

interface DemoContext {
  db: Database;
  clock: Clock;
  tokens: Tokens;
  handles: Handles;
}

const ALIAS = 'demo';
const MEMBER = 21;

/** Number, and what it is. The numbers and who belongs to whom are those of the published examples. */
const CONTENT: readonly (readonly [id: number, entity: NewEntity])[] = [
  [15, { kind: 'absence', name: 'Vacation', parentId: 3 }],
  [16, { kind: 'absence', name: 'Parental leave', parentId: 3 }],
  [17, { kind: 'absence', name: 'Illness', parentId: 3 }],
  [18, { kind: 'project', name: 'Hive scales', parentId: 3, startDate: '2010-09-01' }],
  [19, { kind: 'project', name: 'Back office', parentId: 3, startDate: '2010-09-01' }],
  [MEMBER, { kind: 'person', name: 'Ada Brandt', parentId: 3, userGroup: 'leader' }],
  [23, { kind: 'company', name: 'Orchard & Sons', corporate: false }],
  [24, { kind: 'subproject', name: 'Firmware', parentId: 18 }],
  [25, { kind: 'subproject', name: 'Field trial', parentId: 18 }],
  [29, { kind: 'task', name: 'Development', parentId: 3 }],
];

const ENTRY = 16;

/**
 * Makes sure that the tenant has the demo account and gives its tokens. Called again, it changes nothing and gives the
 * same tokens. Throws `Conflict` (`handle_taken`) when another tenant has the account's public name, (`not_demo`) when the tenant
 * has an account of its own.
 */
export async function seedTimesheetDemo(
  context: DemoContext,
  tenantId: string,
): Promise<TimesheetDemo> {
  const account =
    (await findAccount(reading(context), tenantId)) ?? (await create(context, tenantId));
  const token = async (id: number) => {
    const person = await findOfKind(reading(context), tenantId, 'person', { id });
    if (!person) throw new Conflict('not_demo', 'This tenant has a timesheet of its own');
    return (await showApiToken({ ...context, account }, person)).token;
  };
  const [handle] = await context.handles.list(tenantId, ACCOUNT_HANDLE);
  return {
    account: handle?.value ?? ALIAS,
    token: await token(MEMBER),
    adminToken: await token(FIRST_ADMIN),
  };
}

function create(context: DemoContext, tenantId: string): Promise<Account> {
  const now = context.clock.now();
  return writing(context, async (sql) => {
    const account = await openAccount(
      sql,
      context.handles,
      {
        tenantId,
        alias: ALIAS,
        name: 'Demo',
        mainCompany: 'Meadow Works',
        admin: { name: 'Bruno Keller' },
        apiEnabled: true,
      },
      now,
    );
    let last = 0;
    for (const [id, entity] of CONTENT) {
      await insertEntity(sql, tenantId, entity, now, id);
      last = id;
    }
    await skipNumbers(sql, tenantId, 'entity', last);
    await setLeaders(sql, tenantId, FIRST_ADMIN, [MEMBER]);
    await recordTime(sql, tenantId, now);
    return account;
  });
}

async function recordTime(sql: Sql, tenantId: string, now: number): Promise<void> {
  const entry = {
    personId: MEMBER,
    date: '2011-01-06',
    seconds: 7 * 3600,
    targetId: 25,
    targetKind: 'subproject' as const,
    taskId: 29,
    comment: 'Calibrated the load cells',
    startedAt: '',
    endedAt: '',
    xid: undefined,
  };
  await insertEntry(sql, tenantId, ENTRY, entry, { actorId: MEMBER, now });
  await skipNumbers(sql, tenantId, 'entry', ENTRY);
}
