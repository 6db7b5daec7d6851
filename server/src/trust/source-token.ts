import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';

/** 128 bits of the HMAC are plenty for a pseudonym that lives a day. */
const TOKEN_HEX_DIGITS = 32;

/**
 * What stands for an address in public: HMAC-SHA-256 of its 4 or 16 bytes under the day's key, cut to 128 bits, hex. Nothing of
 * it follows from the address without the key, and neighbours get unrelated tokens: attackers choose their own addresses and see
 * their own rows, so anything that keeps a prefix would be an oracle.
 */
export function sourceToken(key: Uint8Array, ip: string): string {
  // What is no address can only come from a fault of ours; it must not stop the others of its batch.
  const bytes = ipaddr.isValid(ip) ? Uint8Array.from(parseAddress(ip).toByteArray()) : Buffer.from(ip);
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

function parseAddress(ip: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(ip);
}
