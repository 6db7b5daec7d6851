/**
 * Cuts the channel's byte stream into frames (`pinata-image/channel.cddl`):
 *
 *   length (u32, big-endian) | CBOR of that many bytes, 1 to 65536
 */
export const FRAME_MAX_BYTES = 65_536;
export const LENGTH_BYTES = 4;

/** The peer broke the channel's rules. Whoever gets this ends the peer: nothing after it can be believed. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
}

/** Collects bytes in any portions and gives back whole frames, without their length. Never holds more than one frame. */
export class FrameSplitter {
  readonly #buffer = new Uint8Array(LENGTH_BYTES + FRAME_MAX_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #filled = 0;

  /** The frames that `chunk` completes. Throws ChannelError on a length out of bounds. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = rest.subarray(0, this.#wanted() - this.#filled);
      this.#buffer.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled >= LENGTH_BYTES && this.#filled === this.#wanted()) {
        const frame = this.#buffer.slice(LENGTH_BYTES, this.#filled);
        this.#filled = 0;
        yield frame;
      }
    }
  }

  #wanted(): number {
    if (this.#filled < LENGTH_BYTES) return LENGTH_BYTES;
    const length = this.#view.getUint32(0);
    if (length === 0 || length > FRAME_MAX_BYTES) throw new ChannelError(`a frame of ${length} bytes`);
    return LENGTH_BYTES + length;
  }
}
