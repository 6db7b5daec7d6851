import { ATTACKER_VERSION, attackerArgs, attackerName } from '../../../server/src/tls/testing/attacker-runs.ts';

/** A tool that is let loose on practice, which then is the TLS server. */
export interface AttemptRun {
  /** As it is written in the recording. */
  name: string;
  program: string;
  /** `{port}` is the target's; `{client}` that on which it is the client; `{…}` else a file of the authority's folder. */
  args: readonly string[];
  /** Its version, where the program does not tell it. */
  version?: string;
  /** How long its input stays open; 1 s if left out. */
  holdMs?: number;
}

const CLIENT = ['s_client', '-connect', '127.0.0.1:{port}', '-servername', 'pinata', '-tls1_3', '-ign_eof'];
/** OpenSSL refuses to send what is weak unless it is told that nothing is. */
const LENIENT = ['-cipher', 'ALL:@SECLEVEL=0'];

/** What is presented, and with which words it is recorded. */
const CERTIFICATES: readonly (readonly [file: string, words: string, withChain?: 'chain'])[] = [
  ['strange', 'a certificate of an unknown authority'],
  ['lookalike', 'a certificate of an authority with our name', 'chain'],
  ['alone', 'a self-signed certificate'],
  ['ca', 'the certificate of the authority itself'],
  ['stranger', 'the certificate of an authority of its own'],
  ['server', "the target's own certificate"],
  ['expired', 'an expired certificate'],
  ['future', 'a certificate of the future'],
  ['sha1', 'a certificate signed over SHA-1'],
  ['short', 'a certificate with an RSA key of 1024 bits'],
  ['below', 'a certificate issued by a leaf', 'chain'],
  ['constrained', 'a name outside of the constraints', 'chain'],
  ['long', 'a chain of nine', 'chain'],
  ['old', 'a certificate of version 1'],
  ['markup', 'markup in its name'],
  ['client', 'the certificate that is published'],
];

const WITH_CERTIFICATE = ['key-updates', 'finished', 'tampered', 'bad-verify', 'scheme', 'garbage-certificate'];

/** Every run; a program that is not here is left out. */
export const ATTEMPT_RUNS: readonly AttemptRun[] = [
  { name: 'nmap -sT', program: 'nmap', args: ['-sT', '-Pn', '-p', '{port}', '127.0.0.1'] },
  { name: 'ncat, silent', program: 'ncat', args: ['127.0.0.1', '{port}'], holdMs: 12_000 },
  openssl('no certificate'),
  ...CERTIFICATES.map(([file, words, withChain]) =>
    openssl(
      words,
      ...['-cert', `{${file}.pem}`, '-key', `{${file}.key}`],
      ...(withChain ? ['-cert_chain', `{${file}.chain.pem}`] : []),
      ...LENIENT,
    ),
  ),
  openssl('P-521 before X25519', '-groups', 'P-521:X25519'),
  ...['tls13-ccs-flood', 'tls13-plaintext'].map(attack => attacker(attack)),
  ...WITH_CERTIFICATE.map(attack => attacker(`tls13-${attack}`, '{client.pem}', '{client.key}')),
  { name: 'socat between two roles', program: 'socat', args: ['TCP:127.0.0.1:{client}', 'TCP:127.0.0.1:{port}'] },
];

function openssl(words: string, ...more: string[]): AttemptRun {
  return { name: `openssl s_client, ${words}`, program: 'openssl', args: [...CLIENT, ...more] };
}

function attacker(attack: string, ...more: string[]): AttemptRun {
  const words = more.length > 0 ? ', with our certificate' : ' to a target';
  return {
    name: `${attackerName(attack)}${words}`,
    program: 'java',
    args: attackerArgs(attack, ...more),
    version: ATTACKER_VERSION,
  };
}
