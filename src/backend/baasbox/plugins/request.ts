// The request as a script sees it (BaasBox spec 5.17).
import type { FastifyRequest } from 'fastify';
import { decodeUtf8, parseJson } from '../../../platform/json.ts';
import { pathOf } from '../../../platform/http/door.ts';
import { mediaType, type RawBody } from '../body.ts';
import { API_VERSION } from '../envelope.ts';
import { Failure } from '../failure.ts';
import { pairsOf } from '../query-string.ts';
import type { ActorCall } from '../route.ts';

export interface ScriptRequestOptions {
  /** Milliseconds since 1970. */
  now: number;
  appcode: string;
  body: RawBody;
}

/** The object that a handler is given; every member is JSON. Throws `Failure` (400) for a body that cannot be read. */
export function scriptRequest(
  { request, params, actor }: ActorCall,
  { now, appcode, body }: ScriptRequestOptions,
): Record<string, unknown> {
  const url = request.originalUrl;
  const rest = params['*'] ?? '';
  const { headers } = request;
  return {
    method: request.method,
    path: pathOf(url),
    remote: request.ip,
    queryString: grouped(pairsOf(url.slice(pathOf(url).length + 1))),
    headers: grouped(headerPairs(request.raw.rawHeaders)),
    body: bodyValue(body),
    pathParamsString: rest,
    pathParams: rest.split('/').filter((segment) => segment !== ''),
    pluginName: params['name'] ?? '',
    acceptedTypes: listed(headers.accept),
    acceptLanguages: listed(headers['accept-language']),
    host: headers.host ?? '',
    remoteAddress: request.ip,
    uri: url,
    username: actor.user?.name ?? '',
    appcode,
    requestId: request.id,
    serverTimestamp: now,
    serverVersion: API_VERSION,
    serverDBVersion: API_VERSION,
  };
}

function headerPairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: Math.floor(raw.length / 2) }, (_, index) => [
    raw[index * 2] as string,
    raw[index * 2 + 1] as string,
  ]);
}

function grouped(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...groups].map(([name, own]) => [name, own.map(([, value]) => value)]),
  );
}

/** `text/html, *;q=0.1` → `['text/html', '*']`, best first. */
function listed(header: string | undefined): string[] {
  const weighed = (header ?? '').split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    if (name === '') return [];
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return [{ name, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }];
  });
  return weighed.sort((a, b) => b.weight - a.weight).map(({ name }) => name);
}

/** JSON as its value, forms as names with values, text as text; what is neither is `null`. */
function bodyValue({ type, bytes }: RawBody): unknown {
  if (bytes.length === 0) return null;
  if (type.endsWith('json')) return parseJson(bytes);
  if (type === 'application/x-www-form-urlencoded') {
    const groups = Object.entries(grouped(pairsOf(decodeUtf8(bytes))));
    return Object.fromEntries(
      groups.map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
    );
  }
  if (type === '' || /^text\/|xml$|javascript$/.test(type)) return decodeUtf8(bytes);
  return null;
}

/**
 * The body of any method: the server reads none with GET, where this protocol's clients send one all the same. Throws
 * `Failure` (400) above `limit` bytes.
 */
export async function bodyOf(
  request: FastifyRequest,
  read: RawBody,
  limit: number,
): Promise<RawBody> {
  const { raw } = request;
  const type = mediaType(request.headers['content-type']);
  if (request.method !== 'GET' || raw.readableEnded) return read;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new Failure(400, `Too much data! The maximum is ${limit} bytes`);
    chunks.push(chunk as Buffer);
  }
  return { type, bytes: Buffer.concat(chunks) };
}
