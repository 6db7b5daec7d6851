import { type KeyObject, sign } from 'node:crypto';

// Handshake messages of TLS 1.3 (RFC 8446 §4), for TLS_AES_128_GCM_SHA256, X25519 and P-256 signatures alone.

export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
export const HandshakeType = {
  clientHello: 1,
  serverHello: 2,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
} as const;

const AES_128_GCM_SHA256 = 0x1301;
const X25519 = 0x001d;
const ECDSA_P256_SHA256 = 0x0403;
const TLS13 = 0x0304;
const TLS12 = 0x0303;
const X25519_BYTES = 32;
/** RFC 8446 §5.1. */
const RECORD_MAX_BYTES = 16_384;

const u16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
const u24 = (value: number) => Buffer.of(value >> 16, (value >> 8) & 0xff, value & 0xff);
export const within16 = (...parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([u16(bytes.length), bytes]);
};
export const extension = (type: number, body: Uint8Array) => Buffer.concat([u16(type), within16(body)]);

/** A message, or the beginning of one that declares `length`. */
export function handshake(type: number, body: Uint8Array, length = body.length): Buffer {
  return Buffer.concat([Buffer.of(type), u24(length), body]);
}

export function record(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3), within16(content)]);
}

/** In as many records as it takes. */
export function records(type: number, content: Uint8Array): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += RECORD_MAX_BYTES)
    pieces.push(record(type, content.subarray(at, at + RECORD_MAX_BYTES)));
  return Buffer.concat(pieces);
}

/** What a hello says instead of what it must to get on. */
export interface Otherwise {
  readonly version?: number;
  readonly group?: number;
  readonly cipher?: number;
  /** At most 32 bytes, unless the point is to break that. */
  readonly sessionId?: Uint8Array;
  /** Extensions besides those that are needed. */
  readonly extensions?: readonly Uint8Array[];
}

export function clientHello(random: Uint8Array, share: Uint8Array, otherwise: Otherwise = {}): Buffer {
  const { version = TLS13, group = X25519, cipher = AES_128_GCM_SHA256 } = otherwise;
  const { sessionId = new Uint8Array(), extensions: more = [] } = otherwise;
  const extensions = [
    extension(10, within16(u16(group))),
    extension(13, within16(u16(ECDSA_P256_SHA256))),
    extension(43, Buffer.concat([Buffer.of(2), u16(version)])),
    extension(51, within16(u16(group), within16(share))),
    ...more,
  ];
  const session = [Buffer.of(sessionId.length), sessionId];
  const fixed = [u16(TLS12), random, ...session, within16(u16(cipher)), Buffer.of(1, 0)];
  return handshake(HandshakeType.clientHello, Buffer.concat([...fixed, within16(...extensions)]));
}

/** `sessionId`: the client's own, to be echoed. */
export function serverHello(
  random: Uint8Array,
  sessionId: Uint8Array,
  share: Uint8Array,
  otherwise: Otherwise = {},
): Buffer {
  const { version = TLS13, group = X25519, cipher = AES_128_GCM_SHA256 } = otherwise;
  const extensions = [extension(43, u16(version)), extension(51, Buffer.concat([u16(group), within16(share)]))];
  const fixed = [u16(TLS12), random, Buffer.of(sessionId.length), sessionId, u16(cipher), Buffer.of(0)];
  return handshake(HandshakeType.serverHello, Buffer.concat([...fixed, within16(...extensions)]));
}

export function encryptedExtensions(): Buffer {
  return handshake(HandshakeType.encryptedExtensions, within16());
}

export function certificateRequest(): Buffer {
  const extensions = within16(extension(13, within16(u16(ECDSA_P256_SHA256))));
  return handshake(HandshakeType.certificateRequest, Buffer.concat([Buffer.of(0), extensions]));
}

export function certificate(chain: readonly Uint8Array[]): Buffer {
  const entries = Buffer.concat(chain.flatMap(der => [u24(der.length), der, u16(0)]));
  return handshake(HandshakeType.certificate, Buffer.concat([Buffer.of(0), u24(entries.length), entries]));
}

/** §4.4.3; `transcript`: hash of everything to the Certificate. */
export function certificateVerify(side: 'client' | 'server', key: KeyObject, transcript: Uint8Array): Buffer {
  const context = `${' '.repeat(64)}TLS 1.3, ${side} CertificateVerify\0`;
  const signature = sign('sha256', Buffer.concat([Buffer.from(context), transcript]), key);
  return handshake(HandshakeType.certificateVerify, Buffer.concat([u16(ECDSA_P256_SHA256), within16(signature)]));
}

export function finished(verifyData: Uint8Array): Buffer {
  return handshake(HandshakeType.finished, verifyData);
}

/** The session id of a ClientHello: behind its header (4), version (2) and random (32). */
export function sessionIdOf(hello: Buffer): Buffer {
  const at = 4 + 2 + 32;
  return hello.subarray(at + 1, at + 1 + (hello[at] ?? 0));
}

/** The X25519 share in either hello. Throws if there is none. */
export function x25519ShareOf(hello: Buffer): Buffer {
  const at = hello.indexOf(Buffer.concat([u16(X25519), u16(X25519_BYTES)]));
  if (at < 0) throw new Error('no X25519 share in the hello');
  return hello.subarray(at + 4, at + 4 + X25519_BYTES);
}
