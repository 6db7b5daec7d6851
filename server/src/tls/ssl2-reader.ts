import { createHash } from 'node:crypto';
import { ByteCursor } from './byte-cursor.ts';
import type { HelloState } from './hello-watch.ts';
import type { HelloSeen, Ssl2Hello } from './observation.ts';

/** type(1) version(2) and three lengths(2 each), after the length of two bytes. */
const SHORTEST_BYTES = 2 + 9;
const CIPHER_BYTES = 3;
/** What is kept of a hello; an honest one has some fifty bytes. */
const KEPT_BYTES = 1024;

/** Follows an SSLv2 ClientHello to its end. */
export class Ssl2Reader {
  readonly #hash = createHash('sha256');
  readonly #bytes: number;
  #left: number;
  #seen: HelloSeen | null = null;
  readonly #kept: Uint8Array;

  constructor(messageBytes: number) {
    this.#bytes = messageBytes;
    this.#left = messageBytes;
    this.#kept = new Uint8Array(Math.min(messageBytes, KEPT_BYTES));
  }

  /** The next bytes; returns how many of them belong to the hello. */
  push(bytes: Uint8Array): number {
    if (this.#left === 0) return 0;
    const taken = bytes.subarray(0, this.#left);
    const at = this.#bytes - this.#left;
    this.#kept.set(taken.subarray(0, Math.max(0, this.#kept.length - at)), Math.min(at, this.#kept.length));
    this.#hash.update(taken);
    this.#left -= taken.length;
    if (this.#left > 0) return taken.length;
    const starts = [{ message: 0, stream: 0 }];
    this.#seen = { sha256: this.#hash.digest('hex'), bytes: this.#bytes, records: 1, starts };
    return taken.length;
  }

  /** Null until it is complete. Of a hello that is too long, the ciphers that were kept. */
  get hello(): Ssl2Hello | null {
    if (this.state !== 'complete') return null;
    const cursor = new ByteCursor(this.#kept);
    cursor.take(CIPHER_BYTES);
    const [version, ciphersLength, sessionIdLength, challengeLength] = [1, 2, 3, 4].map(() => cursor.u16());
    const ciphers: number[] = [];
    const list = Math.min(ciphersLength ?? 0, cursor.remaining);
    while (ciphers.length < Math.floor(list / CIPHER_BYTES)) ciphers.push(cursor.u24());
    return {
      version: version ?? 0,
      ciphers,
      sessionIdLength: sessionIdLength ?? 0,
      challengeLength: challengeLength ?? 0,
    };
  }

  get seen(): HelloSeen | null {
    return this.#seen;
  }

  get state(): HelloState {
    if (this.#seen === null) return 'partial';
    return this.#bytes < SHORTEST_BYTES ? 'malformed' : 'complete';
  }
}
