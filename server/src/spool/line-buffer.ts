/** Bytes in UTF-8 that one unit of a string may take. */
const UTF8_MAX_BYTES = 3;

/** Gathers lines as the bytes that will be written. Its memory is used again, so that a busy spool makes no garbage. */
export class LineBuffer {
  #memory: Buffer;
  #length = 0;

  constructor(size: number) {
    this.#memory = Buffer.allocUnsafe(size);
  }

  get length(): number {
    return this.#length;
  }

  push(line: string): void {
    const most = this.#length + line.length * UTF8_MAX_BYTES;
    if (most > this.#memory.length) this.#grow(most);
    this.#length += this.#memory.write(line, this.#length, 'utf8');
  }

  /** All that was gathered. It is good until the next `push`, which begins anew. */
  take(): Buffer {
    const bytes = this.#memory.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, 2 * this.#memory.length));
    this.#memory.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
  }
}
