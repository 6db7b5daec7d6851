import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ClientBase, Connection } from 'pg';

/** Messages of PostgreSQL's protocol (manual, "Message Formats"): a letter, then the length of itself and what follows. */
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
const LENGTH_BYTES = 4;

/** Runs `copy … from stdin` and feeds it, one chunk of lines at a time, as fast as the server takes them. */
export function copyIn(client: ClientBase, sql: string, chunks: Iterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, chunks, error => (error ? reject(error) : resolve())));
  });
}

/** What `pg` calls back while it is the query at work. */
class CopyIn {
  readonly #sql: string;
  readonly #chunks: Iterable<string>;
  readonly #done: (error: Error | null) => void;
  #error: Error | null = null;

  constructor(sql: string, chunks: Iterable<string>, done: (error: Error | null) => void) {
    this.#sql = sql;
    this.#chunks = chunks;
    this.#done = done;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse({ stream }: Connection): void {
    void this.#feed(stream);
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#error = error;
    this.#done(error);
  }

  handleReadyForQuery(): void {
    if (!this.#error) this.#done(null);
  }

  async #feed(stream: Duplex): Promise<void> {
    for (const chunk of this.#chunks) {
      if (this.#error) return;
      if (!stream.write(message(COPY_DATA, chunk))) await once(stream, 'drain');
    }
    stream.write(message(COPY_DONE, ''));
  }
}

function message(letter: number, payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const bytes = Buffer.allocUnsafe(1 + LENGTH_BYTES + length);
  bytes.writeUInt8(letter, 0);
  bytes.writeUInt32BE(LENGTH_BYTES + length, 1);
  bytes.write(payload, 1 + LENGTH_BYTES);
  return bytes;
}
