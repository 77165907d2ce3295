// The second generation: entities, external ids, discovery, time entries, leniencies, batches (Beebole spec 5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { call, startDemo, type Demo } from './demo.ts';

type Answer = { status: string } & Record<string, unknown>;

onBothEngines('v2', (engine) => {
  let demo: Demo;

  beforeAll(async () => {
    demo = await startDemo(engine);
  });
  afterAll(() => demo.app.close());

  const raw = (body: unknown, token = demo.adminToken) => call(demo, '/api/v2', token, body);
  const ask = async (service: string, members: object = {}, token = demo.adminToken) =>
    (await raw({ service, ...members }, token)).json<Answer>();
  /** The number that a creation gave. */
  const made = async (service: string, members: object): Promise<number> => {
    const answer = await ask(service, members);
    expect(answer).toEqual({ status: 'ok', id: expect.any(Number) as unknown });
    return answer['id'] as number;
  };
  const error = (message: string) =>
    expect.objectContaining({ status: 'error', message }) as Answer;

  describe('the examples that the guide refers to', () => {
    it('absence.list with a company', async () => {
      const company = { id: 3, name: 'Meadow Works' };
      expect(await ask('absence.list', { company: { id: 3 } }, demo.token)).toEqual({
        status: 'ok',
        absences: [
          { id: 17, name: 'Illness', active: true, company },
          { id: 16, name: 'Parental leave', active: true, company },
          { id: 15, name: 'Vacation', active: true, company },
        ],
      });
    });

    it('company.list', async () => {
      expect(await ask('company.list')).toMatchObject({
        status: 'ok',
        companies: [
          { id: 3, name: 'Meadow Works', active: true, corporate: true, projects: { count: 2 } },
          {
            id: 23,
            name: 'Orchard & Sons',
            active: true,
            corporate: false,
            projects: { count: 0 },
          },
        ],
      });
    });

    it('company.create and company.get with external ids, in requests and answers', async () => {
      const company = { xid: 'ERP-5512', name: 'Harbour Foods' };
      expect(await ask('company.create', { company })).toEqual({ status: 'ok', xid: 'ERP-5512' });
      expect(await ask('company.get', { xid: 'ERP-5512' })).toEqual({
        status: 'ok',
        company: {
          xid: 'ERP-5512',
          name: 'Harbour Foods',
          active: true,
          corporate: false,
          projects: { count: 0 },
        },
      });
    });
  });

  describe('external ids', () => {
    it('replace numbers in nested references and in lists, object by object', async () => {
      await ask('company.create', { company: { xid: 'C-1', name: 'Xid company' } });
      const company = { xid: 'C-1' };
      await ask('project.create', { project: { xid: 'P-1', name: 'With', company } });
      const plain = await made('project.create', { project: { name: 'Without', company } });
      const answer = await ask('project.list', { company });
      expect(answer).toMatchObject({
        projects: [
          { xid: 'P-1', name: 'With', company: { xid: 'C-1', name: 'Xid company' } },
          { id: plain, name: 'Without', company: { xid: 'C-1', name: 'Xid company' } },
        ],
      });
      const [first, second] = answer['projects'] as object[];
      expect(first).not.toHaveProperty('id');
      expect(second).not.toHaveProperty('xid');
    });

    it('are unique in their kind and case-sensitive', async () => {
      await ask('company.create', { company: { xid: 'Same', name: 'One' } });
      const again = { company: { xid: 'Same', name: 'Two' } };
      expect(await ask('company.create', again)).toEqual(error('The external id is already used'));
      expect(await ask('company.create', { company: { xid: 'same', name: 'Two' } })).toEqual({
        status: 'ok',
        xid: 'same',
      });
      const task = { xid: 'Same', name: 'Task', company: { id: 23 } };
      expect(await ask('task.create', { task })).toEqual({ status: 'ok', xid: 'Same' });
      expect(await ask('company.get', { xid: 'SAME' })).toEqual(error('Company not found'));
    });

    it('may be numbers, and are changed only by number', async () => {
      expect(await ask('company.create', { company: { xid: 4711, name: 'Numbered' } })).toEqual({
        status: 'ok',
        xid: '4711',
      });
      const id = await made('company.create', { company: { name: 'Later' } });
      expect(await ask('company.update', { company: { id, xid: 'L-1' } })).toEqual({
        status: 'ok',
      });
      expect(await ask('company.get', { id })).toMatchObject({ company: { xid: 'L-1' } });
      // By the external id alone it only says which company.
      await ask('company.update', { company: { xid: 'L-1', name: 'Renamed' } });
      expect(await ask('company.get', { xid: 'L-1' })).toMatchObject({
        company: { xid: 'L-1', name: 'Renamed' },
      });
      await ask('company.update', { company: { id, xid: '' } });
      expect(await ask('company.get', { id })).toMatchObject({ company: { id, name: 'Renamed' } });
      expect(await ask('company.get', { xid: 'L-1' })).toEqual(error('Company not found'));
    });

    it('are unknown to v1, which shows numbers', async () => {
      await ask('company.create', { company: { xid: 'V-1', name: 'Aardvark' } });
      const list = await call(demo, '/api', demo.adminToken, { service: 'company.list' });
      expect(list.text).toMatch(/\{"id":\d+,"name":"Aardvark"\}/);
      expect(list.text).not.toContain('xid');
    });

    it('let the number win when both are sent', async () => {
      const id = await made('company.create', { company: { name: 'Both' } });
      expect(await ask('company.get', { id, xid: 'ERP-5512' })).toMatchObject({ company: { id } });
    });

    it('mark time entries, so that a repeated creation is noticed', async () => {
      const entry = {
        absence: { id: 15 },
        date: '2026-05-05',
        hours: 1,
        xid: 'T-1',
      };
      expect(await ask('time_entry.create', entry)).toMatchObject({
        status: 'ok',
        timeEntry: { id: expect.any(Number) as unknown, xid: 'T-1' },
      });
      expect(await ask('time_entry.create', entry)).toEqual(
        error('The external id is already used'),
      );
    });
  });

  describe('entities', () => {
    it('live through create, get, update, list, deactivate and activate', async () => {
      const company = {
        id: await made('company.create', { company: { name: ' Quay Logistics ' } }),
      };
      const project = {
        id: await made('project.create', {
          project: { name: 'Retainer', company, description: 'per month' },
        }),
      };
      expect(await ask('project.get', project)).toEqual({
        status: 'ok',
        project: {
          ...project,
          name: 'Retainer',
          startDate: '2026-03-01',
          description: 'per month',
          company: { ...company, name: 'Quay Logistics' },
          subprojects: { count: 0 },
          active: true,
        },
      });
      const subproject = {
        id: await made('subproject.create', { subproject: { name: 'Berth 4', project } }),
      };
      expect(await ask('subproject.list', { project })).toEqual({
        status: 'ok',
        subprojects: [
          {
            ...subproject,
            name: 'Berth 4',
            project: { ...project, name: 'Retainer' },
            active: true,
          },
        ],
      });
      const update = { project: { ...project, name: 'Support', startDate: '2026-1-9' } };
      expect(await ask('project.update', update)).toEqual({ status: 'ok' });
      expect(await ask('project.deactivate', project)).toEqual({ status: 'ok' });
      expect(await ask('project.deactivate', project)).toEqual({ status: 'ok' });
      expect(await ask('project.list', { company })).toMatchObject({
        projects: [
          {
            ...project,
            name: 'Support',
            startDate: '2026-01-09',
            description: 'per month',
            subprojects: { count: 1 },
            active: false,
          },
        ],
      });
      expect(await ask('company.get', company)).toMatchObject({
        company: { projects: { count: 1 } },
      });
      // The first generation lists what is active.
      const v1 = { service: 'project.list', company_id: company.id };
      expect((await call(demo, '/api', demo.adminToken, v1)).json()).toEqual({
        status: 'ok',
        projects: [],
      });
      expect(await ask('project.activate', project)).toEqual({ status: 'ok' });
      expect(await ask('project.get', project)).toMatchObject({ project: { active: true } });
    });

    it.each(['task', 'absence'])('%s: belongs to a company', async (kind) => {
      const plural = `${kind}s`;
      const company = { id: await made('company.create', { company: { name: `For ${kind}` } }) };
      const id = await made(`${kind}.create`, { [kind]: { name: 'First', company } });
      await ask(`${kind}.update`, { [kind]: { id, name: 'Second' } });
      await ask(`${kind}.deactivate`, { id });
      const item = {
        id,
        name: 'Second',
        active: false,
        company: { ...company, name: `For ${kind}` },
      };
      expect(await ask(`${kind}.get`, { id })).toEqual({ status: 'ok', [kind]: item });
      expect(await ask(`${kind}.list`, { company })).toEqual({ status: 'ok', [plural]: [item] });
      await ask(`${kind}.activate`, { id });
      expect(await ask(`${kind}.get`, { id })).toMatchObject({ [kind]: { active: true } });
    });

    it('people: leaders are named in any way, counted, and listed', async () => {
      const person = {
        name: 'Ines Duarte',
        company: { id: 3 },
        email: 'Ines@nordlicht.example',
        invite: false,
        userGroup: 'employee',
        leaders: [{ id: 21 }, { name: 'Bruno Keller' }, { id: 2, name: 'nobody' }],
      };
      const id = await made('person.create', { person });
      expect(await ask('person.get', { id })).toEqual({
        status: 'ok',
        person: {
          id,
          name: 'Ines Duarte',
          company: { id: 3, name: 'Meadow Works' },
          active: true,
          email: 'Ines@nordlicht.example',
          userGroup: 'employee',
          leaders: { count: 2 },
        },
      });
      expect(await ask('person.leaders', { id })).toMatchObject({
        leaders: [
          { id: 21, userGroup: 'leader' },
          { id: 2, userGroup: 'admin' },
        ],
      });
      const leaders = [{ email: 'ines@NORDLICHT.example' }];
      await ask('person.update', { person: { id: 21, leaders } });
      expect(await ask('person.leaders', { id: 21 })).toMatchObject({ leaders: [{ id }] });
      const nobody = { person: { id: 21, name: 'Changed', leaders: [{ name: 'Nobody' }] } };
      expect(await ask('person.update', nobody)).toEqual(error('Person not found'));
      expect(await ask('person.get', { id: 21 })).toMatchObject({
        person: { name: 'Ada Brandt', leaders: { count: 1 } },
      });
      await ask('person.update', { person: { id: 21, leaders: [] } });
      expect(await ask('person.get', { id: 21 })).toMatchObject({
        person: { leaders: { count: 0 } },
      });
      expect(await ask('person.create', { person: { ...person, leaders: [] } })).toEqual(
        error('The e-mail address is already used'),
      );
      expect(await ask('person.create', { person: { name: 'X', userGroup: 'king' } })).toEqual(
        error('Invalid value for parameter: person.userGroup'),
      );
    });

    it('keeps the main company and one administrator', async () => {
      expect(await ask('company.deactivate', { id: 3 })).toMatchObject({ status: 'error' });
      expect(await ask('person.deactivate', { id: 2 })).toMatchObject({ status: 'error' });
      const demote = { person: { id: 2, userGroup: 'employee' } };
      expect(await ask('person.update', demote)).toMatchObject({ status: 'error' });
      expect(await ask('person.get', { id: 2 })).toMatchObject({
        person: { active: true, userGroup: 'admin' },
      });
    });

    it.each([
      ['project.get', {}, 'Missing parameter: id'],
      ['project.get', { id: 3 }, 'Project not found'],
      ['project.get', { id: null }, 'Invalid value for parameter: id'],
      ['project.get', { id: true }, 'Invalid value for parameter: id'],
      ['project.get', { id: [18] }, 'Invalid value for parameter: id'],
      ['project.get', { id: 1e300 }, 'Invalid value for parameter: id'],
      ['project.get', { id: '18; DROP TABLE time_entities' }, 'Invalid value for parameter: id'],
      ['project.get', { id: -1 }, 'Project not found'],
      ['project.get', { id: 9_007_199_254_740_991 }, 'Project not found'],
      ['project.get', { xid: {} }, 'Invalid value for parameter: xid'],
      ['project.get', { project_id: 18 }, 'Missing parameter: id'],
      ['project.create', { project: { company: { id: 3 } } }, 'Missing parameter: project.name'],
      ['project.create', { project: { name: 'x' } }, 'Missing parameter: project.company.id'],
      [
        'project.create',
        { project: { name: 'x', company: {} } },
        'Missing parameter: project.company.id',
      ],
      ['project.create', { project: { name: 'x', company: { id: 99 } } }, 'Company not found'],
      ['project.create', { project: { name: 'x', company: { id: 18 } } }, 'Company not found'],
      [
        'project.create',
        { project: { name: ' ', company: 3 } },
        'Invalid value for parameter: project.name',
      ],
      [
        'project.create',
        { project: { name: 'n'.repeat(256), company: 3 } },
        'Invalid value for parameter: project.name',
      ],
      [
        'project.create',
        { project: { name: 'a\0b', company: 3 } },
        'Invalid value for parameter: project.name',
      ],
      [
        'project.create',
        { project: { name: 'a', company: 3, xid: '' } },
        'Invalid value for parameter: project.xid',
      ],
      [
        'project.create',
        { project: { name: 'a', company: 3, startDate: 'soon' } },
        'Invalid value for parameter: project.startDate',
      ],
      [
        'company.create',
        { company: { name: 'a', corporate: 'maybe' } },
        'Invalid value for parameter: company.corporate',
      ],
      ['company.create', {}, 'Missing parameter: company.name'],
      ['company.update', { company: { name: 'a' } }, 'Missing parameter: company.id'],
      [
        'time_entry.list',
        { person: { id: 'x' }, from: '2026-01-01', to: '2026-01-02' },
        'Invalid value for parameter: person.id',
      ],
      [
        'time_entry.list',
        { from: '2026-01-02', to: '2026-01-01' },
        'Invalid value for parameter: from',
      ],
      ['time_entry.list', { from: '2026-01-02' }, 'Missing parameter: to'],
      ['time_entry.get', { id: 16, date: '2011-01-07' }, 'Time entry not found'],
      ['time_entry.get', { id: 99_999 }, 'Time entry not found'],
      ['time_entry.create', { parameters: { absence: { id: 15 } } }, 'Missing parameter: date'],
    ])('%s %j: %s', async (service, members, message) => {
      expect(await ask(service, members)).toEqual(error(message));
    });
  });

  describe('what real clients send', () => {
    it('numbers as text, bare references, a number in an object', async () => {
      expect(await ask('project.get', { id: '18' })).toMatchObject({ project: { id: 18 } });
      expect(await ask('project.get', { id: { id: 18 } })).toMatchObject({ project: { id: 18 } });
      expect(await ask('subproject.list', { project: '18' })).toMatchObject({
        subprojects: [{ id: 25 }, { id: 24 }],
      });
      expect(await ask('project.list', { company: 3 })).toMatchObject({
        projects: [{ id: 19 }, { id: 18 }],
      });
    });

    it('creation without the wrapper', async () => {
      const id = await made('company.create', { name: 'Bare', corporate: false });
      const project = await made('project.create', { name: 'Bare', company: { id } });
      await made('subproject.create', { name: 'Bare', project: { id: project } });
      const person = await made('person.create', { name: 'Bare', email: '', leaders: [] });
      expect(await ask('person.get', { id: person })).toMatchObject({
        person: { company: { id: 3 }, leaders: { count: 0 } },
      });
    });

    it('lists without their parent', async () => {
      for (const [service, member] of [
        ['project.list', 'projects'],
        ['subproject.list', 'subprojects'],
        ['task.list', 'tasks'],
        ['person.list', 'people'],
        ['absence.list', 'absences'],
      ] as const) {
        const answer = await ask(service, {}, demo.token);
        expect(answer.status).toBe('ok');
        expect((answer[member] as unknown[]).length).toBeGreaterThan(0);
      }
    });

    it('a project leader by another name', async () => {
      const id = await made('person.create', { name: 'Pia', userGroup: 'project_lead' });
      expect(await ask('person.get', { id })).toMatchObject({ person: { userGroup: 'pm' } });
    });

    it('a target number tried as project, subproject and company', async () => {
      const entry = { date: '2026-3-4', hours: 1, task: { id: 29 } };
      for (const [kind, name] of [
        ['project', 'Project'],
        ['company', 'Company'],
        ['absence', 'Absence'],
      ] as const) {
        expect(await ask('time_entry.create', { ...entry, [kind]: { id: 25 } })).toEqual(
          error(`${name} not found`),
        );
      }
      const list = await ask('time_entry.list', { from: '2026-03-04', to: '2026-03-04' });
      expect(list).toEqual({ status: 'ok', timeEntries: [] });
    });
  });

  describe('time entries', () => {
    it('are recorded, read, changed, listed and deleted, in both generations', async () => {
      const created = await raw(
        {
          service: 'time_entry.create',
          subproject: { id: 25 },
          task: { id: 29 },
          date: '2026-3-2',
          hours: 7.5,
          comment: 'Malmö\n🐝',
        },
        demo.token,
      );
      const { timeEntry } = created.json<{ timeEntry: { id: number } }>();
      expect(timeEntry).toEqual({
        id: timeEntry.id,
        date: '2026-03-02',
        hours: 7.5,
        status: 'd',
        comment: 'Malmö\n🐝',
        subproject: { id: 25, name: 'Field trial', active: true },
        task: { id: 29, name: 'Development', active: true },
        stime: '',
        etime: '',
      });
      expect(created.text).toContain('"comment":"Malm\\u00f6\\n\\ud83d\\udc1d"');

      const { id } = timeEntry;
      const one = await call(demo, '/api', demo.token, { service: 'time_entry.list', id });
      expect(one.json()).toMatchObject({ timeEntry: { id, notes: 'Malmö\n🐝' } });
      expect(one.text).not.toContain('comment');

      const update = { id, date: '2026-03-03', hours: 8, project: { id: 19 }, task: { id: 29 } };
      const updated = await raw({ service: 'time_entry.update', ...update }, demo.token);
      expect(updated.text).toContain('"hours":8.0');
      expect(updated.json()).toMatchObject({
        timeEntry: { id, date: '2026-03-03', project: { id: 19 }, comment: 'Malmö\n🐝' },
      });
      expect(updated.text).not.toContain('subproject');

      const range = { from: '2026-03-01', to: '2026-03-31' };
      expect(await ask('time_entry.list', range, demo.token)).toMatchObject({
        timeEntries: [{ id }],
      });
      expect(await ask('time_entry.list', { person: { id: '21' }, ...range })).toMatchObject({
        timeEntries: [{ id }],
      });
      const at = { id, date: '2026-03-03' };
      expect(await ask('time_entry.get', at, demo.token)).toMatchObject({ timeEntry: { id } });
      expect(await ask('time_entry.delete', { id, date: '2026-03-02' }, demo.token)).toEqual(
        error('Time entry not found'),
      );
      expect(await ask('time_entry.delete', at, demo.token)).toEqual({ status: 'ok' });
      expect(await ask('time_entry.get', at, demo.token)).toEqual(error('Time entry not found'));
    });

    it('have a placeholder where there is no task, and keep start and end', async () => {
      const entry = {
        absence: { id: 16 },
        task: { id: 29 },
        date: '2026-04-01',
        hours: 2,
        stime: '2026-04-01T09:00',
        etime: '2026-04-01 11:00:00',
      };
      const response = await raw({ service: 'time_entry.create', ...entry });
      expect(response.text).toContain('"task":{"active":false}');
      expect(response.json()).toMatchObject({
        timeEntry: { stime: '2026-04-01 09:00:00', etime: '2026-04-01 11:00:00' },
      });
      expect(await ask('time_entry.create', { ...entry, stime: '25:00' })).toEqual(
        error('Invalid value for parameter: stime'),
      );
    });

    it('are offered one level a call, and by their tasks', async () => {
      const date = '2026-03-02';
      expect(await ask('time_entry.get_entities', { date, company: { id: 3 } })).toEqual({
        status: 'ok',
        projects: [
          { id: 19, name: 'Back office', active: true, subprojects: { count: 0 } },
          { id: 18, name: 'Hive scales', active: true, subprojects: { count: 2 } },
        ],
      });
      expect(await ask('time_entry.get_entities', { date, project: { id: 18 } })).toEqual({
        status: 'ok',
        subprojects: [
          { id: 25, name: 'Field trial', active: true },
          { id: 24, name: 'Firmware', active: true },
        ],
      });
      expect(await ask('time_entry.get_entities', { date })).toMatchObject({
        companies: expect.arrayContaining([
          { id: 3, name: 'Meadow Works', active: true, projects: { count: 2 } },
        ]) as unknown,
        absences: [{ id: 17 }, { id: 16 }, { id: 15 }],
      });
      // The projects began in 2010.
      const before = { date: '2010-08-31', company: { id: 3 } };
      expect(await ask('time_entry.get_entities', before)).toEqual({ status: 'ok', projects: [] });
      expect(await ask('time_entry.get_tasks', { date, project: { id: 19 } })).toEqual({
        status: 'ok',
        tasks: [{ id: 29, name: 'Development', active: true }],
      });
    });
  });

  it('everything that is offered can be recorded on with a task that is offered', async () => {
    const flat = { service: 'time_entry.get_entities', format: 'flat' };
    const { entities, tasks } = (await call(demo, '/api', demo.token, flat)).json<{
      entities: Record<string, { id: number }>[];
      tasks: { task_id: number }[];
    }>();
    expect(entities.length).toBeGreaterThan(3);
    for (const entity of entities) {
      const [[kind, { id }] = ['', { id: 0 }]] = Object.entries(entity);
      const entry = {
        service: 'time_entry.create',
        [`${kind}_id`]: id,
        task_id: tasks[0]?.task_id,
        date: '2027-01-01',
        hours: 0.5,
      };
      expect((await call(demo, '/api', demo.token, entry)).json()).toMatchObject({ status: 'ok' });
    }
  });

  describe('batches', () => {
    it('answer an array in the order of the requests, each on its own', async () => {
      const services = [
        { service: 'project.get', id: 18 },
        { service: 'nope' },
        { services: [{ service: 'company.list' }] },
        7,
        { service: 'project.get', id: 99 },
        { service: 'task.list' },
      ];
      expect((await raw({ services })).json()).toEqual([
        expect.objectContaining({ status: 'ok' }),
        error('Invalid service request: nope'),
        error('Invalid service request'),
        error('Invalid service request'),
        error('Project not found'),
        expect.objectContaining({ status: 'ok' }),
      ]);
    });

    it('hold at most 50 services, and none in v1', async () => {
      const services = Array.from({ length: 51 }, () => ({ service: 'company.list' }));
      expect((await raw({ services })).json()).toEqual(
        error('Invalid value for parameter: services'),
      );
      expect((await raw({ services: services.slice(1) })).json()).toHaveLength(50);
      expect((await raw({ services: [] })).text).toBe('[]');
      const v1 = await call(demo, '/api', demo.adminToken, { services });
      expect(v1.json()).toEqual(error('Invalid service request'));
    });
  });

  describe('rights', () => {
    it.each([
      'company.create',
      'project.create',
      'subproject.create',
      'task.create',
      'absence.create',
      'person.create',
    ])('%s is for administrators', async (service) => {
      const kind = service.split('.')[0] as string;
      const members = { name: 'Mine', company: { id: 3 }, project: { id: 18 } };
      expect(await ask(service, { [kind]: members }, demo.token)).toEqual(
        error('You are not allowed to do this'),
      );
    });

    it.each(['company', 'project', 'subproject', 'task', 'absence', 'person'])(
      '%s: changing is for administrators',
      async (kind) => {
        const ids = { company: 23, project: 19, subproject: 25, task: 29, absence: 15, person: 21 };
        const id = ids[kind as keyof typeof ids];
        for (const [service, members] of [
          [`${kind}.update`, { [kind]: { id, name: 'Hacked' } }],
          [`${kind}.activate`, { id }],
          [`${kind}.deactivate`, { id }],
        ] as const) {
          expect(await ask(service, members, demo.token)).toEqual(
            error('You are not allowed to do this'),
          );
        }
        expect(await ask(`${kind}.get`, { id })).toMatchObject({ [kind]: { active: true } });
      },
    );

    it('an employee sees no one else, and none of their time', async () => {
      const { token, id } = await employee('Eve');
      expect(await ask('person.list', {}, token)).toMatchObject({ people: [{ id }] });
      expect(await ask('person.get', { id: 2 }, token)).toEqual(error('Person not found'));
      expect(await ask('time_entry.get', { id: 16 }, token)).toEqual(error('Time entry not found'));
      expect(await ask('time_entry.delete', { id: 16 }, token)).toEqual(
        error('Time entry not found'),
      );
      const range = { from: '2011-01-01', to: '2011-12-31' };
      expect(await ask('time_entry.list', { person: { id: 21 }, ...range }, token)).toEqual(
        error('You are not allowed to do this'),
      );
      const forAda = { absence: { id: 15 }, date: '2026-01-01', hours: 1, person: { id: 21 } };
      expect(await ask('time_entry.create', forAda, token)).toEqual(
        error('You are not allowed to do this'),
      );
      const v1 = { service: 'time_entry.get_entities', person_id: 21 };
      expect((await call(demo, '/api', token, v1)).json()).toEqual(
        error('You are not allowed to do this'),
      );
      expect(await ask('company.list', {}, token)).toMatchObject({ status: 'ok' });
      expect(await ask('absence.list', { company: { id: 3 } }, token)).toMatchObject({
        absences: [{ id: 17 }, { id: 16 }, { id: 15 }],
      });
    });

    async function employee(name: string): Promise<{ token: string; id: number }> {
      const { showApiToken } = await import('../../src/timesheets/api-tokens.ts');
      const { findAccount } = await import('../../src/timesheets/accounts.ts');
      const { findOfKind } = await import('../../src/timesheets/entity-store.ts');
      const id = await made('person.create', { person: { name } });
      const { db, clock, credentials } = demo.app.platform;
      const account = await findAccount(db.tables(), demo.tenantId);
      const person = await findOfKind(db.tables(), demo.tenantId, 'person', { id });
      if (!account || !person) throw new Error('The test has no account');
      const context = { db, clock, account, tokens: credentials.tokens };
      return { id, token: (await showApiToken(context, person)).token };
    }
  });
});
