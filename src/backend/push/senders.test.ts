// Both providers' clients against local servers that answer as the providers do.
import { afterEach, describe, expect, it } from 'vitest';
import { CERTIFICATE, KEY, PKCS12 } from '../../../test/support/certificate.ts';
import {
  APPLE_KEY,
  googleError,
  SERVICE_ACCOUNT,
  startApple,
  startGoogle,
  type Reply,
} from '../../../test/support/push-providers.ts';
import { apnsSender } from './apns.ts';
import { fcmSender } from './fcm.ts';
import { readAppleCredentials, readGoogleCredentials } from './keys.ts';
import { readMessage } from './message.ts';
import type { Delivery } from './provider.ts';

let now = Date.UTC(2026, 10, 22);
const clock = { now: () => now };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  now = Date.UTC(2026, 10, 22);
  for (const close of closers.splice(0)) await close();
});

const delivery = (more: object = {}): Delivery => ({
  message: readMessage({ message: 'Tea is ready', ...more }),
  expiresAt: now + 3_600_000,
});
const never = () => new AbortController().signal;

const KEY_CREDENTIALS = () =>
  readAppleCredentials(Buffer.from(APPLE_KEY.pem), { password: '', ...APPLE_KEY });

describe('Apple', () => {
  async function start(more: { sandbox?: boolean; timeoutMs?: number } = {}) {
    const apple = await startApple();
    closers.push(() => apple.close());
    const app = {
      credentials: KEY_CREDENTIALS(),
      topic: APPLE_KEY.topic,
      sandbox: false,
      timeoutMs: 5000,
      ...more,
    };
    return { apple, sender: apnsSender(app, { url: apple.url, clock }) };
  }

  it('says who the app is, what kind of message it is and how long it lasts', async () => {
    const { apple, sender } = await start();
    const sent = delivery({
      sound: 'bell',
      badge: 3,
      category: 'tea',
      localizedKey: 'READY',
      localizedArguments: ['Assam'],
      actionLocalizedKey: 'DRINK',
      custom: { cup: [1, null] },
    });
    expect(await sender.send('abc123', sent, never())).toEqual({ state: 'delivered' });
    expect(apple.received).toMatchObject([
      {
        token: 'abc123',
        headers: {
          'apns-topic': 'test.tea.shop',
          'apns-push-type': 'alert',
          'apns-priority': '10',
          'apns-expiration': String(Math.floor((now + 3_600_000) / 1000)),
        },
      },
    ]);
    expect(apple.received[0]?.body).toEqual({
      aps: {
        alert: {
          body: 'Tea is ready',
          'action-loc-key': 'DRINK',
          'loc-key': 'READY',
          'loc-args': ['Assam'],
        },
        sound: 'bell',
        badge: 3,
        category: 'tea',
      },
      custom: { cup: [1, null] },
    });
  });

  it('wakes an app without showing anything', async () => {
    const { apple, sender } = await start();
    await sender.send('abc', delivery({ 'content-available': 1, custom: 'x' }), never());
    expect(apple.received[0]?.body).toEqual({ aps: { 'content-available': 1 }, custom: 'x' });
    expect(apple.received[0]?.headers).toMatchObject({
      'apns-push-type': 'background',
      'apns-priority': '5',
    });
  });

  it('uses one connection, and one token for 40 minutes', async () => {
    const { apple, sender } = await start();
    await Promise.all(['a', 'b', 'c'].map((one) => sender.send(one, delivery(), never())));
    now += 39 * 60_000;
    await sender.send('d', delivery(), never());
    now += 60_000;
    await sender.send('e', delivery(), never());
    expect(apple.sessions()).toBe(1);
    const tokens = apple.received.map(({ headers }) => headers['authorization']);
    expect(new Set(tokens.slice(0, 4)).size).toBe(1);
    expect(tokens[4]).not.toBe(tokens[3]);
  });

  it.each<[string, Reply, object]>([
    ['unregistered', { status: 410, reason: 'Unregistered' }, { state: 'gone' }],
    ['bad token', { status: 400, reason: 'BadDeviceToken' }, { state: 'gone' }],
    ['of another app', { status: 400, reason: 'DeviceTokenNotForTopic' }, { state: 'failed' }],
    ['too large', { status: 413, reason: 'PayloadTooLarge' }, { state: 'failed' }],
    [
      'throttled',
      { status: 429, reason: 'TooManyRequests', headers: { 'retry-after': '30' } },
      { state: 'later', retryAt: Date.UTC(2026, 10, 22) + 30_000 },
    ],
    ['broken', { status: 500, reason: 'InternalServerError' }, { state: 'later' }],
    ['overloaded', { status: 503, reason: 'ServiceUnavailable' }, { state: 'later' }],
    ['wrong topic', { status: 400, reason: 'TopicDisallowed' }, { state: 'refused' }],
    ['wrong key', { status: 403, reason: 'InvalidProviderToken' }, { state: 'refused' }],
    ['gone away', { status: 0, drop: true }, { state: 'later' }],
  ])('understands %s', async (_, reply, outcome) => {
    const { apple, sender } = await start();
    apple.replies.set('abc', [reply]);
    expect(await sender.send('abc', delivery(), never())).toMatchObject(outcome);
    // The next message goes out all the same.
    expect(await sender.send('next', delivery(), never())).toEqual({ state: 'delivered' });
  });

  it('does not believe in the sandbox that a token is bad for good', async () => {
    const { apple, sender } = await start({ sandbox: true });
    apple.replies.set('abc', [{ status: 400, reason: 'BadDeviceToken' }]);
    expect(await sender.send('abc', delivery(), never())).toMatchObject({ state: 'failed' });
  });

  it('makes a new token when Apple finds the old one too old', async () => {
    const { apple, sender } = await start();
    apple.replies.set('abc', [{ status: 403, reason: 'ExpiredProviderToken' }]);
    expect(await sender.send('abc', delivery(), never())).toEqual({ state: 'delivered' });
    expect(apple.received).toHaveLength(2);
  });

  it('gives up waiting in time, and begins anew with another connection', async () => {
    const { apple, sender } = await start({ timeoutMs: 100 });
    const gate = Promise.withResolvers<void>();
    apple.gate = gate.promise;
    expect(await sender.send('abc', delivery(), never())).toMatchObject({ state: 'later' });
    gate.resolve();
    apple.gate = undefined;
    expect(await sender.send('abc', delivery(), never())).toEqual({ state: 'delivered' });
    expect(apple.sessions()).toBe(2);
  });

  it('waits no longer when it is told to stop', async () => {
    const { apple, sender } = await start();
    const gate = Promise.withResolvers<void>();
    apple.gate = gate.promise;
    const stop = new AbortController();
    const sending = sender.send('abc', delivery(), stop.signal);
    stop.abort(new Error('stopping'));
    await expect(sending).rejects.toThrow('stopping');
    gate.resolve();
  });

  it('finds nobody at home', async () => {
    const { apple, sender } = await start();
    await apple.close();
    closers.length = 0;
    expect(await sender.send('abc', delivery(), never())).toMatchObject({ state: 'later' });
  });

  it('shows a certificate where the app has one', async () => {
    const apple = await startApple(true);
    closers.push(() => apple.close());
    const file = Buffer.from(`${CERTIFICATE}\n${KEY}`);
    const credentials = readAppleCredentials(file, { password: '', keyId: '', teamId: '' });
    const app = { credentials, topic: '', sandbox: false, timeoutMs: 5000 };
    const sender = apnsSender(app, { url: apple.url, clock, ca: CERTIFICATE });
    expect(await sender.send('abc', delivery(), never())).toEqual({ state: 'delivered' });
    expect(apple.received[0]?.headers['authorization']).toBeUndefined();
    expect(apple.received[0]?.headers['apns-topic']).toBeUndefined();
  });
});

