import { ATTACKER_RUNS } from './attacker-runs.ts';
import { PROBE_RUNS } from './probe-runs.ts';

/** What `record-tools.ts` runs: real clients and scanners, each with options that change what it says first. */
export interface ToolRun {
  /** Program and options, as they are written in the recording. */
  name: string;
  program: string;
  /** `{port}` is filled in. */
  args: readonly string[];
  /** Options of the `openssl s_server` that answers. */
  server?: readonly string[];
  /** At most so many of its connections are kept; 1 if left out. */
  connections?: number;
  /** What it reads. */
  input?: string;
  /** Its version, where the program does not tell it. */
  version?: string;
  /** The program that gives it its name, where a shell runs several. */
  of?: string;
  /** The times of what it sends are part of the recording. */
  isTimed?: boolean;
}

const WEAK = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
/** Answers everything that this OpenSSL still can. */
const LENIENT = ['-cipher', WEAK, '-psk', '0123456789abcdef', '-legacy_renegotiation'];
/** Like a target: TLS 1.3 only, and a client certificate or nothing. */
export const STRICT = ['-tls1_3', '-Verify', '1', '-verify_return_error'];

const CLIENT = ['s_client', '-connect', '127.0.0.1:{port}'];

const OPENSSL: readonly (readonly string[])[] = [
  [],
  ...['-tls1_3', '-tls1_2', '-no_tls1_3', '-fallback_scsv', '-status', '-comp', '-no_ticket', '-ct'].map(o => [o]),
  ...['-tls1', '-tls1_1'].map(o => [o, '-cipher', WEAK]),
  ...['-legacy_renegotiation', '-no_legacy_server_connect', '-bugs', '-noservername', '-no_etm', '-no_ems'].map(o => [
    o,
  ]),
  ...['a.example', 'x'.repeat(63), '127.0.0.1', 'h-0123456789abcdef0123456789abcdef01234567.pinata'].map(o => [
    ...['-servername', o],
  ]),
  ...['X25519', 'P-256', 'P-384', 'P-521', 'X448', 'ffdhe2048', 'ffdhe4096:X25519', 'P-521:P-256:X25519'].map(o => [
    ...['-groups', o],
  ]),
  ...['X25519', 'P-384', 'P-521:X25519'].map(o => ['-tls1_2', '-groups', o]),
  ...[
    ...['ECDHE', 'DHE', 'kRSA', 'AES128-SHA', 'aNULL', 'eNULL', 'PSK', 'CAMELLIA', 'ARIA', 'CHACHA20', 'AESCCM'],
    ...['SRP', 'SHA384', 'ALL', 'ALL:COMPLEMENTOFALL', 'DHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ].map(o => ['-tls1_2', '-cipher', `${o}:@SECLEVEL=0`, ...(/PSK|ALL/.test(o) ? ['-psk', '0123456789abcdef'] : [])]),
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_8_SHA256', 'TLS_CHACHA20_POLY1305_SHA256'].map(
    o => ['-ciphersuites', o],
  ),
  ...['ECDSA+SHA256', 'RSA+SHA1:ECDSA+SHA1', 'RSA-PSS+SHA256:ed25519', 'RSA+SHA512', 'ed25519:ed448:ECDSA+SHA256'].map(
    o => ['-sigalgs', o],
  ),
  ...['h2', 'http/1.1', 'h2,http/1.1,ftp', 'imap', 'acme-tls/1', 'x'.repeat(200)].map(o => ['-alpn', o]),
  ...['http/1.1'].map(o => ['-nextprotoneg', o, '-tls1_2']),
  ...['512', '1024', '4096'].map(o => ['-maxfraglen', o]),
  ['-use_srtp', 'SRTP_AES128_CM_SHA1_80'],
  ['-serverinfo', '18,5,777'],
  ['-psk', '0123456789abcdef'],
  ['-psk', '0123456789abcdef0123456789abcdef', '-psk_identity', 'x'.repeat(120)],
  ['-tls1_2', '-psk', '0123456789abcdef'],
  ['-min_protocol', 'TLSv1.1', '-cipher', WEAK],
  ['-max_protocol', 'TLSv1.2', '-min_protocol', 'TLSv1', '-cipher', WEAK],
  ['-split_send_frag', '512'],
  ['-curves', 'brainpoolP256r1', '-tls1_2', '-cipher', WEAK],
  ['-tls1_2', '-sigalgs', 'RSA+SHA256', '-groups', 'P-256', '-alpn', 'h2', '-servername', 'b.example', '-status'],
  ['-tls1_3', '-sigalgs', 'ECDSA+SHA256', '-groups', 'P-256', '-alpn', 'h2', '-servername', 'b.example'],
];

const STARTTLS = ['ldap', 'postgres', 'xmpp'].map(protocol => ['-starttls', protocol]);

const CURL: readonly (readonly string[])[] = [
  [],
  ...['--tlsv1.3', '--http1.1', '--http2', '--no-alpn', '--cert-status', '--tls-max=1.2'].map(o => o.split('=')),
  ['--tlsv1.2', '--tls-max', '1.2', '--ciphers', 'AES128-SHA'],
  ['--tlsv1.1', '--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0'],
  ['--tlsv1.0', '--tls-max', '1.0', '--ciphers', 'DEFAULT@SECLEVEL=0'],
  ['--curves', 'P-384'],
  ['--tls13-ciphers', 'TLS_AES_128_GCM_SHA256'],
  ['--resolve', 'host.example:{port}:127.0.0.1', '--connect-to', 'host.example:{port}:127.0.0.1:{port}'],
];

const PYTHON = `import socket, ssl, sys
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
c.check_hostname = False
c.verify_mode = ssl.CERT_NONE
exec(sys.argv[2])
s = c.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname=globals().get("name"))
s.close()`;
const PYTHON_OPTIONS = [
  ...['pass', 'name = "p.example"', 'c.set_alpn_protocols(["h2", "http/1.1"])', 'c.maximum_version = 0x0303'],
  ...['c.minimum_version = 0x0304', 'c.set_ciphers("AES128-SHA")', 'c.set_ciphers("ALL:@SECLEVEL=0")'],
  ...['c.set_ecdh_curve("secp384r1")', 'c.options |= ssl.OP_NO_TICKET', 'c.options |= ssl.OP_NO_TLSv1_3'],
  'c.minimum_version = 0x0301; c.maximum_version = 0x0301; c.set_ciphers("ALL:@SECLEVEL=0")',
];

const NODE_OPTIONS = [
  ...['{}', "{ALPNProtocols:['h2']}", "{servername:'n.example'}", "{maxVersion:'TLSv1.2'}", "{minVersion:'TLSv1.3'}"],
  ...["{ecdhCurve:'P-384'}", "{ciphers:'AES128-SHA'}", "{sigalgs:'ecdsa_secp256r1_sha256'}"],
  "{minVersion:'TLSv1',maxVersion:'TLSv1.1',ciphers:'ALL:@SECLEVEL=0'}",
];
const node = (options: string) =>
  `require("node:tls").connect({host:"127.0.0.1",port:{port},rejectUnauthorized:false,...${options}},function(){this.end()}).on("error",()=>{})`;

const GNUTLS = [
  ...['NORMAL', 'SECURE256', 'PFS', 'LEGACY', 'NORMAL:-VERS-TLS1.3', 'NORMAL:-VERS-ALL:+VERS-TLS1.0', 'NORMAL:+NULL'],
  ...['NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.2', 'NORMAL:-GROUP-ALL:+GROUP-FFDHE2048', 'NORMAL:+ANON-ECDH:+ANON-DH'],
  ...['NORMAL:-KX-ALL:+RSA:-VERS-TLS1.3', 'NORMAL:-KX-ALL:+DHE-RSA:-VERS-TLS1.3', 'NORMAL:+ARCFOUR-128:+3DES-CBC'],
  ...['NORMAL:%NO_EXTENSIONS:-VERS-TLS1.3', 'NORMAL:%COMPAT', 'NORMAL:%DISABLE_SAFE_RENEGOTIATION:-VERS-TLS1.3'],
  ...['NORMAL:%NO_SESSION_HASH:-VERS-TLS1.3', 'NORMAL:-VERS-ALL:+VERS-SSL3.0:+ARCFOUR-128', 'NORMAL:%FALLBACK_SCSV'],
  ...['NORMAL:-GROUP-ALL:+GROUP-SECP521R1', 'NORMAL:-SIGN-ALL:+SIGN-RSA-SHA1:+SIGN-RSA-MD5:-VERS-TLS1.3', 'SUITEB192'],
];

const JAVA_PROTOCOLS = ['TLSv1.3', 'TLSv1.2', 'TLSv1.3,TLSv1.2'];
const ONE_HELLO = new URL('OneHello.java', import.meta.url).pathname;
const GO_HELLO = new URL('one-hello.go', import.meta.url).pathname;
const GO_KINDS = [
  'plain',
  'tls12',
  'tls10',
  'tls13',
  'sni',
  'alpn',
  'curves',
  'suites',
  'insecure',
  'noticket',
  'roots',
];

/** Every run; a program that is not here is left out. */
export const TOOL_RUNS: readonly ToolRun[] = [
  ...OPENSSL.map(options => run('openssl', [...CLIENT, ...options], `openssl s_client ${options.join(' ')}`)),
  ...OPENSSL.slice(0, 3).map(options => ({
    ...run('openssl', [...CLIENT, ...options], `openssl s_client ${options.join(' ')} to a strict server`),
    server: STRICT,
  })),
  ...STARTTLS.map(options => run('openssl', [...CLIENT, ...options], `openssl s_client ${options.join(' ')}`)),
  ...CURL.map(options =>
    run('curl', ['-sk', ...options, curlUrl(options)], `curl ${options.join(' ').replaceAll('{port}', '443')}`),
  ),
  run('curl', ['-s', 'http://127.0.0.1:{port}/'], 'curl http'),
  run('curl', ['-s', '--http2-prior-knowledge', 'http://127.0.0.1:{port}/'], 'curl http2 prior knowledge'),
  run('curl', ['-s', '--haproxy-protocol', 'http://127.0.0.1:{port}/'], 'curl proxy protocol'),
  run('curl', ['-s', '-x', 'http://127.0.0.1:{port}', 'http://192.0.2.1/'], 'curl by http proxy'),
  run('curl', ['-s', '-x', 'socks5://127.0.0.1:{port}', 'http://192.0.2.1/'], 'curl by socks5 proxy'),
  run('curl', ['-s', 'smb://127.0.0.1:{port}/share/file', '-u', 'a:b'], 'curl smb'),
  run('curl', ['-s', 'mqtt://127.0.0.1:{port}/topic'], 'curl mqtt'),
  run('curl', ['-s', 'gopher://127.0.0.1:{port}/_version%0d%0a'], 'curl gopher as memcached'),
  run('ssh', ['-o', 'BatchMode=yes', '-p', '{port}', '127.0.0.1'], 'ssh'),
  run('redis-cli', ['-p', '{port}', 'ping'], 'redis-cli ping'),
  run('redis-cli', ['-p', '{port}', '--tls', '--insecure', 'ping'], 'redis-cli --tls'),
  run('wget', ['-q', '-T', '2', '-t', '1', '--no-check-certificate', '-O', '/dev/null', url()], 'wget'),
  run('wget', ['-q', '-T', '2', '-t', '1', '--secure-protocol=TLSv1_2', '-O', '/dev/null', url()], 'wget TLSv1_2'),
  run('ncat', ['--ssl', '127.0.0.1', '{port}'], 'ncat --ssl'),
  run('socat', ['-', 'OPENSSL:127.0.0.1:{port},verify=0'], 'socat OPENSSL'),
  ...PYTHON_OPTIONS.map(option => run('python3', ['-c', PYTHON, '{port}', option], `python3 ssl ${option}`)),
  ...NODE_OPTIONS.map(options => run('/usr/bin/node', ['-e', node(options)], `node ${options}`)),
  ...NODE_OPTIONS.map(options => run(process.execPath, ['-e', node(options)], `current node ${options}`)),
  ...GNUTLS.map(priority =>
    run(
      'gnutls-cli',
      ['--insecure', '--no-ca-verification', '-p', '{port}', '127.0.0.1', '--priority', priority],
      `gnutls-cli ${priority}`,
    ),
  ),
  run('gnutls-cli', ['--insecure', '-p', '{port}', '127.0.0.1', '--heartbeat'], 'gnutls-cli --heartbeat'),
  run('gnutls-cli', ['--insecure', '-p', '{port}', '127.0.0.1', '--sni-hostname', 'g.example'], 'gnutls-cli sni'),
  ...JAVA_PROTOCOLS.map(protocols =>
    run(
      'java',
      ['-XX:TieredStopAtLevel=1', `-Djdk.tls.client.protocols=${protocols}`, ONE_HELLO, '{port}'],
      `java ${protocols}`,
    ),
  ),
  ...GO_KINDS.map(kind => run('go', ['run', GO_HELLO, '{port}', kind], `go ${kind}`)),
  { ...run('sslscan', ['--no-colour', '127.0.0.1:{port}'], 'sslscan'), server: STRICT, connections: 40 },
  {
    ...run('nmap', ['-Pn', '-p', '{port}', '--script', '+ssl-enum-ciphers', '127.0.0.1'], 'nmap ssl-enum-ciphers'),
    ...{ server: ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'], connections: 24 },
  },
  ...['ssl-heartbleed', 'ssl-ccs-injection', 'ssl-poodle', 'sslv2', 'sslv2-drown', 'ssl-dh-params'].map(script => ({
    ...run('nmap', ['-Pn', '-p', '{port}', '--script', `+${script}`, '127.0.0.1'], `nmap ${script}`),
    ...{ server: ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'], connections: 4 },
  })),
  {
    ...run('nmap', ['-Pn', '-sV', '--version-all', '-p', '{port}', '127.0.0.1'], 'nmap -sV'),
    ...{ server: STRICT, connections: 12 },
  },
  ...['heartbleed', 'ccs', 'drown', 'freak', 'logjam', 'robot', 'crime', 'poodle', 'tls-fallback', 'renegotiation'].map(
    probe => ({
      ...run(
        'testssl',
        ['--warnings', 'off', '--color', '0', '--ip', '127.0.0.1', `--${probe}`, '127.0.0.1:{port}'],
        `testssl ${probe}`,
      ),
      ...{ server: LENIENT, connections: 12 },
    }),
  ),
  ...ATTACKER_RUNS,
  ...PROBE_RUNS.map(one => ({ ...one, server: LENIENT })),
  {
    ...run('pyjarm', ['-4', '127.0.0.1:{port}'], 'pyjarm'),
    ...{ server: STRICT, connections: 10 },
  },
];

function run(program: string, args: readonly string[], name: string): ToolRun {
  return { name: name.trim(), program, args, server: LENIENT };
}

function url(): string {
  return 'https://127.0.0.1:{port}/';
}

function curlUrl(options: readonly string[]): string {
  return options.includes('--resolve') ? 'https://host.example:{port}/' : url();
}
