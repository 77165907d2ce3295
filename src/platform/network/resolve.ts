// From a host name to the addresses that may be dialled: resolved once, checked all, then pinned.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Forbidden, Unavailable } from '../errors.ts';
import { isPublicAddress } from './address.ts';

/** Gives all addresses of a host name. Injected, so that tests can play a hostile name server. */
export type Resolver = (host: string) => Promise<string[]>;

/** The resolver of the operating system. */
export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** All addresses of a host that the operator trusts. Throws `Unavailable` (`host_not_found`). */
export async function resolveAny(host: string, resolver: Resolver): Promise<string[]> {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const addresses = isIP(bare) ? [bare] : await resolver(bare).catch(notFound);
  if (addresses.length === 0) throw new Unavailable('host_not_found', 'The host has no address');
  return addresses;
}

/**
 * Resolves `host` (a name or an IP literal, as `URL.hostname` gives it) to public addresses, which the caller must dial
 * as they are: asking the name server a second time would let it answer differently. One address that is not public
 * condemns the name. Throws `Forbidden` (`address_not_public`) or `Unavailable` (`host_not_found`).
 */
export async function resolvePublic(host: string, resolver: Resolver): Promise<string[]> {
  const addresses = await resolveAny(host, resolver);
  if (!addresses.every(isPublicAddress)) {
    throw new Forbidden('address_not_public', 'The host is not on the public internet');
  }
  return addresses;
}

function notFound(cause: unknown): never {
  throw new Unavailable('host_not_found', 'The host name could not be resolved', {}, { cause });
}
