// What reaches the engines: no byte of a client's text is ever part of a statement, only of its bound values.
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ScanPool } from '../../src/platform/database/scan-pool.ts';
import { SqliteConnection } from '../../src/platform/database/sqlite-connection.ts';
import { onBothEngines } from '../support/database.ts';
import type { TestRequest } from '../support/http.ts';
import { dump } from './dump.ts';
import { expectClean, failures } from './shapes.ts';
import { basic, bearer, openWorld } from './world.ts';
import type { Side, World } from './world.ts';

/** In every value; nothing else has it. */
const MARK = 'zqxw';

/** The mark in texts that end strings, names, comments, statements and placeholders in some dialect. */
const TEXTS = [
  MARK,
  `${MARK}' OR '1'='1`,
  `${MARK}"; DROP TABLE backend_users; --`,
  `${MARK}\\' UNION SELECT hash FROM platform_passwords /*`,
  `${MARK}$1 ? ?1 :a @a {0} $$x$$ E'\\x27'`,
  `%${MARK}_\\%`,
];

interface Recorded {
  statements: string[];
  values: unknown[];
}

/** Records what every connection of the process is given, on either engine, scans and transactions included. */
function record(): Recorded {
  const recorded: Recorded = { statements: [], values: [] };
  const note = (statement: unknown, values: unknown): void => {
    const query = statement as { text?: string; values?: unknown[] };
    recorded.statements.push(typeof statement === 'string' ? statement : (query.text ?? ''));
    recorded.values.push(...((values as unknown[] | undefined) ?? query.values ?? []));
  };
  const wrap = (prototype: object, method: string): void => {
    const methods = prototype as Record<string, (...given: unknown[]) => unknown>;
    const original = methods[method];
    if (!original) throw new TypeError(`There is no ${method}`);
    vi.spyOn(methods, method).mockImplementation(function (this: unknown, ...given: unknown[]) {
      note(given[0], Array.isArray(given[1]) ? given[1] : undefined);
      return original.apply(this, given);
    });
  };
  wrap(SqliteConnection.prototype, 'executeSync');
  wrap(ScanPool.prototype, 'run');
  wrap(pg.Client.prototype, 'query');
  return recorded;
}

onBothEngines('statements', (engine) => {
  let world: World;
  let recorded: Recorded;
  beforeAll(async () => {
    recorded = record();
    world = await openWorld(engine);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await world.close();
  });

  it.each([
    ['BaasBox', backendRequests, true],
    ['Beebole', timesheetRequests, true],
    ['Beefree', contentRequests, false],
    ['Beebox', translationRequests, true],
  ])('hold nothing of what is sent through %s', async (_door, requestsWith, reaches) => {
    recorded.statements.length = 0;
    recorded.values.length = 0;
    const tables = Object.keys(await dump(world.app.platform.db));
    for (const text of TEXTS) {
      // All at once: wrong passwords are answered slowly.
      const sent = requestsWith(world.mine, text).map(async (request) => {
        const response = await world.send(request);
        const where = `${request.method ?? ''} ${request.path} ${JSON.stringify(request.body)}`;
        expect([where, response.status < 500]).toEqual([where, true]);
        // Our own text comes back in messages, and it holds the words of statements.
        expectClean(response.text.replaceAll(/SELECT hash FROM/gi, ''));
      });
      await Promise.all(sent);
    }
    expect(recorded.statements.length).toBeGreaterThan(20);
    const told = recorded.statements.filter((statement) => statement.toLowerCase().includes(MARK));
    expect(told).toEqual([]);
    // The recorder is awake: what was sent did get to the engine, as values.
    expect(recorded.values.some((value) => String(value).includes(MARK))).toBe(reaches);
    expect(Object.keys(await dump(world.app.platform.db))).toEqual(tables);
    expect(failures(world.app).join('')).toBe('');
  });

  it('are few: their number does not grow with what is sent', async () => {
    const distinct = async (from: number, to: number): Promise<number> => {
      recorded.statements.length = 0;
      for (let at = from; at < to; at++) {
        const requests = [
          ...backendRequests(world.mine, `${MARK}${at}`),
          ...timesheetRequests(world.mine, `${MARK}${at}`),
          ...translationRequests(world.mine, `${MARK}${at}`),
        ];
        await Promise.all(requests.map((request) => world.send(request)));
      }
      // The time that a search has left is a number of ours.
      const texts = recorded.statements.map((text) => text.replace(/timeout = \d+/, ''));
      return new Set(texts).size;
    };
    const once = await distinct(0, 1);
    // What runs in the background comes and goes; each text of a client would be dozens.
    expect(await distinct(1, 4)).toBeLessThanOrEqual(once + 20);
  });
});

