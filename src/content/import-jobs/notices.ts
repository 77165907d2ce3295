// Tells addresses that an import is over: durable, tried again, and never at a private address.
import { Forbidden, Unavailable } from '../../platform/errors.ts';
import type { Jobs } from '../../platform/jobs/jobs.ts';
import type { Transaction } from '../../platform/database/statement.ts';
import { fetchPublic, type Network } from '../../platform/network/public-fetch.ts';

const KIND = 'content.import_notice';
/** Attempts with waits between them of 10 seconds to an hour: about five hours. */
const MAX_ATTEMPTS = 10;
const BACKOFF = { baseMs: 10_000, maxMs: 3_600_000 };
const TIMEOUT_MS = 15_000;
const MAX_ANSWER = 64 * 1024;
const MAX_URL = 2000;

export interface NoticeOptions {
  readonly network: Network;
  /** the words of the protocol for an import that is over */
  readonly body: (answer: { hash: string; state: 'done' | 'failed' }) => string;
}

interface Payload {
  readonly url: string;
  readonly hash: string;
  readonly state: 'done' | 'failed';
}

/** True for an http or https address without credentials that is not too long. */
export function isWebhook(text: string): boolean {
  const url = text.length <= MAX_URL ? URL.parse(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === '';
}

/** Asks for the notices, as a part of the transaction that ends the import. */
export async function requestNotices(
  trx: Transaction,
  jobs: Jobs,
  tenantId: string,
  urls: readonly string[],
  { hash, state }: { readonly hash: string; readonly state: string },
): Promise<void> {
  for (const url of urls) {
    await jobs.enqueue(trx, { tenantId, kind: KIND, payload: { url, hash, state } });
  }
}

/** Registers the job that calls one address. */
export function registerNotices(jobs: Jobs, { network, body }: NoticeOptions): void {
  jobs.register(
    KIND,
    async (payload, { signal }) => {
      const { url, hash, state } = payload as Payload;
      const { status } = await fetchPublic(url, {
        ...network,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'skep-imports' },
        body: Buffer.from(body({ hash, state })),
        maxBytes: MAX_ANSWER,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      // 410 says that nobody wants to know any more.
      if ((status < 200 || status > 299) && status !== 410) {
        throw new Unavailable('webhook_failed', `The receiver answered ${status}`);
      }
    },
    {
      concurrency: 4,
      maxAttempts: MAX_ATTEMPTS,
      backoff: BACKOFF,
      timeoutMs: TIMEOUT_MS * 2,
      // A private address stays private.
      isPermanent: (error) => error instanceof Forbidden,
    },
  );
}
