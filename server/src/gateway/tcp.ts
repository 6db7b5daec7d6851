import { connect, Socket, type TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';

const FINISH_TIMEOUT_MS = 5000;

/** Connects without reading yet. Never throws: answers the socket or the system's error code. */
export function connectTcp(
  options: TcpNetConnectOpts,
  timeoutMs: number,
): Promise<{ socket: Socket } | { error: string }> {
  return new Promise(resolve => {
    const socket = connect({ ...options, allowHalfOpen: true, noDelay: true });
    const timer = setTimeout(() => give({ error: 'ETIMEDOUT' }), timeoutMs);
    const give = (result: { socket: Socket } | { error: string }) => {
      clearTimeout(timer);
      socket.off('error', fail);
      if ('error' in result) {
        socket.on('error', () => {});
        socket.destroy();
      }
      resolve(result);
    };
    const fail = (error: NodeJS.ErrnoException) => give({ error: error.code ?? 'EUNKNOWN' });
    socket.once('error', fail);
    socket.once('connect', () => give({ socket }));
  });
}

/**
 * Resolves when the far end has sent something or is gone, but `timeoutMs` from now at the latest. Starts the flow: whoever wants the
 * bytes listens for them at once.
 */
export function whenHeard(socket: Socket, timeoutMs: number): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      socket.off('data', done);
      socket.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    socket.on('data', done);
    socket.on('close', done);
  });
}

/** Ends a connection as if its program had died: RST instead of FIN. */
export function reset(stream: Duplex): void {
  if (stream instanceof Socket) stream.resetAndDestroy();
  else stream.destroy(new Error('ECONNRESET'));
}

/** Sends what was written, then FIN, and reads no more. A peer that does not take it within a moment is reset. */
export function finishSoon(stream: Duplex): void {
  // To close is to send FIN too, unless there is something unread: then it would be RST.
  const closesInOrder = stream.readableEnded && stream.writableLength === 0;
  if (stream.writableFinished || stream.destroyed || closesInOrder) {
    stream.destroy();
    return;
  }
  if (stream.writableLength > 0) {
    const timer = setTimeout(() => reset(stream), FINISH_TIMEOUT_MS);
    stream.once('close', () => clearTimeout(timer));
  }
  stream.end(() => stream.destroy());
}
