/** What the passive parser reads off one connection, from copies of the bytes of both directions. */
export interface TlsObservation {
  /** The first bytes of the attacker: do they look like a TLS record or SSLv2 hello at all? Null: no byte came. */
  looksLikeTls: boolean | null;
  /** The first 32 bytes of the attacker, or fewer, hex. */
  firstBytes: string;
  /** The client's first hello: the attacker's where the guest is the server, else the guest's own. */
  clientHello: ClientHello | null;
  /** The server's hello, HelloRetryRequest excepted: the attacker's where the guest is the client. */
  serverHello: ServerHello | null;
  /** `none`: no byte of it; `partial`: begun, not complete; `malformed`: it cannot be parsed; `complete`. Of the attacker's hello. */
  helloState: 'none' | 'partial' | 'malformed' | 'complete';
  helloRetryRequest: boolean;
  /** Alerts readable on the wire, in order. */
  alerts: PlainAlert[];
  /** Outer record types, lengths and times, the first 256 of each direction. */
  records: RecordSeen[];
  recordsIn: number;
  recordsOut: number;
  /** Zeek's ssl_history letters, at most 100: capitals for the client, small for the server. */
  history: string;
  /** A finding such as `record_type`, `record_version`, `record_oversize`, `ccs_before_hello`, with its byte offset. */
  anomalies: Anomaly[];
  /** Encrypted records after both hellos, per direction. */
  encryptedIn: number;
  encryptedOut: number;
  /** The attacker's hello message as it came. */
  hello: HelloSeen | null;
  /** The client's second hello, after a HelloRetryRequest. */
  secondHello: ClientHello | null;
  /** The attacker's SSLv2 hello, complete. */
  ssl2: Ssl2Hello | null;
  /** Heartbeat messages readable on the wire, the first 16. */
  heartbeats: HeartbeatSeen[];
  /** ChangeCipherSpec records of each direction. */
  changeCipherSpecsIn: number;
  changeCipherSpecsOut: number;
  /** Certificate messages in the clear, which only versions before TLS 1.3 send; the first 4. */
  certificates: CertificatesSeen[];
  /** Signature algorithms of ServerKeyExchange and CertificateVerify messages of TLS 1.2; the first 4. */
  signatures: SignatureSeen[];
  /** Of the client's and the server's hello, whoever plays them. */
  ja3: string | null;
  ja3s: string | null;
  ja4: string | null;
}

export interface ClientHello {
  recordVersion: number;
  legacyVersion: number;
  random: string;
  sessionIdLength: number;
  ciphers: number[];
  compression: number[];
  extensions: number[];
  supportedVersions: number[];
  groups: number[];
  pointFormats: number[];
  keyShares: number[];
  signatureAlgorithms: number[];
  /** Of signature_algorithms_cert, where a hello tells certificates apart (RFC 8446 §4.2.3). */
  certificateAlgorithms: number[];
  alpn: string[];
  pskModes: number[];
  sni: { kind: 'host' | 'ip' | 'empty' | 'invalid'; name: string } | null;
  psk: boolean;
  /** What the extension holds; null where there is none or it does not parse. */
  pskOffer: PskOffer | null;
  earlyData: boolean;
  ech: boolean;
  grease: boolean;
  pqShare: boolean;
  /** The shares behind `keyShares`, in the same order. */
  shares: KeyShare[];
  /** Names in the server_name extension; `sni` is the first. */
  sniNames: number;
  /** Bytes of `renegotiated_connection` (RFC 5746), of a session ticket (RFC 5077), and the heartbeat mode (RFC 6520). */
  renegotiationBytes: number | null;
  ticketBytes: number | null;
  heartbeatMode: number | null;
  /** Extensions whose insides do not parse, and those that come again, by number. */
  malformedExtensions: number[];
  duplicateExtensions: number[];
  /** Where each extension begins in the message, and where the last one ends. */
  extensionAt: number[];
}

/** One entry of a key_share extension; `flaw` says why it cannot be a share of that group. */
export interface KeyShare {
  group: number;
  length: number;
  flaw: ShareFlaw | null;
}

/** Another length than the group has, another form than uncompressed, a point of small order, a group named twice. */
export type ShareFlaw = 'length' | 'format' | 'low_order' | 'repeated';

/** RFC 8446 §4.2.11: how many identities and binders, and the lengths of the shortest of each. */
export interface PskOffer {
  identities: number;
  binders: number;
  shortestIdentity: number;
  binderLengths: number[];
  /** It is the last extension, as it must be. */
  isLast: boolean;
}

export interface ServerHello {
  legacyVersion: number;
  random: string;
  cipher: number;
  extensions: number[];
  selectedVersion: number | null;
  group: number | null;
  sessionIdLength: number;
  compression: number;
  /** Null where there is none, or only a group is asked for. */
  share: KeyShare | null;
}

/** A hello message as it came over the wire. `starts`: where each fragment begins in the message, and in its direction. */
export interface HelloSeen {
  /** SHA-256, hex, of the message with its 4-byte header (of the whole record in SSLv2). */
  sha256: string;
  bytes: number;
  records: number;
  starts: FragmentStart[];
}

export interface FragmentStart {
  message: number;
  stream: number;
}

/** draft-hickman-netscape-ssl-00 §2.5. Ciphers are of three bytes; those of TLS begin with 0. */
export interface Ssl2Hello {
  version: number;
  ciphers: number[];
  sessionIdLength: number;
  challengeLength: number;
}

/** RFC 6520 §4: a heartbeat message and the length of the record that it came in. */
export interface HeartbeatSeen {
  dir: 'in' | 'out';
  offset: number;
  type: number;
  /** The payload length that it declares; null where the record is too short to hold one. */
  declared: number | null;
  length: number;
}

export interface CertificatesSeen {
  dir: 'in' | 'out';
  offset: number;
  /** Bytes of each certificate, in order; the first 32. */
  sizes: number[];
  count: number;
  /** Base64 DER of the first, where it has at most 16 KiB. */
  leaf: string | null;
}

export interface SignatureSeen {
  dir: 'in' | 'out';
  offset: number;
  message: number;
  algorithm: number;
}

export interface PlainAlert {
  from: 'attacker' | 'guest';
  level: number;
  code: number;
  /** Of its record, in its direction. */
  offset: number;
  /** Microseconds since the epoch. */
  t: number;
}

export interface RecordSeen {
  dir: 'in' | 'out';
  type: number;
  version: number;
  length: number;
  /** Of its header, in its direction. */
  offset: number;
  t: number;
  /** Handshake message types that begin in it, where it is plaintext. */
  messages: number[];
}

export interface Anomaly {
  kind: string;
  dir: 'in' | 'out';
  /** Of the record that it is about. */
  offset: number;
  /** The number of an extension, where it is about one. */
  detail: number | null;
}
