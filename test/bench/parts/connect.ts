import { connect } from 'node:net';

/** connect.ts PORT LANES SECONDS: lanes of connections, each 500 bytes out and 200 back; prints "attempts errors". */
const [port, lanes, seconds] = process.argv.slice(2).map(Number) as [number, number, number];
const REQUEST = Buffer.alloc(500, 0x80);
const ANSWER_BYTES = 200;
const end = performance.now() + seconds * 1000;
let attempts = 0;
let errors = 0;

function attempt(): Promise<void> {
  return new Promise(resolve => {
    let received = 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('connect', () => socket.write(REQUEST));
    socket.on('data', chunk => {
      received += chunk.length;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (received === ANSWER_BYTES) attempts++;
      else errors++;
      resolve();
    });
  });
}

await Promise.all(
  Array.from({ length: lanes }, async () => {
    while (performance.now() < end) await attempt();
  }),
);
process.stdout.write(`${attempts} ${errors}\n`);
