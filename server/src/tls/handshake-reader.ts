import type { FragmentStart } from './observation.ts';
import { HandshakeType } from './protocol.ts';

const HEADER_BYTES = 4;
const FIRST_BUFFER_BYTES = 1024;

/** At most this much of one message is put together; RFC 8446 allows 2^24 − 1, no honest hello comes near. */
export const MESSAGE_MAX_BYTES = 65_536;

/** So many fragments of one message are located. */
const STARTS_MAX = 32;

/** What is put together: the hellos, and what TLS 1.2 says of certificates and signatures. */
const KEPT: ReadonlySet<number> = new Set([
  HandshakeType.clientHello,
  HandshakeType.serverHello,
  HandshakeType.certificate,
  HandshakeType.serverKeyExchange,
  HandshakeType.certificateVerify,
]);

/** A message, put together from its fragments: with its 4-byte header, how many records it came in, and where from. */
export interface HandshakeMessage {
  type: number;
  /** A view that is only good during the call. */
  bytes: Uint8Array;
  records: number;
  starts: FragmentStart[];
}

export interface HandshakeSink {
  /** A message's header is complete. `length` is what it declares, without the header. */
  messageBegan(type: number, length: number): void;
  /** A message came to its end. `message` is null unless it is of a kind that is kept, and small enough. */
  messageEnded(type: number, message: HandshakeMessage | null): void;
}

/**
 * Puts handshake messages (RFC 8446 §4: type(1) length(3) body) together from the bodies of plaintext records. Keeps the bytes
 * of a few kinds only, and allocates as they come, not as they are declared.
 */
export class HandshakeReader {
  readonly #sink: HandshakeSink;
  #buffer = new Uint8Array(0);
  #fill = 0;
  #type = 0;
  /** Bytes of the whole message still to come; 0 while the header is incomplete. */
  #left = 0;
  #keep = true;
  #records = 0;
  #starts: FragmentStart[] = [];
  #isFragment = false;
  #broken = false;

  constructor(sink: HandshakeSink) {
    this.#sink = sink;
  }

  /** True if a message has begun and has not ended. */
  get inMessage(): boolean {
    return this.#fill > 0 || this.#left > 0;
  }

  /** A record with handshake bytes begins: one more for the message that it goes on with, if there is one. */
  recordBegan(): void {
    this.#records++;
    this.#isFragment = true;
  }

  /** Bytes are missing: what follows cannot be read any more. */
  breakOff(): void {
    this.#broken = true;
  }

  /** The next bytes of the record in hand, which lie at `stream` in their direction. */
  push(bytes: Uint8Array, stream: number): void {
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      this.#locate(stream + at);
      at += this.#left === 0 ? this.#takeHeader(bytes, at) : this.#takeBody(bytes, at);
    }
  }

  #locate(stream: number): void {
    const begins = !this.inMessage;
    if (begins) this.#starts = [];
    if (begins || (this.#isFragment && this.#starts.length < STARTS_MAX)) {
      this.#starts.push({ message: this.#fill, stream });
    }
    this.#isFragment = false;
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    if (this.#fill === 0) this.#records = 1;
    const taken = Math.min(HEADER_BYTES - this.#fill, bytes.length - at);
    this.#store(bytes.subarray(at, at + taken));
    if (this.#fill < HEADER_BYTES) return taken;
    const [type = 0, high = 0, middle = 0, low = 0] = this.#buffer;
    this.#type = type;
    this.#left = (high << 16) | (middle << 8) | low;
    this.#keep = KEPT.has(type) && HEADER_BYTES + this.#left <= MESSAGE_MAX_BYTES;
    this.#sink.messageBegan(type, this.#left);
    if (this.#left === 0) this.#end();
    return taken;
  }

  #takeBody(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#left, bytes.length - at);
    if (this.#keep) this.#store(bytes.subarray(at, at + taken));
    this.#left -= taken;
    if (this.#left === 0) this.#end();
    return taken;
  }

  #end(): void {
    const message = this.#keep
      ? { type: this.#type, bytes: this.#buffer.subarray(0, this.#fill), records: this.#records, starts: this.#starts }
      : null;
    this.#fill = 0;
    this.#sink.messageEnded(this.#type, message);
    if (this.#buffer.length > FIRST_BUFFER_BYTES) this.#buffer = new Uint8Array(0);
  }

  #store(bytes: Uint8Array): void {
    const need = this.#fill + bytes.length;
    if (need > this.#buffer.length) {
      const grown = new Uint8Array(
        Math.max(FIRST_BUFFER_BYTES, need, Math.min(2 * this.#buffer.length, MESSAGE_MAX_BYTES)),
      );
      grown.set(this.#buffer.subarray(0, this.#fill));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#fill);
    this.#fill = need;
  }
}
