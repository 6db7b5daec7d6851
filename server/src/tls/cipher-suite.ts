import { CIPHER_NAMES } from './cipher-names.ts';

/** What a cipher suite before TLS 1.3 says of itself in its name. */
export interface CipherSuite {
  /** `TLS_RSA_EXPORT_WITH_RC4_40_MD5` */
  name: string;
  /** What stands before `_WITH_`: `RSA_EXPORT`, `ECDHE_ECDSA`; empty in TLS 1.3, and for signalling values. */
  exchange: string;
  /** What stands behind it: `RC4_40_MD5`. The whole name where there is no `_WITH_`. */
  protection: string;
}

/** Signalling values (RFC 5746 §3.3, RFC 7507 §2): no cipher at all. */
export const RENEGOTIATION_SCSV = 0x00ff;
export const FALLBACK_SCSV = 0x5600;

let table: ReadonlyMap<number, CipherSuite> | undefined;

/** The suite of that number; undefined if the registry does not know it, as with GREASE. */
export function cipherSuite(code: number): CipherSuite | undefined {
  table ??= new Map(CIPHER_NAMES.trim().split(/\s+/).map(parse));
  return table.get(code);
}

/** Ephemeral elliptic curves, whoever signs: the ServerKeyExchange begins with a named curve. */
export function usesEphemeralCurve(code: number): boolean {
  return /^ECDHE_/.test(cipherSuite(code)?.exchange ?? '');
}

function parse(entry: string): [number, CipherSuite] {
  const [code = '', rest = ''] = entry.split(':');
  const at = rest.indexOf('_WITH_');
  const [exchange, protection] = at < 0 ? ['', rest] : [rest.slice(0, at), rest.slice(at + '_WITH_'.length)];
  return [Number.parseInt(code, 16), { name: `TLS_${rest}`, exchange, protection }];
}
