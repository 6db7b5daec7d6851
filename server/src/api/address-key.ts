import ipaddr from 'ipaddr.js';

const IPV6_SITE_BITS = 64;

/**
 * Under which name an address is counted: IPv4 as it is (also when mapped into IPv6), IPv6 by its /64, because one subscriber has
 * all of that.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const bytes = parsed.toByteArray().map((byte, index) => (index < IPV6_SITE_BITS / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${IPV6_SITE_BITS}`;
}
