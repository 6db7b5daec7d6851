import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The gateway tries twice within this. */
const CALL_BACK_MS = 10_000;

/** Where a connection comes from, and when it began: by this its row is found. Ports are used again. */
export interface Source {
  readonly ip: string;
  readonly port: number;
  /** Microseconds since 1970, before it was accepted. */
  readonly sinceUs: number;
}

/** A TCP connection from an address of our choice on the loopback network, which stays half open until it is told to end. */
export class Line {
  readonly source: Source;
  readonly #socket: Socket;
  #unread: Buffer = Buffer.alloc(0);
  #received = 0;
  #ended = false;
  /** Resolves when the far end has sent its FIN, or the connection is gone. */
  readonly farEnd: Promise<void>;

  private constructor(socket: Socket, source: Source) {
    this.#socket = socket;
    this.source = source;
    socket.on('data', chunk => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      this.#received += chunk.length;
    });
    socket.on('error', () => undefined);
    this.farEnd = new Promise(resolve => {
      const end = () => {
        this.#ended = true;
        resolve();
      };
      socket.once('end', end);
      socket.once('close', end);
    });
  }

  static async open(port: number, from = '127.0.0.1'): Promise<Line> {
    const sinceUs = Date.now() * 1000;
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new Line(socket, sourceOf(socket, sinceUs));
  }

  /** Asks to be called back, and gives the connection that comes. Its source is that of the call. */
  static async calledBack(port: number, answer: number, from = '127.0.0.1'): Promise<Line> {
    const { socket, source } = await callBack(port, answer, from);
    return new Line(socket, source);
  }

  /** Bytes received so far. */
  get received(): number {
    return this.#received;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  /** Resolves when the kernel has taken it, or refuses to. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise(done => this.#socket.write(bytes, () => done()));
  }

  /** One byte each `everyMs`, until the end of the bytes or of the connection. */
  drip(bytes: Uint8Array, everyMs: number): void {
    let at = 0;
    const timer = setInterval(() => {
      if (this.#ended || at === bytes.length) clearInterval(timer);
      else this.#socket.write(bytes.subarray(at, ++at));
    }, everyMs);
    void this.farEnd.then(() => clearInterval(timer));
  }

  /** The next `count` bytes. Throws if the connection ends before. */
  async read(count: number): Promise<Buffer> {
    while (this.#unread.length < count) {
      if (this.#ended) throw new Error(`the far end closed after ${this.#received} bytes`);
      await Promise.race([once(this.#socket, 'data'), this.farEnd]);
    }
    const bytes = this.#unread.subarray(0, count);
    this.#unread = this.#unread.subarray(count);
    return bytes;
  }

  /** Sends FIN and goes on reading. */
  end(): void {
    this.#socket.end();
  }

  /** Waits for the far end, closes, and gives what was not read yet. */
  async finish(): Promise<Buffer> {
    await this.farEnd;
    this.#socket.end();
    if (!this.#socket.closed) await once(this.#socket, 'close').catch(() => undefined);
    return this.#unread;
  }

  /** Gone at once, without a word. */
  drop(): void {
    this.#socket.resetAndDestroy();
  }
}

/** Calls `port` and gives what comes to `answer`, the port that all callers are called back on: one call at a time per address. */
export async function callBack(
  port: number,
  answer: number,
  from = '127.0.0.1',
): Promise<{ socket: Socket; source: Source }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(answer, from);
  await once(server, 'listening');
  try {
    const answered = once(server, 'connection', { signal: AbortSignal.timeout(CALL_BACK_MS) });
    const call = await Line.open(port, from);
    void call.finish();
    const [socket] = await answered;
    return { socket, source: call.source };
  } finally {
    server.close();
  }
}

/** A socket forgets its address when it is closed. */
export function sourceOf({ localAddress, localPort }: Socket, sinceUs: number): Source {
  return { ip: localAddress ?? '', port: localPort ?? 0, sinceUs };
}
