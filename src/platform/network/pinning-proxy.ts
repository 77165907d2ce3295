// A loopback proxy that is the browser's only way out: it resolves, checks and dials the pinned address itself.
import { timingSafeEqual, createHash } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { pipeline, Transform, type Duplex } from 'node:stream';
import { DomainError, Forbidden } from '../errors.ts';
import type { Random } from '../random.ts';
import { resolvePublic, systemResolver, type Resolver } from './resolve.ts';

/** Opens a TCP connection to an address that was checked before. */
export type Dialer = (address: string, port: number) => Socket;

export interface PinningProxyOptions {
  random: Random;
  resolve?: Resolver;
  dial?: Dialer;
  /** Destination ports that may be dialled. */
  ports?: readonly number[];
  /** Most bytes one connection may bring in. */
  maxBytes?: number;
  /** Longest life of one connection, dialling included, in milliseconds. */
  timeoutMs?: number;
  /** Most connections at a time; more are refused with 503. */
  maxConnections?: number;
}

export interface PinningProxy {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  close(): Promise<void>;
}

/** Headers that belong to one hop and are not passed on (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Starts the proxy on a free port of 127.0.0.1, with credentials that only the caller knows. Every request names its
 * host anew, so a redirect is checked like a first request; answers of the name server are checked all, and the address
 * that was checked is the one that is dialled. Refusals are 403, failures 502, both without a body.
 */
export async function startPinningProxy(options: PinningProxyOptions): Promise<PinningProxy> {
  const {
    random,
    resolve = systemResolver,
    dial = (host, port) => connect({ host, port }),
    ports = [80, 443],
    maxBytes = 32 * 1024 * 1024,
    timeoutMs = 20_000,
    maxConnections = 64,
  } = options;
  const username = random.alphanumeric(16);
  const password = random.alphanumeric(32);
  const expected = digest(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  const open = new Set<Duplex>();

  const track = (stream: Duplex) => {
    open.add(stream);
    const timer = setTimeout(() => stream.destroy(), timeoutMs);
    timer.unref();
    stream.once('close', () => {
      open.delete(stream);
      clearTimeout(timer);
    });
    stream.on('error', () => stream.destroy());
  };

  const authorised = (message: IncomingMessage) =>
    timingSafeEqual(digest(message.headers['proxy-authorization'] ?? ''), expected);

  /** Dials the first address that answers; all of them were checked. */
  const dialPublic = async (url: URL): Promise<Socket> => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (!ports.includes(port)) throw new Forbidden('port_not_allowed', 'Port not allowed');
    let failure: unknown;
    for (const address of (await resolvePublic(url.hostname, resolve)).slice(0, 3)) {
      const socket = dial(address, port);
      track(socket);
      try {
        await connected(socket);
        return socket;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };

  const server = createServer((req, res) => void forward(req, res));

  async function forward(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      if (!authorised(req)) {
        res.writeHead(407, { 'proxy-authenticate': 'Basic realm="skep"' }).end();
        return;
      }
      const url = URL.parse(req.url ?? '');
      if (url?.protocol !== 'http:' || (req.method !== 'GET' && req.method !== 'HEAD')) {
        throw new Forbidden('request_not_allowed', 'Only GET and HEAD of http addresses');
      }
      const socket = await dialPublic(url);
      const upstream = request({
        method: req.method,
        path: url.pathname + url.search,
        headers: { ...endToEnd(req.headers), host: url.host, connection: 'close' },
        createConnection: () => socket,
      });
      upstream.on('error', () => refuse(res, 502));
      upstream.on('response', (answer) => {
        res.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        pipeline(answer, byteLimit(maxBytes), res, () => socket.destroy());
      });
      res.on('close', () => socket.destroy());
      upstream.end();
    } catch (error) {
      refuse(res, statusOf(error));
    }
  }

  server.on('connect', (req: IncomingMessage, client: Duplex, head: Buffer) => {
    track(client);
    void (async () => {
      try {
        if (!authorised(req)) {
          client.end(
            'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="skep"\r\nContent-Length: 0\r\n\r\n',
          );
          return;
        }
        const url = URL.parse(`https://${req.url ?? ''}`);
        if (!url || url.username || url.pathname !== '/') {
          throw new Forbidden('request_not_allowed', 'Not a host and port');
        }
        const socket = await dialPublic(url);
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        socket.write(head);
        pipeline(client, socket, (error) => error && client.destroy());
        pipeline(socket, byteLimit(maxBytes), client, () => {
          client.destroy();
          socket.destroy();
        });
      } catch (error) {
        const status = statusOf(error);
        client.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`);
      }
    })();
  });

  server.maxConnections = maxConnections;
  server.headersTimeout = 5000;
  server.requestTimeout = timeoutMs;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });

  return {
    port: (server.address() as AddressInfo).port,
    username,
    password,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      for (const stream of open) stream.destroy();
      await closed;
    },
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((done, fail) => {
    socket.once('connect', () => done());
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed before it was connected')));
  });
}

/** Fails once more than `limit` bytes have passed. */
function byteLimit(limit: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > limit) done(new Error('more bytes than one connection may bring'));
      else done(null, chunk);
    },
  });
}

function endToEnd(headers: NodeJS.Dict<string | string[]>): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

function refuse(res: ServerResponse, status: number): void {
  if (res.headersSent) res.destroy();
  else res.writeHead(status, { 'content-length': 0 }).end();
}

function statusOf(error: unknown): number {
  return error instanceof DomainError && error.kind === 'forbidden' ? 403 : 502;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
