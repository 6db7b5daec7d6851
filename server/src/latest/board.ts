import { createServer, type Socket } from 'node:net';
import { listenOnSocketFile } from '../spool/socket-file.ts';

/** A reader that is this far behind is dropped: it connects again and gets the newest. */
const BEHIND_MAX_BYTES = 1 << 20;

/** The newest state of something, one JSON line, shown to whoever is connected to a unix socket: at once, and at each change. */
export class LatestBoard<State extends object> {
  readonly #readers = new Set<Socket>();
  readonly #server = createServer(socket => this.#welcome(socket));
  /** Empty while there is nothing to say. */
  #line = '';

  async serve(socketPath: string): Promise<void> {
    await listenOnSocketFile(this.#server, socketPath);
  }

  show(state: State): void {
    this.#line = `${JSON.stringify(state)}\n`;
    for (const reader of this.#readers) this.#send(reader);
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) reader.destroy();
    if (this.#server.listening) await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #welcome(socket: Socket): void {
    this.#readers.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#readers.delete(socket));
    socket.resume();
    if (this.#line !== '') this.#send(socket);
  }

  #send(socket: Socket): void {
    if (socket.writableLength > BEHIND_MAX_BYTES) socket.destroy();
    else socket.write(this.#line);
  }
}
