// Requests to addresses that clients name: every hop is resolved once, checked, and dialled at the address that was checked.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { DeadlineExceeded, Forbidden, TooLarge, Unavailable } from '../errors.ts';
import { isPublicAddress } from './address.ts';
import { resolveAny, resolvePublic, systemResolver, type Resolver } from './resolve.ts';

/** Opens a TCP connection to an address that was checked before. */
export type Dialer = (address: string, port: number) => Socket;

/** How to reach the outside; injected, so that tests can play name servers and sites. */
export interface Network {
  resolve?: Resolver;
  dial?: Dialer;
  /** Destination ports that may be dialled. */
  ports?: readonly number[];
  /**
   * Hosts with port (`intranet.example:8080`) that the operator trusts: neither their address nor their port is
   * checked.
   */
  trusted?: readonly string[];
}

export interface PublicFetchOptions extends Network {
  /** `GET` unless said otherwise. */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Sent with its length; the caller gives its `content-type` in the headers. */
  body?: Buffer | undefined;
  /** Headers to send; `host` and what belongs to the connection are ours. */
  headers?: Record<string, string>;
  /** Most bytes of the body, after decompression. */
  maxBytes: number;
  /** Time for everything, redirects included, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface PublicResponse {
  /** Where the answer came from, after redirects. */
  url: URL;
  status: number;
  headers: IncomingMessage['headers'];
  /** The body, decompressed. */
  body: Buffer;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Addresses of one name that are tried before giving up. */
const MAX_ADDRESSES = 3;

/**
 * Fetches `url` if it, and every address that it redirects to, is a public one: http or https, port 80 or 443, no
 * credentials, all answers of the name server public. After a redirect a method with a body becomes GET as in browsers
 * (not after 307 and 308), and headers with credentials stay with the site they were meant for. Throws `Forbidden` when
 * an address is not public, `Unavailable` when the site does not answer, `TooLarge` and `DeadlineExceeded` at the limits.
 */
export async function fetchPublic(
  url: string,
  options: PublicFetchOptions,
): Promise<PublicResponse> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    let at = allowed(URL.parse(url), options);
    let sent: Sent = {
      method: options.method ?? 'GET',
      body: options.body,
      headers: options.headers ?? {},
    };
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const answer = await sendOnce(at, sent, options, signal);
      const { location } = answer.headers;
      if (!REDIRECTS.has(answer.statusCode ?? 0) || location === undefined) {
        return {
          url: at,
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          // The answer to HEAD describes a body, and has none.
          body:
            sent.method === 'HEAD'
              ? discarded(answer)
              : await readBody(answer, options.maxBytes, signal),
        };
      }
      answer.destroy();
      const next = allowed(URL.parse(location, at.href), options);
      sent = redirected(sent, answer.statusCode ?? 0, next.origin === at.origin);
      at = next;
    }
    throw new Unavailable('too_many_redirects', 'The site redirects too often');
  } catch (error) {
    if (signal.aborted)
      throw new DeadlineExceeded('fetch_timeout', 'The site took too long', {}, { cause: error });
    throw error;
  }
}

