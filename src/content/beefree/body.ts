// Request bodies: JSON (or HTML, where a route takes that) under any content type, gzip if the client says so, bounded
// before and after inflation.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';
import type { BeefreeConfig } from './config.ts';
import { missingField, wrongField } from './errors.ts';

const inflate = promisify(gunzip);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is text, not JSON. */
    textBody?: boolean;
  }
}

/**
 * Has every body of the door read as JSON, or as text for routes with `textBody`, whatever its content type says or
 * lacks (Beefree spec 2.6).
 */
export function readJsonBodies(app: FastifyInstance, { bodyLimitBytes }: BeefreeConfig): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request) => {
    // An unreadable media type would be refused before the body is looked at.
    request.headers['content-type'] = 'application/json';
  });
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: bodyLimitBytes },
    async (request: FastifyRequest, body: string | Buffer) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
      const encoding = request.headers['content-encoding']?.toLowerCase();
      const plain = encoding === 'gzip' ? await inflated(bytes, bodyLimitBytes) : bytes;
      return request.routeOptions.config.textBody ? decoded(plain) : parseJson(plain);
    },
  );
}

/** UTF-8, else the encoding that older e-mails were saved in. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function inflated(bytes: Buffer, maxOutputLength: number): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? new TooLarge('body_too_large', 'The request body is too large')
      : new Invalid('json_encoding', 'The request body is not valid gzip');
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The body as an object. Throws `Invalid` when it is anything else. */
export function objectBody(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (isObject(body)) return body;
  throw new Invalid('json_object', 'The request body must be a JSON object');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that must be there and not empty. */
export function requiredText(body: JsonObject, name: string): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw missingField(name);
  if (typeof value !== 'string') throw wrongField('expected str', name);
  return value;
}

/** A text that may be missing, empty or null; then it is `standard`. */
export function optionalText(body: JsonObject, name: string, standard: string): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') return standard;
  if (typeof value !== 'string') throw wrongField('expected str', name);
  return value;
}

/** A whole number, also written as text, that may be missing. */
export function optionalInteger(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw wrongField('expected int', name);
  }
  return number;
}

/**
 * The object with the `page`: the body, or what some clients wrap it in. Without one, `lenient` gives an empty page.
 */
export function templateOf(body: JsonObject, lenient: boolean): JsonObject {
  if (body['page'] !== undefined) return body;
  for (const wrapper of ['json', 'template']) {
    const inner = body[wrapper];
    if (isObject(inner) && inner['page'] !== undefined) return inner;
  }
  return lenient ? { page: {} } : body;
}

/**
 * The member that holds a template: an object with an object `page`. Both may be JSON text, because stored designs are
 * often encoded twice.
 */
export function templateIn(body: JsonObject, name: string): JsonObject {
  if (body[name] === undefined) throw missingField(name);
  const template = fromText(body[name]);
  if (!isObject(template)) throw wrongField('expected a dictionary', name);
  if (template['page'] === undefined) throw missingField(name, 'page');
  const page = fromText(template['page']);
  if (!isObject(page)) throw wrongField('expected a dictionary', name, 'page');
  return page === template['page'] ? template : { ...template, page };
}

function fromText(value: unknown): unknown {
  return typeof value === 'string' && /^\s*\{/.test(value) ? parseJson(value) : value;
}
