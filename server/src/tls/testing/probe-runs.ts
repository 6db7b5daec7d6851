import type { ToolRun } from './tool-runs.ts';

const HELLO = new URL('recorded/hello.bin', import.meta.url).pathname;

/** Scanners and programs of other protocols, and what makes a hello of odd form or pace. */
export const PROBE_RUNS: readonly ToolRun[] = [
  run('nmap rdp-enum-encryption', 'nmap', nmapScript('rdp-enum-encryption')),
  run('nmap bitcoin-info', 'nmap', nmapScript('bitcoin-info')),
  run('nmap mongodb-info', 'nmap', nmapScript('mongodb-info')),
  run('smbclient', 'smbclient', ['-N', '-p', '{port}', '-L', '//127.0.0.1']),
  {
    ...run('java SSLv2Hello,TLSv1.2', 'java', [
      ...['-XX:TieredStopAtLevel=1', '-Djdk.tls.client.protocols=SSLv2Hello,TLSv1.2'],
      ...[new URL('OneHello.java', import.meta.url).pathname, '{port}'],
    ]),
  },
  run('chromium', 'chromium', [
    ...[
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--ignore-certificate-errors',
      '--disable-background-networking',
    ],
    ...['--dump-dom', 'https://host.example:{port}/', '--host-resolver-rules=MAP host.example 127.0.0.1'],
  ]),
  run('heartbleeder', 'heartbleeder', ['127.0.0.1:{port}']),
  run('openssl s_client -max_send_frag', 'openssl', [
    ...['s_client', '-connect', '127.0.0.1:{port}', '-max_send_frag', '512', '-alpn', 'x'.repeat(240), '-tls1_2'],
    ...['-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0', '-servername', 'a.example'],
  ]),
  { ...shell('pv into ncat', 'pv', `head -c 104 ${HELLO} | pv -q -L 8 -B 8 | ncat 127.0.0.1 {port}`), isTimed: true },
  ...[1, 2].map(seed =>
    shell(`zzuf -s ${seed}`, 'zzuf', `zzuf -s ${seed} -r 0.01 cat ${HELLO} | ncat 127.0.0.1 {port}`),
  ),
];

/** A file for what changes or paces bytes: the hello of an OpenSSL of Debian 12. */
export const HELLO_FILE = HELLO;

function nmapScript(script: string): string[] {
  return ['-Pn', '-p', '{port}', '--script', `+${script}`, '127.0.0.1'];
}

function run(name: string, program: string, args: readonly string[]): ToolRun {
  return { name, program, args };
}

/** A pipe of programs, the first of which gives the recording its version. */
function shell(name: string, of: string, line: string): ToolRun {
  return { name, program: 'sh', args: ['-c', line], of };
}
