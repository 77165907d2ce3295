// Push messages over HTTP, delivered to providers that answer as the real ones do (BaasBox spec 3.5, 5.9, 5.10, 8.3).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onBothEngines } from '../support/database.ts';
import type { TestResponse } from '../support/http.ts';
import {
  APPLE_KEY,
  SERVICE_ACCOUNT,
  startApple,
  startGoogle,
  type GoogleProvider,
  type Provider,
} from '../support/push-providers.ts';
import { APP, startServer, type TestServer, type TestUser } from './server.ts';

const OK = '{"result":"ok","data":"","http_code":200}';

onBothEngines('push', (engine) => {
  let server: TestServer;
  let apple: Provider;
  let google: GoogleProvider;
  let mira: TestUser;
  let otto: TestUser;

  beforeAll(async () => {
    [apple, google] = await Promise.all([startApple(), startGoogle()]);
    server = await startServer(engine, {
      push: {
        timeoutMs: 5000,
        appleUrl: apple.url,
        appleSandboxUrl: apple.url,
        googleUrl: google.url,
        googleTokenUrl: google.url,
      },
    });
    mira = await server.user('mira');
    otto = await server.user('otto');
  });
  afterAll(async () => {
    expect(server.unexpected).toEqual([]);
    await server.close();
    await Promise.all([apple.close(), google.close()]);
  });
  beforeEach(() => {
    for (const provider of [apple, google]) {
      provider.received.length = 0;
      provider.replies.clear();
      provider.always = undefined;
    }
  });

  const put = (key: string, value: string) =>
    server.admin.send('PUT', `/admin/configuration/Push/${key}`, { value });

  async function configure(values: Record<string, string>) {
    for (const [key, value] of Object.entries(values)) {
      expect((await put(key, value)).text).toContain('"result":"ok"');
    }
  }

  async function upload(key: string, name: string, content: string): Promise<TestResponse> {
    const boundary = 'tea-boundary';
    const body = [
      `--${boundary}`,
      `Content-Disposition: form-data; name="file"; filename="${name}"`,
      'Content-Type: application/octet-stream',
      '',
      content,
      `--${boundary}--`,
      '',
    ].join('\r\n');
    return server.send({
      method: 'PUT',
      path: `/admin/configuration/Push/${key}`,
      headers: {
        'X-BB-SESSION': server.admin.token,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      body,
    });
  }

  /** Everything that a profile needs for both kinds of device, in both environments. */
  async function configureProfile(profile: number) {
    for (const mode of ['sandbox', 'production']) {
      const prefix = `profile${profile}.${mode}`;
      const file = await upload(`${prefix}.ios.certificate`, 'AuthKey.p8', APPLE_KEY.pem);
      expect(file.status).toBe(200);
      await configure({
        [`${prefix}.ios.key.id`]: APPLE_KEY.keyId,
        [`${prefix}.ios.team.id`]: APPLE_KEY.teamId,
        [`${prefix}.ios.topic`]: APPLE_KEY.topic,
        [`${prefix}.android.api.key`]: SERVICE_ACCOUNT,
      });
    }
    await configure({
      [`profile${profile}.push.sandbox.enable`]: 'false',
      [`profile${profile}.push.profile.enable`]: 'true',
    });
  }

  const push = (body: unknown, query = '', as = mira) =>
    as.send('POST', `/push/message${query}`, body);

  /** Runs jobs until nothing is due. */
  async function deliver() {
    while ((await server.platform.jobs.tick()) > 0) await server.platform.jobs.idle();
  }

  async function devicesOf(name: string) {
    const admin = await server.login('admin');
    const response = await admin.send('GET', `/admin/user/${name}`);
    return response.json<{ data: { system: { login_info: unknown[] } } }>().data.system.login_info;
  }

  async function deliveries() {
    const admin = await server.login('admin');
    const response = await admin.send('GET', '/admin/push/deliveries');
    return response.json<{ data: { id: string; waiting: number; failed: number }[] }>().data;
  }

  describe('devices', () => {
    it('registers them, each once', async () => {
      expect((await mira.send('PUT', '/push/enable/ios/dev-1')).text).toBe(OK);
      expect((await mira.send('PUT', '/push/device/android/dev:2%2F3')).text).toBe(OK);
      expect((await mira.send('PUT', '/push/enable/iOS/dev-1')).text).toBe(OK);
      const own = await devicesOf('mira');
      expect(own).toHaveLength(2);
      expect(own).toEqual(
        expect.arrayContaining([
          { os: 'ios', pushToken: 'dev-1' },
          { os: 'android', pushToken: 'dev:2/3' },
        ]),
      );
    });

    it('moves one to whoever registers it last', async () => {
      expect((await otto.send('PUT', '/push/enable/ios/dev-1')).status).toBe(200);
      expect(await devicesOf('mira')).toEqual([{ os: 'android', pushToken: 'dev:2/3' }]);
      expect(await devicesOf('otto')).toEqual([{ os: 'ios', pushToken: 'dev-1' }]);
    });

    it('forgets only one’s own', async () => {
      expect((await mira.send('PUT', '/push/disable/dev-1')).text).toBe(OK);
      expect(await devicesOf('otto')).toHaveLength(1);
      expect((await otto.send('PUT', '/push/disable/dev-1')).text).toBe(OK);
      expect(await devicesOf('otto')).toEqual([]);
      await mira.send('PUT', '/push/disable/dev:2%2F3');
    });

    it.each(['windows', 'IOS2', '__proto__'])('refuses devices of kind %s', async (os) => {
      expect((await mira.send('PUT', `/push/enable/${os}/x`)).status).toBe(400);
    });

    it('refuses tokens that are longer than any', async () => {
      expect((await mira.send('PUT', `/push/enable/ios/${'x'.repeat(1025)}`)).status).toBe(400);
    });

    it.each<[string, unknown, unknown[]]>([
      ['as text', '{"os":"android","pushToken":"l-1"}', [{ os: 'android', pushToken: 'l-1' }]],
      ['with the other name', '{"os":"ios","deviceId":"l-2"}', [{ os: 'ios', pushToken: 'l-2' }]],
      ['as an object', { os: 'IOS', pushToken: 'l-3' }, [{ os: 'ios', pushToken: 'l-3' }]],
      ['of an unknown kind', '{"os":"palm","pushToken":"l-4"}', []],
      ['without a device', '{"app":"1.0"}', []],
    ])('takes what a login says, %s', async (_, login_data, expected) => {
      await server.user('login-user').catch(() => undefined);
      const response = await server.send({
        path: '/login',
        body: { username: 'login-user', password: 'secret', appcode: APP, login_data },
      });
      expect(response.status).toBe(200);
      expect(await devicesOf('login-user')).toEqual(expected);
      for (const token of ['l-1', 'l-2', 'l-3']) {
        const headers = { 'X-BB-SESSION': String(response.headers['x-bb-session']) };
        await server.send({ method: 'PUT', path: `/push/disable/${token}`, headers });
      }
    });

    it('refuses a login whose data are not JSON', async () => {
      const fields = { username: 'mira', password: 'secret', appcode: APP, login_data: '{os' };
      const response = await server.send({ path: '/login', body: fields });
      expect(response.status).toBe(400);
    });

    it('logs out of session and device together', async () => {
      const user = await server.user('leaver');
      await user.send('PUT', '/push/enable/android/gone-1');
      const response = await user.send('POST', '/logout/gone-1');
      expect(response.text).toBe(
        '{"result":"ok","data":"pushToken: gone-1 logged out","http_code":200}',
      );
      expect(await devicesOf('leaver')).toEqual([]);
      expect((await user.send('GET', '/me')).status).toBe(401);
    });

    it('keeps a hundred devices of a user, the newest', async () => {
      const user = await server.user('collector');
      for (let number = 0; number < 101; number++) {
        server.advance(1);
        await user.send('PUT', `/push/enable/android/many-${number}`);
      }
      const own = await devicesOf('collector');
      expect(own).toHaveLength(100);
      expect(own).not.toContainEqual({ os: 'android', pushToken: 'many-0' });
    });
  });

  describe('settings', () => {
    it('enables no profile that cannot send: 50301', async () => {
      const refused = await put('profile2.push.profile.enable', 'true');
      expect(refused.status).toBe(503);
      expect(refused.json()).toMatchObject({ bb_code: '50301', http_code: 503 });
    });

    it.each(['AIzaSyD-legacy-key', '{}', '[1]'])('takes no key %s: 50304', async (key) => {
      const refused = await put('profile2.production.android.api.key', key);
      expect(refused.status).toBe(503);
      expect(refused.json()).toMatchObject({ bb_code: '50304', http_code: 503 });
    });

    it('switches no profile to where it has no settings: 50306', async () => {
      await configure({
        'profile2.sandbox.android.api.key': SERVICE_ACCOUNT,
        'profile2.push.profile.enable': 'true',
      });
      const refused = await put('profile2.push.sandbox.enable', 'false');
      expect(refused.status).toBe(503);
      expect(refused.json()).toMatchObject({ bb_code: '50306', http_code: 503 });
      await configure({ 'profile2.push.profile.enable': 'false' });
      // Then it is free to wait there.
      await configure({ 'profile2.push.sandbox.enable': 'false' });
      await configure({ 'profile2.push.sandbox.enable': 'true' });
    });

    it('never shows a key', async () => {
      const shown = await server.admin.send('GET', '/admin/configuration/Push');
      expect(shown.text).not.toContain('PRIVATE KEY');
    });
  });

  describe('messages', () => {
    beforeAll(async () => {
      await configureProfile(1);
      await mira.send('PUT', '/push/enable/ios/mira-phone');
      await mira.send('PUT', '/push/enable/android/mira-tablet');
      await otto.send('PUT', '/push/enable/android/otto-phone');
    });

    it('reach every device of every user, once', async () => {
      const sent = await push({
        message: 'Tea',
        users: ['mira', 'otto', 'mira'],
        profiles: [1, 1],
      });
      expect(sent.status).toBe(200);
      expect(sent.json<{ data: string }>().data).toContain('has been sent');
      expect(apple.received).toEqual([]);
      await deliver();
      expect(apple.received.map(({ token }) => token)).toEqual(['mira-phone']);
      expect(google.received.map(({ token }) => token).sort()).toEqual([
        'mira-tablet',
        'otto-phone',
      ]);
      expect(await deliveries()).toEqual([]);
      await deliver();
      expect(apple.received).toHaveLength(1);
    });

    it('are taken in the form of earlier versions', async () => {
      const sent = await mira.send('POST', '/push/message/otto', { message: 'Tea' });
      expect(sent.text).toBe(OK);
      await deliver();
      expect(google.received.map(({ body }) => body['data'])).toEqual([{ message: 'Tea' }]);
    });

    it('go nowhere without users', async () => {
      const sent = await push({ message: 'Tea', users: [] });
      expect(sent.status).toBe(200);
      await deliver();
      expect([...apple.received, ...google.received]).toEqual([]);
    });

    it('tell administrators what was done, and nobody else', async () => {
      const admin = await server.login('admin');
      const verbose = await push({ message: 'Tea', users: ['otto'] }, '?verbose=true', admin);
      const { data } = verbose.json<{ data: string[] }>();
      expect(data).toEqual(expect.arrayContaining([expect.stringContaining('Profiles computed:')]));
      expect(verbose.text).not.toContain('otto-phone');
      const plain = await push({ message: 'Tea', users: ['otto'] }, '?verbose=true');
      expect(plain.json<{ data: unknown }>().data).toEqual(expect.any(String));
      await deliver();
    });

    const valid = { message: 'Tea', users: ['otto'] };
    it.each<[string, string, unknown]>([
      ['40011', 'no body', undefined],
      ['40011', 'null', 'null'],
      ['40020', 'no message', { users: ['otto'] }],
      ['40020', 'a message that is no text', { ...valid, message: 5 }],
      ['40020', 'a list instead of a message', [valid]],
      ['40021', 'profiles that are no list', { ...valid, profiles: 1 }],
      ['40021', 'profiles that are null', { ...valid, profiles: null }],
      ['40021', 'a profile that is a text', { ...valid, profiles: ['1'] }],
      ['40021', 'a profile that does not exist', { ...valid, profiles: [4] }],
      ['40021', 'a profile in between', { ...valid, profiles: [1.5] }],
      ['40021', 'an overlong list of profiles', { ...valid, profiles: [1, 2, 3, 4] }],
      ['40022', 'users that are no list', { ...valid, users: 'otto' }],
      ['40022', 'a user that is no text', { ...valid, users: [5] }],
      ['40023', 'no users', { message: 'Tea' }],
      ['40024', 'a sound that is no text', { ...valid, sound: 5 }],
      ['40025', 'a badge that is no number', { ...valid, badge: '5' }],
      ['40026', 'an action key that is no text', { ...valid, actionLocalizedKey: 5 }],
      ['40027', 'a localized key that is no text', { ...valid, localizedKey: {} }],
      ['40028', 'arguments that are no list', { ...valid, localizedArguments: 'a' }],
      ['40028', 'arguments that are no texts', { ...valid, localizedArguments: ['a', 1] }],
      ['40029', 'a collapse key that is no text', { ...valid, collapse_key: 1 }],
      ['40030', 'a time to live that is no number', { ...valid, time_to_live: '60' }],
      ['40030', 'a time to live below zero', { ...valid, time_to_live: -1 }],
      ['40030', 'a time to live beyond four weeks', { ...valid, time_to_live: 2_419_201 }],
      ['40031', 'content-available that is no integer', { ...valid, 'content-available': 1.5 }],
      ['40031', 'content-available that is a text', { ...valid, 'content-available': '1' }],
      ['40032', 'a category that is no text', { ...valid, category: [] }],
    ])('answer 400 with %s for %s', async (code, _, body) => {
      const response =
        typeof body === 'string'
          ? await server.send({
              path: '/push/message',
              headers: { 'X-BB-SESSION': mira.token, 'content-type': 'application/json' },
              body,
            })
          : await push(body);
      expect(response.json()).toMatchObject({ result: 'error', bb_code: code, http_code: 400 });
      await deliver();
      expect([...apple.received, ...google.received]).toEqual([]);
    });

    it('take the limits of what is allowed', async () => {
      const sent = await push({
        ...valid,
        profiles: [1],
        time_to_live: 2_419_200,
        'content-available': 0,
        badge: 0,
        localizedArguments: [],
        custom: null,
      });
      expect(sent.status).toBe(200);
      expect((await push({ ...valid, time_to_live: 0 })).status).toBe(200);
      await deliver();
      const lives = google.received.map(({ body }) => (body['android'] as { ttl: string }).ttl);
      // What was left of the four weeks when it was sent; in whichever order.
      expect(lives.sort()).toEqual(['0s', expect.stringMatching(/^24191\d\ds$|^2419200s$/)]);
    });

    it('answer 404 for an unknown user, and send nothing to the others', async () => {
      const response = await push({ message: 'Tea', users: ['mira', 'nobody'] });
      expect(response.status).toBe(404);
      expect((await mira.send('POST', '/push/message/nobody', { message: 'x' })).status).toBe(404);
      await deliver();
      expect(apple.received).toEqual([]);
    });

    it('answer 503 with 50305 when one of the profiles is disabled', async () => {
      const response = await push({ ...valid, profiles: [1, 3] });
      expect(response.status).toBe(503);
      expect(response.json()).toMatchObject({ bb_code: '50305', http_code: 503 });
      await deliver();
      expect(google.received).toEqual([]);
    });

    it('answer 503 with 50301 when the settings have gone, or cannot be used', async () => {
      await configure({
        'profile3.sandbox.android.api.key': SERVICE_ACCOUNT,
        'profile3.push.profile.enable': 'true',
        'profile3.sandbox.android.api.key ': '',
      }).catch(() => undefined);
      await put('profile3.sandbox.android.api.key', '');
      const gone = await push({ ...valid, profiles: [3] });
      expect(gone.json()).toMatchObject({ bb_code: '50301', http_code: 503 });
      await upload('profile3.sandbox.ios.certificate', 'cert.p12', 'rubbish');
      await put('profile3.sandbox.ios.certificate.password', 'x');
      const broken = await push({ message: 'Tea', users: ['mira'], profiles: [3] });
      expect(broken.json()).toMatchObject({ bb_code: '50301', http_code: 503 });
    });

    it('say so when only some of the devices can be reached: 20001', async () => {
      await configure({ 'profile2.push.profile.enable': 'true' });
      const sent = await push({ message: 'Tea', users: ['mira'], profiles: [2] }, '?call_id=7');
      expect(sent.text).toMatch(/^\{"http_code":200,"bb_code":20001,"result":"ok","call_id":"7",/);
      expect(sent.headers['content-type']).toBe('application/json; charset=utf-8');
      await deliver();
      expect(google.received.map(({ token }) => token)).toEqual(['mira-tablet']);
      expect(apple.received).toEqual([]);
    });

    it('are refused at once when they are larger than providers allow', async () => {
      const response = await push({ ...valid, custom: 'x'.repeat(4096) });
      expect(response.status).toBe(400);
      expect(response.json<{ message: string }>().message).toContain('4096');
    });

    it('forget devices that are no more', async () => {
      await otto.send('PUT', '/push/enable/android/otto-old');
      await otto.send('PUT', '/push/enable/ios/otto-old');
      google.replies.set('otto-old', [{ status: 404, reason: 'UNREGISTERED' }]);
      apple.replies.set('otto-old', [{ status: 410, reason: 'Unregistered' }]);
      await push({ message: 'Tea', users: ['otto'] });
      await deliver();
      expect(await devicesOf('otto')).toEqual([{ os: 'android', pushToken: 'otto-phone' }]);
    });

    it('keep a device that was registered again since', async () => {
      await otto.send('PUT', '/push/enable/android/otto-new');
      google.replies.set('otto-new', [{ status: 404, reason: 'UNREGISTERED' }]);
      await push({ message: 'Tea', users: ['otto'] });
      server.advance(5);
      await otto.send('PUT', '/push/enable/android/otto-new');
      await deliver();
      expect(await devicesOf('otto')).toHaveLength(2);
      await otto.send('PUT', '/push/disable/otto-new');
    });

    it('are tried again where the provider could not, and only there', async () => {
      google.replies.set('mira-tablet', [{ status: 503, reason: 'UNAVAILABLE' }]);
      await push({ message: 'Tea', users: ['mira', 'otto'] });
      await deliver();
      expect(google.received).toHaveLength(2);
      expect(await deliveries()).toMatchObject([
        { os: 'android', waiting: 1, failed: 0, errors: [{ reason: 'UNAVAILABLE', devices: 1 }] },
      ]);
      server.advance(60_000);
      await deliver();
      expect(google.received.map(({ token }) => token).sort()).toEqual([
        'mira-tablet',
        'mira-tablet',
        'otto-phone',
      ]);
      expect(apple.received).toHaveLength(1);
      expect(await deliveries()).toEqual([]);
    });

    it('wait as long as a provider asks for', async () => {
      const wait = { 'retry-after': '600' };
      google.replies.set('otto-phone', [{ status: 429, reason: 'QUOTA_EXCEEDED', headers: wait }]);
      await push({ message: 'Tea', users: ['otto'] });
      await deliver();
      server.advance(590_000);
      await deliver();
      expect(google.received).toHaveLength(1);
      server.advance(20_000);
      await deliver();
      expect(google.received).toHaveLength(2);
    });

    it('stay visible when they cannot be delivered, and can be tried again', async () => {
      google.replies.set('otto-phone', [{ status: 403, reason: 'SENDER_ID_MISMATCH' }]);
      await push({ message: 'Lost tea', users: ['otto'] });
      await deliver();
      const [lost] = await deliveries();
      expect(lost).toMatchObject({
        message: 'Lost tea',
        profile: 1,
        os: 'android',
        waiting: 0,
        failed: 1,
        errors: [{ reason: 'SENDER_ID_MISMATCH', devices: 1 }],
      });
      const admin = await server.login('admin');
      const again = await admin.send('POST', `/admin/push/deliveries/${lost?.id}/retry`);
      expect(again.text).toBe(OK);
      await deliver();
      expect(google.received).toHaveLength(2);
      expect(await deliveries()).toEqual([]);
      const unknown = await admin.send('POST', `/admin/push/deliveries/${lost?.id}/retry`);
      expect(unknown.status).toBe(404);
      const user = await server.login('mira');
      expect((await user.send('GET', '/admin/push/deliveries')).status).toBe(403);
    });

    it('stop at a key that is refused, and go on when it is mended', async () => {
      google.always = { status: 403, reason: 'PERMISSION_DENIED' };
      const user = await server.login('mira');
      await push({ message: 'Tea', users: ['otto'] }, '', user);
      await deliver();
      expect(await deliveries()).toMatchObject([{ waiting: 1, failed: 0 }]);
      google.always = undefined;
      server.advance(60_000);
      await deliver();
      expect(await deliveries()).toEqual([]);
    });

    it('are given up after their time, and after the last try', async () => {
      google.always = { status: 503, reason: 'UNAVAILABLE' };
      let user = await server.login('mira');
      await push({ message: 'Short', users: ['otto'], time_to_live: 100 }, '', user);
      await deliver();
      server.advance(200_000);
      await deliver();
      expect(await deliveries()).toMatchObject([{ message: 'Short', waiting: 0, failed: 1 }]);

      user = await server.login('mira');
      await push({ message: 'Long', users: ['otto'] }, '', user);
      for (let attempt = 0; attempt < 21; attempt++) {
        await deliver();
        server.advance(2 * 3_600_000);
      }
      const [long] = await deliveries();
      expect(long).toMatchObject({ message: 'Long', waiting: 0, failed: 1 });
      expect(google.received.length).toBeGreaterThanOrEqual(20);
    });
  });

  it('is for users, and off when its groups of calls are', async () => {
    const admin = await server.login('admin');
    const user = await server.login('mira');
    const anonymous = await server.send({
      path: '/push/message',
      headers: { 'X-BAASBOX-APPCODE': APP },
      body: { message: 'x', users: [] },
    });
    expect(anonymous.status).toBe(401);
    for (const group of ['send', 'receive']) {
      await admin.send('DELETE', `/admin/endpoints/baasbox.notifications.${group}/enabled`);
    }
    expect((await push({ message: 'x', users: [] }, '', user)).status).toBe(403);
    expect((await user.send('PUT', '/push/enable/ios/x')).status).toBe(403);
    expect((await user.send('PUT', '/push/disable/x')).status).toBe(403);
  });
});
