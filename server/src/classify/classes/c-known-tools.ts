import type { AttackClass, Severity } from './attack-class.ts';
import { helloPlace } from './hello-place.ts';

/**
 * Programs that are known by the JA4 of their hello, as recorded in `tls/testing/recorded` from Debian 12 and the releases named
 * here. Options change a fingerprint; these are of the programs as they come, with and without a server name.
 */
const TOOLS: readonly Tool[] = [
  {
    name: 'jarm',
    what: 'JARM, which takes fingerprints of servers',
    severity: 'probe',
    reference: 'JARM (2020)',
    ja4: jarm(),
  },
  {
    ...{ name: 'sslscan', what: 'sslscan 2.0', severity: 'probe', reference: 'CAPEC-541' },
    ja4: [
      ...['t10', 't11', 't12'].map(version => `${version}d990500_87ce778b49c2_f5b46616e359`),
      ...['ts3i940000_c5a5f394b7cd_000000000000', 't13d050700_fe8b0b18143e_b239bc84ffac'],
      't13d061000_a150a9413979_78f1d400d464',
    ],
  },
  {
    ...{ name: 'testssl', what: 'testssl.sh 3.0', severity: 'probe', reference: 'CAPEC-541' },
    ja4: [
      ...['t00d051100_fe8b0b18143e_b5b66a3c2f31', 't12d990800_b937e3dd8b02_63405fcf09a6'],
      ...['t12d990800_b2625f60cb05_63405fcf09a6', 't12d070500_11c9262abd2a_1e7218cd5f71'],
      't12d450700_54f10d21288e_e7e480e5a997',
    ],
  },
  {
    ...{ name: 'nmap', what: 'a script of nmap 7.93', severity: 'probe', reference: 'CAPEC-541' },
    ja4: [
      ...['t10i640200', 't11i640200'].map(start => `${start}_e7b476f9520b_33a13ba74d1c`),
      ...['t10i990200', 't11i990200'].map(start => `${start}_26c71c341777_05cf84b1eb29`),
      ...['t12i640300_e7b476f9520b_c54f48fd7c65', 't13i130500_f6a34bea2645_193c2c6852e3'],
      ...['t12i990300_26c71c341777_aa764c8f3128', 't12i990200_26c71c341777_c5200a6c0c41'],
      'ts3i640000_e7b476f9520b_000000000000',
    ],
  },
  library('ncat', 'ncat, or of nmap where it detects services', both('78', '10', 'ab95583b6d39', 'd41ae481755e')),
  library('socat', 'socat 1.7', both('75', '09', '479067518aa3', '1f22a2ca17c4')),
  library('openssl-3.0', 'OpenSSL 3.0', [
    ...both('31', '09', 'e8f1e7e78f70', '1f22a2ca17c4'),
    ...both('04', '09', '16476d049b0b', '78f1d400d464'),
    ...['t12i280600_d943125447b4_e7e480e5a997', 't12d280700_d943125447b4_e7e480e5a997'],
  ]),
  library('curl-openssl-3.0', 'curl with OpenSSL 3.0', [
    ...['t13i3111h2', 't13d3112h2'].map(start => `${start}_e8f1e7e78f70_b26ce05bbdd6`),
  ]),
  library('python-3.11', 'Python 3.11', both('18', '10', '85036bcba153', 'd41ae481755e')),
  library('node-20', 'Node.js 20', both('59', '09', 'a33745022dd6', '1f22a2ca17c4')),
  library('node-24', 'Node.js 24', both('52', '10', 'b262b3658495', '8e6e362c5eac')),
  library('java-17', 'Java 17', both('37', '11', 'db35923f8641', '7c76daad20ec')),
  library('go-1.26', 'Go 1.26', both('13', '10', 'f57a46bbacb6', 'ab7e3b40a677')),
  library('wget-gnutls-3.7', 'wget with GnuTLS 3.7', both('29', '12', '723694b0fccc', '899037bd0b8c')),
  library('gnutls-3.7', 'GnuTLS 3.7', both('29', '12', '723694b0fccc', '2cc26d266019')),
];

interface Tool {
  name: string;
  what: string;
  severity: Severity;
  /** What it does, or where that says nothing, how it is known. */
  reference: string;
  ja4: readonly string[];
}

/** One class for each program. */
export const KNOWN_TOOLS: readonly AttackClass[] = TOOLS.map(({ name, what, severity, reference, ja4: prints }) => ({
  id: `C34_known_tool:${name}`,
  title: `Known tool: ${name}`,
  explanation: `Its hello is that of ${what}.`,
  severity,
  reference,
  confidence: 0.8,
  needs: 'wire',
  rule: look => {
    const { ja4 } = look.seen;
    return look.hello !== null && ja4 !== null && prints.includes(ja4) ? { text: ja4, at: helloPlace(look) } : null;
  },
}));

/** What anybody uses. */
function library(name: string, what: string, ja4: readonly string[]): Tool {
  return { name, what, severity: 'note', reference: 'JA4 (2023)', ja4 };
}

/** A TLS 1.3 client without ALPN: without a server name, and with one, which is an extension more. */
function both(ciphers: string, extensions: string, cipherHash: string, extensionHash: string): string[] {
  const more = String(Number(extensions) + 1).padStart(2, '0');
  return [`i${ciphers}${extensions}`, `d${ciphers}${more}`].map(
    start => `t13${start}00_${cipherHash}_${extensionHash}`,
  );
}

/** Its ten hellos, two of which have one fingerprint. */
function jarm(): string[] {
  return [
    ...['t12d6912hq', 't12d6912h9', 't13d6912hq', 't13d6912h9'].map(start => `${start}_ea0618708e31_1da015a32102`),
    ...['t12d6911hq', 't11d6911h9'].map(start => `${start}_ea0618708e31_52c4d8bb91c9`),
    ...['t12d3511h9_66c735deec94_52c4d8bb91c9', 't12d3411h9_a634f799a498_52c4d8bb91c9'],
    't13d6412h9_0f757fa8abd0_1da015a32102',
  ];
}
