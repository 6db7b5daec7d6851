import ipaddr from 'ipaddr.js';
import { PinataError } from '../errors.ts';

/** Whoever bans more than this by mistake bans a country. */
const WIDEST = { ipv4: 16, ipv6: 32 } as const;
const WHOLE = { ipv4: 32, ipv6: 128 } as const;
/** One subscriber's: a single IPv6 address is no hindrance to anybody. */
const IPV6_SUBSCRIBER = 64;

export interface Network {
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
  /** As PostgreSQL writes a cidr: address, slash, prefix length; the other bits are zero. */
  readonly cidr: string;
}

/** An address or a prefix, as a network. An IPv6 address means its /64. Throws BAN_UNUSABLE. Pure. */
export function networkOf(text: string): Network {
  const [address = '', length] = text.split('/');
  if (!isAddress(address) || text.split('/').length > 2) throw unusable('it is neither an address nor a prefix');
  const parsed = plain(ipaddr.parse(address));
  const family = parsed.kind();
  const prefix = length === undefined ? (family === 'ipv6' ? IPV6_SUBSCRIBER : WHOLE.ipv4) : Number(length);
  if (length !== undefined && !/^\d{1,3}$/.test(length)) throw unusable('its length is no number');
  if (prefix > WHOLE[family]) throw unusable(`its length is more than ${WHOLE[family]}`);
  if (prefix < WIDEST[family]) throw unusable(`it is wider than /${WIDEST[family]}`);
  const first = ipaddr.fromByteArray(masked(parsed.toByteArray(), prefix));
  return { family, prefix, cidr: `${first.toString()}/${prefix}` };
}

function isAddress(text: string): boolean {
  return text.includes(':')
    ? ipaddr.IPv6.isValid(text) && !text.includes('%')
    : ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** IPv4 seen through a dual-stack socket is IPv4. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function masked(bytes: number[], prefix: number): number[] {
  return bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff);
}

function unusable(why: string): PinataError {
  return new PinataError('BAN_UNUSABLE', { why });
}
