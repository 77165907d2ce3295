// One tenant never reaches what another owns: their names, numbers and keys in every parameter of every door.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { form } from '../support/files.ts';
import type { TestRequest } from '../support/http.ts';
import { dump } from './dump.ts';
import { expectClean, failures } from './shapes.ts';
import { basic, bearer, CANARY, openWorld } from './world.ts';
import type { Side, World } from './world.ts';

/** Everything of theirs that we pretend to have learned. */
interface Learned {
  document: string;
  rid: string;
  user: string;
  /** Id of an uploaded file that everyone of theirs may read, and the name of an asset. */
  upload: string;
  asset: string;
  /** Beebole numbers and external ids. */
  numbers: number[];
  entry: number;
  xids: string[];
  file: string;
}

onBothEngines('another tenant', (engine) => {
  let world: World;
  let learned: Learned;
  beforeAll(async () => {
    world = await openWorld(engine);
    learned = await fill(world);
  });
  afterAll(async () => {
    expect(failures(world.app).join('')).toBe('');
    await world.close();
  });

  it('sees its own: the canary sings', async () => {
    const { theirs } = world;
    for (const request of [
      { path: `/document/${theirs.collection}`, headers: { 'X-BB-SESSION': theirs.session } },
      { path: `/file/${learned.upload}`, headers: { 'X-BAASBOX-APPCODE': theirs.appcode } },
      { path: `/asset/${learned.asset}`, headers: { 'X-BAASBOX-APPCODE': theirs.appcode } },
      service(theirs, '/api/v2', { service: 'company.list' }),
      { path: fileAt(theirs, learned.file) },
    ]) {
      expect((await world.send(request)).text).toContain(CANARY);
    }
  });

  it.each([
    ['BaasBox', backendAttempts],
    ['Beebole', timesheetAttempts],
    ['Beefree', contentAttempts],
    ['Beebox', translationAttempts],
  ])('reads and changes nothing of theirs through %s', async (_door, attempts) => {
    const { app, mine, theirs } = world;
    const before = theirRows(await dump(app.platform.db), theirs);
    const requests = attempts(mine, theirs, learned);
    expect(requests.length).toBeGreaterThan(3);
    for (const request of requests) {
      const response = await app.send(request);
      const where = `${request.method ?? ''} ${request.path} ${JSON.stringify(request.body)}`;
      expect([where, response.status < 500]).toEqual([where, true]);
      // What the client sent may come back in a message; what it did not send may not.
      const told = response.text.replaceAll(/\bUmbra(?:s\b|-A7)/g, '');
      expect([where, told]).toEqual([where, expect.not.stringContaining(CANARY)]);
      expectClean(response.text);
    }
    expect(theirRows(await dump(app.platform.db), theirs)).toEqual(before);
  });
});

/** The rows that belong to the other tenant. */
function theirRows(tables: Record<string, string[]>, { tenant }: Side): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.filter((row) => row.includes(tenant)),
    ]),
  );
}

async function fill({ app, theirs }: World): Promise<Learned> {
  const session = { 'X-BB-SESSION': theirs.session };
  const made = await app.send({
    path: `/document/${theirs.collection}`,
    headers: session,
    body: { name: `${CANARY} document`, open: true },
  });
  const { id, '@rid': rid } = made.json<{ data: { id: string; '@rid': string } }>().data;
  const everyone = `/document/${theirs.collection}/${id}/all/role`;
  for (const role of ['anonymous', 'registered']) {
    await app.send({ method: 'PUT', path: `${everyone}/${role}`, headers: session });
  }

  // No text, for else a job would go on to change rows of theirs.
  const content = `\0${CANARY}`;
  const acl = JSON.stringify({ all: { roles: ['anonymous', 'registered'] } });
  const sent = form([
    { name: 'file', fileName: 'a.bin', content },
    { name: 'acl', content: acl },
  ]);
  const uploaded = await app.send({
    method: 'POST',
    path: '/file',
    headers: { ...session, 'content-type': sent.type },
    body: sent.body,
  });
  const upload = uploaded.json<{ data: { id: string } }>().data.id;
  const asset = 'their-asset';
  const kept = form([
    { name: 'name', content: asset },
    { name: 'meta', content: JSON.stringify({ of: CANARY }) },
    { name: 'file', fileName: 'a.bin', content },
  ]);
  const assetMade = await app.send({
    method: 'POST',
    path: '/admin/asset',
    headers: { 'X-BB-SESSION': theirs.adminSession, 'content-type': kept.type },
    body: kept.body,
  });
  expect(assetMade.status).toBe(201);

  const xid = `${CANARY}-A7`;
  const call = async <T>(body: object): Promise<T> => {
    const answer = await app.send(service(theirs, '/api/v2', body));
    expect(answer.json()).toMatchObject({ status: 'ok' });
    return answer.json<T>();
  };
  const create = async (kind: string, more: object) => {
    const body = { service: `${kind}.create`, [kind]: { name: `${CANARY} ${kind}`, ...more } };
    return (await call<{ id: number }>(body)).id;
  };
  const company = await create('company', {});
  const project = await create('project', { company: { id: company } });
  const task = await create('task', { company: { id: 3 } });
  const person = await create('person', { company: { id: 3 }, email: 'umbra@mail.test' });
  await create('project', { company: { id: company }, xid });
  const entry = await call<{ timeEntry: { id: number } }>({
    service: 'time_entry.create',
    project: { id: project },
    task: { id: task },
    date: '2026-03-02',
    hours: 2,
    comment: CANARY,
  });

  const file = `${CANARY.toLowerCase()}.html`;
  const body = `<p>${CANARY}</p>`;
  const path = fileAt(theirs, file);
  expect((await app.send({ method: 'PUT', path, body })).status).toBe(204);
  const numbers = [company, project, task, person];
  expect(Math.min(...numbers)).toBeGreaterThan(7000);
  return {
    document: id,
    rid,
    user: theirs.user.username,
    upload,
    asset,
    numbers,
    entry: entry.timeEntry.id,
    xids: [xid],
    file,
  };
}

