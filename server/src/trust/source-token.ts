import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** 128 bits of the HMAC are plenty for a pseudonym that lives a day. */
const TOKEN_HEX_DIGITS = 32;

/** What one subscriber has of IPv6, and what is taken for one source. */
const IPV6_SITE_BYTES = 8;

/**
 * What stands for a source in public: HMAC-SHA-256 under the day's key of the 4 bytes of an IPv4 address, or of the 16 of an IPv6
 * address with its last 64 bits zero; cut to 128 bits, hex. Nothing of it follows from the address without the key, and neighbours
 * get unrelated tokens: attackers choose their own addresses and see their own rows, so anything that keeps a prefix would be an
 * oracle. Why a /64 is one source: docs/decisions/0014-an-ipv6-source-is-a-64.md.
 */
export function sourceToken(key: Uint8Array, ip: string): string {
  // What is no address can only come from a fault of ours; it must not stop the others of its batch.
  const bytes = ipaddr.isValid(ip) ? sourceBytes(parseAddress(ip)) : Buffer.from(ip);
  return createHmac('sha256', key).update(bytes).digest('hex').slice(0, TOKEN_HEX_DIGITS);
}

/** 4 or 6; an IPv4 address mapped into IPv6 (::ffff:0:0/96) is IPv4. */
export function ipVersion(ip: string): 4 | 6 {
  return parseAddress(ip).kind() === 'ipv4' ? 4 : 6;
}

/** The /24 or /48 that an address lies in, as text. */
export function sourcePrefix(ip: string): string {
  const address = parseAddress(ip);
  const length = address.kind() === 'ipv4' ? 24 : 48;
  const bytes = address.toByteArray().map((byte, index) => (index < length / 8 ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${length}`;
}

function sourceBytes(address: ipaddr.IPv4 | ipaddr.IPv6): Uint8Array {
  const bytes = Uint8Array.from(address.toByteArray());
  if (address.kind() === 'ipv6') bytes.fill(0, IPV6_SITE_BYTES);
  return bytes;
}

function parseAddress(ip: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(ip);
}
