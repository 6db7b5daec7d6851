/** Keeps the last bytes of a stream that may be endless. */
export class Tail {
  readonly #limit: number;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.from(Buffer.concat([this.#bytes, bytes]).subarray(-this.#limit));
  }

  /** As printable text: a guest or an outside program wrote it. Line ends become spaces. */
  get text(): string {
    return this.#bytes
      .toString('utf8')
      .replaceAll(/[\r\n]+/g, ' ')
      .replaceAll(/\p{Cc}/gu, '\ufffd')
      .trim();
  }
}
