import { ContentType } from '../tls/protocol.ts';

/** Names of RFC 8446 and RFC 5246, and for what has none there a plain word. */
export const MESSAGE_NAMES = [
  'ClientHello',
  'ServerHello',
  'HelloRetryRequest',
  'EncryptedExtensions',
  'CertificateRequest',
  'Certificate',
  'CertificateVerify',
  'Finished',
  'NewSessionTicket',
  'EndOfEarlyData',
  'KeyUpdate',
  'HelloRequest',
  'ServerKeyExchange',
  'ServerHelloDone',
  'ClientKeyExchange',
  'CertificateStatus',
  'Ssl2ClientHello',
  'HandshakeMessage',
  'Fragment',
  'ChangeCipherSpec',
  'Alert',
  'ApplicationData',
  'Heartbeat',
  'UnknownRecord',
  'Secret',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

/** IANA, TLS HandshakeType. */
const HANDSHAKE: ReadonlyMap<number, MessageName> = new Map([
  [0, 'HelloRequest'],
  [1, 'ClientHello'],
  [2, 'ServerHello'],
  [4, 'NewSessionTicket'],
  [5, 'EndOfEarlyData'],
  [8, 'EncryptedExtensions'],
  [11, 'Certificate'],
  [12, 'ServerKeyExchange'],
  [13, 'CertificateRequest'],
  [14, 'ServerHelloDone'],
  [15, 'CertificateVerify'],
  [16, 'ClientKeyExchange'],
  [20, 'Finished'],
  [22, 'CertificateStatus'],
  [24, 'KeyUpdate'],
]);

const RECORDS: ReadonlyMap<number, MessageName> = new Map([
  [ContentType.changeCipherSpec, 'ChangeCipherSpec'],
  [ContentType.alert, 'Alert'],
  [ContentType.applicationData, 'ApplicationData'],
  [ContentType.heartbeat, 'Heartbeat'],
]);

/** The name of a handshake message; its number too where it has no name. */
export function handshakeName(type: number): { name: MessageName; number: number | null } {
  const name = HANDSHAKE.get(type);
  return name ? { name, number: null } : { name: 'HandshakeMessage', number: type };
}

/** The name of a record in the clear that is no handshake; its number too where it has no name. */
export function recordName(type: number): { name: MessageName; number: number | null } {
  const name = RECORDS.get(type);
  return name ? { name, number: null } : { name: 'UnknownRecord', number: type };
}
