// Every example of the published page of the first generation, pasted against the demo account, on both engines.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { call, post, startDemo, type Demo } from './demo.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What the page shows with each request; names and texts are ours. */
const PAGE: Scenario<Demo>[] = [
  {
    name: 'absence.list',
    request: (demo) => post('/api', demo.token, '{"service": "absence.list", "company_id": 3}'),
    expect: {
      status: 200,
      headers: { 'content-type': JSON_TYPE },
      body: '{"status":"ok","absences":[{"id":17,"name":"Illness"},{"id":16,"name":"Parental leave"},{"id":15,"name":"Vacation"}]}',
    },
  },
  {
    name: 'company.list',
    request: (demo) => post('/api', demo.token, '{"service": "company.list"}'),
    expect: {
      status: 200,
      body: '{"status":"ok","companies":[{"id":3,"name":"Meadow Works"},{"id":23,"name":"Orchard & Sons"}]}',
    },
  },
  {
    name: 'person.list',
    request: (demo) => post('/api', demo.token, '{"service": "person.list", "company_id": 3}'),
    expect: {
      status: 200,
      body: '{"status":"ok","people":[{"id":21,"name":"Ada Brandt"},{"id":2,"name":"Bruno Keller"}]}',
    },
  },
  {
    name: 'person.list without the optional company',
    request: (demo) => post('/api', demo.adminToken, '{"service": "person.list"}'),
    expect: {
      status: 200,
      body: '{"status":"ok","people":[{"id":21,"name":"Ada Brandt"},{"id":2,"name":"Bruno Keller"}]}',
    },
  },
  {
    name: 'project.list',
    request: (demo) => post('/api', demo.token, '{"service": "project.list", "company_id": 3}'),
    expect: {
      status: 200,
      body: '{"status":"ok","projects":[{"id":19,"name":"Back office"},{"id":18,"name":"Hive scales"}]}',
    },
  },
  {
    name: 'subproject.list',
    request: (demo) => post('/api', demo.token, '{"service": "subproject.list", "project_id": 18}'),
    expect: {
      status: 200,
      body: '{"status":"ok","subprojects":[{"id":25,"name":"Field trial"},{"id":24,"name":"Firmware"}]}',
    },
  },
  {
    name: 'task.list',
    request: (demo) => post('/api', demo.token, '{"service": "task.list", "company_id": 3}'),
    expect: { status: 200, body: '{"status":"ok","tasks":[{"id":29,"name":"Development"}]}' },
  },
  {
    name: 'time.get: time_entry.list with an id',
    request: (demo) => post('/api', demo.token, '{"service": "time_entry.list", "id": 16}'),
    expect: {
      status: 200,
      body: '{"status":"ok","timeEntry":{"id":16,"date":"2011-01-06","hours":7.0,"status":"d","subproject":{"id":25,"name":"Field trial","active":true},"task":{"id":29,"name":"Development","active":true},"notes":"Calibrated the load cells"}}',
    },
  },
  {
    name: 'time.get_entities as a tree',
    request: (demo) =>
      post(
        '/api',
        demo.token,
        '{"service": "time_entry.get_entities", "person_id": 21, "format": "tree"}',
      ),
    expect: {
      status: 200,
      body:
        '{"status":"ok","companies":[{"id":3,"name":"Meadow Works","active":true,"projects":[' +
        '{"id":18,"name":"Hive scales","active":true,"subprojects":[{"id":25,"name":"Field trial","active":true},{"id":24,"name":"Firmware","active":true}]},' +
        '{"id":19,"name":"Back office","active":true}]},{"id":23,"name":"Orchard & Sons","active":true}],' +
        '"absences":[{"id":15,"name":"Vacation","active":true},{"id":16,"name":"Parental leave","active":true},{"id":17,"name":"Illness","active":true}],' +
        '"tasks":[{"id":29,"name":"Development","active":true}]}',
    },
  },
  {
    name: 'time.get_entities flat',
    request: (demo) =>
      post('/api', demo.token, '{"service": "time_entry.get_entities", "format": "flat"}'),
    expect: {
      status: 200,
      body:
        '{"status":"ok","entities":[' +
        '{"subproject":{"id":25,"name":"Field trial","parents":[{"company":{"id":3,"name":"Meadow Works"}},{"project":{"id":18,"name":"Hive scales"}}]}},' +
        '{"subproject":{"id":24,"name":"Firmware","parents":[{"company":{"id":3,"name":"Meadow Works"}},{"project":{"id":18,"name":"Hive scales"}}]}},' +
        '{"project":{"id":19,"name":"Back office","parents":[{"company":{"id":3,"name":"Meadow Works"}}]}},' +
        '{"company":{"id":23,"name":"Orchard & Sons","parents":[]}}],' +
        '"absences":[{"id":15,"name":"Vacation"},{"id":16,"name":"Parental leave"},{"id":17,"name":"Illness"}],' +
        '"tasks":[{"task_id":29,"task_name":"Development"}]}',
    },
  },
  {
    name: 'time.list',
    request: (demo) =>
      post(
        '/api',
        demo.token,
        '{"service": "time_entry.list", "person_id": 21, "from": "2011-01-03", "to": "2011-01-09"}',
      ),
    expect: {
      status: 200,
      json: { status: 'ok', timeEntries: [{ id: 16, date: '2011-01-06', status: 'd' }] },
      contains: ['"hours":7.0,', '"notes":"Calibrated the load cells"'],
    },
    forbid: ['"timeEntry"', '"project"', '"company"'],
  },
  {
    name: 'time.create',
    request: (demo) =>
      post(
        '/api',
        demo.token,
        '{"service": "time_entry.create", "subproject_id": 25, "task_id": 29, "date": "2011-01-05", "hours": 8, "notes": "dug in"}',
      ),
    expect: {
      status: 200,
      json: {
        status: 'ok',
        timeEntry: {
          id: 17,
          status: 'd',
          date: '2011-01-05',
          subproject: { id: 25, name: 'Field trial' },
          task: { id: 29, name: 'Development' },
          notes: 'dug in',
        },
      },
      contains: ['"hours":8.0,'],
    },
    forbid: ['"project"', '"company"', '"comment"', 'null', '"stime"', '"person"'],
  },
  {
    name: 'time.update moves the entry to another day',
    request: (demo) =>
      post(
        '/api',
        demo.token,
        '{"service": "time_entry.update", "id":16, "subproject_id": 25, "task_id": 29, "date": "2011-01-05", "hours": 7, "notes": "dug in twice"}',
      ),
    expect: {
      status: 200,
      json: {
        status: 'ok',
        timeEntry: {
          id: 16,
          date: '2011-01-05',
          status: 'd',
          subproject: { id: 25, name: 'Field trial' },
          task: { id: 29, name: 'Development' },
          notes: 'dug in twice',
        },
      },
      contains: ['"hours":7.0,'],
    },
  },
  {
    name: 'the error example',
    request: (demo) => post('/api', demo.token, '{"service": "absence.create"}'),
    expect: {
      status: 200,
      headers: { 'content-type': JSON_TYPE },
      json: { status: 'error', message: 'Invalid service request: absence.create' },
    },
  },
];

