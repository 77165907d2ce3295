// Which IP addresses belong to the public internet: the only ones that a client may make this server talk to.
import ipaddr from 'ipaddr.js';

/** Prefixes that are routed like public ones and still never lead to a public site. */
const NEVER_PUBLIC = [
  '168.63.129.16/32', // the host agent of a large cloud, reachable from its guests alone
  '192.88.99.0/24', // 6to4 relays: would smuggle any IPv4 address
  '3fff::/20', // documentation
].map((prefix) => ipaddr.parseCIDR(prefix));

/** Global unicast, the one block of IPv6 that public sites live in (RFC 4291, IANA registry). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether `text` is an IP address of the public internet. An allow-list: whatever is not known to be public
 * (loopback, private, link-local with its metadata services, carrier NAT, multicast, documentation, reserved, and
 * every form that embeds an IPv4 address: mapped, compatible, 6to4, NAT64, Teredo) is not.
 * Takes dotted decimal and colon notation, as resolvers and `URL` give them; anything else is not public.
 */
export function isPublicAddress(text: string): boolean {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (bare.includes('%')) return false;
  const v4 = ipaddr.IPv4.isValidFourPartDecimal(bare);
  if (!v4 && !ipaddr.IPv6.isValid(bare)) return false;
  const address = ipaddr.parse(bare);
  if (address.range() !== 'unicast') return false;
  if (!v4 && !address.match(GLOBAL_UNICAST)) return false;
  return !NEVER_PUBLIC.some(
    ([network, bits]) => network.kind() === address.kind() && address.match([network, bits]),
  );
}
