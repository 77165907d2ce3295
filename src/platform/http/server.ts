// The HTTP server: one origin, four doors, each with its own parsers, errors and shapes.
import { randomBytes } from 'node:crypto';
import compress from '@fastify/compress';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify';
import type { Door } from './door.ts';
import { pathOf } from './door.ts';

export interface HttpOptions {
  /** Time for a whole request to arrive, in milliseconds. */
  requestTimeoutMs: number;
  /** Time for the headers to arrive, in milliseconds. */
  headersTimeoutMs: number;
  /** How long an idle connection stays open, in milliseconds. */
  keepAliveTimeoutMs: number;
  /** Body limit for routes that set none, in bytes. */
  bodyLimit: number;
  /** Longest request line and headers together, in bytes. */
  maxHeaderBytes: number;
  /** Proxies whose X-Forwarded-* headers are believed: `true`, or addresses and networks. */
  trustProxy: boolean | string[];
}

/** What happened to one request, for logs and metrics. */
export interface Served {
  door: string;
  /** The route's pattern, or `unmatched`. */
  route: string;
  method: string;
  url: string;
  status: number;
  ms: number;
  requestId: string;
  address: string;
}

export interface ServerOptions {
  http: HttpOptions;
  /** In the order of asking who owns a path. */
  doors: readonly Door[];
  /** Declares what belongs to no door, before the doors declare their routes. */
  before?: (app: FastifyInstance) => Promise<void>;
  /**
   * Called for each request as soon as it has come in, with its connection and how many are open. Must not throw.
   */
  onArrived?: (connection: object, open: number) => void;
  /** Called once a request, after the answer is sent. Must not throw. */
  onServed: (served: Served) => void;
  /** Called for failures that nobody foresaw, with the error itself. */
  onUnexpected: (error: unknown, requestId: string) => void;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The door that declared the route. */
    door?: string;
  }
}

/** Shorter answers are not worth compressing. */
const MIN_COMPRESSED_BYTES = 1024;

/** How late a time-out of a connection may be noticed. */
const MAX_CHECK_INTERVAL_MS = 2000;

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Builds the server with all doors mounted. The caller adds its own routes and calls `listen`. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { doors, http } = options;
  const doorOf = (url: string): Door => {
    const path = pathOf(url);
    return doors.find((door) => door.owns(path)) ?? (doors.at(-1) as Door);
  };
  const rewriters = doors.flatMap((door) => door.rewriteUrl?.bind(door) ?? []);
  const nextId = requestIds();

  const app = Fastify({
    logger: false,
    genReqId: (raw) => {
      const given = raw.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : nextId();
    },
    rewriteUrl: (raw) => rewriters.reduce((url, rewrite) => rewrite(url), raw.url ?? '/'),
    bodyLimit: http.bodyLimit,
    requestTimeout: http.requestTimeoutMs,
    keepAliveTimeout: http.keepAliveTimeoutMs,
    trustProxy: http.trustProxy,
    // A request on a connection that is still open while the server drains gets its answer.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    routerOptions: {
      maxParamLength: 2000,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: false,
    },
    http: {
      maxHeaderSize: http.maxHeaderBytes,
      headersTimeout: http.headersTimeoutMs,
      // Node looks for late requests every 30 seconds by default: that would be the real time-out.
      connectionsCheckingInterval: Math.min(http.headersTimeoutMs, MAX_CHECK_INTERVAL_MS),
      // Node's own refusal has no body: the door answers instead, below.
      requireHostHeader: false,
    },
    // Bodies are checked by the doors: each protocol has its own rules and texts.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: true } },
    frameworkErrors: (error, request, reply) => {
      const door = doorOf(request.raw.url ?? '/');
      return void door.onError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable || (error as NodeJS.ErrnoException).code === 'ECONNRESET') {
        socket.destroy();
        return;
      }
      const line = requestLine((error as unknown as { rawPacket?: Buffer }).rawPacket);
      const status = rawStatus((error as NodeJS.ErrnoException).code, line.long);
      socket.end(rawAnswer(status, doorOf(line.url)));
    },
  });

  let open = 0;
  app.server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });

  leaveBodiesToDoors(app);
  app.addHook('onRequest', (request, _reply, done) => {
    options.onArrived?.(request.raw.socket, open);
    // Nobody reads the body: an unreadable media type would be refused before the path.
    if (request.is404) request.headers['content-type'] = 'application/octet-stream';
    const { httpVersion, headers } = request.raw;
    done(httpVersion === '1.1' && headers.host === undefined ? new HostMissing() : undefined);
  });
  app.addHook('onResponse', (request, reply, done) => {
    options.onServed(servedOf(request, reply, doorOf));
    done();
  });
  app.setErrorHandler((error, request, reply) =>
    answer(doorOf(request.url), error, request, reply),
  );
  app.setNotFoundHandler((request, reply) => doorOf(request.url).onNotFound(request, reply));

  function answer(door: Door, error: unknown, request: FastifyRequest, reply: FastifyReply) {
    // A client that breaks off its upload is no news, and nobody is left to be answered.
    const brokenOff = error !== null && request.raw.errored === error;
    if (!brokenOff && isUnexpected(error)) options.onUnexpected(error, request.id);
    return door.onError(error, request, reply);
  }

  await app.register(compress, {
    // Every client of these protocols that asks at all asks for gzip; requests are inflated by the doors that allow it.
    encodings: ['gzip'],
    globalDecompression: false,
    threshold: MIN_COMPRESSED_BYTES,
  });
  app.addHook('onRoute', (route) => {
    // The last hook is the one that compresses, declared just above.
    const hooks = [route.onSend ?? []].flat();
    route.onSend = hooks.map((hook, at) => (at === hooks.length - 1 ? unlessPlain(hook) : hook));
  });
  await options.before?.(app);
  for (const door of doors) {
    await app.register(async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, door: door.name };
      });
      scope.setErrorHandler((error, request, reply) => answer(door, error, request, reply));
      await door.routes(scope);
    });
  }
  return app;
}

