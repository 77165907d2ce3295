// Apple's push service: one HTTP/2 connection an app, one stream a device.
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import type { Clock } from '../../platform/clock.ts';
import { signedToken, type AppleCredentials } from './keys.ts';
import { applePayload, isSilent } from './payload.ts';
import { retryTime, type Outcome, type PushSender } from './provider.ts';

export interface ApnsApp {
  credentials: AppleCredentials;
  /** The bundle id; only certificates can do without. */
  topic: string;
  /** The environment for apps that are being developed. */
  sandbox: boolean;
  timeoutMs: number;
}

export interface ApnsOptions {
  url: string;
  clock: Clock;
  /** Certificates to trust besides the usual ones, in PEM; for tests. */
  ca?: string | undefined;
}

/** Apple takes tokens of the last hour, and wants no new one within 20 minutes. */
const TOKEN_MS = 40 * 60_000;
/** A connection without use is closed. */
const IDLE_MS = 60_000;
const MAX_ANSWER = 16_384;

interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

export function apnsSender(app: ApnsApp, { url, clock, ca }: ApnsOptions): PushSender {
  let session: ClientHttp2Session | undefined;
  let bearer: { token: string; until: number } | undefined;

  function open(): ClientHttp2Session {
    if (session && !session.closed && !session.destroyed) return session;
    const { credentials } = app;
    const opened = connect(url, {
      ...(ca === undefined ? {} : { ca }),
      ...(credentials.kind === 'certificate' ? credentials.tls : {}),
    });
    session = opened;
    const drop = () => {
      if (session === opened) session = undefined;
    };
    // Each stream hears of it on its own.
    opened.on('error', drop);
    opened.on('goaway', drop);
    opened.on('close', drop);
    opened.setTimeout(IDLE_MS, () => opened.close());
    opened.unref();
    return opened;
  }

  function authorization(): string | undefined {
    const { credentials } = app;
    if (credentials.kind === 'certificate') return undefined;
    const now = clock.now();
    if (!bearer || now >= bearer.until) {
      const claims = { iss: credentials.teamId, iat: Math.floor(now / 1000) };
      const token = signedToken(credentials.key, claims, { kid: credentials.keyId });
      bearer = { token, until: now + TOKEN_MS };
    }
    return `bearer ${bearer.token}`;
  }

  function post(headers: Record<string, string>, body: string, signal: AbortSignal) {
    return new Promise<Answer>((resolve, reject) => {
      const stream = open().request(headers, { endStream: false });
      let status = 0;
      let retryAfter: string | undefined;
      let text = '';
      const stop = () => stream.close(constants.NGHTTP2_CANCEL);
      const timer = setTimeout(() => {
        reject(new Error('no answer in time'));
        // It may be the connection that hangs: the next message gets a new one.
        session?.destroy();
      }, app.timeoutMs);
      signal.addEventListener('abort', stop, { once: true });
      stream.setEncoding('utf8');
      stream.on('response', (answer) => {
        status = Number(answer[':status']);
        const header = answer['retry-after'];
        retryAfter = typeof header === 'string' ? header : undefined;
      });
      stream.on('data', (chunk: string) => {
        if (text.length < MAX_ANSWER) text += chunk;
      });
      stream.on('error', reject);
      stream.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        if (status > 0 && !signal.aborted) resolve({ status, retryAfter, body: text });
        else reject(new Error('the connection ended without an answer'));
      });
      stream.end(body);
    });
  }

  return {
    async send(device, { message, expiresAt }, signal) {
      const payload = applePayload(message);
      const silent = isSilent(message);
      const request = () =>
        post(
          {
            ':method': 'POST',
            ':path': `/3/device/${encodeURIComponent(device)}`,
            'apns-push-type': silent ? 'background' : 'alert',
            'apns-priority': silent ? '5' : '10',
            'apns-expiration':
              message.timeToLive === 0 ? '0' : String(Math.floor(expiresAt / 1000)),
            'content-length': String(Buffer.byteLength(payload)),
            ...(app.topic === '' ? {} : { 'apns-topic': app.topic }),
            ...authorizationHeader(authorization()),
          },
          payload,
          signal,
        );
      try {
        let answer = await request();
        if (reasonOf(answer) === 'ExpiredProviderToken') {
          // Clocks differ.
          bearer = undefined;
          answer = await request();
        }
        return outcomeOf(answer, app, clock.now());
      } catch (error) {
        signal.throwIfAborted();
        return { state: 'later', reason: error instanceof Error ? error.message : 'no answer' };
      }
    },
  };
}

function authorizationHeader(value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { authorization: value };
}

function reasonOf({ status, body }: Answer): string {
  try {
    const { reason } = JSON.parse(body) as { reason?: unknown };
    if (typeof reason === 'string') return reason.slice(0, 100);
  } catch {
    // Only refusals have a body.
  }
  return `status ${status}`;
}

/** Faults of the app's key, certificate or bundle id: no device will be reached until they are mended. */
const REFUSALS = new Set(['BadTopic', 'MissingTopic', 'TopicDisallowed', 'BadCertificate']);

/** What an answer means for the device. */
function outcomeOf(answer: Answer, { sandbox }: ApnsApp, now: number): Outcome {
  const { status } = answer;
  if (status === 200) return { state: 'delivered' };
  const reason = reasonOf(answer);
  if (status === 410) return { state: 'gone', reason };
  if (reason === 'BadDeviceToken') {
    // Also the answer for devices of the other environment: a profile that was left in the sandbox by mistake must not
    // cost the app all its devices.
    return sandbox ? { state: 'failed', reason } : { state: 'gone', reason };
  }
  const retryAt = retryTime(answer.retryAfter, now);
  if (status === 429) return { state: 'later', reason, retryAt };
  if (status >= 500) return { state: 'later', reason, retryAt };
  if (status === 403 || REFUSALS.has(reason)) return { state: 'refused', reason };
  return { state: 'failed', reason };
}
