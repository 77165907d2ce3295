// The clients of the push providers, kept while they are used: connections and access tokens outlive a message.
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../platform/clock.ts';
import { apnsSender, type ApnsApp } from './apns.ts';
import { fcmSender } from './fcm.ts';
import type { GoogleCredentials } from './keys.ts';
import type { PushSender } from './provider.ts';

export interface PushSendersOptions {
  timeoutMs: number;
  /** Apple's addresses for apps in use and in development. */
  appleUrl: string;
  appleSandboxUrl: string;
  /** Google's messaging API, and where access tokens for it are made. */
  googleUrl: string;
  googleTokenUrl: string;
  /** Certificates to trust besides the usual ones, in PEM; for tests. */
  ca?: string;
}

/** Apps whose clients are kept. */
const KEPT = 100;

export interface PushSenders {
  /** How long a provider may take for one message, unless the app says otherwise. */
  timeoutMs: number;
  /** `key` names the app and everything that it is known by; with the same one the same client is given. */
  apple(key: string, app: ApnsApp): PushSender;
  google(key: string, account: GoogleCredentials): PushSender;
}

export function pushSenders(options: PushSendersOptions & { clock: Clock }): PushSenders {
  const { timeoutMs, appleUrl, appleSandboxUrl, googleUrl, googleTokenUrl, clock, ca } = options;
  const kept = new LRUCache<string, PushSender>({ max: KEPT });
  const keep = (key: string, make: () => PushSender): PushSender => {
    let sender = kept.get(key);
    if (!sender) kept.set(key, (sender = make()));
    return sender;
  };
  return {
    timeoutMs,
    apple: (key, app) =>
      keep(`apple ${key}`, () =>
        apnsSender(app, { url: app.sandbox ? appleSandboxUrl : appleUrl, clock, ca }),
      ),
    google: (key, account) =>
      keep(`google ${key}`, () =>
        fcmSender(account, { url: googleUrl, tokenUrl: googleTokenUrl, timeoutMs, clock }),
      ),
  };
}
