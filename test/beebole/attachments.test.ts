// What is attached to work in v2, and what it does to time entries in both generations (Beebole spec 5.5, 5.6, 8.2, 8.6).
import { beforeEach, expect, it } from 'vitest';
import { findAccount, updateAccount } from '../../src/timesheets/accounts.ts';
import { showApiToken } from '../../src/timesheets/api-tokens.ts';
import { findOfKind } from '../../src/timesheets/entity-store.ts';
import type { TimesheetTables } from '../../src/timesheets/tables.ts';
import { onBothEngines } from '../support/database.ts';
import { call, startDemo, type Demo } from './demo.ts';

type Answer = { status: string } & Record<string, unknown>;

onBothEngines('attachments', (engine) => {
  let demo: Demo;

  beforeEach(async () => {
    demo = await startDemo(engine);
    return () => demo.app.close();
  });

  const v2 = async (service: string, members: object = {}, token = demo.adminToken) =>
    (await call(demo, '/api/v2', token, { service, ...members })).json<Answer>();
  const v1 = async (service: string, members: object = {}, token = demo.token) =>
    (await call(demo, '/api', token, { service, ...members })).json<Answer>();
  const done = { status: 'ok' };
  const record = { date: '2026-03-02', hours: 1 };
  const tables = () => demo.app.platform.db.tables<TimesheetTables>();

  async function context() {
    const { db, clock, credentials } = demo.app.platform;
    const account = await findAccount(tables(), demo.tenantId);
    if (!account) throw new Error('no account');
    return { db, clock, account, tokens: credentials.tokens };
  }

  async function employee(name: string, userGroup = 'employee') {
    const { id } = (await v2('person.create', { person: { name, userGroup } })) as unknown as {
      id: number;
    };
    const person = await findOfKind(tables(), demo.tenantId, 'person', { id });
    if (!person) throw new Error('no person');
    return { id, token: (await showApiToken(await context(), person)).token };
  }

  it('specific tasks replace the general ones where they are attached', async () => {
    const { id } = await v2('task.create', { task: { name: 'Soldering', company: { id: 3 } } });
    const soldering = { id: id as number };
    expect(await v2('project.attach_specific_task', { id: 18, task: soldering })).toEqual(done);
    expect(await v2('project.attach_specific_task', { id: 18, task: soldering })).toEqual(done);
    expect(await v2('project.specific_tasks', { id: 18 }, demo.token)).toEqual({
      status: 'ok',
      disabled: false,
      specificTasks: [{ ...soldering, name: 'Soldering', active: true }],
    });
    expect(await v2('time_entry.get_tasks', { subproject: { id: 25 } }, demo.token)).toEqual({
      status: 'ok',
      tasks: [{ ...soldering, name: 'Soldering', active: true }],
    });
    const entry = { ...record, subproject_id: 25, task_id: 29 };
    expect(await v1('time_entry.create', entry)).toMatchObject({
      message: 'This task cannot be used here',
      tasks: [{ ...soldering, name: 'Soldering' }],
    });
    expect(await v1('time_entry.create', { ...entry, task_id: soldering.id })).toMatchObject(done);

    expect(await v2('subproject.disable_specific_tasks', { id: 25 })).toEqual(done);
    expect(await v2('subproject.specific_tasks', { id: 25 })).toMatchObject({ disabled: true });
    expect(await v2('time_entry.get_tasks', { subproject: { id: 25 } })).toEqual({
      status: 'ok',
      tasks: [],
    });
    expect(await v1('time_entry.create', { ...entry, task_id: undefined })).toMatchObject(done);
    expect(await v1('time_entry.create', entry)).toMatchObject(done);
    expect(await v2('subproject.enable_specific_tasks', { id: 25 })).toEqual(done);
    expect(await v2('project.detach_specific_tasks', { id: 18, tasks: soldering })).toEqual(done);
    expect(await v1('time_entry.create', entry)).toMatchObject(done);
  });

  it('an inactive task cannot be attached', async () => {
    await v2('task.deactivate', { id: 29 });
    expect(await v2('company.attach_specific_task', { id: 23, task: { id: 29 } })).toMatchObject({
      status: 'error',
      message: 'The task is inactive',
    });
  });

  it('exclusive members hide work from others, in both generations', async () => {
    const eve = await employee('Eve');
    expect(await v2('subproject.attach_member', { id: 24, person: { id: 21 } })).toEqual(done);
    expect(await v2('subproject.members', { id: 24 })).toEqual({
      status: 'ok',
      members: [{ id: 21, name: 'Ada Brandt' }],
      groups: [],
    });
    const list = { project_id: 18 };
    expect(await v1('subproject.list', list, eve.token)).toEqual({
      status: 'ok',
      subprojects: [{ id: 25, name: 'Field trial' }],
    });
    expect(await v2('subproject.get', { id: 24 }, eve.token)).toMatchObject({
      message: 'Subproject not found',
    });
    expect(JSON.stringify(await v1('time_entry.get_entities', {}, eve.token))).not.toContain(
      'Firmware',
    );
    expect(JSON.stringify(await v1('time_entry.get_entities'))).toContain('Firmware');
    const entry = { ...record, subproject_id: 24, task_id: 29 };
    expect(await v1('time_entry.create', entry, eve.token)).toMatchObject({
      status: 'error',
      message: 'You are not a member of this subproject',
    });
    expect(
      await v1(
        'time_entry.create',
        { ...entry, subproject_id: undefined, project_id: 18 },
        eve.token,
      ),
    ).toMatchObject({
      subprojects: [{ id: 25, name: 'Field trial' }],
    });
    expect(await v1('time_entry.create', entry)).toMatchObject(done);
    expect(await v2('subproject.detach_member', { id: 24, person: { id: 21 } })).toEqual(done);
    expect(await v1('time_entry.create', entry, eve.token)).toMatchObject(done);
    expect(await v2('subproject.attach_member', { id: 24 })).toMatchObject({
      message: 'Missing parameter: person.id',
    });
  });

  it('managers see who works on their projects, and change that time', async () => {
    const max = await employee('Max', 'pm');
    expect(await v2('project.attach_manager', { id: 18, person: { id: max.id } })).toEqual(done);
    expect(await v2('project.managers', { id: 18 }, max.token)).toEqual({
      status: 'ok',
      members: [{ id: max.id, name: 'Max', active: true }],
    });
    expect(await v2('time_entry.get', { id: 16 }, max.token)).toMatchObject(done);
    expect(await v2('person.list', {}, max.token)).toMatchObject({
      people: [{ id: 21 }, { id: max.id }],
    });
    expect(await v2('project.managers', { id: 19 }, max.token)).toMatchObject({
      message: 'You are not allowed to do this',
    });
    expect(await v2('project.detach_manager', { id: 18, person: { id: max.id } })).toEqual(done);
    expect(await v2('project.managers', { id: 18 })).toEqual({ status: 'ok', members: [] });
    const eve = await employee('Eve');
    expect(await v2('project.members', { id: 18 }, eve.token)).toMatchObject({
      message: 'You are not allowed to do this',
    });
  });

  it('groups form a tree whose leaves have no member for groups', async () => {
    const office = await v2('group.create', { group: { name: 'Office' } });
    const parent = { id: office['id'] };
    const malmo = await v2('group.create', { group: { name: 'Malmö', parent, xid: 'MMX' } });
    expect(malmo).toEqual({ status: 'ok', xid: 'MMX' });
    const porto = await v2('group.create', { name: 'Porto', parent });
    const id = porto['id'];
    expect(await v2('group.tree', {}, demo.token)).toEqual({
      status: 'ok',
      groups: [
        {
          ...parent,
          name: 'Office',
          groups: [
            { xid: 'MMX', name: 'Malmö' },
            { id, name: 'Porto' },
          ],
        },
      ],
    });
    expect(await v2('group.get', { id })).toEqual({
      status: 'ok',
      group: { id, name: 'Porto', parent: { ...parent, name: 'Office' } },
    });
    expect(await v2('group.get', parent)).toEqual({
      status: 'ok',
      group: { ...parent, name: 'Office' },
    });
    for (const below of [{ id }, parent]) {
      expect(await v2('group.update', { group: { ...parent, parent: below } })).toMatchObject({
        message: 'A group cannot be below itself',
      });
    }
    expect(
      await v2('group.update', { group: { id, name: 'Oporto', parent: { xid: 'MMX' } } }),
    ).toEqual(done);
    expect(await v2('group.get', { id })).toMatchObject({ group: { parent: { xid: 'MMX' } } });
    expect(await v2('group.create', { group: { name: 'x' } }, demo.token)).toMatchObject({
      message: 'You are not allowed to do this',
    });
  });

  it('groups are assigned, listed both ways, count as members, and go only by force', async () => {
    const eve = await employee('Eve');
    const office = { id: (await v2('group.create', { group: { name: 'Office' } }))['id'] };
    const porto = { id: (await v2('group.create', { name: 'Porto', parent: office }))['id'] };
    for (let twice = 0; twice < 2; twice++) {
      expect(await v2('person.add_group', { id: eve.id, group: porto })).toEqual(done);
    }
    expect(await v2('absence.add_group', { id: 15, group: porto })).toEqual(done);
    const listed = { status: 'ok', groups: [{ ...porto, name: 'Porto', groups: { count: 0 } }] };
    expect(await v2('person.groups', { id: eve.id }, eve.token)).toEqual(listed);
    // One client names the entity by its bare number.
    expect(await v2('group.list', { person: eve.id })).toEqual(listed);
    expect(await v2('group.list', {})).toMatchObject({ status: 'error' });
    expect(await v2('group.assignments', porto)).toEqual({
      status: 'ok',
      companies: [],
      projects: [],
      subprojects: [],
      tasks: [],
      people: [{ id: eve.id, name: 'Eve', active: true }],
      absences: [{ id: 15, name: 'Vacation', active: true }],
    });
    expect(await v2('group.assignments', porto, eve.token)).toMatchObject({
      message: 'You are not allowed to do this',
    });

    const entry = { ...record, project_id: 19, task_id: 29 };
    await v2('project.attach_member', { id: 19, group: office });
    expect(await v2('project.members', { id: 19 })).toEqual({
      status: 'ok',
      members: [],
      groups: [{ ...office, name: 'Office' }],
    });
    expect(await v1('time_entry.create', entry, eve.token)).toMatchObject(done);
    expect(await v1('time_entry.create', entry)).toMatchObject({
      message: 'You are not a member of this project',
    });
    await v2('person.remove_group', { id: eve.id, group: porto });
    expect(await v1('time_entry.create', entry, eve.token)).toMatchObject({
      message: 'You are not a member of this project',
    });

    expect(await v2('group.delete', office)).toMatchObject({
      message: 'The group is assigned to entities',
    });
    await v2('absence.remove_group', { id: 15, group: porto });
    // Still an exclusive member: deleting it would open the project.
    expect(await v2('group.delete', office)).toMatchObject({ status: 'error' });
    expect(await v2('group.delete', { ...office, force: true })).toEqual(done);
    expect(await v2('group.tree')).toEqual({ status: 'ok', groups: [] });
    expect(await v2('absence.groups', { id: 15 })).toEqual({ status: 'ok', groups: [] });
    // With its last member gone the project is open to all again.
    expect(await v1('time_entry.create', entry)).toMatchObject(done);
  });

  it('without tasks none is needed, listed or shown', async () => {
    await v2('task.deactivate', { id: 29 });
    expect(await v1('time_entry.get_entities')).not.toHaveProperty('tasks');
    expect(await v1('time_entry.get_entities', { format: 'flat' })).not.toHaveProperty('tasks');
    expect(await v1('task.list', { company_id: 3 })).toEqual({ status: 'ok', tasks: [] });
    const entry = await v1('time_entry.create', { ...record, project_id: 19 });
    expect(entry).toMatchObject({ timeEntry: { task: { active: false } } });
    expect(entry['timeEntry']).not.toHaveProperty('task.id');
    expect(await v1('time_entry.create', { ...record, project_id: 19, task_id: 29 })).toMatchObject(
      { message: 'The task is inactive' },
    );
  });

  it('inactive entities disappear from v1 and stay in v2', async () => {
    await v2('subproject.deactivate', { id: 25 });
    const { companies } = await v1('time_entry.get_entities');
    expect(JSON.stringify(companies)).not.toContain('Field trial');
    expect(await v1('subproject.list', { project_id: 18 })).toMatchObject({
      subprojects: [{ id: 24 }],
    });
    expect(await v2('subproject.list', { project: { id: 18 } })).toMatchObject({
      subprojects: [{ id: 25, active: false }, { id: 24 }],
    });
    expect(await v1('time_entry.list', { id: 16 })).toMatchObject({
      timeEntry: { subproject: { id: 25, active: false } },
    });
    const update = { id: 16, subproject_id: 25, task_id: 29, hours: 3, notes: 'still mine' };
    expect(await v1('time_entry.update', update)).toMatchObject({
      timeEntry: { notes: 'still mine' },
    });
  });

  it('an account can ask for the printed form of v1, for both ids, and for coarser time', async () => {
    await v2('company.update', { company: { id: 23, xid: 'ERP-1' } });
    await updateAccount(await context(), {
      v1Strict: true,
      xidMode: 'both',
      minQuantitySeconds: 900,
    });
    const entry = { ...record, hours: 0.1, absence_id: 15 };
    const created = await call(demo, '/api', demo.token, {
      service: 'time_entry.create',
      ...entry,
    });
    expect(created.text).toBe(
      '{"status":"ok","timeEntry":{"id":17,"date":"2026-03-02","hours":0.25,"status":"d","absence":{"id":15,"name":"Vacation"},"notes":""}}',
    );
    expect(JSON.stringify(await v1('time_entry.get_entities'))).not.toContain('active');
    expect(await v2('company.get', { xid: 'ERP-1' })).toMatchObject({
      company: { id: 23, xid: 'ERP-1' },
    });
  });
});
