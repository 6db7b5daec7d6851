import { cipherSuite } from '../../../server/src/tls/cipher-suite.ts';
import { isGrease } from '../../../server/src/tls/grease.ts';

/** Names from the IANA TLS registries; everything else is shown as hexadecimal. */
const VERSIONS: Readonly<Record<number, string>> = {
  2: 'SSL 2',
  768: 'SSL 3',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};

/** Values that stand among the cipher suites and are signals (RFC 5746 §3.3, RFC 7507). */
const SIGNALS: Readonly<Record<number, string>> = { 255: 'renegotiation_info SCSV', 22016: 'fallback SCSV' };

const GROUPS: Readonly<Record<number, string>> = {
  1: 'sect163k1',
  3: 'sect163r2',
  6: 'sect233k1',
  7: 'sect233r1',
  9: 'sect283k1',
  10: 'sect283r1',
  11: 'sect409k1',
  12: 'sect409r1',
  13: 'sect571k1',
  14: 'sect571r1',
  19: 'secp192r1',
  21: 'secp224r1',
  22: 'secp256k1',
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'x25519',
  30: 'x448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  25497: 'X25519Kyber768Draft00',
};

/** RFC 8446 §4.2.3, and the pairs of hash and signature of RFC 5246 §7.4.1.4.1. */
const SIGNATURES: Readonly<Record<number, string>> = {
  513: 'rsa_pkcs1_sha1',
  514: 'dsa_sha1',
  515: 'ecdsa_sha1',
  769: 'rsa_pkcs1_sha224',
  770: 'dsa_sha224',
  771: 'ecdsa_sha224',
  1025: 'rsa_pkcs1_sha256',
  1026: 'dsa_sha256',
  1027: 'ecdsa_secp256r1_sha256',
  1281: 'rsa_pkcs1_sha384',
  1282: 'dsa_sha384',
  1283: 'ecdsa_secp384r1_sha384',
  1537: 'rsa_pkcs1_sha512',
  1538: 'dsa_sha512',
  1539: 'ecdsa_secp521r1_sha512',
  2052: 'rsa_pss_rsae_sha256',
  2053: 'rsa_pss_rsae_sha384',
  2054: 'rsa_pss_rsae_sha512',
  2055: 'ed25519',
  2056: 'ed448',
  2057: 'rsa_pss_pss_sha256',
  2058: 'rsa_pss_pss_sha384',
  2059: 'rsa_pss_pss_sha512',
  2308: 'mldsa44',
  2309: 'mldsa65',
  2310: 'mldsa87',
};

export { isGrease };

/** 4865 → "0x1301". */
export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

function named(value: number, name: string | undefined): string {
  if (isGrease(value)) return `GREASE ${hex16(value)}`;
  return name ?? hex16(value);
}

export function versionName(value: number): string {
  return named(value, VERSIONS[value]);
}

export function cipherName(value: number): string {
  return named(value, SIGNALS[value] ?? cipherSuite(value)?.name);
}

export function groupName(value: number): string {
  return named(value, GROUPS[value]);
}

export function signatureName(value: number): string {
  return named(value, SIGNATURES[value]);
}

/** RFC 8446 §4.2.9; RFC 8701 §3.1: 0x0b, 0x2a, 0x49 … 0xe4 are GREASE. */
export function pskModeName(value: number): string {
  if (value >= 0x0b && (value - 0x0b) % 0x1f === 0) return `GREASE ${value}`;
  return ['psk_ke', 'psk_dhe_ke'][value] ?? String(value);
}

/** RFC 3749, and null, which is all that TLS 1.3 has. */
export function compressionName(value: number): string {
  return value === 0 ? 'none' : value === 1 ? 'DEFLATE' : String(value);
}
