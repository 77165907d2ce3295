// Web pages from a folder of the operator's, for paths that are no call (BaasBox spec 5.18).
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../platform/http/door.ts';
import { matchesTag, readRange } from './ranges.ts';

const INDEXES = ['index.html', 'index.htm'];
const MAX_PATH = 1024;

/** By extension; anything else is bytes to save. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
};

/** Answers with a file of the folder; gives nothing when there is none at this path. */
export async function sendPage(
  folder: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const url = pathOf(request.originalUrl);
  const names = namesIn(url);
  if (!names) return undefined;
  const found = await find(folder, names, url.endsWith('/'));
  if (!found) return undefined;
  const { file, handle, size, changedAt, index } = found;
  // Links on the page of a folder are meant from inside of it.
  if (index && !url.endsWith('/')) {
    await handle.close();
    return reply.code(301).header('location', `${url}/`).send();
  }
  const tag = `W/"${size.toString(36)}-${Math.floor(changedAt).toString(36)}"`;
  reply.headers({
    'content-type': TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
    'last-modified': new Date(changedAt).toUTCString(),
    etag: tag,
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  const { 'if-none-match': known, 'if-range': condition, range: asked } = request.headers;
  if (matchesTag(known, tag.slice(2))) {
    await handle.close();
    return reply.code(304).send();
  }
  // A tag that says no more than "much the same" does not allow parts to be put together.
  const range = condition === undefined ? readRange(asked, size) : undefined;
  if (range === 'unsatisfiable') {
    await handle.close();
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  if (!range) return reply.code(200).send(handle.createReadStream());
  request.headers['x-no-compression'] = 'true';
  const { start, end } = range;
  return reply
    .code(206)
    .headers({
      'content-range': `bytes ${start}-${end}/${size}`,
      'content-length': String(end - start + 1),
    })
    .send(handle.createReadStream({ start, end }));
}

/** The names in a path, each safe to be looked up in a folder; nothing when one is not. */
export function namesIn(url: string): string[] | undefined {
  if (url.length > MAX_PATH || !url.startsWith('/') || url.startsWith('//')) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch {
    return undefined;
  }
  const names = decoded.slice(1).split('/');
  if (names.at(-1) === '') names.pop();
  // No hidden files, no way up, nothing that a file system reads in its own way.
  // oxlint-disable-next-line no-control-regex
  const safe = /^(?!\.)[^\\:\u0000-\u001f\u007f]{1,255}$/;
  return names.every((name) => safe.test(name)) ? names : undefined;
}

interface Found {
  file: string;
  handle: FileHandle;
  size: number;
  /** Milliseconds. */
  changedAt: number;
  /** It is the page of a folder that was asked for. */
  index: boolean;
}

async function find(
  folder: string,
  names: readonly string[],
  isFolder: boolean,
): Promise<Found | undefined> {
  const asked = isFolder ? 'folder' : await openInside(folder, names);
  if (!asked) return undefined;
  if (asked !== 'folder') return { ...asked, index: false };
  for (const index of INDEXES) {
    const page = await openInside(folder, [...names, index]);
    if (page && page !== 'folder') return { ...page, index: true };
  }
  return undefined;
}

/** Opens a file, wherever links lead, as long as that is inside of the folder. */
async function openInside(
  folder: string,
  names: readonly string[],
): Promise<Omit<Found, 'index'> | 'folder' | undefined> {
  let handle: FileHandle | undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, ...names));
    if (file !== root && !file.startsWith(root + path.sep)) return undefined;
    // Not to wait for a pipe that somebody put there.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (found.isFile()) return { file, handle, size: found.size, changedAt: found.mtimeMs };
    await handle.close();
    return found.isDirectory() ? 'folder' : undefined;
  } catch {
    await handle?.close();
    return undefined;
  }
}

/** What `/` says while there are no pages. */
export const WELCOME = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Skep</title>
    <style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }</style>
  </head>
  <body>
    <h1>Skep</h1>
    <p>This server speaks four HTTP APIs: BaasBox, Beebole, Beefree Content Services and Beebox.</p>
    <p><a href="/docs">API reference</a></p>
  </body>
</html>
`;
