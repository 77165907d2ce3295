// Calls from web pages: spreadsheet add-ins run in browsers (Beebole spec 2.6).
import type { IncomingHttpHeaders } from 'node:http';

const EXPOSED = [
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Bytes-Limit',
  'X-RateLimit-Bytes-Remaining',
  'X-RateLimit-Reset',
];

/** How long a browser may remember the permission, in seconds. */
const MAX_AGE = 86_400;

/** Headers that let a page of the origin read the answer; none when it may not. */
export function corsHeaders(
  allowed: readonly string[],
  origin: string | undefined,
): Record<string, string> {
  if (allowed.includes('*')) {
    return {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': EXPOSED.join(', '),
    };
  }
  if (allowed.length === 0) return {};
  return {
    vary: 'Origin',
    ...(origin !== undefined &&
      allowed.includes(origin) && {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': EXPOSED.join(', '),
      }),
  };
}

/** What a preflight asks: may the page send a POST with these headers? `corsHeaders` says who may. */
export function preflightHeaders(
  allowed: readonly string[],
  headers: IncomingHttpHeaders,
): Record<string, string> {
  if (allowed.length === 0) return { allow: 'POST' };
  const asked = headers['access-control-request-headers'];
  return {
    allow: 'POST',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers':
      typeof asked === 'string' && /^[\w\s,-]{1,500}$/.test(asked)
        ? asked
        : 'Authorization, Content-Type',
    'access-control-max-age': String(MAX_AGE),
  };
}
