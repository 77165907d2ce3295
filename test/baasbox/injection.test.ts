// No byte that a client sends is ever part of SQL text: every statement is watched while hostile text goes through every door handle.
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import type { TestRequest } from '../support/http.ts';
import { ADMIN, APP, startServer, type TestServer, type TestUser } from './server.ts';

/** In every payload; nowhere in the program. */
const MARKER = 'zqmarker';

/** Part of a statement that the test itself runs. */
const CONTROL = 'zqcontrol';

/** What has broken other servers, each with the marker on either side of the dangerous part. */
const PAYLOADS = [
  MARKER,
  `${MARKER}' or '1'='1`,
  `${MARKER}'; drop table backend_documents; --`,
  `${MARKER}" or ""="`,
  `${MARKER}) union select sql from sqlite_master --`,
  `${MARKER}\\' or 1=1 --`,
  `${MARKER}/**/or/**/1=1`,
  `'||(select ${MARKER})||'`,
  `${MARKER}%' escape '!`,
  `$1 ${MARKER} ? :x @y`,
  `${MARKER}$.a"]`,
  `${MARKER}\u0000\u2028`,
  `\uff07${MARKER}`,
  `@rid ${MARKER}`,
  `{{${MARKER}}}`,
  MARKER.repeat(40),
];

/** Everything a client can write text into. */
function requests(text: string, id: string, turn: number): TestRequest[] {
  const part = encodeURIComponent(text);
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const where = [
    `name=${quoted}`,
    `${quoted} in tags`,
    `name like ${quoted}`,
    `name matches ${quoted}`,
    `any() like ${quoted}`,
    `tags contains ${quoted}`,
    `name.append(${quoted}) = ${quoted}`,
    `_author = ${quoted} or id = ${quoted}`,
    `_creation_date > date(${quoted})`,
    `name between ${quoted} and ${quoted}`,
    // As names, not as values: mostly refused, and sometimes good names.
    text,
    `${text}=1`,
    `a.${text}.b = 1`,
    `\`${text}\` = 1`,
    `${text}()=1`,
    `name.${text}() = 1`,
    `name = ${text}`,
  ].map((filter) => `where=${encodeURIComponent(filter)}`);
  const criteria = [
    ...where,
    `where=${encodeURIComponent('name=? and price>?')}&params=${part}&params=${part}`,
    `orderBy=${part}`,
    `orderBy=${encodeURIComponent(`${text} desc, name ${text}`)}`,
    `fields=${part}`,
    `fields=${encodeURIComponent(`name as ${text}, count(*) as ${text}`)}&groupBy=name`,
    `fields=${encodeURIComponent(`eval(${quoted}) as e`)}`,
    `groupBy=${part}&fields=${part}`,
    `page=${part}&recordsPerPage=${part}`,
    `skip=${part}`,
  ];
  const lists = [
    '/document/teas',
    '/document/teas/count',
    '/users',
    '/followers',
    '/following',
    '/link',
    '/file/details',
    '/admin/user',
    '/admin/collection',
    '/admin/asset',
    '/admin/plugin',
    `/document/teas/${id}/brewed_in`,
  ];
  const paths: [string, string, unknown?][] = [
    ['GET', `/document/${part}`],
    ['GET', `/document/teas/${part}`],
    ['GET', `/document/%23${part}`],
    ['GET', `/document/teas/${id}/.${part}`],
    ['GET', `/document/teas/${id}/${part}?linkDir=${part}`],
    ['PUT', `/document/teas/${id}/.${part}`, { data: text }],
    ['PUT', `/document/teas/${id}/.name`, { data: { [text]: text } }],
    ['PUT', `/document/teas/${id}`, { name: text, [text]: text, '@version': text }],
    ['PUT', `/document/teas/${id}`, { name: text, [text]: [{ [text]: text }] }],
    [
      'PUT',
      `/document/teas/${id}/acl`,
      { _allowRead: [{ name: text }, { name: text, isrole: true }] },
    ],
    ['PUT', `/document/teas/${id}/${part}/user/${part}`],
    ['PUT', `/document/teas/${id}/read/user/${part}`],
    ['DELETE', `/document/teas/${id}/read/role/${part}`],
    ['POST', '/document/teas', { [text]: text, nested: { [text]: [text] } }],
    ['POST', '/document/teas', { id: text }],
    ['POST', `/document/${part}`, {}],
    ['POST', `/admin/collection/${part}`],
    ['DELETE', `/admin/collection/${part}`],
    ['POST', '/admin/collection/teas/index', { fields: [text] }],
    ['PUT', `/admin/collection/${part}/changes`],
    ['GET', `/changes/${part}`],
    ['POST', `/link/${id}/${part}/${id}`],
    ['POST', `/link/${part}/made_of/${part}`],
    ['GET', `/link/${part}`],
    ['DELETE', `/link/${part}`],
    ['GET', `/file/${part}?resize=${part}`],
    ['GET', `/file/details/${part}`],
    ['DELETE', `/file/${part}`],
    ['GET', `/asset/${part}`],
    ['GET', `/asset/${part}/resize/${part}/${part}`],
    ['GET', `/user/${part}`],
    ['GET', `/user/${part}/password/reset`],
    ['GET', `/user/password/reset/${part}`],
    ['POST', `/follow/${part}`],
    ['GET', `/followers/${part}`],
    ['PUT', '/me', { visibleByTheUser: { [text]: text }, visibleByFriends: { email: text } }],
    ['PUT', '/me/username', { username: text }],
    ['POST', '/user', { username: text, password: text, visibleByTheUser: { [text]: text } }],
    ['POST', '/login', { username: text, password: text, appcode: text }],
    ['POST', '/login', { username: text, password: text, appcode: APP, login_data: text }],
    ['POST', `/logout/${part}`],
    ['POST', '/admin/user', { username: text, password: text, role: text }],
    ['PUT', `/admin/user/${part}/password`, { password: text }],
    ['GET', `/admin/user/${part}`],
    ['PUT', `/admin/user/suspend/${part}`],
    ['POST', `/admin/follow/${part}/to/${part}`],
    ['POST', `/admin/role/${part}`, { description: text, inheritedRole: text }],
    ['PUT', `/admin/role/${part}`, { new_name: text }],
    ['DELETE', `/admin/role/${part}`],
    ['GET', `/admin/configuration/${part}`],
    ['PUT', `/admin/configuration/Application/${part}`, { value: text }],
    ['PUT', '/admin/configuration/Application/application.name', { value: text }],
    ['GET', `/admin/endpoints/${part}`],
    ['GET', `/admin/sessions?user=${part}`],
    ['DELETE', `/admin/sessions/${part}`],
    ['GET', `/admin/db/export/${part}`],
    ['POST', '/admin/webhook', { url: `https://${MARKER}.test/${part}`, collections: [text] }],
    ['GET', `/admin/webhook/${part}`],
    ['PUT', `/push/enable/ios/${part}`],
    ['PUT', `/push/disable/${part}`],
    ['POST', '/push/message', { message: text, users: [text], custom: { [text]: text } }],
    ['POST', '/admin/plugin', { name: text, code: text, lang: 'javascript' }],
    ['GET', `/plugin/${part}`],
    ['GET', `/${part}`],
  ];
  return [
    // Each payload meets every criterion on documents; the other lists take turns.
    ...criteria.flatMap((query, index) =>
      lists
        .filter((_, place) => place === 0 || place % 4 === (index + turn) % 4)
        .map((path) => ({ method: 'GET', path: `${path}?${query}` })),
    ),
    ...paths.map(([method, path, body]) => ({
      method,
      path,
      ...(body === undefined ? {} : { body }),
    })),
  ];
}

