// Every route of the original answers: the table of BaasBox spec 5, call by call, with what a healthy call gives.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const ROOT = 'root-secret';

/**
 * Method, path and the status that a fresh app gives an administrator (`root` for paths below /root) without a body: what
 * is missing is missed in that endpoint's own way, never as an unknown path.
 */
const ROUTES: readonly (readonly [string, string, number])[] = [
  ['POST', '/user', 400],
  ['POST', '/login', 400],
  ['GET', '/me', 200],
  ['GET', '/user', 200],
  ['PUT', '/me', 400],
  ['PUT', '/user', 400],
  ['PUT', '/me/password', 400],
  ['PUT', '/user/password', 400],
  ['PUT', '/me/username', 400],
  ['GET', '/refresh', 200],
  ['GET', '/user/admin/password/reset', 400],
  ['GET', '/user/password/reset/none', 400],
  ['GET', '/user/password/reset/none.json', 400],
  ['POST', '/user/password/reset/none', 400],
  ['POST', '/user/password/reset/none.json', 400],
  ['POST', '/social/facebook', 400],
  ['PUT', '/social/facebook', 400],
  ['DELETE', '/social/facebook', 404],
  ['GET', '/social', 404],
  ['GET', '/social/login/facebook/callback', 400],
  ['GET', '/social/facebook/authUrl', 400],
  ['GET', '/users', 200],
  ['GET', '/user/admin', 200],
  ['GET', '/user/admin/exists', 501],
  ['POST', '/follow/nobody', 404],
  ['DELETE', '/follow/nobody', 404],
  ['GET', '/followers', 200],
  ['GET', '/followers/nobody', 200],
  ['GET', '/following', 200],
  ['GET', '/following/admin', 200],
  ['POST', '/document/none', 400],
  ['GET', '/document/none', 404],
  ['GET', '/document/none/count', 404],
  ['GET', '/document/none/1', 404],
  ['GET', '/document/%2331:0', 404],
  ['PUT', '/document/none/1', 400],
  ['DELETE', '/document/none/1', 404],
  ['GET', '/document/none/1/.a', 404],
  ['PUT', '/document/none/1/.a', 400],
  ['PUT', '/document/none/1/acl', 400],
  ['PUT', '/document/none/1/read/user/admin', 404],
  ['DELETE', '/document/none/1/read/user/admin', 404],
  ['PUT', '/document/none/1/read/role/registered', 404],
  ['DELETE', '/document/none/1/read/role/registered', 404],
  ['GET', '/document/none/1/made_of', 404],
  ['POST', '/link/1/made_of/2', 400],
  ['GET', '/link/1', 404],
  ['GET', '/link', 200],
  ['DELETE', '/link/1', 404],
  ['POST', '/file', 400],
  ['GET', '/file/1', 404],
  ['GET', '/file/details/1', 404],
  ['GET', '/file/details', 200],
  ['GET', '/file/attachedData/1', 404],
  ['GET', '/file/content/1', 404],
  ['DELETE', '/file/1', 404],
  ['PUT', '/file/1/read/user/admin', 404],
  ['DELETE', '/file/1/read/user/admin', 404],
  ['PUT', '/file/1/read/role/registered', 404],
  ['DELETE', '/file/1/read/role/registered', 404],
  ['GET', '/asset/none', 404],
  ['GET', '/asset/none/download', 404],
  ['GET', '/asset/none/data', 404],
  ['GET', '/asset/none/resize/10px/10px', 404],
  ['GET', '/asset/none/download/resize/10px/10px', 404],
  ['GET', '/asset/none/resize/50%25', 404],
  ['GET', '/asset/none/download/resize/50%25', 404],
  ['GET', '/asset/none/resizeId/0', 404],
  ['GET', '/asset/none/download/resizeId/0', 404],
  ['POST', '/admin/asset', 400],
  ['GET', '/admin/asset', 200],
  ['DELETE', '/admin/asset/none', 404],
  ['POST', '/push/message', 400],
  ['POST', '/push/message/admin', 400],
  ['PUT', '/push/enable/ios/token', 200],
  ['PUT', '/push/device/android/token', 200],
  ['PUT', '/push/disable/token', 200],
  ['GET', '/admin/configuration/dump.json', 200],
  ['GET', '/admin/configuration/dump.txt', 200],
  ['GET', '/admin/configuration/Images', 200],
  ['PUT', '/admin/configuration/Images/image.allows.automatic.resize', 400],
  ['PUT', '/admin/configuration/Images', 400],
  ['PUT', '/admin/configuration/Images/image.allows.automatic.resize/true', 400],
  ['PUT', '/admin/configuration/Images/image/image.allows.automatic.resize/true', 400],
  ['GET', '/admin/user', 200],
  ['GET', '/admin/user/admin', 200],
  ['POST', '/admin/user', 400],
  ['PUT', '/admin/user/admin', 400],
  ['PUT', '/admin/user/admin/password', 400],
  ['DELETE', '/admin/user/nobody', 404],
  ['PUT', '/admin/user/suspend/nobody', 400],
  ['PUT', '/admin/user/activate/nobody', 400],
  ['GET', '/admin/following/admin', 200],
  ['POST', '/admin/follow/admin/to/nobody', 404],
  ['DELETE', '/admin/follow/admin/to/nobody', 404],
  ['GET', '/admin/role', 200],
  ['GET', '/admin/roles', 200],
  ['GET', '/admin/role/registered', 200],
  ['POST', '/admin/role/editors', 201],
  ['PUT', '/admin/role/editors', 200],
  ['DELETE', '/admin/role/editors', 200],
  ['POST', '/admin/collection/pots', 201],
  ['GET', '/admin/collection', 200],
  ['DELETE', '/admin/collection/pots', 200],
  ['GET', '/admin/endpoints', 200],
  ['GET', '/admin/endpoints/baasbox.users', 200],
  ['PUT', '/admin/endpoints/baasbox.users/enabled', 200],
  ['DELETE', '/admin/endpoints/baasbox.assets/enabled', 200],
  ['GET', '/admin/apiVersion', 200],
  ['GET', '/admin/version/latest', 200],
  ['GET', '/admin/dbStatistics', 200],
  ['GET', '/admin/db/export', 200],
  ['GET', '/admin/db/export/none.zip', 404],
  ['DELETE', '/admin/db/export/none.zip', 404],
  ['POST', '/admin/db/import', 400],
  ['POST', '/admin/db/export', 202],
  ['POST', '/admin/plugin', 400],
  ['GET', '/admin/plugin', 200],
  ['GET', '/admin/plugin/acme.none', 404],
  ['PUT', '/admin/plugin/acme.none', 400],
  ['DELETE', '/admin/plugin/acme.none', 404],
  ['DELETE', '/admin/plugin/acme.none/last', 404],
  ['PUT', '/admin/plugin/acme.none/active', 404],
  ['DELETE', '/admin/plugin/acme.none/active', 404],
  ['GET', '/plugin/acme.none', 404],
  ['POST', '/plugin/acme.none/more', 404],
  ['PUT', '/plugin/acme.none', 404],
  ['DELETE', '/plugin/acme.none', 404],
  ['POST', '/root/resetadminpassword', 400],
  ['GET', '/root/metrics/timers', 503],
  ['GET', '/root/metrics/uptime', 503],
  ['POST', '/root/metrics', 200],
  ['GET', '/root/metrics/timers', 200],
  ['GET', '/root/metrics/counters', 200],
  ['GET', '/root/metrics/meters', 200],
  ['GET', '/root/metrics/gauges', 200],
  ['GET', '/root/metrics/histograms', 200],
  ['GET', '/root/metrics/uptime', 200],
  ['DELETE', '/root/metrics', 200],
  ['GET', '/root/configuration', 200],
  ['POST', '/root/configuration', 400],
  ['GET', '/root/db/export', 200],
  ['POST', '/root/db/export', 202],
  ['POST', '/root/db/import', 400],
];

/** Calls that end the session of the caller: others than the administrator make them. */
const LAST: typeof ROUTES = [
  ['POST', '/logout/some-token', 200],
  ['PUT', '/me/suspend', 200],
  ['PUT', '/user/suspend', 200],
];

onBothEngines('every route of the original', (engine) => {
  let server: TestServer;
  const guests = new Map<string, TestUser>();
  beforeAll(async () => {
    server = await startServer(engine, { root: { password: ROOT, admin: false } });
    for (const [index, [, path]] of LAST.entries()) {
      guests.set(path, await server.user(`guest${index}`));
    }
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
  });

  it.each([...ROUTES, ...LAST])('%s %s', async (method, path, status) => {
    const { token } = guests.get(path) ?? server.admin;
    const headers = path.startsWith('/root')
      ? {
          'X-BAASBOX-APPCODE': APP,
          authorization: `Basic ${Buffer.from(`root:${ROOT}`).toString('base64')}`,
        }
      : { 'X-BB-SESSION': token, 'X-BAASBOX-APPCODE': APP };
    const response = await server.send({ method, path, headers });
    expect({ status: response.status, text: response.text.slice(0, 300) }).toEqual({
      status,
      text: expect.not.stringContaining('API not found') as unknown,
    });
  });
});
