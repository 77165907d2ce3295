// The address under which people reach this server, for links in mails and for providers that send them back.
import type { BackendContext } from '../context.ts';
import { settings } from '../settings/settings.ts';

const DEFAULT_HOST = 'localhost';
const DEFAULT_PORT = 9000;

/**
 * Scheme, host and port (and a path, if the operator's address has one), without a slash at the end. The app's own
 * `network.http.*` settings count; while they are the defaults, the operator's public address does. Never what a client
 * claims in a header: a link with a secret in it must not lead elsewhere.
 */
export async function serverAddress(context: BackendContext, tenant: string): Promise<string> {
  const own = await settings(
    context,
    tenant,
    'network.http.ssl',
    'network.http.url',
    'network.http.port',
  );
  const ssl = own['network.http.ssl'];
  const port = own['network.http.port'];
  // People also write the scheme, or a slash at the end.
  const host = own['network.http.url']
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '');
  const untouched = !ssl && host === DEFAULT_HOST && port === DEFAULT_PORT;
  const { publicUrl } = context.outward;
  if (untouched && publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  const url = URL.parse(`${ssl ? 'https' : 'http'}://${host}:${port}`);
  if (!url || url.username || url.password || url.search || url.hash || url.pathname !== '/') {
    return publicUrl?.replace(/\/+$/, '') ?? `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;
  }
  return url.origin;
}
