// What the SDKs without a live test send, header by header and body by body, and what they read (BaasBox spec 7).
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import { ADMIN, APP, startServer, type TestServer } from './server.ts';

type Headers = Record<string, string>;
type Json = Record<string, unknown>;

const dataOf = <T = Json>(response: TestResponse): T => response.json<{ data: T }>().data;
const form = (values: Headers) => new URLSearchParams(values).toString();
const basic = (name: string, password: string) =>
  `BASIC ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** The answer's data, once its status is the expected one and it is an envelope. */
function ok<T = Json>(response: TestResponse, status = 200): T {
  expect({ status: response.status, text: response.text }).toEqual({
    status,
    text: expect.stringMatching(/^\{"result":"ok"/) as unknown,
  });
  expect(response.json<Json>()).toMatchObject({ result: 'ok', http_code: status });
  return dataOf<T>(response);
}

onBothEngines('calls of the SDKs', (engine) => {
  let server: TestServer;
  const send = (method: string, path: string, headers: Headers, body?: string | Buffer) =>
    server.send({ method, path, headers, body });
  /** Logs in with a form, as all of them do; gives the token in the body. */
  const login = async (username: string, password: string, headers: Headers = {}) => {
    const body = form({ username, password, appcode: APP });
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', ...headers };
    const data = ok(await send('POST', '/login', type, body));
    expect(data['X-BB-SESSION']).toEqual(expect.any(String));
    return String(data['X-BB-SESSION']);
  };

  beforeAll(async () => {
    server = await startServer(engine);
    await server.admin.send('POST', '/admin/collection/teas');
    await server.user('bob');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  describe('Android', () => {
    const agent = { 'User-Agent': 'BaasBox AndroidSDK/0.9.0', 'X-BAASBOX-APPCODE': APP };
    const json = { ...agent, 'Content-Type': 'application/json;charset=UTF-8' };
    let token = '';
    const call = (method: string, path: string, body?: unknown) =>
      body === undefined
        ? send(method, path, { ...agent, 'X-BB-SESSION': token, 'Content-Length': '0' })
        : send(method, path, { ...json, 'X-BB-SESSION': token }, JSON.stringify(body));

    it('signs up, logs in with its device, and logs that device out', async () => {
      const sections = ['visibleByTheUser', 'visibleByFriends', 'visibleByRegisteredUsers'];
      const body = { username: 'andy', password: 'pw', visibleByAnonymousUsers: {} };
      const all = Object.assign(body, Object.fromEntries(sections.map((name) => [name, {}])));
      const signedUp = ok(await send('POST', '/user', json, JSON.stringify(all)), 201);
      expect(signedUp).toMatchObject({
        user: { name: 'andy', status: 'ACTIVE' },
        id: expect.stringMatching(/./),
      });
      const device = '{"os":"android","deviceId":"APA91b:x_-y"}';
      const data = form({ username: 'andy', password: 'pw', appcode: APP, login_data: device });
      const type = 'application/x-www-form-urlencoded;charset=UTF-8';
      const answer = ok(await send('POST', '/login', { ...agent, 'Content-Type': type }, data));
      token = String(answer['X-BB-SESSION']);
      const seen = async () => (await server.admin.send('GET', '/admin/user/andy')).text;
      expect(await seen()).toContain('{"os":"android","pushToken":"APA91b:x_-y"}');
      expect(ok(await call('POST', '/logout/APA91b:x_-y'))).toBe(
        'pushToken: APA91b:x_-y logged out',
      );
      expect(await seen()).toContain('"login_info":[]');
      token = await login('andy', 'pw', agent);
    });

    it('registers for push messages, by calls without a body', async () => {
      const enable = await call('PUT', '/push/enable/android/APA91b:x_-y');
      expect(enable.text).toBe('{"result":"ok","data":"","http_code":200}');
      ok(await call('PUT', '/push/enable/android/APA91b:x_-y', {}));
      expect(ok(await call('PUT', '/push/disable/APA91b:x_-y'))).toBe('');
      const message = { message: 'hi', users: ['bob'], profiles: [1], collapse_key: 'k' };
      expect((await call('POST', '/push/message', message)).json()).toMatchObject({
        bb_code: '50305',
      });
    });

    it('works with Basic credentials in place of a token', async () => {
      const headers = { ...agent, Authorization: basic('andy', 'pw') };
      expect(ok(await send('GET', '/me', headers))).toMatchObject({ user: { name: 'andy' } });
    });

    it('is told to log in again by a code that is text, in an error whose members have its types', async () => {
      const refused = await send('GET', '/me', { ...agent, 'X-BB-SESSION': 'ended' });
      expect(refused.status).toBe(401);
      const error = refused.json<Json>();
      expect(error).toMatchObject({ bb_code: '40101', resource: '/me', method: 'GET' });
      expect(error).toMatchObject({
        message: expect.stringMatching(/./),
        API_version: expect.stringMatching(/./),
      });
      expect(Object.values(error['request_header'] as Json).every(Array.isArray)).toBe(true);
    });

    it('saves documents with permissions, refreshes, counts and pages', async () => {
      const acl = { _allowRead: [{ name: 'bob' }, { name: 'registered', isRole: 'true' }] };
      const saved = ok(await call('POST', '/document/teas', { grams: 3, ...acl }));
      expect(saved).toMatchObject({ '@class': 'teas', '@version': 1, _author: 'andy' });
      const path = `/document/teas/${String(saved['id'])}`;
      const shown = ok(await call('GET', `${path}?withAcl=true`));
      expect(shown).toMatchObject({
        _allowRead: expect.arrayContaining([
          expect.objectContaining({ name: 'registered', isrole: true }),
          expect.objectContaining({ name: 'bob' }),
        ]),
      });
      expect(shown).not.toHaveProperty('@rid');
      ok(await call('PUT', path, { grams: 4, '@version': shown['@version'] }));
      const stale = await call('PUT', path, { grams: 5, '@version': shown['@version'] });
      expect(stale.json()).toMatchObject({ bb_code: '40001', http_code: 400 });
      const where = 'where=%28grams%3D%3F%29+AND+grams%3E0&params=4&orderBy=grams+asc';
      const [counted] = ok<Json[]>(await call('GET', `/document/teas?${where}&count=true`));
      expect(counted).toMatchObject({ count: 1 });
      const page = await call('GET', `/document/teas?${where}&page=0&recordsPerPage=5`);
      expect(page.json()).toMatchObject({ more: false, data: [{ grams: 4 }] });
      for (const method of ['PUT', 'DELETE']) {
        for (const whom of ['user/bob', 'role/registered']) {
          expect(ok(await call(method, `${path}/read/${whom}`))).toBe('');
        }
      }
      expect(ok(await call('PUT', `${path}/acl`, acl))).toMatchObject({ id: saved['id'] });
      expect(ok(await call('DELETE', path, { a: 1 }))).toBe('');
    });

    it('links documents and files, and reads what is linked', async () => {
      const document = ok(await call('POST', '/document/teas', { n: 1 }));
      // Written as the SDK writes it: the file first, then texts with a type of their own.
      const part = (name: string, text: string) =>
        `\r\n--18f00a\r\nContent-Disposition: form-data; name="${name}"\r\n` +
        `Content-Type: application/json;charset=UTF-8\r\n\r\n${text}`;
      const leaf = await sharp({
        create: { width: 40, height: 20, channels: 3, background: '#385' },
      })
        .png()
        .toBuffer();
      const body = Buffer.concat([
        Buffer.from(
          '--18f00a\r\nContent-Disposition: form-data; name="file"; filename="leaf.png"\r\n' +
            'Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n',
        ),
        leaf,
        Buffer.from(part('attachedData', '{"k":"v"}')),
        Buffer.from(part('acl', '{"read":{"users":["bob"],"roles":["registered"]}}')),
        Buffer.from('\r\n--18f00a--\r\n'),
      ]);
      const type = { 'Content-Type': 'multipart/form-data; boundary=18f00a' };
      const headers = { ...agent, ...type, 'X-BB-SESSION': token };
      const file = ok(await send('POST', '/file', headers, body), 201);
      expect(file).toMatchObject({
        fileName: 'leaf.png',
        contentType: 'image/png',
        attachedData: { k: 'v' },
        metadata: expect.any(Object),
      });
      // It tells files from documents by what they do not have.
      expect(Object.keys(file).filter((name) => name.startsWith('@'))).toEqual(['@version']);
      const id = String(document['id']);
      const link = ok(await call('POST', `/link/${id}/shows/${String(file['id'])}`));
      expect(link).toMatchObject({ label: 'shows', out: { id }, in: { id: file['id'] } });
      ok(await call('GET', `/link/${String(link['id'])}`));
      expect(ok(await call('GET', '/link?where=label%3D%3F&params=shows'))).toHaveLength(1);
      const linked = ok<Json[]>(await call('GET', `/document/teas/${id}/shows?linkDir=to`));
      expect(linked).toEqual([expect.not.objectContaining({ '@class': expect.anything() })]);
      ok(await call('DELETE', `/link/${String(link['id'])}`, {}));
      const query = `X-BAASBOX-APPCODE=${APP}&X-BB-SESSION=${token}&sizeId=1`;
      const image = await send('GET', `/file/${String(file['id'])}?${query}`, {});
      expect([image.status, image.headers['content-type']]).toEqual([200, 'image/png']);
      expect([image.bytes.readUInt32BE(16), image.bytes.readUInt32BE(20)]).toEqual([20, 10]);
    });

    it('looks at people, and changes its own profile', async () => {
      const changed = ok(await call('PUT', '/me', { visibleByFriends: { phone: '1' } }));
      expect(changed).toMatchObject({ visibleByFriends: { phone: '1' } });
      const where = 'where=user.name%3D%3F&params=bob&page=0&recordsPerPage=1';
      expect((await call('GET', `/users?${where}`)).json()).toMatchObject({
        more: false,
        data: [{ user: { name: 'bob' }, visibleByTheUser: null }],
      });
      ok(await call('GET', '/user/bob'));
      const reset = await send('GET', '/user/andy/password/reset', agent);
      expect([reset.status, reset.text]).toEqual([400, expect.stringContaining('email')]);
    });

    it('lists and deletes files, reads assets, and calls anything else by path', async () => {
      const [file] = ok<Json[]>(await call('GET', '/file/details?where=fileName%3D%27leaf.png%27'));
      const id = String(file?.['id']);
      expect(ok(await call('GET', `/file/details/${id}`))).toEqual(file);
      ok(await call('PUT', `/file/${id}/read/user/bob`));
      ok(await call('DELETE', `/file/${id}/read/user/bob`));
      ok(await call('DELETE', `/file/${id}`, {}));
      const asset = { name: 'sign', meta: '{"open":true}' };
      const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const admin = { ...agent, 'X-BB-SESSION': server.admin.token };
      ok(await send('POST', '/admin/asset', { ...admin, ...type }, form(asset)), 201);
      expect(ok(await call('GET', '/asset/sign/data'))).toEqual({ open: true });
      ok(await send('DELETE', '/admin/asset/sign', admin));
      ok(await send('POST', '/admin/collection/jars', { ...admin, 'Content-Length': '0' }), 201);
      ok(await send('DELETE', '/admin/collection/jars', admin));
      expect((await call('POST', '/plugin/no.such', { a: 1 })).status).toBe(404);
    });

    it('changes its password, logs in again, and out', async () => {
      expect(ok(await call('PUT', '/me/password', { old: 'pw', new: 'pw2' }))).toBe('');
      expect((await call('GET', '/me')).status).toBe(401);
      token = await login('andy', 'pw2', agent);
      expect(ok(await call('POST', '/logout'))).toBe('user logged out');
      token = await login('andy', 'pw2', agent);
    });

    it('follows, and asks other networks', async () => {
      expect(ok(await call('POST', '/follow/bob', {}), 201)).toMatchObject({
        user: { name: 'bob' },
      });
      expect(ok(await call('GET', '/following'))).toHaveLength(1);
      expect(ok(await call('GET', '/followers/bob'))).toHaveLength(1);
      ok(await call('DELETE', '/follow/bob'));
      const tokens = { oauth_token: 't', oauth_secret: 't' };
      expect((await call('POST', '/social/facebook', tokens)).status).toBe(400);
      expect((await call('GET', '/social')).status).toBe(404);
    });
  });

  describe('.NET', () => {
    const accepts = { 'X-BAASBOX-APPCODE': APP, Accept: 'application/json' };
    const typed = { ...accepts, 'Content-Type': 'application/json; charset=utf-8' };

    it('keeps numbers as texts, and finds them as numbers', async () => {
      const token = { 'X-BB-SESSION': await login('bob', 'secret', accepts) };
      const body = '{"Age":"30","Name":"Assam"}';
      const made = ok(await send('POST', '/document/teas', { ...typed, ...token }, body));
      expect(made).toMatchObject({
        '@rid': expect.stringMatching(/^#/),
        '@version': 1,
        Age: '30',
        _author: 'bob',
      });
      const path = `/document/teas/${String(made['id'])}`;
      expect(ok(await send('GET', path, { ...accepts, ...token }))).toEqual(made);
      ok(await send('PUT', path, { ...typed, ...token }, '{"Age":"31","Name":"Assam"}'));
      for (const where of ['Age>30', 'Age+>+30', "Age='31'", 'Age=31']) {
        const list = await send('GET', `/document/teas?where=${where}`, { ...accepts, ...token });
        expect([where, ok<Json[]>(list).length]).toEqual([where, 1]);
      }
      const count = await send('GET', '/document/teas/count', { ...accepts, ...token });
      expect(ok(count)).toEqual({ count: expect.any(Number) });
      ok(await send('DELETE', path, { ...accepts, ...token }));
    });

    it('makes collections and logs out without a body or a type', async () => {
      const token = { 'X-BB-SESSION': await login(ADMIN.username, ADMIN.password) };
      ok(await send('POST', '/admin/collection/pots', { ...accepts, ...token }), 201);
      ok(await send('POST', '/logout', { ...accepts, ...token }));
    });

    it('changes a password, after which old tokens are refused in JSON', async () => {
      const signUp = '{"username":"nett","password":"secret"}';
      const made = ok(await send('POST', '/user', typed, signUp), 201);
      expect(made).toMatchObject({
        signUpDate: expect.stringMatching(/\+0000$/),
        id: expect.any(String),
      });
      const reset = await send('GET', '/user/nett/password/reset', accepts);
      expect(reset.json()).toMatchObject({ message: expect.stringContaining('email') });
      const token = { 'X-BB-SESSION': String(made['X-BB-SESSION']) };
      const body = '{"old":"secret","new":"changed"}';
      expect(ok(await send('PUT', '/me/password', { ...typed, ...token }, body))).toBe('');
      const old = await send('GET', '/me', { ...accepts, ...token });
      expect([old.status, old.json<Json>()['result']]).toEqual([401, 'error']);
    });
  });

  describe('PHP', () => {
    const type = { 'Content-Type': 'application/json', 'X-BAASBOX-APPCODE': APP };
    let headers: Headers = type;
    const get = (path: string) => send('GET', path, headers);

    it('logs in with a form that is not encoded', async () => {
      const body = `username=bob&password=secret&appcode=${APP}`;
      const own = { ...type, 'Content-Type': 'application/x-www-form-urlencoded' };
      const data = ok(await send('POST', '/login', own, body));
      headers = { ...type, 'X-BB-SESSION': String(data['X-BB-SESSION']) };
    });

    it('reads conditions that are glued together, with blanks where nobody expects them', async () => {
      for (const [city, price] of [
        ['Rome', 1],
        ['Paris', 6],
        ['Rome', 11],
      ] as const) {
        const body = JSON.stringify({ city, price, text: `a ${city} word` });
        ok(await send('POST', '/document/teas', headers, body));
      }
      const prices = async (query: string) =>
        ok<{ price: number }[]>(await get(`/document/teas?${query}`)).map(({ price }) => price);
      const where = '&where=city=?%20and%20price>?%20&params=Rome&params=5';
      expect(await prices(where)).toEqual([11]);
      expect(await prices('&where=any()like?%20&params=%Paris%')).toEqual([6]);
      const cities = '&where=city<>?%20&params=x';
      expect(await prices(`${cities}&orderBy=city,price%20asc,desc`)).toEqual([6, 11, 1]);
      for (const blank of ['%20', '+', '']) {
        const paging = `&page${blank}=0&recordsPerPage${blank}=2`;
        expect(await prices(`${paging}${cities}`)).toHaveLength(2);
      }
      const count = await get(`/document/teas/count?${where}`);
      expect(ok(count)).toEqual({ count: 1 });
    });

    it('asks for itself as `me`, for a path that nobody has, and deletes with the type of a form', async () => {
      expect(ok(await get('/user/me'))).toMatchObject({ user: { name: 'bob' } });
      const unknown = await get('/key/abc');
      expect([unknown.status, unknown.json<Json>()['result']]).toEqual([404, 'error']);
      const { id } = ok<{ id: string }>(await send('POST', '/document/teas', headers, '{"x":1}'));
      ok(await send('PUT', `/document/teas/${id}`, headers, '{"x":2}'));
      const own = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
      ok(await send('DELETE', `/document/teas/${id}`, own));
    });

    it('sends a token and Basic together, and logs out with the type of JSON and no body', async () => {
      const both = { ...headers, Authorization: basic('bob', 'wrong') };
      ok(await send('GET', '/me', both));
      expect(ok(await send('POST', '/logout', headers))).toBe('user logged out');
    });
  });

  describe('Python', () => {
    const both = { appcode: APP, 'X-BAASBOX-APPCODE': APP };
    const json = { ...both, 'Content-Type': 'application/json' };
    const query = `X-BAASBOX-APPCODE=${APP}`;
    let token: Headers = {};

    it('signs up and changes its profile with null for what was not set', async () => {
      const none = {
        visibleByTheUser: null,
        visibleByFriends: null,
        visibleByRegisteredUsers: null,
        visibleByAnonymousUsers: null,
      };
      const body = JSON.stringify({ username: 'pia', password: 'pw', ...none });
      const made = ok(await send('POST', '/user', json, body), 201);
      expect(made).toMatchObject({ visibleByTheUser: {}, visibleByFriends: {} });
      token = { 'X-BB-SESSION': String(made['X-BB-SESSION']) };
      const change = JSON.stringify({ ...none, visibleByFriends: { phone: '1' } });
      const changed = ok(await send('PUT', '/me', { ...json, ...token }, change));
      expect(changed).toMatchObject({ visibleByFriends: { phone: '1' }, visibleByTheUser: {} });
    });

    it('uses Basic before it has a token, in capitals and with the app code thrice', async () => {
      const own = { ...both, AUTHORIZATION: `${basic('pia', 'pw')} ` };
      expect(ok(await send('GET', `/me?${query}`, own))).toMatchObject({ user: { name: 'pia' } });
    });

    it('reads, filters with bare percent signs, counts, shares and deletes', async () => {
      const own = { ...both, ...token };
      const body = '{"name":"ann 100%"}';
      const { id } = ok<{ id: string }>(
        await send('POST', '/document/teas', { ...json, ...token }, body),
      );
      for (const mark of ['?', '?&']) {
        const item = ok(await send('GET', `/document/teas/${id}${mark}${query}`, own));
        expect(item).toMatchObject({ '@rid': expect.stringMatching(/^#/), name: 'ann 100%' });
      }
      const update = '{"name":"ann 200%"}';
      ok(await send('PUT', `/document/teas/${id}`, { ...json, ...token }, update));
      const where = "where=name%20like%20'ann%'&orderBy=name%20asc";
      expect(ok(await send('GET', `/document/teas?${where}&${query}`, own))).toHaveLength(1);
      const count = await send('GET', `/document/teas?${where}&count=True&${query}`, own);
      expect(ok(count)).toMatchObject([{ count: 1 }]);
      ok(await send('PUT', `/document/teas/${id}/read/role/registered`, own));
      const link = ok(await send('POST', `/link/${id}/like/${id}`, own));
      ok(await send('GET', `/link/${String(link['id'])}?${query}`, own));
      ok(await send('DELETE', `/link/${String(link['id'])}`, own));
      ok(await send('DELETE', `/document/teas/${id}`, own));
    });

    it('asks a plugin by GET with a form for a body', async () => {
      const code = 'http().get(function (r) { return { content: { exists: r.body.username } }; })';
      const plugin = { name: 'account.checker.plugin', lang: 'javascript', active: true, code };
      expect((await server.admin.send('POST', '/admin/plugin', plugin)).status).toBe(201);
      const own = { ...both, ...token, 'Content-Type': 'application/x-www-form-urlencoded' };
      const path = `/plugin/account.checker.plugin?${query}`;
      expect(ok(await send('GET', path, own, 'username=bob'))).toEqual({ exists: 'bob' });
    });
  });

  describe('Dart', () => {
    const code = { 'X-BAASBOX-APPCODE': APP };
    const json = { 'Content-Type': 'application/json' };
    const urlencoded = { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8' };

    it('never sends the app code with PUT and DELETE', async () => {
      const body = '{"username":"dora","password":"pw"}';
      const made = ok(await send('POST', '/user', { ...code, ...json }, body), 201);
      const token = { 'X-BB-SESSION': String(made['X-BB-SESSION']) };
      const own = { ...json, ...token };
      const { id } = ok<{ id: string }>(
        await send('POST', '/document/teas', { ...code, ...own }, '{"a":1}'),
      );
      const path = `/document/teas/${id}`;
      expect(ok(await send('PUT', path, own, '{"a":2}'))).toMatchObject({ a: 2 });
      expect(ok(await send('PUT', `${path}/.a`, own, '{"data":3}'))).toMatchObject({ a: 3 });
      const read = await send('GET', `${path}/.a`, { ...code, ...token });
      expect(ok(read)).toMatchObject({ result: 3 });
      expect(ok(await send('GET', path, { ...code, ...token }))).toMatchObject({ a: 3 });
      const count = await send('GET', '/document/teas/count', { ...code, ...token });
      expect(ok(count)).toEqual({ count: expect.any(Number) });
      ok(await send('PUT', `${path}/read/user/bob`, token));
      ok(await send('DELETE', path, token));
      ok(await send('GET', '/users', { ...code, ...token }));
      ok(await send('GET', '/user/bob', { ...code, ...token }));
      const message = '{"message":"hi","users":["bob"],"profiles":[1]}';
      const sent = await send('POST', '/push/message', { ...code, ...own }, message);
      expect(sent.json()).toMatchObject({ bb_code: '50305' });
      ok(await send('POST', '/follow/bob', { ...code, ...token }), 201);
      expect(ok(await send('GET', '/following', { ...code, ...token }))).toHaveLength(1);
      ok(await send('DELETE', '/follow/bob', token));
      ok(await send('PUT', '/push/enable/ios/d0ra', token));
      ok(await send('PUT', '/me/password', own, '{"old":"pw","new":"new"}'));
      const again = { 'X-BB-SESSION': await login('dora', 'new') };
      ok(await send('PUT', '/me/suspend', again));
      expect((await send('GET', '/me', { ...code, ...again })).status).toBe(401);
      const admin = { 'X-BB-SESSION': server.admin.token };
      ok(await send('PUT', '/admin/user/activate/dora', admin));
      ok(await send('GET', '/me', { ...urlencoded, ...again }));
      ok(await send('POST', '/logout', { ...code, ...urlencoded, ...again }, ''));
      ok(await send('PUT', '/admin/user/suspend/dora', admin));
    });

    it('administers: settings in the address, endpoint groups, assets, collections', async () => {
      const token = { 'X-BB-SESSION': server.admin.token };
      const set = '/admin/configuration/Application/application.name/Tea%20shop';
      const warned = await send('PUT', set, { ...token, ...json }, '');
      expect(ok(warned)).toContain('You provided key and value in the query string');
      const settings = await send('GET', '/admin/configuration/Application', { ...code, ...token });
      expect(ok(settings)).toContainEqual(expect.objectContaining({ value: 'Tea shop' }));
      const groups = ok(await send('GET', '/admin/endpoints', { ...code, ...token }));
      expect(groups['baasbox.users']).toEqual([true, expect.any(String)]);
      for (const method of ['DELETE', 'PUT']) {
        const path = '/admin/endpoints/baasbox.users/enabled';
        expect(ok(await send(method, path, token))).toBe('success');
      }
      const body = form({ name: 'logo', meta: '{"z":[1]}' });
      const asset = await send('POST', '/admin/asset', { ...code, ...token, ...urlencoded }, body);
      expect(ok(asset, 201)).toMatchObject({
        '@rid': expect.stringMatching(/^#/),
        meta: { z: [1] },
      });
      expect(ok(await send('GET', '/asset/logo/data', code))).toEqual({ z: [1] });
      expect(ok(await send('GET', '/admin/asset', { ...code, ...token }))).toHaveLength(1);
      ok(await send('DELETE', '/admin/asset/logo', token));
      ok(await send('POST', '/admin/collection/cups', { ...code, ...token }), 201);
      ok(await send('DELETE', '/admin/collection/cups', token));
    });
  });
});
