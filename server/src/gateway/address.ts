import ipaddr from 'ipaddr.js';

/** What an IPv6 subscriber gets, and what an organisation gets (RFC 6177), in groups of 16 bits. */
const SUBNET_GROUPS = 4;
const SITE_GROUPS = 3;

/** Stands for a peer that was gone before it could be asked for its address. */
export const UNKNOWN_ADDRESS = '0.0.0.0';

/** The address as the attacker would write it: IPv4 seen through a dual-stack socket is IPv4 again, zones are dropped. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return UNKNOWN_ADDRESS;
  if (!address.includes(':')) return address;
  const plain = address.replace(/%.*$/, '');
  return plain.startsWith('::ffff:') && plain.includes('.') ? plain.slice('::ffff:'.length) : plain;
}

/** Where a connection comes from, as caps count it. */
export interface Origin {
  /** What counts as one attacker: an IPv4 address, or an IPv6 /64, which is what one subscriber gets. */
  readonly address: string;
  /** What one organisation can easily have: the IPv4 /24, or the IPv6 /48. */
  readonly network: string;
}

export function originOf(ip: string): Origin {
  if (!ip.includes(':')) return { address: ip, network: prefix24(ip) };
  return { address: prefix6(ip, SUBNET_GROUPS), network: prefix6(ip, SITE_GROUPS) };
}

/** What a connect-back is rationed by: the IPv4 /24 or the IPv6 /64. */
export function subnetKey(ip: string): string {
  return ip.includes(':') ? prefix6(ip, SUBNET_GROUPS) : prefix24(ip);
}

/** True for addresses of the public internet: no private, shared, local, multicast, documentation or transition range. */
export function isGlobal(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.parse(ip);
  if (address.range() !== 'unicast') return false;
  // RFC 4291 §2.4, IANA: only 2000::/3 is given out as global unicast.
  return address.kind() === 'ipv4' || ((address.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
}

function prefix24(ip: string): string {
  return ip.slice(0, ip.lastIndexOf('.'));
}

/** The first groups of 16 bits each. */
function prefix6(ip: string, groups: number): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.parse(ip);
  return `${address.toNormalizedString().split(':').slice(0, groups).join(':')}::`;
}
