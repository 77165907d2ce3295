// X-Render-Warnings: what was repaired, left out or not loaded, for people (an extension).
import type { FastifyReply } from 'fastify';

/** Characters of the header; proxies refuse headers of some 8000. */
const HEADER_LENGTH = 2000;

/** Puts warnings on one line of ASCII, which is all that a header can hold. Without any, there is no header. */
export function warn(reply: FastifyReply, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const line = warnings.join('; ').replaceAll(/[^\x20-\x7e]+/g, '?');
  const value = line.length > HEADER_LENGTH ? `${line.slice(0, HEADER_LENGTH)}...` : line;
  reply.header('x-render-warnings', value);
}
