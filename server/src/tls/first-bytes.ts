import { ContentType, HandshakeType, isContentType, Version } from './protocol.ts';

/** As many first bytes as `judgeFirstBytes` may need. */
export const FIRST_BYTES = 6;

const SSL2_CLIENT_HELLO = 1;

/** What the first bytes of a direction are. `undecided` still looks like TLS; `ssl2` has the length of the whole message. */
export type FirstBytes =
  | { kind: 'empty' | 'undecided' | 'tls' | 'foreign' }
  | { kind: 'ssl2'; version: number; messageBytes: number };

/**
 * Judges the first six bytes, or those that are there. TLS is a known content type with major version 3; with another version it
 * is still TLS (a broken or probing one) if it carries what begins like a hello. An SSLv2 hello is
 * length(2, high bit set) 1 version(2) (draft-hickman-netscape-ssl-00 §2.5; RFC 5246 appendix E.2 for the compatible one).
 */
export function judgeFirstBytes(bytes: Uint8Array): FirstBytes {
  const [first, second, third, fourth, fifth, sixth] = bytes;
  if (first === undefined) return { kind: 'empty' };
  if (isContentType(first)) {
    if (second === undefined) return { kind: 'undecided' };
    if (second === 3) return { kind: 'tls' };
    if (first !== ContentType.handshake) return { kind: 'foreign' };
    if (sixth === undefined) return { kind: 'undecided' };
    return { kind: sixth === HandshakeType.clientHello || sixth === HandshakeType.serverHello ? 'tls' : 'foreign' };
  }
  if ((first & 0x80) === 0) return { kind: 'foreign' };
  if (second === undefined || third === undefined) return { kind: 'undecided' };
  if (third !== SSL2_CLIENT_HELLO) return { kind: 'foreign' };
  if (fourth === undefined || fifth === undefined) return { kind: 'undecided' };
  const version = (fourth << 8) | fifth;
  if (version !== Version.ssl2 && (version < Version.ssl3 || version > Version.tls13)) return { kind: 'foreign' };
  return { kind: 'ssl2', version, messageBytes: 2 + (((first & 0x7f) << 8) | second) };
}
