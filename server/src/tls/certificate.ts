import { hash, X509Certificate } from 'node:crypto';

const DER_MAX_BYTES = 65_536;
const DER_SEQUENCE = 0x30;
const NAME_MAX_CHARS = 512;
const SAN_MAX_CHARS = 255;
const SERIAL_MAX_CHARS = 64;
const LIST_MAX = 16;

/** Key purposes of RFC 5280 §4.2.1.12 and the few others that are seen; an unknown one keeps its OID. */
const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['2.5.29.37.0', 'anyExtendedKeyUsage'],
  ['1.3.6.1.5.5.7.3.1', 'serverAuth'],
  ['1.3.6.1.5.5.7.3.2', 'clientAuth'],
  ['1.3.6.1.5.5.7.3.3', 'codeSigning'],
  ['1.3.6.1.5.5.7.3.4', 'emailProtection'],
  ['1.3.6.1.5.5.7.3.8', 'timeStamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSPSigning'],
]);

/** What a certificate says of itself. All of it is a stranger's claim: printable, capped, never an identity. */
export interface CertificateDescription {
  /** RFC 4514-like, in the certificate's order: `C=XX, O=Name, CN=name`. At most 512 characters, like `issuer`. */
  subject: string;
  issuer: string;
  /** With their kind, `DNS:a`, `IP Address:127.0.0.1`; at most 16 of at most 255 characters. */
  san: string[];
  /** Hexadecimal, capitals; at most 64 digits. */
  serial: string;
  /** RFC 3339, or null where the date makes no sense. */
  notBefore: string | null;
  notAfter: string | null;
  /** Names of key purposes, or OIDs. Empty where there is no such extension. */
  eku: string[];
  /** basicConstraints says that it is an authority (RFC 5280 §4.2.1.9). */
  isAuthority: boolean;
  /** It names itself as issuer, and its own key verifies it. */
  isSelfSigned: boolean;
  /** As OpenSSL names it, `ecdsa-with-SHA256`; null if unknown. */
  signatureAlgorithm: string | null;
  /** `rsa`, `ec`, `ed25519` and its size in bits; null if unknown. */
  keyType: string | null;
  keyBits: number | null;
  /** SHA-256, hex, of the SubjectPublicKeyInfo; null if the kind of key is unknown. */
  spkiSha256: string | null;
}

/** Describes a DER certificate from an attacker. Null if it is none. Never throws. */
export function describeCertificate(der: Uint8Array): CertificateDescription | null {
  // The library reads PEM as well; what goes over TLS is DER, or it is not a certificate.
  if (der.length > DER_MAX_BYTES || der[0] !== DER_SEQUENCE) return null;
  try {
    return describe(new X509Certificate(der));
  } catch {
    return null;
  }
}

function describe(certificate: X509Certificate): CertificateDescription {
  return {
    subject: name(certificate.subject),
    issuer: name(certificate.issuer),
    san: splitNames(certificate.subjectAltName ?? ''),
    serial: certificate.serialNumber.slice(0, SERIAL_MAX_CHARS),
    notBefore: date(() => certificate.validFromDate),
    notAfter: date(() => certificate.validToDate),
    eku: (certificate.keyUsage ?? []).slice(0, LIST_MAX).map(oid => PURPOSES.get(oid) ?? clean(oid, SERIAL_MAX_CHARS)),
    isAuthority: certificate.ca,
    isSelfSigned: isSelfSigned(certificate),
    signatureAlgorithm: clean(certificate.signatureAlgorithm ?? '', SERIAL_MAX_CHARS) || null,
    ...keyOf(certificate),
    spkiSha256: keyHash(certificate),
  };
}

/** The library puts one attribute on a line and escapes what could be mistaken for a separator. */
function name(lines: string | undefined): string {
  return clean((lines ?? '').split('\n').join(', '), NAME_MAX_CHARS);
}

/** `DNS:a, DNS:"b, c"`: names with odd characters are JSON strings. */
function splitNames(text: string): string[] {
  const names = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
  return names.slice(0, LIST_MAX).map(entry => clean(entry.trim(), SAN_MAX_CHARS));
}

function clean(text: string, max: number): string {
  const safe = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd');
  return safe.slice(0, max).toWellFormed();
}

function date(read: () => Date): string | null {
  try {
    return read().toISOString();
  } catch {
    return null;
  }
}

function isSelfSigned(certificate: X509Certificate): boolean {
  try {
    return certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

/** Bits of the curves that Node names; a curve of explicit parameters has none. */
const CURVE_BITS = /(\d{3})/;

function keyOf(certificate: X509Certificate): { keyType: string | null; keyBits: number | null } {
  try {
    const { asymmetricKeyType = null, asymmetricKeyDetails } = certificate.publicKey;
    const curve = Number(asymmetricKeyDetails?.namedCurve?.match(CURVE_BITS)?.[1] ?? 0);
    return { keyType: asymmetricKeyType, keyBits: asymmetricKeyDetails?.modulusLength ?? (curve || null) };
  } catch {
    return { keyType: null, keyBits: null };
  }
}

function keyHash(certificate: X509Certificate): string | null {
  try {
    return hash('sha256', certificate.publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return null;
  }
}
