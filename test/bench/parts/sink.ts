import { createServer } from 'node:net';
import { SERVER_FLIGHT } from './flights.ts';

/** sink.ts PREFACE: a backend that is faster than any guest: answers at the first byte behind a preface of so many, and closes. */
const preface = Number(process.argv[2]);

const server = createServer({ allowHalfOpen: true, noDelay: true }, socket => {
  let seen = 0;
  let isAnswered = false;
  socket.on('data', chunk => {
    seen += chunk.length;
    if (seen <= preface || isAnswered) return;
    isAnswered = true;
    socket.end(SERVER_FLIGHT);
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', 4096, () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`${address.port}\n`);
});
