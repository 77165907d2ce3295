// Google's Firebase Cloud Messaging, HTTP v1: a token for the service account, then one request a device.
import type { Clock } from '../../platform/clock.ts';
import { askProvider, jsonAnswer, type ProviderAnswer } from '../../platform/network/provider.ts';
import { signedToken, type GoogleCredentials } from './keys.ts';
import { androidMessage } from './payload.ts';
import { retryTime, type Outcome, type PushSender } from './provider.ts';

export interface FcmOptions {
  /** The messaging API. */
  url: string;
  /** Where access tokens are made. */
  tokenUrl: string;
  timeoutMs: number;
  clock: Clock;
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const HOUR_S = 3600;
/** Tokens are renewed this long before they end. */
const SPARE_MS = 300_000;
/** What Google asks for when it does not say how long to wait. */
const QUOTA_WAIT_MS = 60_000;

/** What the provider said instead of a token. */
class NoToken extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('no access token');
    this.outcome = outcome;
  }
}

export function fcmSender(account: GoogleCredentials, options: FcmOptions): PushSender {
  const { url, tokenUrl, timeoutMs, clock } = options;
  let current: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function accessToken(signal: AbortSignal): Promise<string> {
    if (current && clock.now() < current.until) return current.token;
    // Many devices begin together: one token serves them all.
    asking ??= newToken(signal).finally(() => (asking = undefined));
    return asking;
  }

  async function newToken(signal: AbortSignal): Promise<string> {
    const now = Math.floor(clock.now() / 1000);
    const endpoint = `${tokenUrl.replace(/\/+$/, '')}/token`;
    const assertion = signedToken(account.key, {
      iss: account.clientEmail,
      scope: SCOPE,
      aud: endpoint,
      iat: now,
      exp: now + HOUR_S,
    });
    const answer = await askProvider(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion,
      }).toString(),
      timeoutMs,
      signal,
    });
    const { access_token: token, expires_in: seconds, error } = jsonAnswer(answer);
    if (answer.status === 200 && typeof token === 'string') {
      const lifetimeMs = (typeof seconds === 'number' ? seconds : HOUR_S) * 1000;
      current = { token, until: clock.now() + Math.max(0, lifetimeMs - SPARE_MS) };
      return token;
    }
    const reason = `no access token: ${typeof error === 'string' ? error : answer.status}`;
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    const retryAt = retryTime(answer.headers['retry-after'], clock.now());
    throw new NoToken(
      refused ? { state: 'refused', reason } : { state: 'later', reason, retryAt, all: true },
    );
  }

  return {
    async send(device, { message, expiresAt }, signal) {
      const left = Math.max(0, Math.floor((expiresAt - clock.now()) / 1000));
      const timeToLive = Math.min(left, message.timeToLive ?? left);
      const body = JSON.stringify({
        message: { token: device, ...androidMessage(message, timeToLive) },
      });
      const post = async () =>
        askProvider(`${url.replace(/\/+$/, '')}/v1/projects/${account.projectId}/messages:send`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await accessToken(signal)}`,
            'content-type': 'application/json',
          },
          body,
          timeoutMs,
          signal,
        });
      try {
        let answer = await post();
        if (answer.status === 401) {
          // It ended earlier than was said.
          current = undefined;
          answer = await post();
        }
        return outcomeOf(answer, clock.now());
      } catch (error) {
        if (error instanceof NoToken) return error.outcome;
        if (signal.aborted) throw error;
        return { state: 'later', reason: 'no answer' };
      }
    },
  };
}

/** What an answer of the messaging API means for the device. */
function outcomeOf(answer: ProviderAnswer, now: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { state: 'delivered' };
  const error = (jsonAnswer(answer)['error'] ?? {}) as Record<string, unknown>;
  const details = Array.isArray(error['details'])
    ? (error['details'] as (Record<string, unknown> | null)[])
    : [];
  const codes = details.map((detail) => detail?.['errorCode']);
  const code = codes.find((one) => typeof one === 'string') ?? error['status'];
  const reason = typeof code === 'string' ? code.slice(0, 100) : `status ${status}`;
  const retryAt = retryTime(answer.headers['retry-after'], now);

  if (reason === 'UNREGISTERED') return { state: 'gone', reason };
  if (status === 400) {
    return namesToken(details) ? { state: 'gone', reason } : { state: 'failed', reason };
  }
  // The device belongs to another project, perhaps to that of another profile.
  if (reason === 'SENDER_ID_MISMATCH') return { state: 'failed', reason };
  if (status === 429) {
    return { state: 'later', reason, retryAt: retryAt ?? now + QUOTA_WAIT_MS, all: true };
  }
  if (status >= 500) return { state: 'later', reason, retryAt };
  return { state: 'refused', reason };
}

/** Whether what is wrong with the request is the device's token. */
function namesToken(details: readonly (Record<string, unknown> | null)[]): boolean {
  return details
    .flatMap((detail) => {
      const violations = detail?.['fieldViolations'];
      return Array.isArray(violations) ? (violations as (Record<string, unknown> | null)[]) : [];
    })
    .some((violation) => violation?.['field'] === 'message.token');
}
