/**
 * Reads big-endian fields out of bytes that somebody hostile wrote. A read past the end gives 0 or nothing and makes `ok`
 * false for good, so that a parser reads a whole structure straight through and asks once, at the end.
 */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  #ok = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** False once any read went past the end. */
  get ok(): boolean {
    return this.#ok;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** True if every read was good and nothing is left over. */
  get finished(): boolean {
    return this.#ok && this.remaining === 0;
  }

  u8(): number {
    if (!this.#has(1)) return 0;
    return this.#bytes[this.#at++] ?? 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u24(): number {
    return (this.u16() << 8) | this.u8();
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (!this.#has(length)) return this.#bytes.subarray(0, 0);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A vector with a length of one byte before it (RFC 8446 §3.4). */
  vector8(): ByteCursor {
    return this.#sub(this.u8());
  }

  /** A vector with a length of two bytes before it. */
  vector16(): ByteCursor {
    return this.#sub(this.u16());
  }

  /** Everything that is left, as numbers of 16 bits. An odd byte at the end is an error. */
  u16List(): number[] {
    const values: number[] = [];
    while (this.remaining >= 2) values.push(this.u16());
    if (this.remaining > 0) this.#fail();
    return values;
  }

  /** Everything that is left, byte by byte. */
  u8List(): number[] {
    return Array.from(this.take(this.remaining));
  }

  #sub(length: number): ByteCursor {
    const sub = new ByteCursor(this.take(length));
    if (!this.#ok) sub.#fail();
    return sub;
  }

  #has(length: number): boolean {
    if (this.#ok && this.remaining >= length) return true;
    this.#fail();
    return false;
  }

  #fail(): void {
    this.#ok = false;
    this.#at = this.#bytes.length;
  }
}
