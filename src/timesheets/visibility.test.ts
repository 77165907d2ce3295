// Who sees what in lists, and what is offered to whom, on both engines.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, TestAccount, type TestDatabase } from '../../test/beebole/account.ts';
import { onBothEngines } from '../../test/support/database.ts';
import { reading, writing } from './context.ts';
import { createEntry } from './entries.ts';
import { offeredLists, offeredTree, type OfferedNode } from './loggable.ts';
import type { EntityKind, Person } from './model.ts';
import { updatePerson } from './people.ts';
import { setManager } from './relations.ts';
import { byName } from './text.ts';
import { listVisible } from './visibility.ts';
import { setActive, updateWork } from './work.ts';

const TODAY = '2026-03-02';

onBothEngines('visibility', (engine) => {
  let database: TestDatabase;
  let counter = 0;

  beforeAll(async () => {
    database = await openTestDatabase(engine);
  });
  afterAll(() => database.close());

  const open = () => TestAccount.open(database, `visible-${counter++}`);
  const names = async (test: TestAccount, actor: Person, kind: EntityKind) =>
    (await listVisible(test.as(actor), kind)).sort(byName).map(({ name }) => name);
  const tree = async (test: TestAccount, person: Person, date = TODAY, begunOnly = false) =>
    (await offeredTree(reading(test), test.account, person, { date, begunOnly }))
      .sort(byNode)
      .map(shown);

  it('hides from employees what exclusive members guard, and all below it', async () => {
    const test = await open();
    const main = await test.main;
    const ines = await test.person('Ines');
    const lea = await test.person('Lea', { userGroup: 'leader' });
    const secret = await test.make('project', 'Secret', main);
    await test.make('subproject', 'Below secret', secret);
    const open1 = await test.make('project', 'Open', main);
    const guarded = await test.make('subproject', 'Guarded', open1);
    await test.make('subproject', 'Free', open1);
    const vip = await test.make('company', 'Vip');
    const vipProject = await test.make('project', 'Vip project', vip);
    await test.make('subproject', 'Vip subproject', vipProject);
    for (const owner of [secret, guarded, vip]) await test.member(owner, lea);

    expect(await names(test, ines, 'company')).toEqual(['My Company']);
    expect(await names(test, ines, 'project')).toEqual(['Open']);
    expect(await names(test, ines, 'subproject')).toEqual(['Free']);
    expect(await names(test, lea, 'subproject')).toEqual([
      'Below secret',
      'Free',
      'Guarded',
      'Vip subproject',
    ]);
    expect(await tree(test, ines)).toEqual([{ 'My Company': [{ Open: ['Free'] }] }]);
    expect(await tree(test, await test.admin)).toEqual([
      { 'My Company': [{ Open: ['Free', 'Guarded'] }, { Secret: ['Below secret'] }] },
      { Vip: [{ 'Vip project': ['Vip subproject'] }] },
    ]);
  });

  it('offers no project whose subprojects are all hidden, and no company whose projects are', async () => {
    const test = await open();
    const ines = await test.person('Ines');
    const customer = await test.make('company', 'Customer');
    const project = await test.make('project', 'Project', customer);
    const subproject = await test.make('subproject', 'Hidden', project);
    await test.member(subproject, await test.admin);
    expect(await tree(test, ines)).toEqual(['My Company']);
    await setActive(test, subproject, false);
    expect(await tree(test, ines)).toEqual([{ Customer: ['Project'] }, 'My Company']);
    await setActive(test, project, false);
    expect(await tree(test, ines)).toEqual(['Customer', 'My Company']);
    await setActive(test, customer, false);
    expect(await tree(test, ines)).toEqual(['My Company']);
  });

  it('offers projects from their first day when asked to', async () => {
    const test = await open();
    const customer = await test.make('company', 'Customer');
    const project = await test.make('project', 'Next month', customer);
    await updateWork(test, project, { startDate: '2026-04-01' });
    const admin = await test.admin;
    expect(await tree(test, admin, '2026-03-31', true)).toEqual(['My Company']);
    expect(await tree(test, admin, '2026-04-01', true)).toContainEqual({
      Customer: ['Next month'],
    });
    expect(await tree(test, admin, '2026-03-31')).toContainEqual({ Customer: ['Next month'] });
  });

  it('offers nothing to contact people of customers', async () => {
    const test = await open();
    const customer = await test.make('company', 'Customer');
    await test.make('task', 'Theirs', customer);
    const contact = await test.person('Kim', { company: customer });
    expect(await tree(test, contact)).toEqual([]);
    expect(await offeredLists(reading(test), test.account, contact)).toEqual({
      tasks: [],
      absences: [],
    });
  });

  it('shows employees the tasks and absences of their company and specific tasks', async () => {
    const test = await open();
    const ines = await test.person('Ines');
    const customer = await test.make('company', 'Customer');
    const elsewhere = await test.make('task', 'Elsewhere', customer);
    await test.make('task', 'Unused', customer);
    await test.make('absence', 'Foreign', customer);
    await test.make('task', 'Own', await test.main);
    await test.specific(customer, elsewhere);
    expect(await names(test, ines, 'task')).toEqual(['Elsewhere', 'Own']);
    expect(await names(test, ines, 'absence')).toEqual(['Holidays', 'Leave', 'Sickness']);
    expect(await names(test, await test.admin, 'absence')).toContain('Foreign');
  });

  it('shows people to those who lead them or manage their work', async () => {
    const test = await open();
    const project = await test.make('project', 'Project', await test.main);
    const other = await test.make('project', 'Other', await test.main);
    const subproject = await test.make('subproject', 'Part', project);
    const ines = await test.person('Ines');
    const oda = await test.person('Oda');
    const lea = await test.person('Lea', { userGroup: 'leader' });
    const max = await test.person('Max', { userGroup: 'pm' });
    const rob = await test.person('Rob', { userGroup: 'pm' });
    await updatePerson(test, ines, { leaders: [{ id: lea.id }] });
    await writing(test, (sql) => setManager(sql, test.account.tenantId, project.id, max.id, true));
    const day = { date: TODAY, seconds: 3600 };
    await createEntry(test.as(ines), { person: ines, named: { subproject }, ...day });
    await createEntry(test.as(oda), { person: oda, named: { project: other }, ...day });

    expect(await names(test, await test.admin, 'person')).toEqual([
      'Ines',
      'Lea',
      'Max',
      'Oda',
      'Rob',
      'Root',
    ]);
    expect(await names(test, lea, 'person')).toEqual(['Ines', 'Lea']);
    expect(await names(test, max, 'person')).toEqual(['Ines', 'Max']);
    expect(await names(test, rob, 'person')).toEqual(['Ines', 'Oda', 'Rob']);
    expect(await names(test, ines, 'person')).toEqual(['Ines']);
  });
});

type Shown = string | { [name: string]: Shown[] };

const byNode = (a: OfferedNode, b: OfferedNode) => byName(a.entity, b.entity);

function shown({ entity, children }: OfferedNode): Shown {
  return children.length === 0 ? entity.name : { [entity.name]: children.sort(byNode).map(shown) };
}
