/** An alert has two bytes, a ChangeCipherSpec one; of a heartbeat the type and the declared length are looked at. */
const KEPT_BYTES = 3;

/** The first bytes of a record's body, put together from the pieces that it comes in. */
export class RecordStart {
  readonly #bytes = new Uint8Array(KEPT_BYTES);
  #fill = 0;

  /** Another record begins. */
  reset(): void {
    this.#fill = 0;
  }

  push(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, KEPT_BYTES - this.#fill);
    this.#bytes.set(taken, this.#fill);
    this.#fill += taken.length;
  }

  /** Undefined beyond what came. */
  at(index: number): number | undefined {
    return index < this.#fill ? this.#bytes[index] : undefined;
  }
}
