import { createServer, type Server, type Socket } from 'node:net';
import { Feed } from './feed.ts';
import type { Segments } from './segments.ts';
import { listenOnSocketFile } from './socket-file.ts';

/** Serves a spool's bytes to readers, and deletes what all of those that acknowledge have acknowledged. */
export class SpoolServer {
  readonly #segments: Segments;
  readonly #onTrim: () => void;
  readonly #server: Server;
  readonly #feeds = new Set<Feed>();

  constructor(name: string, segments: Segments, onTrim: () => void) {
    this.#segments = segments;
    this.#onTrim = onTrim;
    this.#server = createServer(socket => this.#take(name, socket));
  }

  async listen(path: string): Promise<void> {
    await listenOnSocketFile(this.#server, path);
  }

  /** Says that bytes were written. */
  wake(): void {
    for (const feed of this.#feeds) feed.wake();
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) feed.stop();
    if (!this.#server.listening) return;
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #take(name: string, socket: Socket): void {
    const feed = new Feed(name, this.#segments, socket, () => this.#trim());
    this.#feeds.add(feed);
    socket.on('close', () => this.#feeds.delete(feed));
  }

  #trim(): void {
    const acked = [...this.#feeds].flatMap(feed => feed.acked ?? []);
    if (acked.length > 0) this.#segments.trim(Math.min(...acked));
    this.#onTrim();
  }
}
