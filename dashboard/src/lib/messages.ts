import type { Held, Step } from './generated/api.ts';

/** What a message is for, and where that is written. */
const MEANINGS: Readonly<Record<Held['name'], readonly [meaning: string, section: string]>> = {
  ClientHello: ['what the client offers: versions, suites, groups, key shares', 'RFC 8446 §4.1.2'],
  ServerHello: ['what the server chose, and its key share: from here on there are keys', 'RFC 8446 §4.1.3'],
  HelloRetryRequest: ['asks for a share of another group', 'RFC 8446 §4.1.4'],
  EncryptedExtensions: ['the rest of what the server agrees to', 'RFC 8446 §4.3.1'],
  CertificateRequest: ['asks the client for a certificate', 'RFC 8446 §4.3.2'],
  Certificate: ['a chain of certificates, or an empty one', 'RFC 8446 §4.4.2'],
  CertificateVerify: ['a signature over all of it: the proof of the key', 'RFC 8446 §4.4.3'],
  Finished: ['a checksum of the whole handshake, under its keys', 'RFC 8446 §4.4.4'],
  NewSessionTicket: ['a ticket to resume with', 'RFC 8446 §4.6.1'],
  EndOfEarlyData: ['the end of what came before the handshake', 'RFC 8446 §4.5'],
  KeyUpdate: ['new keys for what follows', 'RFC 8446 §4.6.3'],
  HelloRequest: ['asks to begin again, before TLS 1.3', 'RFC 5246 §7.4.1.1'],
  ServerKeyExchange: ['the server’s share, before TLS 1.3', 'RFC 5246 §7.4.3'],
  ServerHelloDone: ['the end of the server’s hello, before TLS 1.3', 'RFC 5246 §7.4.5'],
  ClientKeyExchange: ['the client’s share, before TLS 1.3', 'RFC 5246 §7.4.7'],
  CertificateStatus: ['an OCSP answer, before TLS 1.3', 'RFC 6066 §8'],
  Ssl2ClientHello: ['a hello in the form of SSL 2.0', 'RFC 5246 §E.2'],
  HandshakeMessage: ['a handshake message of a type that has no name here', 'RFC 8446 §4'],
  Fragment: ['a part of a handshake message', 'RFC 8446 §5.1'],
  ChangeCipherSpec: ['means nothing in TLS 1.3, and is sent to please old middleboxes', 'RFC 8446 §D.4'],
  Alert: ['says that something ends, and why', 'RFC 8446 §6'],
  ApplicationData: ['data, or a message under keys', 'RFC 8446 §5.2'],
  Heartbeat: ['asks for an echo', 'RFC 6520'],
  UnknownRecord: ['a record of a type that has no name', 'RFC 8446 §5.1'],
  Secret: ['the document with the target’s key', 'what all this is about'],
};

export function meaningOf({ name }: Held): readonly [meaning: string, section: string] {
  return MEANINGS[name];
}

/** What keys a step is under, in words. */
export function keysOf({ encrypted, epoch }: Step): string {
  if (!encrypted) return 'in the clear';
  if (epoch === 'handshake') return 'under handshake keys';
  return epoch === 'application' ? 'under application keys' : 'encrypted';
}

/** How it is known what a message was. */
export const KNOWN_WORDS: Readonly<Record<Held['known'], string>> = {
  read: 'it could be read',
  told: 'the target told',
  inferred: 'inferred',
};
