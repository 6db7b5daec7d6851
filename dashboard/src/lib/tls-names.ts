/** Names from the IANA TLS registries for what is met often; everything else is shown as hexadecimal. */
const VERSIONS: Record<number, string> = {
  2: 'SSL 2',
  768: 'SSL 3',
  769: 'TLS 1.0',
  770: 'TLS 1.1',
  771: 'TLS 1.2',
  772: 'TLS 1.3',
};
const CIPHERS: Record<number, string> = {
  4865: 'TLS_AES_128_GCM_SHA256',
  4866: 'TLS_AES_256_GCM_SHA384',
  4867: 'TLS_CHACHA20_POLY1305_SHA256',
  4868: 'TLS_AES_128_CCM_SHA256',
  255: 'renegotiation_info SCSV',
  22016: 'fallback SCSV',
};
const GROUPS: Record<number, string> = {
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  29: 'x25519',
  30: 'x448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  4588: 'X25519MLKEM768',
};

/** RFC 8701: 0x0a0a, 0x1a1a, … 0xfafa. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** 4865 → "0x1301". */
export function hex16(value: number): string {
  return isGrease(value) ? 'GREASE' : `0x${value.toString(16).padStart(4, '0')}`;
}

export function versionName(value: number): string {
  return VERSIONS[value] ?? hex16(value);
}

export function cipherName(value: number): string {
  return CIPHERS[value] ?? hex16(value);
}

export function groupName(value: number): string {
  return GROUPS[value] ?? hex16(value);
}
