// Requests to services whose addresses the operator configures: one address, no redirects, bounded in time and size.
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { DeadlineExceeded, TooLarge, Unavailable } from '../errors.ts';

export interface ProviderRequest {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Time for everything, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface ProviderAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Bytes of an answer; providers answer with a few thousand. */
const MAX_ANSWER = 1_048_576;

const agents = {
  'http:': new Agent({ keepAlive: true, maxSockets: 50 }),
  'https:': new TlsAgent({ keepAlive: true, maxSockets: 50 }),
};

/**
 * Asks a service. The address is the operator's, never one that a client chose: what stands for the outside there may
 * well be on this machine. Throws `Unavailable` (`provider_unreachable`), `DeadlineExceeded` (`provider_timeout`),
 * `TooLarge` (`provider_answer`). Any status is an answer.
 */
export async function askProvider(
  url: string | URL,
  { method = 'GET', headers, body, timeoutMs, signal }: ProviderRequest,
): Promise<ProviderAnswer> {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  const timeout = AbortSignal.timeout(timeoutMs);
  const until = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    until.throwIfAborted();
    return await new Promise<ProviderAnswer>((resolve, reject) => {
      const sent = (secure ? httpsRequest : httpRequest)(
        target,
        {
          method,
          agent: agents[secure ? 'https:' : 'http:'],
          headers: {
            accept: 'application/json',
            'user-agent': 'Skep',
            ...headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          signal: until,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER) {
              answer.destroy(new TooLarge('provider_answer', 'The answer is too large'));
            } else chunks.push(chunk);
          });
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  } catch (cause) {
    if (cause instanceof TooLarge) throw cause;
    if (timeout.aborted) {
      throw new DeadlineExceeded('provider_timeout', 'The provider took too long', {}, { cause });
    }
    if (signal?.aborted) throw signal.reason;
    throw new Unavailable('provider_unreachable', 'The provider did not answer', {}, { cause });
  }
}

/** The JSON object in an answer; an empty one when it holds anything else. */
export function jsonAnswer({ body }: ProviderAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