/**
 * Outside the doors no body is read: an unknown path is answered as such, whatever was sent to it. The doors bring
 * their own parsers.
 */
function leaveBodiesToDoors(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}

type SendHook = Extract<RouteOptions['onSend'], (...all: never[]) => unknown>;

/**
 * Runs the hook that compresses only for answers that it may compress: its look at all their headers costs more than
 * anything else that happens to a short answer.
 */
function unlessPlain(compressing: SendHook): SendHook {
  return function (request, reply, payload, done) {
    const plain =
      request.headers['accept-encoding'] === undefined ||
      (typeof payload === 'string' &&
        payload.length < MIN_COMPRESSED_BYTES &&
        Buffer.byteLength(payload) < MIN_COMPRESSED_BYTES);
    if (plain) done(null, payload);
    else return compressing.call(this, request, reply, payload, done);
  };
}

/** RFC 9112, 3.2: a request of HTTP/1.1 names its host. */
class HostMissing extends Error {
  readonly statusCode = 400;
  constructor() {
    super('The Host header is missing');
  }
}

/** Failures that are neither the client's fault nor foreseen: those that operators must hear of. */
function isUnexpected(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  if ('kind' in error) return false;
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return !(status >= 400 && status < 500);
}

function servedOf(
  request: FastifyRequest,
  reply: FastifyReply,
  doorOf: (url: string) => Door,
): Served {
  const { config, url } = request.routeOptions;
  return {
    door: config?.door ?? (url ? 'skep' : doorOf(request.url).name),
    route: url ?? 'unmatched',
    method: request.method,
    url: request.originalUrl,
    status: reply.statusCode,
    ms: reply.elapsedTime,
    requestId: request.id,
    address: request.ip,
  };
}

/** Short ids, unique among all processes: a random prefix and a counter. */
function requestIds(): () => string {
  const prefix = randomBytes(5).toString('base64url');
  let counter = 0;
  return () => `${prefix}-${(counter++).toString(36)}`;
}

/** What can be told of a request that could not be read: its URL, and whether that is what made it too long. */
function requestLine(packet: Buffer | undefined): { url: string; long: boolean } {
  // A later packet of the same request does not say whose it is.
  const url = /^[A-Z]+ (\/[^ \r\n]*)/.exec(packet?.toString('latin1') ?? '')?.[1] ?? '/';
  return { url, long: url.length > LONG_URL };
}

/** Characters from which the URL is the likely reason for headers that are too large. */
const LONG_URL = 8000;

function rawStatus(code: string | undefined, longLine: boolean): number {
  if (code === 'HPE_HEADER_OVERFLOW') return longLine ? 414 : 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return 400;
}

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
};

function rawAnswer(status: number, door: Door | undefined): string {
  const { contentType, body } = door?.rawError?.(status) ?? { contentType: 'text/plain', body: '' };
  return [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/**
 * Stops the server: no new connections, running requests get their answer, idle connections are closed. After
 * `patienceMs` the connections that are left are cut.
 */
export async function drain(app: FastifyInstance, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), patienceMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
