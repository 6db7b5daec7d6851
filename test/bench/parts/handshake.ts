import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

/**
 * handshake.ts PORT LANES SECONDS [FOLDER]: lanes of full TLS 1.3 handshakes without resumption; with the credentials of FOLDER
 * each must end in a release, without them in a refusal. Prints "good bad slowestMs".
 */
const [port = '', lanes = '', seconds = '', folder] = process.argv.slice(2);
const identity = folder
  ? { cert: readFileSync(`${folder}/client.pem`), key: readFileSync(`${folder}/client.key`) }
  : {};
const end = performance.now() + Number(seconds) * 1000;
let good = 0;
let bad = 0;
let slowest = 0;

function handshake(): Promise<void> {
  return new Promise(resolve => {
    const start = performance.now();
    let released = false;
    let refused = false;
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ...identity });
    socket.on('data', () => {
      released = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      refused = /CERTIFICATE_REQUIRED/.test(error.code ?? '');
    });
    socket.on('close', () => {
      if (folder ? released : refused) good++;
      else bad++;
      slowest = Math.max(slowest, performance.now() - start);
      resolve();
    });
  });
}

await Promise.all(
  Array.from({ length: Number(lanes) }, async () => {
    while (performance.now() < end) await handshake();
  }),
);
process.stdout.write(`${good} ${bad} ${slowest.toFixed(0)}\n`);
