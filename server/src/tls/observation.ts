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
  /** SHA-256-hex of the attacker's hello message (with its 4-byte header), its size and the number of records it came in. */
  hello: { sha256: string; bytes: number; records: number } | null;
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
  alpn: string[];
  pskModes: number[];
  sni: { kind: 'host' | 'ip' | 'empty' | 'invalid'; name: string } | null;
  psk: boolean;
  earlyData: boolean;
  ech: boolean;
  grease: boolean;
  pqShare: boolean;
}

export interface ServerHello {
  legacyVersion: number;
  random: string;
  cipher: number;
  extensions: number[];
  selectedVersion: number | null;
  group: number | null;
}

export interface PlainAlert {
  from: 'attacker' | 'guest';
  level: number;
  code: number;
  /** Microseconds since the epoch. */
  t: number;
}

export interface RecordSeen {
  dir: 'in' | 'out';
  type: number;
  version: number;
  length: number;
  t: number;
  /** Handshake message types that begin in it, where it is plaintext. */
  messages: number[];
}

export interface Anomaly {
  kind: string;
  dir: 'in' | 'out';
  offset: number;
}
