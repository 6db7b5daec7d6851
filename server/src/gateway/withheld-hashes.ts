import { createHash } from 'node:crypto';

const KEPT_MAX = 4096;

/** Remembers the ciphertext that was lately withheld, so that it is known again when it comes back on another connection. */
export class WithheldHashes {
  readonly #hashes = new Set<string>();

  add(sha256: string): void {
    this.#hashes.add(sha256);
    for (const oldest of this.#hashes) {
      if (this.#hashes.size <= KEPT_MAX) return;
      this.#hashes.delete(oldest);
    }
  }

  has(body: Uint8Array): boolean {
    return this.#hashes.size > 0 && this.#hashes.has(createHash('sha256').update(body).digest('hex'));
  }
}
