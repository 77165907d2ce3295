// Accounts, their numbers and settings, tokens and the demo, on both engines.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, TestAccount, type TestDatabase } from '../../test/beebole/account.ts';
import { onBothEngines } from '../../test/support/database.ts';
import { createAccount, updateAccount, type NewAccount } from './accounts.ts';
import { resetApiToken, showApiToken, verifyApiToken } from './api-tokens.ts';
import { reading } from './context.ts';
import { seedTimesheetDemo } from './demo.ts';
import { listEntities } from './entity-store.ts';
import { createPerson, updatePerson } from './people.ts';
import { setActive, updateWork } from './work.ts';

onBothEngines('accounts', (engine) => {
  let database: TestDatabase;
  let counter = 0;

  beforeAll(async () => {
    database = await openTestDatabase(engine);
  });
  afterAll(() => database.close());

  const newAccount = async (more: Partial<NewAccount> = {}): Promise<NewAccount> => ({
    tenantId: (await database.tenant()).id,
    alias: `acme-${counter++}`,
    name: 'Acme',
    admin: { name: 'Root', email: 'root@acme.example' },
    apiEnabled: false,
    ...more,
  });

  it('begin with an administrator, a main company, tasks and absence types', async () => {
    const account = await createAccount(database, await newAccount());
    expect(account).toMatchObject({ apiEnabled: false, mainCompanyId: 3, timeZone: 'UTC' });
    const sql = reading(database);
    const all = await listEntities(sql, account.tenantId, ['company', 'person', 'task', 'absence']);
    expect(
      all.map(({ id, kind, name }) => [id, kind, name] as const).sort(([a], [b]) => a - b),
    ).toEqual([
      [2, 'person', 'Root'],
      [3, 'company', 'My Company'],
      [4, 'task', 'Administration'],
      [5, 'task', 'Meetings'],
      [6, 'task', 'Research'],
      [7, 'absence', 'Holidays'],
      [8, 'absence', 'Leave'],
      [9, 'absence', 'Sickness'],
    ]);
    expect(all.find(({ id }) => id === 2)).toMatchObject({
      userGroup: 'admin',
      parent: { id: 3, name: 'My Company' },
    });
  });

  it('have public names that are unique and fit into a host name', async () => {
    const first = await newAccount();
    await createAccount(database, first);
    const again = await newAccount({ alias: first.alias.toUpperCase() });
    await expect(createAccount(database, again)).rejects.toMatchObject({ code: 'handle_taken' });
    for (const alias of ['', 'a.b', '-a', 'a-', 'ä', 'a b', 'a'.repeat(64)]) {
      await expect(createAccount(database, await newAccount({ alias }))).rejects.toMatchObject({
        details: { field: 'alias' },
      });
    }
    await expect(
      createAccount(database, await newAccount({ timeZone: 'Mars/Olympus' })),
    ).rejects.toMatchObject({ details: { field: 'timeZone' } });
  });

  it('change what is given and refuse nonsense', async () => {
    const test = await TestAccount.open(database, `settings-${counter++}`);
    expect(await updateAccount(test, { v1Strict: true, minQuantitySeconds: 900 })).toMatchObject({
      v1Strict: true,
      minQuantitySeconds: 900,
      apiEnabled: true,
    });
    expect(await updateAccount(test, {})).toMatchObject({ v1Strict: true });
    for (const minQuantitySeconds of [0, -1, 1.5, 3601]) {
      await expect(updateAccount(test, { minQuantitySeconds })).rejects.toMatchObject({
        details: { field: 'minQuantitySeconds' },
      });
    }
  });

  it('number all kinds of entities from one sequence', async () => {
    const test = await TestAccount.open(database, `numbers-${counter++}`);
    const company = await test.make('company', 'A');
    const project = await test.make('project', 'B', company);
    const rest = await Promise.all([
      test.make('subproject', 'C', project),
      test.make('task', 'D', company),
      test.make('absence', 'E', company),
      test.person('F'),
      test.group('G'),
    ]);
    const ids = [company, project, ...rest].map(({ id }) => id).sort((a, b) => a - b);
    expect(ids).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it('let only one of two take an external id or address at the same moment', async () => {
    const test = await TestAccount.open(database, `races-${counter++}`);
    const xids = await Promise.allSettled(
      [1, 2, 3].map((n) => test.make('company', `C${n}`, undefined, { xid: 'same' })),
    );
    expect(xids.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(xids.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'duplicate_xid' },
    });
    const emails = await Promise.allSettled(
      ['A@b.example', 'a@B.example'].map((email) => createPerson(test, { name: 'P', email })),
    );
    expect(emails.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'duplicate_email' },
    });
  });

  it('never lose their last administrator, even when two leave at once', async () => {
    const test = await TestAccount.open(database, `admins-${counter++}`);
    const root = await test.admin;
    const second = await test.person('Second', { userGroup: 'admin' });
    const outcomes = await Promise.allSettled([
      setActive(test, root, false),
      updatePerson(test, second, { userGroup: 'employee' }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'last_admin' },
    });
  });

  it('keep their main company', async () => {
    const test = await TestAccount.open(database, `main-${counter++}`);
    const main = await test.main;
    await expect(setActive(test, main, false)).rejects.toMatchObject({ code: 'main_company' });
    await expect(updateWork(test, main, { corporate: false })).rejects.toMatchObject({
      code: 'main_company',
    });
  });

  it('check people before they store anything', async () => {
    const test = await TestAccount.open(database, `people-${counter++}`);
    const before = (await listEntities(reading(test), test.account.tenantId, ['person'])).length;
    await test.person('Twin');
    await test.person('Twin');
    for (const [person, failure] of [
      [{ name: '' }, { details: { field: 'name' } }],
      [{ name: 'A', email: 'two words' }, { details: { field: 'email' } }],
      [{ name: 'A', email: 'no-at', invite: true }, { details: { field: 'email' } }],
      [{ name: 'A', leaders: [{ name: 'Nobody' }] }, { message: 'Person not found' }],
      [{ name: 'A', leaders: [{ id: 3 }] }, { message: 'Person not found' }],
      [{ name: 'A', leaders: [{ name: 'Twin' }] }, { details: { field: 'leaders' } }],
    ] as const) {
      await expect(createPerson(test, person)).rejects.toMatchObject(failure);
    }
    const people = await listEntities(reading(test), test.account.tenantId, ['person']);
    expect(people).toHaveLength(before + 2);
  });

  it('have one token a person, which ends at a reset', async () => {
    const test = await TestAccount.open(database, `tokens-${counter++}`);
    const context = { ...database, account: test.account };
    const root = await test.admin;
    const { token } = await showApiToken(context, root);
    expect(token).toMatch(/^[0-9a-f]{40}$/);
    expect((await verifyApiToken(database, token))?.person.id).toBe(2);
    const fresh = await resetApiToken(context, root);
    expect(await verifyApiToken(database, token)).toBeUndefined();
    expect((await verifyApiToken(database, fresh.token))?.account.tenantId).toBe(
      test.account.tenantId,
    );
    const tokens = await Promise.all([1, 2, 3].map(() => showApiToken(context, root)));
    expect(new Set(tokens.map((one) => one.token))).toEqual(new Set([fresh.token]));
  });

  it('the demo is the same when it is made again', async () => {
    const { id } = await database.tenant('demo');
    const demo = await seedTimesheetDemo(database, id);
    expect(demo).toMatchObject({ account: 'demo' });
    expect(demo.token).not.toBe(demo.adminToken);
    expect(await seedTimesheetDemo(database, id)).toEqual(demo);
    const other = await TestAccount.open(database, `not-demo-${counter++}`);
    await expect(seedTimesheetDemo(database, other.account.tenantId)).rejects.toMatchObject({
      code: 'not_demo',
    });
  });
});