onBothEngines('the published page of v1', (engine) => {
  let demo: Demo;

  // Reading first: the examples that write come last.
  describe('each example', () => {
    beforeAll(async () => {
      demo = await startDemo(engine);
    });
    afterAll(() => demo.app.close());
    runScenarios(
      PAGE,
      () => demo.app.url,
      () => demo,
    );
  });

  describe('the rules for what time can be recorded on', () => {
    beforeAll(async () => {
      demo = await startDemo(engine);
    });
    afterAll(() => demo.app.close());

    const entry = { service: 'time_entry.create', date: '2011-02-01', hours: 1 };
    const answerTo = async (body: object) =>
      (await call(demo, '/api', demo.token, { ...entry, ...body })).json();

    it('proposes the children of what is no leaf, and the tasks when one is missing', async () => {
      expect(await answerTo({ project_id: 18, task_id: 29 })).toEqual({
        status: 'error',
        code: 'has_children',
        message: 'Time cannot be recorded on this project, choose one of its subprojects',
        subprojects: [
          { id: 25, name: 'Field trial' },
          { id: 24, name: 'Firmware' },
        ],
      });
      expect(await answerTo({ company_id: 3, task_id: 29 })).toMatchObject({
        message: 'Time cannot be recorded on this company, choose one of its projects',
        projects: [
          { id: 19, name: 'Back office' },
          { id: 18, name: 'Hive scales' },
        ],
      });
      expect(await answerTo({ subproject_id: 25 })).toMatchObject({
        message: 'A task is required',
        tasks: [{ id: 29, name: 'Development' }],
      });
    });

    it.each([
      [{ subproject_id: 24, task_id: 29 }, 'subproject', 24],
      [{ project_id: 19, task_id: 29 }, 'project', 19],
      [{ company_id: 23, task_id: 29 }, 'company', 23],
      [{ absence_id: 15 }, 'absence', 15],
      [{ absence_id: 16, task_id: 29 }, 'absence', 16],
      [{ company_id: 3, project_id: 18, subproject_id: 25, task_id: 29 }, 'subproject', 25],
    ])('accepts %j', async (body, kind, id) => {
      const { status, timeEntry } = (await answerTo(body)) as {
        status: string;
        timeEntry: Record<string, unknown>;
      };
      expect(status).toBe('ok');
      const targets = ['company', 'project', 'subproject', 'absence'].filter(
        (name) => name in timeEntry,
      );
      expect(targets).toEqual([kind]);
      expect(timeEntry[kind]).toMatchObject({ id, active: true });
      expect(timeEntry['task']).toEqual(
        kind === 'absence' ? { active: false } : { id: 29, name: 'Development', active: true },
      );
      expect(timeEntry['notes']).toBe('');
    });

    it.each([
      [{}, 'One of company, project, subproject or absence is required'],
      [{ task_id: 29 }, 'One of company, project, subproject or absence is required'],
      [
        { absence_id: 15, project_id: 19 },
        'Only one of company, project, subproject or absence is allowed',
      ],
      [
        { company_id: 23, project_id: 19, task_id: 29 },
        'Only one of company, project, subproject or absence is allowed',
      ],
      [{ subproject_id: 19, task_id: 29 }, 'Subproject not found'],
      [{ project_id: 99, task_id: 29 }, 'Project not found'],
      [{ project_id: 19, task_id: 15 }, 'Task not found'],
      [{ project_id: 'x' }, 'Invalid value for parameter: project_id'],
      [{ project_id: null }, 'Invalid value for parameter: project_id'],
      [{ project_id: 1.5 }, 'Invalid value for parameter: project_id'],
      [{ project_id: { id: 19 } }, 'Invalid value for parameter: project_id'],
      [
        { suproject_id: 25, task_id: 29 },
        'One of company, project, subproject or absence is required',
      ],
      [
        { project: { id: 19 }, task: { id: 29 } },
        'One of company, project, subproject or absence is required',
      ],
      [{ absence_id: 15, date: '2011-2-30' }, 'Invalid value for parameter: date'],
      [{ absence_id: 15, date: undefined }, 'Missing parameter: date'],
      [{ absence_id: 15, hours: undefined }, 'Missing parameter: hours'],
      [{ absence_id: 15, hours: -1 }, 'Invalid value for parameter: hours'],
      [{ absence_id: 15, hours: 25 }, 'Invalid value for parameter: hours'],
      [{ absence_id: 15, hours: 'many' }, 'Invalid value for parameter: hours'],
      [{ absence_id: 15, notes: 'n'.repeat(10_001) }, 'Invalid value for parameter: notes'],
      [{ absence_id: 15, notes: ['a'] }, 'Invalid value for parameter: notes'],
    ])('refuses %j: %s', async (body, message) => {
      expect(await answerTo(body)).toMatchObject({ status: 'error', message });
    });

    it.each([
      ['2011-3-4', '2011-03-04'],
      ['2011-03-04 08:30:00', '2011-03-04'],
      ['2011-03-04T08:30:00Z', '2011-03-04'],
      [['2011', '03', '04'], '2011-03-04'],
    ])('reads the date %j', async (date, stored) => {
      const answer = (await answerTo({ absence_id: 15, date, hours: 0 })) as {
        timeEntry: { date: string };
      };
      expect(answer.timeEntry.date).toBe(stored);
    });

    it.each([
      [8, '8.0'],
      [7.25, '7.25'],
      ['7,5', '7.5'],
      ['0:20', '0.3333333333333333'],
      [0, '0.0'],
      [0.001, '0.016666666666666666'],
    ])('answers %j hours as %s', async (hours, text) => {
      const body = { ...entry, absence_id: 15, date: `2012-01-${10 + text.length}`, hours };
      const response = await call(demo, '/api', demo.token, body);
      expect(response.text).toContain(`"hours":${text},`);
    });
  });
});
