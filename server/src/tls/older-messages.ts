import { ByteCursor } from './byte-cursor.ts';
import { usesEphemeralCurve } from './cipher-suite.ts';
import type { CertificatesSeen, ServerHello } from './observation.ts';
import { HandshakeType, Version } from './protocol.ts';

const HANDSHAKE_HEADER_BYTES = 4;
const SIZES_MAX = 32;
const LEAF_MAX_BYTES = 16_384;
/** RFC 8422 §5.4: ECCurveType named_curve. */
const NAMED_CURVE = 3;

/** Parses a Certificate message as versions before TLS 1.3 send it (RFC 5246 §7.4.2). Null if it does not hold. */
export function parseCertificates(message: Uint8Array): Pick<CertificatesSeen, 'sizes' | 'count' | 'leaf'> | null {
  const cursor = new ByteCursor(message);
  cursor.take(HANDSHAKE_HEADER_BYTES);
  const declared = cursor.u24();
  if (declared !== cursor.remaining) return null;
  const sizes: number[] = [];
  let count = 0;
  let leaf: string | null = null;
  while (cursor.remaining > 0) {
    const der = cursor.take(cursor.u24());
    if (!cursor.ok) return null;
    if (count === 0 && der.length <= LEAF_MAX_BYTES) leaf = Buffer.from(der).toString('base64');
    if (count < SIZES_MAX) sizes.push(der.length);
    count++;
  }
  return { sizes, count, leaf };
}

/**
 * The signature algorithm of a TLS 1.2 ServerKeyExchange with ephemeral keys (RFC 5246 §7.4.3, RFC 8422 §5.4) or CertificateVerify
 * (§7.4.8); null in other versions, and where there is none.
 */
export function signatureAlgorithmOf(type: number, message: Uint8Array, server: ServerHello | null): number | null {
  if (server?.legacyVersion !== Version.tls12 || server.selectedVersion !== null) return null;
  const cursor = new ByteCursor(message);
  cursor.take(HANDSHAKE_HEADER_BYTES);
  if (type === HandshakeType.serverKeyExchange) skipParameters(cursor, server.cipher);
  const algorithm = cursor.u16();
  const signature = cursor.vector16();
  return cursor.finished && signature.remaining > 0 ? algorithm : null;
}

function skipParameters(cursor: ByteCursor, cipher: number): void {
  if (usesEphemeralCurve(cipher)) {
    if (cursor.u8() !== NAMED_CURVE) cursor.take(cursor.remaining);
    cursor.u16();
    cursor.vector8();
  } else {
    for (let parameter = 0; parameter < 3; parameter++) cursor.vector16();
  }
}
