import { createServer } from 'node:net';

/** A backend that is faster than any guest: reads what comes, answers 200 bytes at the first 500 behind the preface, closes. */
const PREFACE_BYTES = 54;
const REQUEST_BYTES = 500;
const ANSWER = Buffer.alloc(200, 0x61);

const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
  const expected = process.argv[2] === 'bare' ? REQUEST_BYTES : PREFACE_BYTES + REQUEST_BYTES;
  let seen = 0;
  socket.on('data', chunk => {
    seen += chunk.length;
    if (seen >= expected) socket.end(ANSWER);
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`${address.port}\n`);
});
