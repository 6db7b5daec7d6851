/** The numbers of TLS that a watcher needs. RFC 8446 §4, §5.1 and Appendix B, and the IANA registries it points to. */

export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;

export const HandshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export const Extension = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  /** RFC 6520. */
  heartbeat: 15,
  alpn: 16,
  /** RFC 7627. */
  extendedMasterSecret: 23,
  /** RFC 5077. */
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  pskKeyExchangeModes: 45,
  signatureAlgorithmsCert: 50,
  keyShare: 51,
  /** RFC 9849 §5: encrypted_client_hello. */
  encryptedClientHello: 0xfe0d,
  /** RFC 5746. */
  renegotiationInfo: 0xff01,
} as const;

export const Version = {
  ssl2: 0x0002,
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
} as const;

/** RFC 8446 §5.1: a plaintext record holds at most 2^14 bytes; §5.2: a protected one 256 more. */
export const PLAINTEXT_MAX_BYTES = 2 ** 14;
export const CIPHERTEXT_MAX_BYTES = PLAINTEXT_MAX_BYTES + 256;

/** RFC 8446 §4.1.3: a ServerHello with this random is a HelloRetryRequest (SHA-256 of "HelloRetryRequest"). */
export const HELLO_RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** True for a content type that some version of TLS defines. */
export function isContentType(type: number): boolean {
  return type >= ContentType.changeCipherSpec && type <= ContentType.heartbeat;
}

/** Groups with a post-quantum part: ML-KEM alone and hybrid (IANA), and the Kyber draft that browsers shipped first. */
export function isPostQuantumGroup(group: number): boolean {
  return (group >= 0x0200 && group <= 0x0202) || (group >= 0x11eb && group <= 0x11ed) || group === 0x6399;
}
