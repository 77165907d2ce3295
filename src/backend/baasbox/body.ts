// Request bodies: kept as bytes until the endpoint knows what it wants, because many calls must ignore theirs.
import { decodeUtf8, parseJson } from '../../platform/json.ts';
import type { Json, JsonObject } from '../query/values.ts';
import { Failure } from './failure.ts';
import { pairsOf } from './query-string.ts';

/** A body as it came. */
export interface RawBody {
  /** Media type in lower case without parameters; empty when none was sent. */
  type: string;
  bytes: Buffer;
}

export const NO_BODY: RawBody = { type: '', bytes: Buffer.alloc(0) };

/** `application/json; charset=UTF-8` → `application/json`. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isJson({ type }: RawBody): boolean {
  return type === 'application/json' || type === 'text/json';
}

export interface JsonBody {
  text: string;
  value: Json;
}

/** The JSON body of a call that needs one. 400 for another type, no bytes, and text that is not JSON. */
export function jsonBody(body: RawBody): JsonBody {
  if (!isJson(body)) throw new Failure(400, 'expecting JSON body');
  if (body.bytes.length === 0) throw new Failure(400, 'Invalid Json: the body is empty');
  const decoded = decodeUtf8(body.bytes);
  const text = decoded.startsWith('\uFEFF') ? decoded.slice(1) : decoded;
  return { text, value: parseJson(text) as Json };
}

/** Like `jsonBody`, for calls that need an object. */
export function jsonObject(body: RawBody): { text: string; value: JsonObject } {
  const { text, value } = jsonBody(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure(400, 'JSON not valid. HINT: the body must be a JSON object');
  }
  return { text, value };
}

/** The fields of a form or JSON body: of a form the first value of each name. 400 for any other type. */
export function formOrJson(body: RawBody): JsonObject {
  if (isJson(body)) return jsonObject(body).value;
  if (body.type !== 'application/x-www-form-urlencoded') {
    const detected = body.type === '' ? 'none' : body.type;
    throw new Failure(
      400,
      `missing data : is the body x-www-form-urlencoded or application/json? Detected: ${detected}`,
    );
  }
  const fields = new Map<string, string>();
  for (const [name, value] of pairsOf(decodeUtf8(body.bytes))) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
