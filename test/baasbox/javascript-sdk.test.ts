// The JavaScript SDK as published on npm, unmodified, in a browser's environment with jQuery, against a live server.
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { APP, startServer, type TestServer } from './server.ts';

/** What the SDK gives: jQuery's promises. */
type Reply<T = unknown> = PromiseLike<{ data: T; result: string }>;
type Fields = Record<string, unknown>;

interface CurrentUser {
  username: string;
  token: string;
  roles: string[];
  visibleByTheUser: Fields;
}

interface Sdk {
  appcode: string;
  setEndPoint(url: string): void;
  login(name: string, password: string): PromiseLike<CurrentUser>;
  logout(): unknown;
  signup(name: string, password: string, sections?: Fields): PromiseLike<CurrentUser>;
  getCurrentUser(): CurrentUser | undefined;
  fetchCurrentUser(): Reply<Fields>;
  createCollection(name: string): Reply;
  deleteCollection(name: string): Reply;
  loadCollection(name: string): PromiseLike<Fields[]>;
  loadCollectionWithParams(name: string, params: Fields): PromiseLike<Fields[]>;
  loadObject(collection: string, id: string): Reply<Fields>;
  save(object: Fields, collection: string): PromiseLike<Fields & { id: string }>;
  updateField(id: string, collection: string, field: string, value: unknown): PromiseLike<Fields>;
  updateObject(id: string, collection: string, object: Fields): PromiseLike<Fields>;
  deleteObject(id: string, collection: string): Reply;
  fetchObjectsCount(collection: string): Reply<{ count: number }>;
  grantUserAccessToObject(c: string, id: string, permission: string, user: string): Reply;
  revokeUserAccessToObject(c: string, id: string, permission: string, user: string): Reply;
  grantRoleAccessToObject(c: string, id: string, permission: string, role: string): Reply;
  revokeRoleAccessToObject(c: string, id: string, permission: string, role: string): Reply;
  loadAssetData(name: string): PromiseLike<Fields>;
  getImageURI(name: string, options: Fields | null): PromiseLike<{ data: string }>;
  fetchUserProfile(name: string): Reply<Fields>;
  fetchUsers(params?: Fields): Reply<Fields[]>;
  updateUserProfile(sections: Fields): Reply<Fields>;
  changePassword(old: string, next: string): Reply;
  resetPassword(): Reply;
  followUser(name: string): Reply<Fields>;
  unfollowUser(name: string): Reply;
  fetchFollowers(name: string): Reply<Fields[]>;
  fetchFollowing(name: string): Reply<Fields[]>;
  sendPushNotification(message: Fields): Reply;
  uploadFile(form: FormData): PromiseLike<string>;
  fetchFile(id: string): PromiseLike<string>;
  deleteFile(id: string): Reply;
  fetchFileDetails(id: string): Reply<Fields>;
  grantUserAccessToFile(id: string, permission: string, user: string): Reply;
  revokeUserAccessToFile(id: string, permission: string, user: string): Reply;
  grantRoleAccessToFile(id: string, permission: string, role: string): Reply;
  revokeRoleAccessToFile(id: string, permission: string, role: string): Reply;
  callPlugin(name: string, method: string, params: Fields): PromiseLike<unknown>;
  READ_PERMISSION: string;
  ALL_PERMISSION: string;
  REGISTERED_ROLE: string;
}

/** Opens a page of another origin, so that every call is a cross-origin one that a browser asks about first. */
function loadSdk(): { sdk: Sdk; page: JSDOM } {
  const page = new JSDOM('<!doctype html>', { url: 'https://shop.example/' });
  Object.assign(globalThis, { window: page.window, document: page.window.document });
  const require = createRequire(import.meta.url);
  for (const name of ['jquery', 'baasbox']) delete require.cache[require.resolve(name)];
  const { default: sdk } = require('baasbox') as { default: Sdk };
  return { sdk, page };
}

/** The status of a call that is refused. */
async function refusal(call: PromiseLike<unknown>): Promise<number> {
  try {
    await call;
  } catch (error) {
    return (error as { status: number }).status;
  }
  throw new Error('The call was not refused');
}

