// A plain HTTP client for tests: sends exactly what it is told, follows nothing, normalises nothing.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';

export interface TestRequest {
  method?: string;
  /** Path and query exactly as sent, duplicate slashes and all. */
  path: string;
  headers?: Record<string, string | string[]>;
  /** Text and bytes are sent as they are; anything else as JSON with its content type. */
  body?: unknown;
}

export interface TestResponse {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  /** The body as JSON; throws when it is none. */
  json<T = unknown>(): T;
}

/** Sends one request on a connection of its own. */
export function send(base: string, request: TestRequest): Promise<TestResponse> {
  const { hostname, port } = new URL(base);
  const raw = Buffer.isBuffer(request.body) || typeof request.body === 'string';
  const body = raw
    ? (request.body as string | Buffer)
    : request.body === undefined
      ? undefined
      : JSON.stringify(request.body);
  const headers: Record<string, string | string[]> = { ...request.headers };
  const has = (name: string) => Object.keys(headers).some((key) => key.toLowerCase() === name);
  if (request.body !== undefined && !raw && !has('content-type')) {
    headers['content-type'] = 'application/json';
  }
  if (body !== undefined && !has('content-length') && !has('transfer-encoding')) {
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: hostname,
        port,
        path: request.path,
        method: request.method ?? (body === undefined ? 'GET' : 'POST'),
        headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text,
            json: <T>() => JSON.parse(text) as T,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Writes bytes to a socket and gives all that comes back until the server closes: for requests no client would send. */
export async function sendRaw(base: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
