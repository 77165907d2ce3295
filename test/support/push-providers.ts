// Apple's and Google's push services for tests: local servers that check what they are sent and answer as the real ones do.
import { generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { CERTIFICATE, KEY } from './certificate.ts';

/** What a provider says to one device; `drop` ends the connection instead. */
export interface Reply {
  status: number;
  reason?: string;
  headers?: Record<string, string>;
  body?: unknown;
  drop?: boolean;
}

export interface Received {
  token: string;
  headers: Record<string, string | undefined>;
  body: Record<string, unknown>;
}

export interface Provider {
  url: string;
  received: Received[];
  /** Answers by device token, first come first served; without one it is delivered. */
  replies: Map<string, Reply[]>;
  /** Answers to every device, before all others. */
  always: Reply | undefined;
  /** Held back until this resolves. */
  gate: Promise<void> | undefined;
  close(): Promise<void>;
}

const apple = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const google = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A signing key as Apple hands it out (`.p8`), with its ids. */
export const APPLE_KEY = {
  pem: apple.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  keyId: 'KEY1234567',
  teamId: 'TEAM123456',
  topic: 'test.tea.shop',
};

/** A service account as Google hands it out. Its own token address is a trap: nobody may follow it. */
export const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  project_id: 'tea-shop',
  private_key_id: 'abc',
  private_key: google.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  client_email: 'push@tea-shop.iam.test',
  token_uri: 'http://127.0.0.1:9/trap',
});

/** Checks a signed token; gives its claims, or nothing. */
export function claimsOf(token: string, key: KeyObject): Record<string, unknown> | undefined {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const data = Buffer.from(`${header}.${claims}`);
  const checked = { key, dsaEncoding: 'ieee-p1363' as const };
  if (!verify('sha256', data, checked, Buffer.from(signature, 'base64url'))) return undefined;
  const read = (part: string) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { ...read(header), ...read(claims) };
}

/** Starts Apple's service; with `tls` it also wants a certificate of its clients. */
export async function startApple(tls = false): Promise<Provider & { sessions(): number }> {
  const open = new Set<ServerHttp2Session>();
  let sessions = 0;
  const server: Http2Server = tls
    ? createSecureServer({
        key: KEY,
        cert: CERTIFICATE,
        ca: CERTIFICATE,
        requestCert: true,
      })
    : createHttp2();
  server.on('session', (session) => {
    sessions += 1;
    open.add(session);
    session.on('error', () => undefined);
    session.on('close', () => open.delete(session));
  });
  server.on('stream', (stream, headers) => void answer(stream, headers));
  server.on('sessionError', () => undefined);

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    stream.on('error', () => undefined);
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    const token = decodeURIComponent(String(headers[':path']).slice('/3/device/'.length));
    provider.received.push({
      token,
      headers: headers as Record<string, string>,
      body: JSON.parse(text) as Record<string, unknown>,
    });
    await provider.gate;
    const bearer = headers.authorization?.replace(/^bearer /, '') ?? '';
    const identified =
      tls || (bearer !== '' && claimsOf(bearer, apple.publicKey)?.['kid'] === APPLE_KEY.keyId);
    const reply: Reply = !identified
      ? { status: 403, reason: 'InvalidProviderToken' }
      : (provider.always ?? provider.replies.get(token)?.shift() ?? { status: 200 });
    if (reply.drop) {
      stream.session?.destroy();
      return;
    }
    if (stream.destroyed) return;
    stream.respond({ ':status': reply.status, 'apns-id': 'x', ...reply.headers });
    stream.end(reply.reason === undefined ? '' : JSON.stringify({ reason: reply.reason }));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const provider = {
    url: `${tls ? 'https' : 'http'}://localhost:${port}`,
    received: [] as Received[],
    replies: new Map<string, Reply[]>(),
    always: undefined as Reply | undefined,
    gate: undefined as Promise<void> | undefined,
    sessions: () => sessions,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const session of open) session.destroy();
      }),
  };
  return provider;
}

export interface GoogleProvider extends Provider {
  /** Access tokens that were made. */
  tokens: string[];
  /** What is said instead of an access token, while it is set. */
  noToken: Reply | undefined;
  /** Called with each message; the answer waits for what it gives. */
  onMessage: (() => Promise<void> | undefined) | undefined;
}

/** Starts Google's service: tokens and messages at one address. */
export async function startGoogle(): Promise<GoogleProvider> {
  const sockets = new Set<Socket>();
  const server = createHttp((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => void answer());

    async function answer(): Promise<unknown> {
      const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      };
      if (request.url === '/token') {
        const form = new URLSearchParams(text);
        const claims = claimsOf(form.get('assertion') ?? '', google.publicKey);
        if (provider.noToken) return send(provider.noToken.status, provider.noToken.body ?? {});
        if (
          claims?.['iss'] !== 'push@tea-shop.iam.test' ||
          claims['aud'] !== `${provider.url}/token` ||
          Number(claims['exp']) - Number(claims['iat']) > 3600
        ) {
          return send(400, { error: 'invalid_grant' });
        }
        const token = `access-${provider.tokens.length + 1}`;
        provider.tokens.push(token);
        return send(200, { access_token: token, expires_in: 3600, token_type: 'Bearer' });
      }
      if (request.url !== '/v1/projects/tea-shop/messages:send') return send(404, {});
      const { message } = JSON.parse(text) as { message: Record<string, unknown> };
      const token = String(message['token']);
      const { authorization } = request.headers;
      provider.received.push({ token, headers: { authorization }, body: message });
      await provider.onMessage?.();
      const newest = provider.tokens.at(-1);
      const reply: Reply =
        authorization === `Bearer ${newest}`
          ? (provider.always ?? provider.replies.get(token)?.shift() ?? { status: 200 })
          : { status: 401, reason: 'UNAUTHENTICATED' };
      if (reply.drop) return request.socket.destroy();
      const { status, reason, body, headers } = reply;
      if (status === 200) return send(200, { name: `projects/tea-shop/messages/${token}` });
      return send(status, body ?? googleError(status, reason ?? 'UNKNOWN'), headers);
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider: GoogleProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    replies: new Map(),
    always: undefined,
    gate: undefined,
    tokens: [],
    noToken: undefined,
    onMessage: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return provider;
}

/** An error in Google's shape, with the code of the messaging service in its details. */
export function googleError(status: number, errorCode: string, field?: string): unknown {
  return {
    error: {
      code: status,
      message: 'refused',
      status: errorCode,
      details: [
        { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode },
        ...(field
          ? [
              {
                '@type': 'type.googleapis.com/google.rpc.BadRequest',
                fieldViolations: [{ field, description: 'Invalid' }],
              },
            ]
          : []),
      ],
    },
  };
}