function service(side: Side, path: '/api' | '/api/v2', body: object): TestRequest {
  return { path, headers: basic(side.timesheetToken), body };
}

function fileAt({ connectorSession }: Side, file: string): string {
  return `/api/files/file?token=${connectorSession}&locale=en&folder=&filename=${file}`;
}

function backendAttempts(mine: Side, theirs: Side, learned: Learned) {
  const { document, rid, user, upload, asset } = learned;
  const as = [
    { 'X-BB-SESSION': mine.adminSession },
    { 'X-BB-SESSION': mine.session },
    { 'X-BB-SESSION': mine.adminSession, 'X-BAASBOX-APPCODE': theirs.appcode },
    { ...basic(mine.admin.username, mine.admin.password), 'X-BAASBOX-APPCODE': mine.appcode },
    { 'X-BAASBOX-APPCODE': mine.appcode },
  ];
  const key = encodeURIComponent(rid);
  const requests: [method: string, path: string, body?: object][] = [];
  for (const collection of [mine.collection, theirs.collection]) {
    const base = `/document/${collection}`;
    requests.push(
      ['GET', `${base}/${document}`],
      ['GET', `${base}/${document}?withAcl=true`],
      ['GET', `${base}/${key}`],
      ['GET', `${base}/${document}/.name`],
      ['GET', base],
      ['GET', `${base}/count`],
      ['GET', `${base}?where=${encodeURIComponent(`id='${document}' or 1=1`)}`],
      ['GET', `${base}?where=${encodeURIComponent(`_author='${user}'`)}&fields=*`],
      ['GET', `${base}?where=${encodeURIComponent('name like ?')}&params=${CANARY}%25`],
      ['GET', `${base}?where=${encodeURIComponent("any() like 'Umb%'")}&orderBy=name`],
      ['PUT', `${base}/${document}`, { name: 'mine now' }],
      ['PUT', `${base}/${key}`, { name: 'mine now' }],
      ['PUT', `${base}/${document}/.name`, { data: 'mine now' }],
      ['PUT', `${base}/${document}/acl`, { read: { users: [mine.user.username] } }],
      ['PUT', `${base}/${document}/all/user/${mine.user.username}`],
      ['PUT', `${base}/${document}/all/role/anonymous`],
      ['DELETE', `${base}/${document}/read/role/registered`],
      ['DELETE', `${base}/${document}`],
      ['DELETE', `${base}/${key}`],
      ['POST', base, { id: document, name: 'a copy of an id' }],
    );
  }
  requests.push(
    ['GET', `/document/${key}`],
    ['GET', '/admin/collection'],
    ['DELETE', `/admin/collection/${theirs.collection}`],
    ['GET', '/me'],
    ...['', 'details/', 'attachedData/', 'content/'].map((part): [string, string] => [
      'GET',
      `/file/${part}${upload}`,
    ]),
    ['GET', `/file/${upload}?download=true&resize=50%25`],
    ['GET', '/file/details'],
    ['GET', `/file/details?where=${encodeURIComponent(`id='${upload}' or 1=1`)}&fields=*`],
    ['PUT', `/file/${upload}/all/user/${mine.user.username}`],
    ['DELETE', `/file/${upload}/read/role/anonymous`],
    ['DELETE', `/file/${upload}`],
    ['POST', `/link/${upload}/of/${document}`],
    ['GET', '/admin/asset'],
    ['DELETE', `/admin/asset/${asset}`],
  );
  const assets = ['', '/data', '/download', '/resizeId/0'].map((rest): TestRequest => ({
    path: `/asset/${asset}${rest}`,
    headers: { 'X-BAASBOX-APPCODE': mine.appcode },
  }));
  const attempts = requests.flatMap(([method, path, body]): TestRequest[] =>
    as.map((headers) => ({ method, path, headers, ...(body ? { body } : {}) })),
  );
  return [...attempts, ...assets];
}

