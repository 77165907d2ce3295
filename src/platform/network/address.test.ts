// Public or not, in every notation that a URL or a resolver can produce.
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './address.ts';

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '198.17.0.1',
  '2606:4700:4700::1111',
  '[2a00:1450:4001:81b::200e]',
];

const NOT_PUBLIC = [
  // This host, private networks, link-local and the metadata services in them
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  // Reserved, documentation, benchmarking, relays, multicast, broadcast
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  // IPv6: the same, and every way to carry an IPv4 address
  '::',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::FFFF:7F00:1',
  '::ffff:0:127.0.0.1',
  '::127.0.0.1',
  '::7f00:1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::808:808',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2002:808:808::1',
  '2001::1',
  '2001:0:7f00:1::',
  '2001:db8::1',
  '2001:10::1',
  '2001:20::1',
  '3fff::1',
  '100::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
  // Not an address at all, or in a form that only a lenient parser takes
  '',
  'localhost',
  '2130706433',
  '0x7f.1',
  '0177.0.0.1',
  '127.1',
  '1.1.1.1.',
  '1.1.1.1/8',
  '８.8.8.8',
];

describe('isPublicAddress', () => {
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(NOT_PUBLIC)('%s is not public', (address) =>
    expect(isPublicAddress(address)).toBe(false),
  );

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.1/',
    'http://0/',
    'http://0x7f.0.0.1/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127.0.0.1%2e/',
    'http://[::ffff:169.254.169.254]/',
  ])('%s, as the URL parser writes its host, is not public', (url) => {
    expect(isPublicAddress(new URL(url).hostname.replace(/\.$/, ''))).toBe(false);
  });
});
