// Sends stored bytes: whole or in part, or not at all to a client that has them; made safe for the origin that they come from.
import type { FastifyRequest } from 'fastify';
import type { Blob } from '../../platform/blobs/blobs.ts';
import type { BackendContext } from '../context.ts';
import type { RawAnswer } from './envelope.ts';
import { matchesTag, readRange } from './ranges.ts';

export interface Download {
  blob: Blob;
  contentType: string;
  /** The name to save it under; `undefined`: shown in place. */
  saveAs?: string | undefined;
  /** Who may keep it: files are their readers' own, assets are for everyone. Both are asked for again each time. */
  cache: 'private' | 'public';
}

/** Pages in browsers may read these. */
const EXPOSED =
  'X-BB-SESSION, X-BB-MORE, Date, ETag, Content-Length, Content-Range, Accept-Ranges, Content-Disposition';

/** The answer to a request for stored bytes (200, 206, 304 or 416). Throws what `Blobs.open` throws. */
export async function download(
  { blobs }: BackendContext,
  request: FastifyRequest,
  tenant: string,
  { blob, contentType, saveAs, cache }: Download,
): Promise<RawAnswer> {
  // The length is promised, and ranges count the stored bytes: nothing may be compressed on the way.
  request.headers['x-no-compression'] = 'true';
  const tag = `"${blob.hash}"`;
  const headers = {
    'content-type': contentType,
    etag: tag,
    'accept-ranges': 'bytes',
    'cache-control': `${cache}, no-cache, no-transform`,
    'access-control-expose-headers': EXPOSED,
    ...guards(contentType),
    ...(saveAs === undefined ? {} : { 'content-disposition': attachment(saveAs) }),
  };
  const { 'if-none-match': known, 'if-range': condition, range: asked } = request.headers;
  if (matchesTag(known, tag)) return { status: 304, headers, raw: '' };
  const wanted = condition === undefined || condition === tag ? asked : undefined;
  const range = readRange(wanted, blob.size);
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${blob.size}` },
      raw: '',
    };
  }
  const { stream } = await blobs.open(tenant, blob.id, range);
  if (!range) {
    return { headers: { ...headers, 'content-length': String(blob.size) }, raw: stream };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${blob.size}`,
    },
    raw: stream,
  };
}

/**
 * What strangers have sent is shown by browsers on our origin: it may run no scripts and reach nothing there. PDF is left
 * out, because browsers show it in programs of their own, which a sandbox would stop.
 */
function guards(contentType: string): Record<string, string> {
  const sandbox =
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; font-src data:";
  return {
    'x-content-type-options': 'nosniff',
    ...(contentType === 'application/pdf' ? {} : { 'content-security-policy': sandbox }),
  };
}

/** The name is encoded as in URLs, which leaves nothing that could end the header or the quotes. */
function attachment(name: string): string {
  return `attachment; filename="${encodeURIComponent(name.toWellFormed())}"`;
}

/** The name of a copy in another size: `tea_50%.jpg`. */
export function resizedName(name: string, size: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name}_${size}` : `${name.slice(0, dot)}_${size}${name.slice(dot)}`;
}
