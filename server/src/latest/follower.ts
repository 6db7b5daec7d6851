import { connect, type Socket } from 'node:net';

const RECONNECT_MS = 200;
const LINE_MAX_BYTES = 4 << 20;

/** Reads what a `LatestBoard` shows, line by line, and connects again whenever that ends. */
export class LatestFollower {
  readonly #socketPath: string;
  readonly #take: (line: string) => void;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(socketPath: string, take: (line: string) => void) {
    this.#socketPath = socketPath;
    this.#take = take;
  }

  start(): void {
    const socket = connect(this.#socketPath);
    this.#socket = socket;
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => {
      const lines = (text + more).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
      if (text.length > LINE_MAX_BYTES) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), RECONNECT_MS);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }
}
