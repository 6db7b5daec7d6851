import { createServer, type Socket } from 'node:net';
import { listenOnSocketFile } from '../spool/socket-file.ts';
import type { TargetState, TargetsSnapshot } from '../wire/targets.ts';

/** A reader that is this far behind is dropped: it connects again and gets the newest picture. */
const BEHIND_MAX_BYTES = 256 << 10;

/** The picture of all targets, shown to whoever is connected to the targets socket: at once, and at each change. */
export class Board {
  readonly #states = new Map<string, TargetState>();
  readonly #readers = new Set<Socket>();
  readonly #server = createServer(socket => this.#welcome(socket));

  constructor(targets: readonly string[]) {
    for (const target of targets) this.#states.set(target, { target, state: 'booting', guest: null });
  }

  async serve(socketPath: string): Promise<void> {
    await listenOnSocketFile(this.#server, socketPath);
  }

  show(state: TargetState): void {
    this.#states.set(state.target, state);
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
    this.#send(socket);
  }

  #send(socket: Socket): void {
    const snapshot: TargetsSnapshot = { targets: [...this.#states.values()] };
    if (socket.writableLength > BEHIND_MAX_BYTES) socket.destroy();
    else socket.write(`${JSON.stringify(snapshot)}\n`);
  }
}
