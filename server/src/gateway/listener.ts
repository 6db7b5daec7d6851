import { createServer, type Server, type Socket } from 'node:net';
import { PinataError } from '../errors.ts';

const BACKLOG = 4096;

export interface ListenerOptions {
  host: string;
  /** 0: any free one, which is then kept over pauses. */
  port: number;
  /** Other processes may listen there too; the kernel then spreads newcomers over all of them (socket(7), SO_REUSEPORT). */
  reusePort: boolean;
  /** What it is, and which variable chooses its port: for the error when the port is taken. */
  what: string;
  variable: string;
  onConnection: (socket: Socket) => void;
}

/** A TCP port that can be closed to newcomers and opened again, while those who are in stay. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  #port: number;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, options.onConnection);
  }

  get port(): number {
    return this.#port;
  }

  open(): Promise<void> {
    if (this.#server.listening) return Promise.resolve();
    const { host, reusePort } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(this.#explain(error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port: this.#port, backlog: BACKLOG, reusePort }, () => {
        this.#server.off('error', fail);
        const address = this.#server.address();
        if (typeof address === 'object' && address) this.#port = address.port;
        resolve();
      });
    });
  }

  /** Takes effect at once: not even a connection that the kernel has already completed comes in after it. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  #explain(error: NodeJS.ErrnoException): Error {
    const { host, what, variable } = this.#options;
    if (error.code === 'EADDRINUSE') {
      return new PinataError('PORT_IN_USE', { port: this.#port, host, what, variable }, { cause: error });
    }
    const name = error.code === 'EACCES' ? variable : 'PINATA_ATTACK_HOST';
    const why = `listening on ${host}:${this.#port} failed with ${error.code ?? error.message}`;
    return new PinataError('CONFIG_INVALID', { name, why }, { cause: error });
  }
}
