import type { Micros } from '../wire/ids.ts';
import { CIPHERTEXT_MAX_BYTES, isContentType } from './protocol.ts';

export const RECORD_HEADER_BYTES = 5;

/** One record header (RFC 8446 §5.1): type(1) legacy_version(2) length(2), and where and when its first byte was seen. */
export interface RecordHeader {
  type: number;
  version: number;
  length: number;
  offset: number;
  t: Micros;
}

/** Gets what a `RecordReader` finds, in the order of the wire. `body` is a view that is only good during the call. */
export interface RecordSink {
  begin(header: RecordHeader): void;
  body(bytes: Uint8Array): void;
  end(): void;
  /** Bytes of the record's body that nobody kept. */
  gap(length: number): void;
}

/**
 * Cuts one direction of a connection into records, whatever the pieces it comes in. Holds five bytes at most.
 *
 * After bytes that were withheld across a header it assumes that whole records were withheld, and goes on if what follows
 * is an impeccable header; otherwise the framing is lost and the rest is ignored.
 */
export class RecordReader {
  readonly #sink: RecordSink;
  readonly #header = new Uint8Array(RECORD_HEADER_BYTES);
  #headerFill = 0;
  #headerTime: Micros = 0;
  #bodyLeft = 0;
  #offset = 0;
  #unsure = false;
  #lost = false;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** True in the middle of a header or of a body. */
  get inRecord(): boolean {
    return this.#headerFill > 0 || this.#bodyLeft > 0;
  }

  /** Gives up: the rest of this direction is not TLS. */
  abandon(): void {
    this.#lost = true;
  }

  push(bytes: Uint8Array, t: Micros): void {
    let at = 0;
    while (at < bytes.length && !this.#lost) {
      at += this.#bodyLeft > 0 ? this.#takeBody(bytes, at) : this.#takeHeader(bytes, at, t);
    }
  }

  skip(length: number): void {
    if (length <= 0 || this.#lost) return;
    const inBody = Math.min(length, this.#bodyLeft);
    this.#offset += length;
    if (inBody > 0) {
      this.#sink.gap(inBody);
      this.#bodyLeft -= inBody;
      if (this.#bodyLeft === 0) this.#sink.end();
    }
    if (length === inBody) return;
    if (this.#headerFill > 0) this.#lost = true;
    this.#unsure = true;
  }

  #takeHeader(bytes: Uint8Array, at: number, t: Micros): number {
    if (this.#headerFill === 0) this.#headerTime = t;
    const taken = Math.min(RECORD_HEADER_BYTES - this.#headerFill, bytes.length - at);
    this.#header.set(bytes.subarray(at, at + taken), this.#headerFill);
    this.#headerFill += taken;
    this.#offset += taken;
    if (this.#headerFill === RECORD_HEADER_BYTES) this.#begin();
    return taken;
  }

  #begin(): void {
    const [type = 0, major = 0, minor = 0, high = 0, low = 0] = this.#header;
    const header = {
      type,
      version: (major << 8) | minor,
      length: (high << 8) | low,
      offset: this.#offset - RECORD_HEADER_BYTES,
      t: this.#headerTime,
    };
    this.#headerFill = 0;
    if (this.#unsure && !isImpeccable(header)) {
      this.#lost = true;
      return;
    }
    this.#unsure = false;
    this.#bodyLeft = header.length;
    this.#sink.begin(header);
    if (header.length === 0) this.#sink.end();
  }

  #takeBody(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#bodyLeft, bytes.length - at);
    this.#bodyLeft -= taken;
    this.#offset += taken;
    this.#sink.body(bytes.subarray(at, at + taken));
    if (this.#bodyLeft === 0) this.#sink.end();
    return taken;
  }
}

function isImpeccable(header: RecordHeader): boolean {
  return (
    isContentType(header.type) &&
    header.version >> 8 === 3 &&
    header.length > 0 &&
    header.length <= CIPHERTEXT_MAX_BYTES
  );
}
