import { connect, type Socket } from 'node:net';

const SPARE_MS = 60_000;

/** What one of a flood does once it is connected. */
export type Act = (socket: Socket) => void;

/** Many plain connections to one port, and how many there were: each that was connected is an attempt, or is counted as refused. */
export class Flood {
  readonly #port: number;
  readonly #open = new Set<Socket>();
  #begun = 0;
  #failed = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** Connections that were made. */
  get begun(): number {
    return this.#begun;
  }

  /** Connections that were not accepted. */
  get failed(): number {
    return this.#failed;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Connects from there and acts. Resolves when the connection is over. */
  come(from: string, act: Act): Promise<void> {
    return new Promise(resolve => {
      let isBegun = false;
      const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: from, noDelay: true }, () => {
        isBegun = true;
        this.#begun += 1;
        act(socket);
      });
      this.#open.add(socket);
      socket.setTimeout(SPARE_MS, () => socket.destroy());
      // A connection that was made may be reset before we hear of it.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (!isBegun && error.code === 'ECONNRESET') this.#begun += 1;
        else if (!isBegun) this.#failed += 1;
      });
      socket.on('close', () => {
        this.#open.delete(socket);
        resolve();
      });
      socket.resume();
    });
  }

  /** All at once, one from each of these. */
  async burst(from: readonly string[], act: Act): Promise<void> {
    await Promise.all(from.map(address => this.come(address, act)));
  }

  /** From each of these one after the other, `times` times. */
  async lanes(from: readonly string[], times: number, act: Act): Promise<void> {
    const lane = async (address: string) => {
      for (let n = 0; n < times; n++) await this.come(address, act);
    };
    await Promise.all(from.map(lane));
  }
}

/** `count` addresses of 127.`net`.0.0/16, `perNetwork` in each /24. */
export function crowdOf(net: number, count: number, perNetwork: number): string[] {
  return Array.from({ length: count }, (_, n) => `127.${net}.${Math.floor(n / perNetwork)}.${1 + (n % perNetwork)}`);
}

/** Sends all of it, one byte each `everyMs`, for as long as the connection lasts. */
export function drips(bytes: Uint8Array, everyMs: number): Act {
  return socket => {
    let at = 0;
    const timer = setInterval(() => {
      if (at < bytes.length) socket.write(bytes.subarray(at, ++at));
    }, everyMs);
    socket.write(bytes.subarray(at, ++at));
    socket.on('close', () => clearInterval(timer));
  };
}

/** Sends all of it at once and waits. */
export function says(bytes: Uint8Array): Act {
  return socket => void socket.write(bytes);
}

/** Says nothing. */
export const isMute: Act = () => {};
