import { createServer, type Socket } from 'node:net';
import { listenOnSocketFile } from '../spool/socket-file.ts';
import type { Ban, BansSnapshot } from '../wire/bans.ts';

/** A gateway that is this far behind is dropped: it connects again and gets the newest list. */
const BEHIND_MAX_BYTES = 1 << 20;

/** The list of bans, shown to whoever is connected to the bans socket: at once, and at each change. */
export class BanBoard {
  readonly #readers = new Set<Socket>();
  readonly #server = createServer(socket => this.#welcome(socket));
  #line = '';

  async serve(socketPath: string): Promise<void> {
    await listenOnSocketFile(this.#server, socketPath);
  }

  show(bans: readonly Ban[]): void {
    const snapshot: BansSnapshot = { bans: bans.map(({ network, untilUs }) => ({ network, untilUs })) };
    this.#line = `${JSON.stringify(snapshot)}\n`;
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
    // Before the table was read there is nothing to say: an empty list would lift bans that hold.
    if (this.#line !== '') this.#send(socket);
  }

  #send(socket: Socket): void {
    if (socket.writableLength > BEHIND_MAX_BYTES) socket.destroy();
    else socket.write(this.#line);
  }
}