describe('Google', () => {
  async function start() {
    const google = await startGoogle();
    closers.push(() => google.close());
    const account = readGoogleCredentials(SERVICE_ACCOUNT);
    const options = { url: google.url, tokenUrl: google.url, timeoutMs: 5000, clock };
    return { google, sender: fcmSender(account, options) };
  }

  it('gets a token for the service account and sends data that apps understand', async () => {
    const { google, sender } = await start();
    const sent = delivery({ custom: { cup: 1 }, collapse_key: 'tea', time_to_live: 60 });
    expect(await sender.send('dev:1', sent, never())).toEqual({ state: 'delivered' });
    expect(google.received[0]?.body).toEqual({
      token: 'dev:1',
      data: { message: 'Tea is ready', custom: '{"cup":1}' },
      android: { priority: 'HIGH', ttl: '60s', collapse_key: 'tea' },
    });
  });

  it('asks for one token for many devices, and for another one before it ends', async () => {
    const { google, sender } = await start();
    await Promise.all(['a', 'b', 'c'].map((one) => sender.send(one, delivery(), never())));
    now += 54 * 60_000;
    await sender.send('d', delivery(), never());
    expect(google.tokens).toHaveLength(1);
    now += 60_000;
    await sender.send('e', delivery(), never());
    expect(google.tokens).toHaveLength(2);
  });

  it('asks for another token when one has ended early', async () => {
    const { google, sender } = await start();
    await sender.send('a', delivery(), never());
    google.tokens.push('revoked-elsewhere');
    expect(await sender.send('b', delivery(), never())).toEqual({ state: 'delivered' });
  });

  it.each<[string, Reply, object]>([
    ['unregistered', { status: 404, reason: 'UNREGISTERED' }, { state: 'gone' }],
    [
      'bad token',
      { status: 400, body: googleError(400, 'INVALID_ARGUMENT', 'message.token') },
      { state: 'gone' },
    ],
    [
      'bad message',
      { status: 400, body: googleError(400, 'INVALID_ARGUMENT', 'message.data') },
      { state: 'failed' },
    ],
    ['of another project', { status: 403, reason: 'SENDER_ID_MISMATCH' }, { state: 'failed' }],
    ['not allowed', { status: 403, reason: 'PERMISSION_DENIED' }, { state: 'refused' }],
    ['no such project', { status: 404, body: {} }, { state: 'refused' }],
    [
      'throttled',
      { status: 429, reason: 'QUOTA_EXCEEDED', headers: { 'retry-after': '20' } },
      { state: 'later', all: true, retryAt: Date.UTC(2026, 10, 22) + 20_000 },
    ],
    [
      'throttled without a time',
      { status: 429, reason: 'QUOTA_EXCEEDED' },
      { state: 'later', retryAt: Date.UTC(2026, 10, 22) + 60_000 },
    ],
    ['broken', { status: 500, reason: 'INTERNAL' }, { state: 'later' }],
    ['overloaded', { status: 503, reason: 'UNAVAILABLE' }, { state: 'later' }],
    ['nonsense', { status: 502, body: 'no object' }, { state: 'later' }],
    ['gone away', { status: 0, drop: true }, { state: 'later' }],
  ])('understands %s', async (_, reply, outcome) => {
    const { google, sender } = await start();
    google.replies.set('dev', [reply]);
    expect(await sender.send('dev', delivery(), never())).toMatchObject(outcome);
    expect(await sender.send('next', delivery(), never())).toEqual({ state: 'delivered' });
  });

  it('knows an account that is refused from a service that is down', async () => {
    const { google, sender } = await start();
    google.noToken = { status: 401, body: { error: 'invalid_client' } };
    expect(await sender.send('a', delivery(), never())).toEqual({
      state: 'refused',
      reason: 'no access token: invalid_client',
    });
    google.noToken = { status: 503 };
    expect(await sender.send('a', delivery(), never())).toMatchObject({
      state: 'later',
      all: true,
    });
    google.noToken = undefined;
    expect(await sender.send('a', delivery(), never())).toEqual({ state: 'delivered' });
  });
});