function backendRequests(mine: Side, text: string): TestRequest[] {
  const value = encodeURIComponent(text);
  const literal = encodeURIComponent(text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"));
  const name = encodeURIComponent(`\`${text.replaceAll('`', '')}\``);
  const session = { 'X-BB-SESSION': mine.session };
  const admin = { 'X-BB-SESSION': mine.adminSession };
  const list = `/document/${mine.collection}`;
  const criteria = [
    `where=name%3D'${literal}'`,
    `where=name%3D%3F&params=${value}`,
    `where=name%20like%20%3F&params=${value}`,
    `where=name%20in%20%3F&params=${value}&params=${value}`,
    `where=name%20matches%20%3F&params=${value}`,
    `where=name.append('${literal}')%3D'${literal}'`,
    `where=${name}%3D1`,
    `where=a.${MARK}.b%5B0%5D%3D'${literal}'`,
    `where=any()%20containstext%20'${literal}'`,
    `where=tags%20contains%20(${MARK}%3D'${literal}')`,
    `where=${value}`,
    `orderBy=${MARK}%20desc`,
    `orderBy=${value}`,
    `fields=name%20as%20${MARK}`,
    `fields=${MARK}.toUpperCase()%20as%20x`,
    `fields=${value}`,
    `groupBy=${MARK}&fields=${MARK},count(*)%20as%20${MARK}`,
    `page=0&recordsPerPage=2&where=${MARK}%20is%20null&orderBy=${MARK}`,
    `call_id=${value}&skip=${value}`,
    `params=${value}`,
  ];
  return [
    ...criteria.map((query) => ({ path: `${list}?${query}`, headers: session })),
    ...criteria.slice(0, 5).flatMap((query) => [
      { path: `${list}/count?${query}`, headers: session },
      { path: `/admin/collection?${query}`, headers: admin },
    ]),
    {
      path: list,
      headers: session,
      body: { [text]: text, name: text, nested: { [text]: [text] } },
    },
    { path: list, headers: session, body: { _allowRead: { users: [text], roles: [text] } } },
    { path: list, headers: session, body: { id: text.slice(0, 30), tags: [{ [MARK]: text }] } },
    { path: `${list}/${value}`, headers: session },
    { path: `${list}/${value}`, method: 'DELETE', headers: session },
    { path: `${list}/${value}`, method: 'PUT', headers: session, body: { a: text } },
    { path: `${list}/${value}/.${MARK}`, headers: session },
    { path: `${list}/${value}/.${MARK}`, method: 'PUT', headers: session, body: { data: text } },
    { path: `${list}/x/read/user/${value}`, method: 'PUT', headers: session },
    { path: `${list}/${value}/${value}?linkDir=both`, headers: session },
    {
      path: `${list}/batch`,
      method: 'POST',
      headers: session,
      body: { operations: [{ op: 'create', document: { [text]: text, [MARK]: text } }] },
    },
    {
      path: `${list}/batch`,
      method: 'POST',
      headers: session,
      body: { operations: [{ op: 'update', id: text, document: { name: text } }] },
    },
    { path: `/link/${value}/${MARK}/${value}`, method: 'POST', headers: session },
    { path: `/link/x/${value}/x`, method: 'POST', headers: session },
    { path: `/link/${value}`, headers: session },
    { path: `/link/${value}`, method: 'DELETE', headers: session },
    {
      path: `/link?where=out.id%3D'${literal}'%20and%20in.${MARK}%3D'${literal}'`,
      headers: session,
    },
    { path: `/link?where=label%20like%20%3F&params=${value}&orderBy=in.${MARK}`, headers: session },
    ...[text, MARK, `a.${MARK}`].map((field) => ({
      path: `/admin/collection/${mine.collection}/index`,
      method: 'POST',
      headers: admin,
      body: { fields: [field] },
    })),
    { path: `/admin/collection/${value}/index`, headers: admin },
    {
      path: `/admin/collection/${mine.collection}/index/${value}`,
      method: 'DELETE',
      headers: admin,
    },
    {
      path: `/admin/collection/${mine.collection}/acl`,
      method: 'PUT',
      headers: admin,
      body: { _allowRead: [{ name: text }], _allowUpdate: [{ name: text, isrole: true }] },
    },
    { path: `${list}?where=${MARK}%3D'${literal}'&orderBy=${MARK}&page=0`, headers: session },
    { path: `/document/${value}`, headers: session },
    { path: `/document/${value}/count`, headers: session },
    { path: `/admin/collection/${value}`, method: 'POST', headers: admin },
    { path: `/admin/collection/${value}`, method: 'DELETE', headers: admin },
    { path: `/admin/configuration/${value}`, headers: admin },
    { path: `/admin/configuration/Application/${value}`, method: 'PUT', headers: admin, body: {} },
    { path: '/me', headers: { 'X-BAASBOX-APPCODE': text, ...basic(text, text) } },
    { path: '/me', headers: { 'X-BB-SESSION': text } },
    { path: `/me?X-BB-SESSION=${value}` },
    { path: '/login', body: { username: text, password: text, appcode: text } },
    { path: '/login', body: { username: text, password: text, appcode: mine.appcode } },
    {
      path: '/user',
      headers: { 'X-BAASBOX-APPCODE': mine.appcode },
      body: { username: text, password: text, visibleByTheUser: { email: text, [text]: text } },
    },
  ];
}

function timesheetRequests(mine: Side, text: string): TestRequest[] {
  const call = (path: string, body: object): TestRequest => ({
    path,
    headers: basic(mine.timesheetToken),
    body,
  });
  const key = { xid: text, id: undefined };
  return [
    call('/api/v2', { service: text }),
    call('/api', { service: text }),
    call('/api/v2', { service: 'company.create', company: { name: text, xid: text.slice(0, 50) } }),
    call('/api/v2', { service: 'company.get', ...key }),
    call('/api/v2', { service: 'company.update', company: { ...key, name: text } }),
    call('/api/v2', { service: 'project.create', project: { name: text, company: key } }),
    call('/api/v2', {
      service: 'project.create',
      project: { name: text, company: { id: 3 }, xid: `p${text}` },
    }),
    call('/api/v2', {
      service: 'person.create',
      person: { name: text, email: text, company: { id: 3 } },
    }),
    call('/api/v2', { service: 'group.create', group: { name: text } }),
    call('/api/v2', {
      service: 'time_entry.create',
      subproject: { id: 25 },
      task: { id: 29 },
      date: '2026-03-02',
      hours: 1,
      comment: text,
      xid: text,
    }),
    call('/api/v2', { service: 'time_entry.list', person: key, from: text, to: text }),
    call('/api/v2', { service: 'time_entry.get', id: text }),
    call('/api/v2', { services: [{ service: text }, { service: 'project.get', ...key }] }),
    call('/api', {
      service: 'time_entry.create',
      subproject_id: 25,
      task_id: 29,
      date: '2026-03-02',
      hours: 1,
      notes: text,
    }),
    call('/api', { service: 'project.list', company_id: text }),
    call('/api', { service: 'time_entry.get_entities', format: text }),
    { path: '/api', headers: basic(text), body: {} },
    { path: '/api', headers: { ...basic(mine.timesheetToken), host: `${MARK}.test` }, body: {} },
  ];
}

function contentRequests(mine: Side, text: string): TestRequest[] {
  const headers = bearer(mine.apiKey);
  const page = { title: text, rows: [{ [text]: text, metadata: { name: text } }] };
  return [
    { path: '/v1/message/html', headers, body: { page, [text]: text } },
    { path: '/v1/page/html', headers, body: { page } },
    {
      path: '/v1/message/merge',
      headers,
      body: { source: { page }, replace: [{ path: `$..['${text}']`, value: text }] },
    },
    { path: '/v1/message/merge/index', headers, body: { source: { page } } },
    { path: '/v1/message/html', headers: { authorization: `Bearer ${MARK}` }, body: { page } },
    { path: `/v1/files/${encodeURIComponent(text)}` },
    { path: `/v1/files/${MARK}.pdf` },
    { path: `/v1/${encodeURIComponent(text)}/html`, method: 'POST', headers },
  ];
}

function translationRequests(mine: Side, text: string): TestRequest[] {
  const value = encodeURIComponent(text);
  const token = mine.connectorSession;
  const file = (locale: string, folder: string, name: string) =>
    `/api/files/file?token=${token}&locale=${locale}&folder=${folder}&filename=${name}`;
  return [
    { path: '/api/connect', body: { project: text, login: text, pwd: text, connector: text } },
    { path: '/api/connect', body: { project: '', login: text, pwd: text } },
    {
      path: '/api/connect',
      body: {
        project: mine.project,
        login: mine.connector.login,
        pwd: mine.connector.password,
        connector: text,
        version: text,
      },
    },
    { path: `/api/connect?project=${value}&login=${value}&pwd=${value}&waitsecs=${value}` },
    { path: `/api/disconnect?token=${value}` },
    { path: `/api/details?token=${value}` },
    { path: `/api/details?token=${mine.adminWithoutProject}*${value}` },
    { method: 'PUT', path: file('en', '', `${value}.html`), body: text },
    { method: 'PUT', path: file('en', MARK, `${MARK}.html`), body: text },
    { path: file('en', MARK, `${MARK}.html`) },
    { path: file(value, value, value) },
    { method: 'DELETE', path: file('en', value, `${value}.html`) },
    {
      method: 'DELETE',
      path: `/api/files/directory?token=${token}&locale=en&folder=&directoryname=${MARK}`,
    },
  ];
}
