// Web services that scripts call: public addresses only, and what the operator trusts (BaasBox spec 5.17, WS).
import { parseJson } from '../../../platform/json.ts';
import { fetchPublic } from '../../../platform/network/public-fetch.ts';
import type { Json } from '../../query/values.ts';
import { mediaType } from '../body.ts';
import { Failure } from '../failure.ts';

export interface WebCall {
  method: string;
  url: string;
  body: Json;
  /** `params` for the query, `headers`, `timeout` in milliseconds. */
  options: Json;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const MAX_BYTES = 1024 * 1024;
/** The original waited as long for an answer. */
const TIMEOUT_MS = 5000;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;
/** Headers that belong to the connection. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/** Gives `{ status, body, headers }`. Throws `Failure` (400) for a call that makes no sense, and what `fetchPublic` throws. */
export async function callWeb(
  { method, url, body, options }: WebCall,
  { trusted, signal }: { trusted: readonly string[]; signal: AbortSignal },
): Promise<unknown> {
  const known = METHODS.find((name) => name === method);
  if (!known) throw new Failure(400, `${method} is not a method`);
  const settings = objectOf(options);
  const sent = bodyOf(body);
  const response = await fetchPublic(withParams(url, settings['params']), {
    method: known,
    headers: { ...(sent ? { 'content-type': sent.type } : {}), ...headersOf(settings['headers']) },
    body: sent?.bytes,
    maxBytes: MAX_BYTES,
    timeoutMs: timeoutOf(settings['timeout']),
    trusted,
    signal,
  });
  const { status, headers } = response;
  const text = response.body.toString('utf8');
  const json = /json/.test(mediaType(headers['content-type']));
  return { status, body: json ? parsed(text) : text, headers };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function bodyOf(body: Json): { type: string; bytes: Buffer } | undefined {
  if (body === null) return undefined;
  return typeof body === 'string'
    ? { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body) }
    : { type: 'application/json; charset=utf-8', bytes: Buffer.from(JSON.stringify(body)) };
}

function headersOf(given: Json | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectOf(given))) {
    const text = textOf(Array.isArray(value) ? (value[0] ?? '') : value);
    const lower = name.toLowerCase();
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(text)) {
      throw new Failure(400, `${name} is not a header that can be sent`);
    }
    if (!OURS.has(lower)) headers[lower] = text;
  }
  return headers;
}

function withParams(url: string, params: Json | undefined): string {
  const target = URL.parse(url);
  if (!target) throw new Failure(400, 'The address is not a URL');
  for (const [name, value] of Object.entries(objectOf(params))) {
    for (const item of Array.isArray(value) ? value : [value]) {
      target.searchParams.append(name, textOf(item));
    }
  }
  return target.href;
}

function timeoutOf(given: Json | undefined): number {
  return typeof given === 'number' && given > 0 ? Math.min(given, TIMEOUT_MS) : TIMEOUT_MS;
}

function objectOf(value: Json | undefined): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