/** Every service, with their numbers and external ids in every parameter that takes one. */
function timesheetAttempts(mine: Side, _theirs: Side, learned: Learned): TestRequest[] {
  const { numbers, entry, xids } = learned;
  const kinds = ['company', 'project', 'subproject', 'task', 'absence', 'person', 'group'];
  const keys: object[] = [...numbers.map((id) => ({ id })), ...xids.map((xid) => ({ xid }))];
  const verbs = [
    'get',
    'update',
    'list',
    'activate',
    'deactivate',
    'delete',
    'members',
    'managers',
    'leaders',
    'attach_member',
    'attach_task',
    'add_group',
    'create',
    'groups',
    'tasks',
    'assignments',
  ];
  const v2 = keys.flatMap((key) => {
    const named = Object.fromEntries(kinds.map((kind) => [kind, key]));
    const work = kinds.flatMap((kind) =>
      verbs.flatMap((verb) => [
        { ...named, ...key, service: `${kind}.${verb}` },
        { service: `${kind}.${verb}`, [kind]: { ...named, ...key, name: 'mine now' } },
      ]),
    );
    const time = kinds.flatMap((kind) => [
      {
        service: 'time_entry.create',
        [kind]: key,
        ...(kind === 'task' ? { project: { id: 19 } } : { task: { id: 29 } }),
        date: '2026-03-02',
        hours: 1,
      },
      { service: 'time_entry.list', [kind]: key, from: '2026-01-01', to: '2026-12-31' },
      { service: 'time_entry.get_tasks', [kind]: key, date: '2026-03-02' },
      { service: 'time_entry.get_entities', [kind]: key, date: '2026-03-02' },
    ]);
    return [...work, ...time];
  });
  const entries = ['get', 'update', 'delete', 'submit', 'approve', 'reject'].map((verb) => ({
    service: `time_entry.${verb}`,
    id: entry,
    hours: 3,
    comment: 'mine now',
  }));
  const v1 = [...numbers, entry].flatMap((id) => [
    { service: 'project.list', company_id: id },
    { service: 'subproject.list', project_id: id },
    { service: 'time_entry.get_entities', person_id: id },
    { service: 'time_entry.list', id },
    { service: 'time_entry.list', person_id: id, from: '2026-01-01', to: '2026-12-31' },
    { service: 'time_entry.update', id, hours: 3, notes: 'mine now' },
    { service: 'time_entry.delete', id },
    { service: 'time_entry.create', project_id: id, task_id: id, date: '2026-03-02', hours: 1 },
    ...kinds.map((kind) => ({ service: `${kind}.list` })),
  ]);
  // Batches keep this short: fifty services a request.
  const all = [...v2, ...entries];
  const batches = Array.from({ length: Math.ceil(all.length / 50) }, (_, at) => ({
    services: all.slice(at * 50, at * 50 + 50),
  }));
  return [
    ...batches.map((body) => service(mine, '/api/v2', body)),
    ...v1.map((body) => service(mine, '/api', body)),
  ];
}

/** The content room keeps nothing but PDFs, whose names are secrets; a key opens no other room's data. */
function contentAttempts(mine: Side, theirs: Side, learned: Learned): TestRequest[] {
  const headers = bearer(mine.apiKey);
  return [
    { path: `/v1/files/${learned.document}`, headers },
    { path: `/v1/files/${theirs.tenant}.pdf`, headers },
    { path: `/v1/files/${encodeURIComponent(`${theirs.tenant}/${learned.file}`)}`, headers },
    { path: '/v1/files/', headers },
    { path: '/v1/files', headers },
    { path: '/v1/message/html', headers, body: { tenant: theirs.tenant, page: {} } },
  ];
}

function translationAttempts(mine: Side, theirs: Side, { file }: Learned): TestRequest[] {
  const tokens = [
    mine.connectorSession,
    `${mine.connectorSession}*${theirs.project}`,
    `${mine.adminWithoutProject}*${theirs.project}`,
    `${mine.adminWithoutProject}*${mine.project}`,
    mine.adminWithoutProject,
    `*${theirs.project}`,
    theirs.project,
  ];
  const names = [file, `..%5C${theirs.project}%5C${file}`, `${theirs.project}%5Cin%5C${file}`];
  return tokens.flatMap((token): TestRequest[] => [
    { path: `/api/details?token=${token}` },
    { path: `/api/details?token=${token}&project=${theirs.project}` },
    ...names.flatMap((name): TestRequest[] =>
      ['en', 'fr', 'sandbox', '', theirs.project].flatMap((locale) => {
        const query = `token=${token}&project=${theirs.project}&locale=${locale}&folder=`;
        return [
          { path: `/api/files/file?${query}&filename=${name}` },
          { method: 'DELETE', path: `/api/files/file?${query}&filename=${name}` },
          {
            method: 'DELETE',
            path: `/api/files/directory?${query}&directoryname=${theirs.project}`,
          },
        ];
      }),
    ),
    { method: 'PUT', path: `/api/files/file?token=${token}&locale=en&filename=x.html`, body: 'x' },
  ]);
}
