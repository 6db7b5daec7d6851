import type { Severity } from './attack-class.ts';

/** Tells from the first bytes of what is not TLS whether it is of one protocol; gives what it saw. */
export type Recogniser = (start: Buffer, text: string) => string | null;

const HTTP = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) /;
const HTTP2_PREFACE = 'PRI * HTTP/2.0';
const PROXIED = /^(CONNECT [^ ]|(GET|HEAD|POST) https?:\/\/)/;
/** RFC 1928 §3 and the SOCKS4 protocol: version, then the number of methods, or the command. */
const SOCKS5_METHODS_MAX = 16;
const MAIL_AND_CHAT =
  /^(EHLO|HELO|LHLO|STARTTLS|STLS|AUTH TLS|CAPA(BILITY)?\b|\w{1,8} (STARTTLS|CAPABILITY|LOGOUT)|<stream:stream|<\?xml)/i;
/** The object identifier of LDAP's StartTLS (RFC 4511 §4.14.1), and the codes of PostgreSQL's SSLRequest and StartupMessage. */
const LDAP_STARTTLS = '1.3.6.1.4.1.1466.20037';
const MQTT_CONNECT = 0x10;
const POSTGRES_SSL_REQUEST = '0000000804d2162f';
const POSTGRES_VERSION_3 = '00030000';
const REDIS = /^(\*\d+\r\n\$\d+\r\n|PING\r?\n|INFO\r?\n|CONFIG GET |AUTH |EVAL )/i;
const MEMCACHED = /^((stats|version|flush_all|quit)[\r\n ]|(gets?|set) \w)/;
const MONGO_OPCODES: ReadonlySet<number> = new Set([2004, 2012, 2013]);
/** Network magic: mainnet, testnet3, testnet4, signet, regtest. */
const BITCOIN: ReadonlySet<string> = new Set(['f9beb4d9', '0b110907', '1c163f28', '0a03cf40', 'fabfb5da']);
/** https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt §2. */
const PROXY_2 = '0d0a0d0a000d0a515549540a';

/** Protocols that are known by their beginning, the most telling first. */
export const PROTOCOLS: readonly [
  id: string,
  title: string,
  explanation: string,
  severity: Severity,
  reference: string | null,
  recognise: Recogniser,
][] = [
  [
    'A12_proxy_protocol_spoof',
    'Forged PROXY header',
    'Begins with a PROXY protocol header, to pass for another address.',
    'attack',
    'CAPEC-151',
    (start, text) =>
      text.startsWith('PROXY ') ? 'PROXY protocol 1' : hexStart(start, PROXY_2) ? 'PROXY protocol 2' : null,
  ],
  [
    'A05_open_proxy_probe',
    'Search for open proxies',
    'Asks to be connected to somewhere else, as from an open HTTP or SOCKS proxy.',
    'probe',
    'RFC 9112 §3.2.2 and §3.2.3, RFC 1928 §3',
    openProxy,
  ],
  [
    'A10_database_or_cache_probe',
    'Database or cache probe',
    'Speaks the protocol of Redis, memcached, MQTT, PostgreSQL or MongoDB.',
    'probe',
    'CAPEC-541',
    database,
  ],
  [
    'A07_starttls_command',
    'STARTTLS',
    'Asks in the clear to start TLS, or begins as a mail, chat or directory client does before it.',
    'noise',
    'RFC 7457 §2.2, CVE-2011-0411',
    (start, text) => {
      if (hexStart(start, POSTGRES_SSL_REQUEST)) return 'PostgreSQL SSLRequest';
      if (text.includes(LDAP_STARTTLS.slice(0, 20))) return 'LDAP StartTLS';
      return MAIL_AND_CHAT.test(text) ? 'begins as a client that upgrades to TLS' : null;
    },
  ],
  [
    'A08_rdp_probe',
    'Remote desktop probe',
    'Sends a connection request of the Remote Desktop Protocol.',
    'probe',
    'CVE-2019-0708',
    start => (start[0] === 3 && start[1] === 0 && start[5] === 0xe0 ? 'TPKT with an X.224 connection request' : null),
  ],
  [
    'A09_smb_probe',
    'SMB probe',
    'Begins a session of SMB or NetBIOS.',
    'probe',
    'CVE-2017-0144',
    start => {
      if (/^00..(..)?..(ff|fe)534d42/.test(start.toString('hex'))) return 'SMB negotiation';
      return hexStart(start, '81000044') ? 'NetBIOS session request' : null;
    },
  ],
  [
    'A11_bitcoin_p2p',
    'Bitcoin peer',
    'Speaks the peer-to-peer protocol of Bitcoin.',
    'noise',
    null,
    start => (BITCOIN.has(start.toString('hex', 0, 4)) ? `network magic ${start.toString('hex', 0, 4)}` : null),
  ],
  [
    'A06_ssh_banner',
    'SSH',
    'Sends the banner of an SSH client.',
    'noise',
    'RFC 4253 §4.2',
    (_, text) => (text.startsWith('SSH-') ? 'begins with SSH-' : null),
  ],
  [
    'A04_http2_prior_knowledge',
    'HTTP/2 in the clear',
    'Sends the preface of HTTP/2 without TLS.',
    'noise',
    'RFC 9113 §3.3 and §3.4',
    (_, text) => (text.startsWith(HTTP2_PREFACE) ? 'HTTP/2 connection preface' : null),
  ],
  [
    'A03_http_plaintext',
    'HTTP in the clear',
    'Sends an HTTP request without TLS.',
    'noise',
    'CAPEC-170',
    (_, text) => (HTTP.test(text) ? 'begins with an HTTP method' : null),
  ],
];

function openProxy(start: Buffer, text: string): string | null {
  if (PROXIED.test(text)) return 'asks for another host';
  const [version, second = 0] = start;
  if (version === 5 && second >= 1 && second <= SOCKS5_METHODS_MAX && start.length <= 2 + second)
    return 'SOCKS5 greeting';
  return version === 4 && (second === 1 || second === 2) && start.length >= 9 ? 'SOCKS4 request' : null;
}

function database(start: Buffer, text: string): string | null {
  if (REDIS.test(text)) return 'Redis command';
  if (MEMCACHED.test(text)) return 'memcached command';
  if (start[0] === MQTT_CONNECT && /^.{2,3}..MQ(TT|Isdp)/s.test(text)) return 'MQTT CONNECT';
  if (start.length >= 8 && start.toString('hex', 4, 8) === POSTGRES_VERSION_3) return 'PostgreSQL startup';
  return start.length >= 16 && MONGO_OPCODES.has(start.readUInt32LE(12)) ? 'MongoDB message' : null;
}

function hexStart(start: Buffer, hex: string): boolean {
  return start.toString('hex').startsWith(hex);
}