onBothEngines('the JavaScript SDK', (engine) => {
  let server: TestServer;
  let sdk: Sdk;
  let page: JSDOM;
  beforeAll(async () => {
    server = await startServer(engine);
    await server.admin.send('POST', '/admin/collection/teas');
    for (const name of ['mira', 'bob']) await server.user(name);
    ({ sdk, page } = loadSdk());
    sdk.setEndPoint(server.base);
    sdk.appcode = APP;
  });
  beforeEach(async () => {
    page.window.localStorage.clear();
    await sdk.login('mira', 'secret');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    page.window.close();
    Reflect.deleteProperty(globalThis, 'window');
    Reflect.deleteProperty(globalThis, 'document');
    await server.close();
  });

  describe('accounts', () => {
    it('signs up, and is logged in', async () => {
      page.window.localStorage.clear();
      const user = await sdk.signup(`nora-${engine}`, 'pw', {
        visibleByTheUser: { email: 'nora@mail.test' },
      });
      expect(user).toMatchObject({
        username: `nora-${engine}`,
        roles: ['registered'],
        visibleByTheUser: { email: 'nora@mail.test' },
      });
      const me = await sdk.fetchCurrentUser();
      expect(me).toMatchObject({ result: 'ok', data: { user: { name: `nora-${engine}` } } });
      expect(await refusal(sdk.signup('mira', 'pw'))).toBe(400);
    });

    it('logs in with any letter case, and out', async () => {
      const user = await sdk.login('MIRA', 'secret');
      expect(user).toMatchObject({ username: 'mira', roles: ['registered'] });
      sdk.logout();
      // The promise of this version never settles; the session is over when its token is refused.
      await expect
        .poll(async () => {
          const headers = { 'X-BB-SESSION': user.token };
          return (await server.send({ path: '/me', headers })).status;
        })
        .toBe(401);
      page.window.localStorage.clear();
      expect(await refusal(sdk.login('mira', 'wrong'))).toBe(401);
    });

    it('changes profile and password', async () => {
      const changed = await sdk.updateUserProfile({
        visibleByTheUser: { email: 'mira@mail.test' },
        visibleByFriends: { phone: '1' },
        visibleByRegisteredUsers: { nick: 'mi' },
        visibleByAnonymousUsers: {},
      });
      expect(changed.data).toMatchObject({ visibleByRegisteredUsers: { nick: 'mi', _social: {} } });
      await sdk.changePassword('secret', 'other');
      await sdk.login('mira', 'other');
      await sdk.changePassword('other', 'secret');
      await sdk.login('mira', 'secret');
      expect(await refusal(sdk.changePassword('wrong', 'x'))).toBe(400);
    });

    it('asks for a new password: without a mail server that is refused with its reason', async () => {
      expect(await refusal(sdk.resetPassword())).toBe(400);
    });
  });

  describe('people', () => {
    it('looks at others, and sees what it may', async () => {
      const { data } = await sdk.fetchUserProfile('bob');
      expect(data).toMatchObject({ user: { name: 'bob' }, visibleByTheUser: null });
      const all = await sdk.fetchUsers({ where: "user.name='bob'" });
      expect(all.data).toHaveLength(1);
      expect(await refusal(sdk.fetchUserProfile('nobody'))).toBe(404);
    });

    it('follows and stops following', async () => {
      const followed = await sdk.followUser('bob');
      expect(followed.data).toMatchObject({ user: { name: 'bob' }, visibleByFriends: {} });
      expect((await sdk.fetchFollowing('mira')).data).toMatchObject([{ user: { name: 'bob' } }]);
      expect((await sdk.fetchFollowers('bob')).data).toMatchObject([{ user: { name: 'mira' } }]);
      await sdk.unfollowUser('bob');
      expect((await sdk.fetchFollowing('mira')).data).toEqual([]);
      expect(await refusal(sdk.unfollowUser('bob'))).toBe(404);
    });
  });

  describe('documents', () => {
    it('saves, loads, saves again as it was loaded, and deletes', async () => {
      const saved = await sdk.save({ name: 'Assam', grams: 250, tags: ['black'] }, 'teas');
      const loaded = (await sdk.loadObject('teas', saved.id)).data;
      expect(loaded).toEqual(saved);
      const again = await sdk.save({ ...loaded, name: 'Darjeeling' }, 'teas');
      expect(again).toMatchObject({ id: saved.id, name: 'Darjeeling', grams: 250 });
      const field = await sdk.updateField(saved.id, 'teas', 'grams', 100);
      expect(field).toMatchObject({ name: 'Darjeeling', grams: 100 });
      expect(await sdk.updateObject(saved.id, 'teas', { name: 'Ceylon' })).not.toHaveProperty(
        'grams',
      );
      await sdk.deleteObject(saved.id, 'teas');
      expect(await refusal(sdk.loadObject('teas', saved.id))).toBe(404);
    });

    it('lists, filters and counts', async () => {
      for (const grams of [10, 20, 30]) await sdk.save({ kind: 'listed', grams }, 'teas');
      const found = await sdk.loadCollectionWithParams('teas', {
        where: 'kind = ? and grams > ?',
        params: ['listed', 10],
        orderBy: 'grams desc',
        page: 0,
        recordsPerPage: 10,
      });
      expect(found.map((tea) => tea['grams'])).toEqual([30, 20]);
      const all = await sdk.loadCollection('teas');
      const { data } = await sdk.fetchObjectsCount('teas');
      expect(data.count).toBe(all.length);
      expect(await refusal(sdk.loadCollectionWithParams('teas', { where: 'in (p)' }))).toBe(400);
    });

    it('shares with people and roles', async () => {
      const { id } = await sdk.save({ name: 'shared' }, 'teas');
      const bob = await server.user(`bob-${id.slice(0, 8)}`);
      const bobSees = async () => {
        const response = await bob.send('GET', `/document/teas/${id}`);
        return response.status === 200;
      };
      expect(await bobSees()).toBe(false);
      await sdk.grantUserAccessToObject('teas', id, sdk.READ_PERMISSION, bob.name);
      expect(await bobSees()).toBe(true);
      await sdk.revokeUserAccessToObject('teas', id, sdk.READ_PERMISSION, bob.name);
      expect(await bobSees()).toBe(false);
      await sdk.grantRoleAccessToObject('teas', id, sdk.ALL_PERMISSION, sdk.REGISTERED_ROLE);
      expect(await bobSees()).toBe(true);
      await sdk.revokeRoleAccessToObject('teas', id, sdk.ALL_PERMISSION, sdk.REGISTERED_ROLE);
      expect(await bobSees()).toBe(false);
    });

    it('makes and drops collections as an administrator', async () => {
      expect(await refusal(sdk.createCollection('pots'))).toBe(403);
      await sdk.login('admin', 'admin-secret');
      await sdk.createCollection('pots');
      expect((await sdk.fetchObjectsCount('pots')).data).toEqual({ count: 0 });
      await sdk.deleteCollection('pots');
      expect(await refusal(sdk.fetchObjectsCount('pots'))).toBe(404);
    });
  });

  it('uploads, shares and deletes files', async () => {
    const form = new page.window.FormData();
    form.append('file', new page.window.File(['green leaves'], 'tea.txt', { type: 'text/plain' }));
    form.append('attachedData', JSON.stringify({ season: 'spring' }));
    form.append('acl', JSON.stringify({ read: { users: ['bob'] } }));
    const uploaded = JSON.parse(await sdk.uploadFile(form)) as { data: Fields & { id: string } };
    const { id } = uploaded.data;
    expect(uploaded.data).toMatchObject({
      fileName: 'tea.txt',
      attachedData: { season: 'spring' },
    });
    expect((await sdk.fetchFileDetails(id)).data).toMatchObject({ id, contentLength: 12 });
    expect(await sdk.fetchFile(id)).toBe('green leaves');
    await sdk.grantUserAccessToFile(id, sdk.READ_PERMISSION, 'bob');
    await sdk.revokeUserAccessToFile(id, sdk.READ_PERMISSION, 'bob');
    await sdk.grantRoleAccessToFile(id, sdk.READ_PERMISSION, sdk.REGISTERED_ROLE);
    await sdk.login('bob', 'secret');
    expect(await sdk.fetchFile(id)).toBe('green leaves');
    await sdk.login('mira', 'secret');
    await sdk.revokeRoleAccessToFile(id, sdk.READ_PERMISSION, sdk.REGISTERED_ROLE);
    await sdk.deleteFile(id);
    expect(await refusal(sdk.fetchFileDetails(id))).toBe(404);
  });

  it('reads assets', async () => {
    await server.send({
      method: 'POST',
      path: '/admin/asset',
      headers: {
        'X-BB-SESSION': server.admin.token,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `name=prices-${engine}&meta=${encodeURIComponent('{"assam":3}')}`,
    });
    expect(await sdk.loadAssetData(`prices-${engine}`)).toEqual({ assam: 3 });
    const { data } = await sdk.getImageURI('logo', null);
    expect(data).toBe(`${server.base}/asset/logo?X-BAASBOX-APPCODE=${APP}`);
  });

  it('sends push messages: without a provider that is refused as not configured', async () => {
    expect(await refusal(sdk.sendPushNotification({ message: 'hi', users: ['bob'] }))).toBe(503);
  });

  it('calls plugins', async () => {
    const code = `http().get(function (request) {
      return { status: 200, content: { got: Object.keys(request.queryString) } };
    }).post(function (request) { return { status: 200, content: { body: request.body } }; });`;
    await server.admin.send('POST', '/admin/plugin', {
      name: `shop.echo_${engine}`,
      code,
      lang: 'javascript',
      active: true,
    });
    const post = await sdk.callPlugin(`shop.echo_${engine}`, 'post', { n: 1 });
    expect(post).toMatchObject({ result: 'ok', data: { body: { n: 1 } } });
    // For GET, jQuery puts the JSON text behind the question mark.
    const get = await sdk.callPlugin(`shop.echo_${engine}`, 'get', { n: 1 });
    expect(get).toMatchObject({ data: { got: ['{"n":1}'] } });
  });
});