describe('keys', () => {
  const none = { password: '', keyId: '', teamId: '' };

  it.each([
    ['nothing', ''],
    ['text', 'certificate'],
    ['a key of another kind', JSON.parse(SERVICE_ACCOUNT).private_key as string],
    ['a certificate without its key', CERTIFICATE],
  ])('refuses %s for Apple', (_, file) => {
    const ids = { password: '', keyId: 'K', teamId: 'T' };
    expect(() => readAppleCredentials(Buffer.from(file), ids)).toThrow(
      expect.objectContaining({ code: 'push_certificate' }),
    );
  });

  it('wants the ids of key and team', () => {
    expect(() => readAppleCredentials(Buffer.from(APPLE_KEY.pem), none)).toThrow(
      expect.objectContaining({ code: 'push_certificate' }),
    );
  });

  it('reads certificates with their passwords, and says when the password is wrong', () => {
    expect(readAppleCredentials(PKCS12, { ...none, password: 'tea' }).kind).toBe('certificate');
    expect(() => readAppleCredentials(PKCS12, { ...none, password: 'coffee' })).toThrow(
      expect.objectContaining({ code: 'push_certificate' }),
    );
  });

  it.each([
    ['a key of the former service', 'AIzaSyD-1234567890'],
    ['other JSON', '[]'],
    ['null', 'null'],
    ['a client secret', '{"type":"authorized_user"}'],
    ['a project that is a path', SERVICE_ACCOUNT.replace('"tea-shop"', '"../../tea"')],
    ['a broken key', SERVICE_ACCOUNT.replace('PRIVATE KEY', 'PRIVATE')],
  ])('refuses %s for Google', (_, json) => {
    expect(() => readGoogleCredentials(json)).toThrow(
      expect.objectContaining({ code: 'push_service_account' }),
    );
  });
});