/** What goes out on one hop. */
interface Sent {
  method: string;
  body: Buffer | undefined;
  headers: Record<string, string>;
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

function redirected({ method, body, headers }: Sent, status: number, sameSite: boolean): Sent {
  const repeat = status === 307 || status === 308 || method === 'GET' || method === 'HEAD';
  const kept = Object.entries(headers).filter(([name]) => {
    const lower = name.toLowerCase();
    return (sameSite || !CREDENTIALS.has(lower)) && (repeat || lower !== 'content-type');
  });
  return {
    method: repeat ? method : 'GET',
    body: repeat ? body : undefined,
    headers: Object.fromEntries(kept),
  };
}

/**
 * Tells early what `fetchPublic` would refuse without asking a name server: other schemes and ports, credentials, and
 * addresses that are not public. Throws `Forbidden` (`address_not_allowed`, `address_not_public`).
 */
export function checkReachable(url: URL, network: Network): void {
  allowed(url, network);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isTrusted(url, network)) return;
  if (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    (isIP(host) !== 0 && !isPublicAddress(host))
  ) {
    throw new Forbidden('address_not_public', 'The host is not on the public internet');
  }
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

function isTrusted(url: URL, { trusted = [] }: Network): boolean {
  return trusted.includes(`${url.hostname}:${portOf(url)}`);
}

function allowed(url: URL | null, network: Network): URL {
  const { ports = [80, 443] } = network;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username ||
    url.password ||
    !(ports.includes(portOf(url)) || isTrusted(url, network))
  ) {
    throw new Forbidden(
      'address_not_allowed',
      'Only http and https addresses on their usual ports',
    );
  }
  return url;
}

async function sendOnce(
  url: URL,
  { method, body, headers }: Sent,
  options: PublicFetchOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const socket = await dialPublic(url, options, signal);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return await new Promise((resolve, reject) => {
    const sent = httpRequest({
      method,
      path: url.pathname + url.search,
      headers: {
        ...headers,
        ...(body || !/^(?:GET|HEAD)$/.test(method)
          ? { 'content-length': String(body?.length ?? 0) }
          : {}),
        host: url.host,
        'accept-encoding': 'gzip, deflate, br',
        connection: 'close',
      },
      maxHeaderSize: 32 * 1024,
      createConnection: () =>
        secure
          ? tlsConnect({ socket, ...(!/^[\d.]+$|:/.test(host) && { servername: host }) })
          : socket,
      signal,
    });
    sent.once('response', resolve);
    sent.once('error', (cause) => {
      socket.destroy();
      reject(new Unavailable('site_failed', 'The site did not answer', {}, { cause }));
    });
    sent.end(body);
  });
}

/** A connection to the first address that answers; all of them were checked. */
async function dialPublic(
  url: URL,
  options: PublicFetchOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { resolve = systemResolver, dial = (host, port) => connect({ host, port }) } = options;
  const port = portOf(url);
  let cause: unknown;
  const resolving = isTrusted(url, options)
    ? resolveAny(url.hostname, resolve)
    : resolvePublic(url.hostname, resolve);
  const addresses = await orAbort(resolving, signal);
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const socket = dial(address, port);
    socket.on('error', () => socket.destroy());
    const destroy = () => socket.destroy();
    signal.addEventListener('abort', destroy, { once: true });
    socket.once('close', () => signal.removeEventListener('abort', destroy));
    try {
      await connected(socket);
      return socket;
    } catch (error) {
      cause = error;
    }
  }
  throw new Unavailable('site_failed', 'The site did not answer', {}, { cause });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((done, fail) => {
    socket.once('connect', () => done());
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed before it was connected')));
  });
}

function discarded(answer: IncomingMessage): Buffer {
  answer.destroy();
  return Buffer.alloc(0);
}

async function readBody(
  answer: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(answer)) {
      size += (chunk as Buffer).length;
      if (size > maxBytes)
        throw new TooLarge('answer_too_large', `The answer has more than ${maxBytes} bytes`);
      chunks.push(chunk as Buffer);
      signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Unavailable('site_failed', 'The answer broke off', {}, { cause: error });
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

function decoded(answer: IncomingMessage): Readable {
  const coding = answer.headers['content-encoding']?.trim().toLowerCase();
  const decoder =
    coding === 'gzip' || coding === 'x-gzip'
      ? createGunzip()
      : coding === 'deflate'
        ? createInflate()
        : coding === 'br'
          ? createBrotliDecompress()
          : undefined;
  if (!decoder) return answer;
  answer.once('error', (error) => decoder.destroy(error));
  answer.once('aborted', () => decoder.destroy(new Error('aborted')));
  return answer.pipe(decoder);
}

async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
