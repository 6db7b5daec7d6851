import { createHash } from 'node:crypto';
import type { HelloSeen, HelloState } from './hello-watch.ts';

/** type(1) version(2) and three lengths(2 each), after the length of two bytes. */
const SHORTEST_BYTES = 2 + 9;

/** Follows an SSLv2 ClientHello to its end, without keeping it. */
export class Ssl2Reader {
  readonly #hash = createHash('sha256');
  readonly #bytes: number;
  #left: number;
  #seen: HelloSeen | null = null;

  constructor(messageBytes: number) {
    this.#bytes = messageBytes;
    this.#left = messageBytes;
  }

  push(bytes: Uint8Array): void {
    if (this.#left === 0) return;
    const taken = bytes.subarray(0, this.#left);
    this.#hash.update(taken);
    this.#left -= taken.length;
    if (this.#left === 0) this.#seen = { sha256: this.#hash.digest('hex'), bytes: this.#bytes, records: 1 };
  }

  get seen(): HelloSeen | null {
    return this.#seen;
  }

  get state(): HelloState {
    if (this.#seen === null) return 'partial';
    return this.#bytes < SHORTEST_BYTES ? 'malformed' : 'complete';
  }
}
