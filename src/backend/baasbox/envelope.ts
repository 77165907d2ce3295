// The envelopes around every answer (BaasBox spec 3.1 to 3.3), built from values, with data spliced in as JSON text.
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../platform/http/door.ts';
import { QueryString } from './query-string.ts';

/** The version of the protocol; clients only display it. */
export const API_VERSION = '1.0.0';

/** The content type of envelopes. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** What an endpoint answers inside the envelope. */
export interface Answer {
  /** 200 unless said otherwise. */
  status?: number;
  /** JSON text. */
  data: string;
  /** Whether at least one more record exists; only for lists that were asked for by page. */
  more?: boolean | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** An answer without an envelope: downloads, pages, event streams (spec 3.2). */
export interface RawAnswer {
  /** 200 unless said otherwise. */
  status?: number;
  /** With a `content-type`; a stream of known length says it with `content-length`. */
  headers: Readonly<Record<string, string>>;
  raw: string | Buffer | Readable;
}

/** Data of endpoints that return nothing. */
export const NOTHING = '""';

/** An answer with a value as data. */
export function answer(value: unknown, status = 200): Answer {
  return { status, data: JSON.stringify(value) };
}

/** Headers of every answer of this door, for pages in browsers. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'X-Requested-With',
  'Access-Control-Expose-Headers': 'X-BB-SESSION, X-BB-MORE, Date',
};

/** Sets status and headers of a success, and gives its body. */
export function prepareAnswer(
  reply: FastifyReply,
  answered: Answer | RawAnswer,
  callId: string | undefined,
): string | Buffer | Readable {
  if ('raw' in answered) {
    const { status = 200, headers, raw } = answered;
    reply.code(status).headers(CORS_HEADERS).headers(headers);
    return raw;
  }
  const { status = 200, data, more, headers } = answered;
  const id = callId ? `"call_id":${JSON.stringify(callId)},` : '';
  const rest = more === undefined ? '' : `"more":${more},`;
  if (more !== undefined) reply.header('X-BB-MORE', String(more));
  if (headers) reply.headers(headers);
  reply.code(status).headers(CORS_HEADERS).header('content-type', JSON_TYPE);
  return `{"result":"ok",${id}${rest}"data":${data},"http_code":${status}}`;
}

/** Sends a failure. */
export function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  failure: { statusCode: number; message: string; bbCode?: string | undefined },
): FastifyReply {
  const url = request.originalUrl;
  const callId = new QueryString(url).first('call_id');
  return reply
    .code(failure.statusCode)
    .headers(CORS_HEADERS)
    .header('content-type', JSON_TYPE)
    .send(
      JSON.stringify({
        result: 'error',
        ...(failure.bbCode ? { bb_code: failure.bbCode } : {}),
        message: failure.message,
        resource: pathOf(url),
        method: request.method,
        request_header: shownHeaders(request.raw.rawHeaders),
        API_version: API_VERSION,
        ...(callId ? { call_id: callId } : {}),
        http_code: failure.statusCode,
      }),
    );
}

/** The error envelope for a request that could not be read at all. */
export function rawFailure(status: number): { contentType: string; body: string } {
  const body = {
    result: 'error',
    message: 'The request could not be read',
    resource: '',
    method: '',
    request_header: {},
    API_version: API_VERSION,
    http_code: status,
  };
  return { contentType: JSON_TYPE, body: JSON.stringify(body) };
}

/** Headers whose values are nobody's business but the client's. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'x-bb-session', 'cookie']);

function shownHeaders(raw: readonly string[]): Record<string, string[]> {
  const shown = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = SECRET.has(name.toLowerCase()) ? '********' : (raw[index + 1] as string);
    const values = shown.get(name);
    if (values) values.push(value);
    else shown.set(name, [value]);
  }
  return Object.fromEntries(shown);
}
