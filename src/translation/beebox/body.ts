// Request bodies: a stream of bytes under any content type, read by those routes that want it (Beebox spec 2.3, 2.9).
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Invalid, TooLarge } from '../../platform/errors.ts';
import { parseJson } from '../../platform/json.ts';

/** The JSON bodies of this protocol are small: credentials, a token, a list of paths. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** Takes bodies of every, no and malformed content type, and hands them on unread. */
export function readNoBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.addHook('onRequest', async (request) => {
    // Documentation tells clients to send `Stream`, which is no media type and would be refused.
    if (request.headers['content-type'] !== undefined) {
      request.headers['content-type'] = 'application/octet-stream';
    }
  });
}

/** The content type as the client sent it, in lower case. */
export function sentContentType({ raw }: FastifyRequest): string {
  const at = raw.rawHeaders.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type',
  );
  return at < 0 ? '' : (raw.rawHeaders[at + 1] ?? '').trim().toLowerCase();
}

/** The JSON object in the body, whatever its content type says. Throws `Invalid` and `TooLarge`. */
export async function jsonBody({ raw }: FastifyRequest): Promise<object> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_JSON_BYTES) throw new TooLarge('json_bytes', 'The request body is too large');
  }
  const value = parseJson(Buffer.concat(chunks));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Invalid('json_object', 'The request body must be a JSON object');
  }
  return value;
}

/**
 * Reads on and throws away, so that a client that sends before it reads gets to see the refusal instead of a reset
 * connection. Stops after `maxBytes`: more is not worth anyone's time.
 */
export async function discardBody(raw: IncomingMessage, maxBytes: number): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  let size = 0;
  try {
    for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) return;
    }
  } catch {
    // The client is gone: nobody is left to be answered.
  }
}
