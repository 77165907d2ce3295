// Documents, their permissions and single fields; sign-up; collections (BaasBox spec 5.1, 5.4, 5.5, 5.11).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweepDropped } from '../../src/backend/collections/collections.ts';
import type { BackendTables } from '../../src/backend/tables.ts';
import { onBothEngines } from '../support/database.ts';
import type { TestRequest, TestResponse } from '../support/http.ts';
import { runScenarios, type Scenario } from '../support/scenario.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const DATE = /"_creation_date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}"/;
const app = { 'X-BAASBOX-APPCODE': APP };

interface Doc {
  '@rid': string;
  '@version': number;
  id: string;
  [field: string]: unknown;
}
const data = <T = Doc>(response: TestResponse) => response.json<{ data: T }>().data;
const message = (response: TestResponse) => response.json<{ message: string }>().message;

onBothEngines('documents', (engine) => {
  let server: TestServer;
  let admin: TestUser;
  let mira: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    server = await startServer(engine);
    ({ admin } = server);
    for (const name of ['teas', 'pots']) await admin.send('POST', `/admin/collection/${name}`);
    mira = await server.user('mira');
    bob = await server.user('bob');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  const raw = (user: TestUser, method: string, path: string, body: string): Promise<TestResponse> =>
    server.send({
      method,
      path,
      body,
      headers: { 'X-BB-SESSION': user.token, 'content-type': 'application/json; charset=UTF-8' },
    });
  const create = async (body: object, user = mira): Promise<Doc> =>
    data(await user.send('POST', '/document/teas', body));
  const anonymous = (path: string): Promise<TestResponse> => server.send({ path, headers: app });

  describe('creation', () => {
    it('answers 200 with the document, own fields between the system fields', async () => {
      const response = await mira.send('POST', '/document/teas?call_id=7', {
        name: 'Assam',
        grams: 250,
      });
      expect(response.status).toBe(200);
      expect(response.text).toMatch(
        /^\{"result":"ok","call_id":"7","data":\{"@rid":"#\d+:\d+","@version":1,"@class":"teas","name":"Assam","grams":250,"id":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","_creation_date":"[^"]+","_author":"mira"\},"http_code":200\}$/,
      );
      expect(response.text).toMatch(DATE);
      expect(response.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'X-Requested-With',
      });
      expect(response.headers['date']).toBeDefined();
    });

    it('keeps order and spelling of what the client wrote', async () => {
      const body =
        '{"z":1.0,"10":12345678901234567890,"2":[1e2,{}, []],"a":null,"u":"é\\u0000\\ud83d","n":-0.50}';
      const made = await raw(mira, 'POST', '/document/teas', body);
      const own =
        '"z":1.0,"10":12345678901234567890,"2":[1e2,{},[]],"a":null,"u":"é\\u0000\\ud83d","n":-0.50';
      expect(made.text).toContain(`"@class":"teas",${own},"id":`);
      const read = await mira.send('GET', `/document/teas/${data(made).id}`);
      expect(read.text).toContain(own);
      expect((await mira.send('GET', `/document/teas?where=z%3D1`)).text).toContain(own);
    });

    it('ignores system fields in the body and takes an id', async () => {
      const made = await create({
        id: `own id é/1`,
        '@rid': '#1:1',
        '@class': 'x',
        '@version': 0,
        _author: 'bob',
        _creation_date: 'x',
        _links: {},
        _audit: {},
        a: 1,
      });
      expect(made).toMatchObject({
        id: 'own id é/1',
        '@version': 1,
        '@class': 'teas',
        _author: 'mira',
        a: 1,
      });
      expect(Object.keys(made)).toEqual([
        '@rid',
        '@version',
        '@class',
        'a',
        'id',
        '_creation_date',
        '_author',
      ]);
      const read = await mira.send('GET', `/document/teas/${encodeURIComponent('own id é/1')}`);
      expect(data(read).id).toBe('own id é/1');
      const again = await bob.send('POST', '/document/pots', { id: 'own id é/1' });
      expect([again.status, message(again)]).toEqual([
        400,
        expect.stringContaining('already exists'),
      ]);
      expect((await mira.send('POST', '/document/teas', { id: ' ', a: 1 })).status).toBe(200);
    });

    const post = (name: string, body: string, status: number, text: string): Scenario => ({
      name,
      request: () => ({
        method: 'POST',
        path: '/document/teas',
        body,
        headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
      }),
      expect: {
        status,
        json: { result: 'error', message: expect.stringContaining(text) as unknown },
      },
    });
    runScenarios(
      [
        post('a list', '[{"a":1}]', 400, 'JSON not valid. HINT:'),
        post('a text', '"x"', 400, 'JSON not valid. HINT:'),
        post('a number', '5', 400, 'JSON not valid. HINT:'),
        post('null', 'null', 400, 'JSON not valid. HINT:'),
        post('nothing', '', 400, 'Invalid Json'),
        post('half an object', '{"a":', 400, 'Invalid Json'),
        post(
          'a version',
          '{"@version":3}',
          400,
          'UpdateOldVersionException: Are you trying to create a document with a @version field?',
        ),
        post('no version', '{"@version":null}', 400, '@version'),
        post('a version that is a text', '{"@version":"0"}', 400, '@version'),
        post('a bad list of readers', '{"_allowRead":{}}', 400, 'ACL fields are not valid'),
        post(
          'a reader without name',
          '{"_allowRead":[{"isrole":true}]}',
          400,
          'ACL fields are not valid',
        ),
        post('an unknown reader', '{"_allowRead":[{"name":"x"}]}', 400, 'ACL fields are not valid'),
        post(
          'an unknown role',
          '{"_allowRead":[{"name":"x","isrole":true}]}',
          400,
          'ACL fields are not valid',
        ),
        {
          name: 'an empty object',
          request: () => ({
            method: 'POST',
            path: '/document/teas',
            headers: { 'X-BB-SESSION': mira.token },
            body: {},
          }),
          expect: { status: 200 },
        },
        {
          name: 'an unknown collection',
          request: () => ({
            method: 'POST',
            path: '/document/nope',
            headers: { 'X-BB-SESSION': mira.token },
            body: {},
          }),
          expect: { status: 404, contains: ['nope is not a valid collection name'] },
        },
        {
          name: 'as app code only (8.5 row 19)',
          request: { method: 'POST', path: '/document/teas', headers: app, body: {} },
          expect: { status: 401 },
        },
        {
          name: 'a form',
          request: () => ({
            method: 'POST',
            path: '/document/teas',
            headers: {
              'X-BB-SESSION': mira.token,
              'content-type': 'application/x-www-form-urlencoded',
            },
            body: 'a=1',
          }),
          expect: { status: 400, contains: ['expecting JSON body'] },
        },
      ] satisfies Scenario[],
      () => server.base,
      () => undefined,
    );
  });

  describe('reading', () => {
    it('by id and by record identity, of this collection only', async () => {
      const doc = await create({ a: 1 });
      const rid = encodeURIComponent(doc['@rid']);
      const one = await mira.send('GET', `/document/teas/${doc.id}`);
      expect(one.status).toBe(200);
      expect((await mira.send('GET', `/document/teas/${rid}`)).text).toBe(one.text);
      expect((await mira.send('GET', `/document/${rid}`)).text).toBe(one.text);
      for (const path of [`/document/pots/${doc.id}`, `/document/pots/${rid}`]) {
        const wrong = await mira.send('GET', path);
        expect([wrong.status, message(wrong)]).toEqual([
          404,
          'pots is not a valid collection name',
        ]);
      }
      expect((await mira.send('GET', '/document/nope/x')).status).toBe(404);
      expect((await mira.send('GET', '/document/teas/nope')).status).toBe(404);
      const malformed = await mira.send('GET', '/document/teas/%23x');
      expect([malformed.status, message(malformed)]).toEqual([
        400,
        '#x is not a RecordId in form of string.',
      ]);
      expect((await anonymous(`/document/${rid}`)).status).toBe(401);
    });

    it('takes a body with GET and ignores it', async () => {
      const doc = await create({ a: 1 });
      expect((await raw(mira, 'GET', `/document/teas/${doc.id}`, '{"broken')).status).toBe(200);
    });
  });

  describe('update', () => {
    it('replaces all own fields and keeps the rest (8.5 rows 9 and 10)', async () => {
      const doc = await create({ a: 1, b: 2 });
      const path = `/document/teas/${doc.id}`;
      const same = data(await mira.send('PUT', path, doc));
      expect(same).toEqual({ ...doc, '@version': 2 });
      const less = data(await mira.send('PUT', path, { b: 3, c: null, _author: 'bob', id: 'x' }));
      expect(less).toEqual({ ...doc, '@version': 3, a: undefined, b: 3, c: null });
      expect(Object.keys(data(await mira.send('PUT', path, {})))).toEqual([
        '@rid',
        '@version',
        '@class',
        'id',
        '_creation_date',
        '_author',
      ]);
      const byRid = await mira.send('PUT', `/document/teas/${encodeURIComponent(doc['@rid'])}`, {
        d: 1,
      });
      expect(data(byRid)).toMatchObject({ id: doc.id, d: 1, '@version': 5 });
      expect(data(await mira.send('GET', path))).toEqual(data(byRid));
    });

    it('checks the version when one is sent', async () => {
      const doc = await create({});
      const path = `/document/teas/${doc.id}`;
      const put = (version: unknown) => mira.send('PUT', path, { '@version': version });
      expect((await put(1)).status).toBe(200);
      const stale = await put(1);
      expect(stale.status).toBe(400);
      expect(stale.json()).toMatchObject({ bb_code: '40001', http_code: 400 });
      expect(message(stale)).toMatch(/\(1\).*\(2\)/);
      expect((await put(0)).status).toBe(200);
      for (const bad of [null, '3', 1.5, {}]) expect((await put(bad)).status).toBe(400);
      expect(data(await mira.send('GET', path))['@version']).toBe(3);
    });

    it('is refused as it should be', async () => {
      const doc = await create({ _allowRead: [{ name: 'bob' }] });
      const path = `/document/teas/${doc.id}`;
      const forbidden = await bob.send('PUT', path, { a: 1 });
      expect([forbidden.status, message(forbidden)]).toEqual([
        403,
        expect.stringMatching(/^You have not the right to modify/),
      ]);
      const hidden = await create({});
      expect((await bob.send('PUT', `/document/teas/${hidden.id}`, {})).status).toBe(404);
      expect((await mira.send('PUT', '/document/teas/nope', {})).status).toBe(404);
      expect((await mira.send('PUT', `/document/pots/${doc.id}`, {})).status).toBe(404);
      const malformed = await mira.send('PUT', '/document/teas/%23a:b', {});
      expect([malformed.status, message(malformed)]).toEqual([400, '#a:b is not a document']);
      expect((await raw(mira, 'PUT', path, '[]')).status).toBe(400);
      expect((await mira.send('PUT', path, { _allowRead: 5 })).status).toBe(400);
    });

    it('loses none of many at once', async () => {
      const doc = await create({ n: 0 });
      const path = `/document/teas/${doc.id}`;
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => mira.send('PUT', path, { n, '@version': 1 })),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(data(await mira.send('GET', path))['@version']).toBe(2);
    });
  });

  describe('deletion', () => {
    it('needs the right to delete (8.5 row 12)', async () => {
      const doc = await create({ _allowRead: [{ name: 'bob' }] });
      const hidden = await create({});
      const remove = (user: TestUser, path: string) => user.send('DELETE', `/document/${path}`);
      expect((await remove(bob, `teas/${doc.id}`)).status).toBe(403);
      expect((await remove(bob, `teas/${hidden.id}`)).status).toBe(404);
      expect((await remove(mira, `pots/${doc.id}`)).status).toBe(404);
      expect((await remove(mira, `nope/${doc.id}`)).status).toBe(404);
      const done = await remove(mira, `teas/${doc.id}`);
      expect(done.text).toBe('{"result":"ok","data":"","http_code":200}');
      expect((await remove(mira, `teas/${doc.id}`)).status).toBe(404);
      expect((await remove(mira, `teas/${encodeURIComponent(hidden['@rid'])}`)).status).toBe(200);
    });

    it('takes a body of any kind', async () => {
      const doc = await create({});
      expect((await raw(mira, 'DELETE', `/document/teas/${doc.id}`, '')).status).toBe(200);
      const other = await create({});
      expect((await raw(mira, 'DELETE', `/document/teas/${other.id}`, '{"broken')).status).toBe(
        200,
      );
    });
  });

  describe('permissions', () => {
    it('let others read, update and delete, one by one', async () => {
      const doc = await create({ a: 1 });
      const path = `/document/teas/${doc.id}`;
      const grant = (what: string, method = 'PUT', user = mira) =>
        user.send(method, `${path}/${what}`);
      expect((await grant('read/user/bob')).text).toBe('{"result":"ok","data":"","http_code":200}');
      expect((await bob.send('GET', path)).status).toBe(200);
      expect((await bob.send('PUT', path, {})).status).toBe(403);
      // Whoever may read but not change gets no text.
      const refused = await grant('read/user/bob', 'PUT', bob);
      expect([refused.status, message(refused)]).toEqual([403, '']);
      expect((await grant('UPDATE/user/BOB')).status).toBe(200);
      expect((await bob.send('PUT', path, { b: 1 })).status).toBe(200);
      expect((await grant('delete/role/registered', 'PUT', bob)).status).toBe(200);
      expect((await grant('all/user/bob', 'DELETE')).status).toBe(200);
      expect((await bob.send('GET', path)).status).toBe(404);
      expect((await grant('read/user/bob', 'DELETE')).status).toBe(200);
      // The author keeps everything, whatever is revoked.
      expect((await grant('all/user/mira', 'DELETE')).status).toBe(200);
      expect((await mira.send('PUT', path, {})).status).toBe(200);
    });

    it('reach everyone with only an app code when anonymous is named', async () => {
      const doc = await create({ a: 1 });
      const path = `/document/teas/${doc.id}`;
      expect((await anonymous(path)).status).toBe(404);
      const before = data<{ count: number }>(await anonymous('/document/teas/count')).count;
      expect((await mira.send('PUT', `${path}/read/role/anonymous`)).status).toBe(200);
      expect((await anonymous(path)).status).toBe(200);
      expect((await bob.send('GET', path)).status).toBe(200);
      expect((await anonymous('/document/teas')).text).toContain(doc.id);
      expect(data<{ count: number }>(await anonymous('/document/teas/count')).count).toBe(
        before + 1,
      );
      expect((await mira.send('DELETE', `${path}/read/role/anonymous`)).status).toBe(200);
      expect((await anonymous(path)).status).toBe(404);
    });

    it('go down the roles, never up', async () => {
      const worker = await server.user('worker', 'backoffice');
      const doc = await create({ _allowRead: [{ name: 'registered', isrole: 'TRUE' }] });
      const path = `/document/teas/${doc.id}`;
      expect((await bob.send('GET', path)).status).toBe(200);
      expect((await anonymous(path)).status).toBe(404);
      const hidden = await create({});
      const read = await worker.send('GET', `/document/teas/${hidden.id}`);
      expect(read.status).toBe(200);
      expect((await worker.send('PUT', `/document/teas/${hidden.id}`, {})).status).toBe(200);
      expect((await worker.send('GET', '/admin/collection')).status).toBe(403);
      expect((await admin.send('DELETE', `/document/teas/${hidden.id}`)).status).toBe(200);
    });

    it('are replaced as three lists together', async () => {
      const doc = await create({
        _allowRead: [{ name: 'bob' }],
        _allowUpdate: [{ name: 'bob', isRole: false }],
      });
      const path = `/document/teas/${doc.id}`;
      const seen = data(await mira.send('GET', `${path}?withAcl=true`));
      expect(seen).toMatchObject({
        _allowRead: [{ '@class': 'OUser', name: 'bob' }],
        _allowUpdate: [{ '@class': 'OUser', name: 'bob' }],
        _allowDelete: [],
      });
      expect(Object.hasOwn(seen, '@rid')).toBe(false);
      const plain = data(await mira.send('GET', path));
      expect(Object.keys(plain).some((key) => key.startsWith('_allow'))).toBe(false);
      // A part of them sent with an update replaces all.
      await bob.send('PUT', path, { a: 1 });
      expect((await bob.send('GET', path)).status).toBe(200);
      await mira.send('PUT', path, { _allowDelete: [{ name: 'registered', isrole: true }] });
      expect((await bob.send('GET', path)).status).toBe(404);
      const set = await mira.send('PUT', `${path}/acl`, {
        _allowRead: [{ name: 'registered', isrole: true }],
      });
      expect(data(set)).toMatchObject({ id: doc.id, '@version': 4 });
      expect((await bob.send('GET', path)).status).toBe(200);
      expect(data(await mira.send('GET', `${path}?withAcl=true`))).toMatchObject({
        _allowRead: [{ '@class': 'ORole', name: 'registered', isrole: true }],
        _allowDelete: [],
      });
      expect((await mira.send('PUT', `${path}/acl`, {})).status).toBe(200);
      expect((await bob.send('GET', path)).status).toBe(404);
    });

    it('are shown in lists on request, without record identities', async () => {
      await admin.send('POST', '/admin/collection/shown');
      await mira.send('POST', '/document/shown', { n: 1, _allowRead: [{ name: 'bob' }] });
      await mira.send('POST', '/document/shown', { n: 2 });
      const rows = data<Doc[]>(await mira.send('GET', '/document/shown?withAcl=true&orderBy=n'));
      expect(rows).toMatchObject([
        { n: 1, _allowRead: [{ '@class': 'OUser', name: 'bob' }], _allowUpdate: [] },
        { n: 2, _allowRead: [], _allowUpdate: [], _allowDelete: [] },
      ]);
      expect(JSON.stringify(rows)).not.toContain('@rid');
      const plain = await mira.send('GET', '/document/shown?withAcl=false');
      expect(plain.text).toContain('@rid');
      expect(plain.text).not.toContain('_allow');
    });

    it('are granted by record identity, too', async () => {
      const doc = await create({});
      const path = `/document/teas/${encodeURIComponent(doc['@rid'])}`;
      expect((await mira.send('PUT', `${path}/read/user/bob`)).status).toBe(200);
      expect((await bob.send('GET', path)).status).toBe(200);
      expect((await mira.send('DELETE', `${path}/read/user/bob`)).status).toBe(200);
      expect((await bob.send('GET', path)).status).toBe(404);
      expect((await mira.send('GET', `${path}/label`)).json()).toMatchObject({ data: [] });
    });

    it('fail as they should', async () => {
      const doc = await create({});
      const path = `/document/teas/${doc.id}`;
      const cases: [string, number, string | undefined][] = [
        [`${path}/destroy/user/bob`, 400, 'destroy is not a valid action'],
        [`${path}/read/user/nobody`, 404, 'user nobody not found'],
        [`${path}/read/role/nobody`, 404, 'role nobody not found'],
        ['/document/teas/nope/read/user/bob', 404, undefined],
        [`/document/pots/${doc.id}/read/user/bob`, 400, undefined],
        [`/document/nope/${doc.id}/read/user/bob`, 400, undefined],
      ];
      for (const [url, status, text] of cases) {
        const response = await mira.send('PUT', url);
        expect([url, response.status]).toEqual([url, status]);
        if (text !== undefined) expect(message(response)).toBe(text);
      }
      expect((await bob.send('PUT', `${path}/read/user/bob`)).status).toBe(404);
      expect(
        (await mira.send('PUT', `${path}/acl`, { _allowRead: [{ name: 'nobody' }] })).status,
      ).toBe(400);
      expect((await bob.send('PUT', `${path}/acl`, {})).status).toBe(404);
    });
  });

  describe('single fields', () => {
    let path: string;
    beforeEach(async () => {
      const doc = await create({ address: { phones: ['1', '2'] }, n: 1, nothing: null });
      path = `/document/teas/${doc.id}`;
    });
    const value = async (part: string) =>
      (await mira.send('GET', `${path}/${part}`)).json<{ data: { result: unknown } }>().data.result;

    it('are read', async () => {
      expect((await mira.send('GET', `${path}/.n`)).text).toBe(
        '{"result":"ok","data":{"@rid":"#-2:0","@version":0,"result":1},"http_code":200}',
      );
      expect(await value('.address/.phones%5B1%5D')).toBe('2');
      expect(await value('.address/.phones[001]')).toBe('2');
      expect(await value('.address/')).toEqual({ phones: ['1', '2'] });
      expect(await value('.missing')).toBeNull();
      expect(await value('.nothing')).toBeNull();
      for (const part of ['.address/.nope', '.address/.phones[9]', '.n[0]', '.n/.x']) {
        expect((await mira.send('GET', `${path}/${part}`)).status).toBe(404);
      }
    });

    it('are written', async () => {
      const put = (part: string, body: unknown) => mira.send('PUT', `${path}/${part}`, body);
      const changed = data(await put('.address/.phones%5B0%5D', { data: { home: 1 } }));
      expect(changed).toMatchObject({
        '@version': 2,
        n: 1,
        address: { phones: [{ home: 1 }, '2'] },
      });
      expect(data(await put('.address/.phones[7]', { data: '3' }))['address']).toEqual({
        phones: [{ home: 1 }, '2', '3'],
      });
      expect(data(await put('.n', { data: null }))['n']).toBeNull();
      expect(data(await put('.fresh', { data: [] }))['fresh']).toEqual([]);
      const refused: [string, unknown, number, string][] = [
        ['.n', {}, 400, 'data'],
        ['.n', [1], 400, 'HINT'],
        ['.x/.y', { data: 1 }, 404, 'is not a valid path'],
        ['.n/.y', { data: 1 }, 404, 'is not a valid path'],
        ['.n[0]', { data: 1 }, 400, 'not a list'],
        ['.fi.eld', { data: 1 }, 400, 'not a valid part'],
        ['.a_b', { data: 1 }, 400, 'not a valid part'],
        ['.a[-1]', { data: 1 }, 400, 'not a valid part'],
        ['.a[99999999999]', { data: 1 }, 400, 'not a valid part'],
        ['.id', { data: 1 }, 400, 'private'],
        ['._author', { data: 1 }, 400, 'private'],
        ['.a/._allowRead', { data: 1 }, 400, 'private'],
      ];
      for (const [part, body, status, text] of refused) {
        const response = await put(part, body);
        expect([part, response.status, message(response)]).toEqual([
          part,
          status,
          expect.stringContaining(text),
        ]);
      }
    });

    it('need the right to update', async () => {
      await mira.send('PUT', `${path}/read/user/bob`);
      expect((await bob.send('GET', `${path}/.n`)).status).toBe(200);
      expect((await bob.send('PUT', `${path}/.n`, { data: 2 })).status).toBe(403);
      expect((await anonymous(`${path}/.n`)).status).toBe(404);
    });

    it('are no other routes', async () => {
      for (const tail of ['a/b', 'read/group/bob']) {
        const response = await mira.send('GET', `${path}/${tail}`);
        expect([tail, response.status, message(response)]).toEqual([tail, 404, 'API not found']);
      }
    });
  });

  describe('sign-up', () => {
    const signUp = (body: unknown, headers: Record<string, string> = app): TestRequest => ({
      method: 'POST',
      path: '/user',
      headers,
      body,
    });
    const refused = (
      name: string,
      body: unknown,
      status: number,
      text: string,
      headers?: Record<string, string>,
    ): Scenario => ({
      name,
      request: signUp(body, headers),
      expect: {
        status,
        json: {
          result: 'error',
          http_code: status,
          message: expect.stringContaining(text) as unknown,
        },
      },
      forbid: ['s3cret'],
    });
    it('answers 201 with the profile and a session that works', async () => {
      const response = await server.send(
        signUp({
          username: 'Zoë',
          password: 's3cret',
          visibleByTheUser: { email: 'zoe@mail.test', n: 1 },
          visibleByRegisteredUsers: { nick: 'z', _social: { facebook: { id: 1 } } },
          extra: true,
        }),
      );
      expect(response.status).toBe(201);
      const token = String(response.headers['x-bb-session']);
      expect(response.text).toContain('"roles":[{"name":"registered","isrole":true}]');
      expect(response.text).not.toContain('s3cret');
      expect(data(response)).toEqual({
        user: { name: 'Zoë', status: 'ACTIVE', roles: [{ name: 'registered', isrole: true }] },
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        visibleByAnonymousUsers: {},
        visibleByTheUser: { email: 'zoe@mail.test', n: 1 },
        visibleByFriends: {},
        visibleByRegisteredUsers: { nick: 'z', _social: {} },
        signUpDate: expect.stringMatching(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$/,
        ) as unknown,
        generated_username: false,
        'X-BB-SESSION': token,
      });
      const { 'X-BB-SESSION': _session, ...profile } = data<Record<string, unknown>>(response);
      for (const path of ['/me', '/user']) {
        const me = await server.send({ path, headers: { 'X-BB-SESSION': token } });
        expect(data(me)).toEqual(profile);
      }
    });
    runScenarios(
      [
        {
          name: 'null sections count as empty',
          request: signUp({
            username: 'nulls',
            password: 's',
            visibleByTheUser: null,
            visibleByFriends: null,
            visibleByRegisteredUsers: null,
            visibleByAnonymousUsers: null,
          }),
          expect: { status: 201, json: { data: { visibleByTheUser: {} } } },
        },
        {
          name: 'the app code in the query',
          request: {
            ...signUp({ username: 'inquery', password: 's' }, {}),
            path: `/user?appcode=${APP}`,
          },
          expect: { status: 201 },
        },
        {
          name: 'the same address in another section',
          request: signUp({
            username: 'elsewhere',
            password: 's',
            visibleByFriends: { email: 'zoe@mail.test' },
          }),
          expect: { status: 201 },
        },
        refused('no name', { password: 'x' }, 400, 'username'),
        refused('no password', { username: 'x' }, 400, 'password'),
        refused('an empty password', { username: 'x', password: '' }, 422, 'password'),
        refused(
          'a bad address',
          { username: 'x', password: 's3cret', visibleByTheUser: { email: 'nope' } },
          400,
          'email',
        ),
        refused(
          'a section that is a list',
          { username: 'half', password: 's3cret', visibleByFriends: [] },
          400,
          'One or more profile sections is not a valid JSON object',
        ),
        refused(
          'a section that is a text',
          { username: 'half', password: 's3cret', visibleByTheUser: 'x' },
          400,
          'One or more profile sections is not a valid JSON object',
        ),
        refused(
          'a name in use, in another letter case',
          { username: 'ZOË', password: 's3cret' },
          400,
          'Error signing up',
        ),
        refused(
          'an address in use',
          { username: 'x', password: 's3cret', visibleByTheUser: { email: 'ZOE@mail.test' } },
          400,
          'Error signing up',
        ),
        refused('an internal name', { username: 'BaasBox', password: 's3cret' }, 400, 'name'),
        refused('a name with a slash', { username: 'a/b', password: 's3cret' }, 400, 'name'),
        refused('no app code', { username: 'x', password: 's3cret' }, 400, 'AppCode is empty', {}),
        refused(
          'a wrong app code',
          { username: 'x', password: 's3cret' },
          401,
          'Invalid App Code',
          { 'X-BAASBOX-APPCODE': 'x' },
        ),
        refused('a form', 'username=x', 400, 'expecting JSON body', {
          ...app,
          'content-type': 'application/x-www-form-urlencoded',
        }),
        refused('a list', [], 400, 'HINT'),
        // Nothing was stored by the failures before.
        {
          name: 'leaves no half-made user behind',
          request: signUp({ username: 'half', password: 's' }),
          expect: { status: 201 },
        },
      ],
      () => server.base,
      () => undefined,
    );
    it('makes one of many at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          server.send(signUp({ username: index % 2 ? 'Race' : 'rACE', password: 's' })),
        ),
      );
      expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([
        201, 400, 400, 400, 400, 400,
      ]);
    });
  });

  describe('collections', () => {
    it('come and go', async () => {
      const made = await admin.send('POST', '/admin/collection/short-lived_1');
      expect(made.text).toBe('{"result":"ok","data":"","http_code":201}');
      const twice = await admin.send('POST', '/admin/collection/short-lived_1');
      expect([twice.status, message(twice)]).toEqual([
        400,
        expect.stringContaining('already exists'),
      ]);
      expect((await admin.send('GET', '/admin/collection')).text).toContain(
        '{"name":"short-lived_1","records":0,"size":0}',
      );
      const first = data(await mira.send('POST', '/document/short-lived_1', { a: 1 }));
      await mira.send('POST', '/document/short-lived_1', { a: 2 });
      const listed = await admin.send(
        'GET',
        `/admin/collection?where=${encodeURIComponent("name='short-lived_1'")}`,
      );
      expect(data(listed)).toEqual([{ name: 'short-lived_1', records: 2, size: 14 }]);
      expect((await admin.send('DELETE', '/admin/collection/short-lived_1')).text).toBe(
        '{"result":"ok","data":"","http_code":200}',
      );
      for (const path of ['count', first.id, encodeURIComponent(first['@rid'])]) {
        expect((await admin.send('GET', `/document/short-lived_1/${path}`)).status).toBe(404);
      }
      expect((await admin.send('DELETE', '/admin/collection/short-lived_1')).status).toBe(404);
      await admin.send('POST', '/admin/collection/short-lived_1');
      expect(data(await admin.send('GET', '/document/short-lived_1/count'))).toEqual({ count: 0 });
      expect(data(await admin.send('GET', '/document/short-lived_1'))).toEqual([]);
      const second = data(await mira.send('POST', '/document/short-lived_1', {}));
      expect(second['@rid']).not.toBe(first['@rid']);
    });

    it.each(['1', '1a', '_a', 'a;b', 'a:b', 'a.b', 'a@b', 'a+b', 'a b', 'é', 'x'.repeat(200)])(
      'cannot be called %s',
      async (name) => {
        const response = await admin.send('POST', `/admin/collection/${encodeURIComponent(name)}`);
        expect([response.status, message(response)]).toEqual([
          400,
          expect.stringContaining(`name ${name} is invalid`),
        ]);
      },
    );

    it('are swept when the server was killed in the middle of a drop', async () => {
      await admin.send('POST', '/admin/collection/half');
      const doc = data(await mira.send('POST', '/document/half', { n: 1 }));
      const link = await mira.send('POST', `/link/${doc.id}/x/${doc.id}`);
      const { db } = server.platform;
      await db.write<BackendTables, unknown>((trx) =>
        trx.deleteFrom('backend_collections').where('name', '=', 'half').execute(),
      );
      // What is left is out of sight at once.
      expect((await mira.send('GET', `/document/half/${doc.id}`)).status).toBe(404);
      await sweepDropped({ db });
      const rows = db.tables<BackendTables>();
      const left = await rows.selectFrom('backend_documents').select('id').execute();
      expect(left.some(({ id }) => id === doc.id)).toBe(false);
      expect((await mira.send('GET', `/link/${data(link).id}`)).status).toBe(404);
      await admin.send('POST', '/admin/collection/half');
      expect((await mira.send('GET', '/document/half/count')).json()).toMatchObject({
        data: { count: 0 },
      });
      expect((await mira.send('GET', '/document/teas/count')).status).toBe(200);
    });

    it('answer criteria', async () => {
      const list = async (query: string) =>
        data<unknown>(await admin.send('GET', `/admin/collection?${query}`));
      expect(await list('where=name%3Dpots&fields=name')).toEqual([]);
      expect(await list("where=name='pots'&fields=name,records")).toEqual([
        { '@rid': '#-2:0', '@version': 0, name: 'pots', records: 0 },
      ]);
      expect(await list("where=name like 'p%'&count=true".replaceAll(' ', '+'))).toEqual([
        { '@rid': '#-2:0', '@version': 0, count: 1 },
      ]);
      expect((await admin.send('GET', '/admin/collection?where=in%20(p)')).status).toBe(400);
    });

    it('are for administrators', async () => {
      for (const [method, path] of [
        ['POST', '/admin/collection/x'],
        ['GET', '/admin/collection'],
        ['DELETE', '/admin/collection/teas'],
      ] as const) {
        const response = await mira.send(method, path);
        expect([response.status, message(response)]).toEqual([
          403,
          'User mira is not an administrator',
        ]);
      }
    });
  });
});
