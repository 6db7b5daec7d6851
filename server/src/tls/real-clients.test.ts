import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TlsObserver } from './observer.ts';
import { captureHello, hasProgram } from './testing/real-peers.ts';
import { dissect } from './testing/tshark.ts';

const run = promisify(execFile);

/** A real client, and what it says of its own version; `ja4` was computed by somebody else's code for that version. */
interface RealClient {
  name: string;
  program: string;
  args: string[];
  version: { args: string[]; is: RegExp };
  /** More than one where distributions build that version differently. */
  ja4: string[];
}

const OPENSSL = { args: ['version'], is: /^OpenSSL 3\.0\./ };
const CONNECT = ['s_client', '-connect', '127.0.0.1:{port}'];
const PYTHON = `import socket, ssl
context = ssl.create_default_context()
context.check_hostname = False
context.wrap_socket(socket.create_connection(("127.0.0.1", {port})))`;
const NODE = 'require("node:tls").connect({ port: {port}, host: "127.0.0.1" }).on("error", () => {})';

const CLIENTS: readonly RealClient[] = [
  {
    name: 'openssl',
    program: 'openssl',
    args: CONNECT,
    version: OPENSSL,
    ja4: ['t13i310900_e8f1e7e78f70_1f22a2ca17c4'],
  },
  {
    name: 'openssl -tls1_3',
    program: 'openssl',
    args: [...CONNECT, '-tls1_3'],
    version: OPENSSL,
    ja4: ['t13i040900_16476d049b0b_78f1d400d464'],
  },
  {
    name: 'openssl -tls1_2',
    program: 'openssl',
    args: [...CONNECT, '-tls1_2'],
    version: OPENSSL,
    ja4: ['t12i280600_d943125447b4_e7e480e5a997'],
  },
  {
    name: 'curl',
    program: 'curl',
    args: ['-sk', 'https://127.0.0.1:{port}/'],
    version: { args: ['--version'], is: /^curl 7\.88\..*OpenSSL\/3\.0\./ },
    ja4: ['t13i3111h2_e8f1e7e78f70_b26ce05bbdd6'],
  },
  {
    name: 'Python',
    program: 'python3',
    args: ['-c', PYTHON],
    version: { args: ['--version'], is: /^Python 3\.11\./ },
    // The second is Debian's, which leaves the ciphers to OpenSSL: their hash is then that of openssl above.
    ja4: ['t13i181000_85036bcba153_d41ae481755e', 't13i311000_e8f1e7e78f70_d41ae481755e'],
  },
  {
    name: 'Node 20',
    program: '/usr/bin/node',
    args: ['-e', NODE],
    version: { args: ['--version'], is: /^v20\./ },
    ja4: ['t13i590900_a33745022dd6_1f22a2ca17c4'],
  },
  {
    name: 'Java 17',
    program: 'java',
    args: ['-XX:TieredStopAtLevel=1', fileURLToPath(new URL('testing/OneHello.java', import.meta.url)), '{port}'],
    version: { args: ['--version'], is: /^openjdk 17\./ },
    ja4: ['t13i371100_db35923f8641_7c76daad20ec'],
  },
  {
    name: 'wget',
    program: 'wget',
    args: ['-q', '--no-check-certificate', '-O', '/dev/null', 'https://127.0.0.1:{port}/'],
    version: { args: ['--version'], is: /^GNU Wget 1\.21\./ },
    ja4: ['t13i291200_723694b0fccc_899037bd0b8c'],
  },
];

for (const client of CLIENTS) {
  test(`${client.name} has the JA4 that others computed for it`, async t => {
    if (!(await hasProgram(client.program))) return t.skip(`${client.program} is not here`);
    const { stdout } = await run(client.program, client.version.args);
    if (!client.version.is.test(stdout)) return t.skip(`another version: ${stdout.split('\n')[0]}`);
    const hello = observe(await captureHello(client.program, client.args));
    assert.ok(client.ja4.includes(hello.ja4 ?? ''), `${hello.ja4}`);
  });
}

test('JA3 and the lists of each real client are those that tshark finds', async t => {
  if (!(await hasProgram('tshark'))) return t.skip('tshark is not here');
  const here = await Promise.all(CLIENTS.map(async client => ((await hasProgram(client.program)) ? [client] : [])));
  const others = [{ program: process.execPath, args: ['-e', NODE] }];
  const hellos: Buffer[] = [];
  for (const client of [...here.flat(), ...others]) hellos.push(await captureHello(client.program, client.args));
  const found = await dissect(
    hellos.map(bytes => [{ dir: 'in', bytes }]),
    ['tls.handshake.ja3', 'tls.handshake.ciphersuite', 'tls.handshake.extension.type', 'tls.handshake.random'],
  );
  hellos.forEach((bytes, index) => {
    const observation = observe(bytes);
    const theirs = found[index];
    assert.deepEqual([observation.ja3], theirs?.['tls.handshake.ja3']);
    assert.deepEqual(observation.clientHello?.ciphers, theirs?.['tls.handshake.ciphersuite']?.map(Number));
    assert.deepEqual(observation.clientHello?.extensions, theirs?.['tls.handshake.extension.type']?.map(Number));
    assert.deepEqual([observation.clientHello?.random], theirs?.['tls.handshake.random']);
  });
});

function observe(bytes: Uint8Array) {
  const observer = new TlsObserver('server');
  observer.push('in', bytes, 0);
  return observer.result();
}