onBothEngines('hostile text', (engine) => {
  let server: TestServer;
  let mira: TestUser;
  const statements = new Set<string>();
  beforeAll(async () => {
    watchStatements(statements);
    server = await startServer(engine);
    const { db } = server.platform;
    const scan = db.scan.bind(db);
    // On SQLite scans run in processes of their own.
    db.scan = (query, options) => {
      statements.add(query.sql);
      return scan(query, options);
    };
    mira = await server.user('mira');
    await server.admin.send('POST', '/admin/collection/teas');
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await server.close();
  });

  it('never becomes part of a statement, and breaks nothing', { timeout: 120_000 }, async () => {
    const created = await mira.send('POST', '/document/teas', {
      name: 'Assam',
      tags: ['a'],
      price: 3,
    });
    const { id } = created.json<{ data: { id: string } }>().data;
    // The watch works: what is part of a statement is seen.
    await sql.raw(`select '${CONTROL}'`).execute(server.platform.db.tables());
    expect([...statements].some((text) => text.includes(CONTROL))).toBe(true);
    const failed: string[] = [];
    const ask = async (request: TestRequest) => {
      const { token } = request.path.startsWith('/admin') ? server.admin : mira;
      const response = await server.send({ ...request, headers: { 'X-BB-SESSION': token } });
      if (response.status >= 500 && response.status !== 503) {
        failed.push(`${String(request.method)} ${request.path}: ${response.text.slice(0, 200)}`);
      }
    };
    for (const [turn, payload] of PAYLOADS.entries()) {
      const left = requests(payload, id, turn);
      const work = async () => {
        for (let request = left.shift(); request; request = left.shift()) await ask(request);
      };
      await Promise.all(Array.from({ length: 8 }, work));
    }
    expect(failed).toEqual([]);
    expect(server.unexpected).toEqual([]);
    expect([...statements].filter((text) => text.toLowerCase().includes(MARKER))).toEqual([]);
    // The tables are still there, and so is the document.
    expect((await server.admin.send('GET', `/document/teas/${id}`)).status).toBe(200);
  });

  it('is as harmless where credentials are looked for', async () => {
    for (const payload of PAYLOADS) {
      const value = encodeURIComponent(payload);
      const basic = `Basic ${Buffer.from(`${payload}:${payload}`).toString('base64')}`;
      for (const request of [
        { path: `/me?X-BB-SESSION=${value}` },
        { path: `/document/teas?X-BAASBOX-APPCODE=${value}` },
        { path: '/me', headers: { authorization: basic, 'X-BAASBOX-APPCODE': APP } },
      ]) {
        expect((await server.send(request)).status).toBeLessThan(500);
      }
    }
    const login = { username: ADMIN.username, password: ADMIN.password, appcode: APP };
    expect((await server.send({ method: 'POST', path: '/login', body: login })).status).toBe(200);
    expect([...statements].filter((text) => text.toLowerCase().includes(MARKER))).toEqual([]);
  });
});

/** Collects the text of every statement that reaches a driver in this process. */
function watchStatements(into: Set<string>): void {
  const { prepare } = Sqlite.prototype as { prepare: (this: unknown, sql: string) => unknown };
  vi.spyOn(Sqlite.prototype, 'prepare').mockImplementation(function (this: unknown, sql: string) {
    into.add(sql);
    return prepare.call(this, sql) as never;
  });
  const { query } = pg.Client.prototype as {
    query: (this: unknown, ...values: unknown[]) => unknown;
  };
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: unknown,
    ...values: unknown[]
  ) {
    const [config] = values as [string | { text?: string }];
    into.add(typeof config === 'string' ? config : (config.text ?? ''));
    return query.apply(this, values);
  });
}
