import { createHash } from 'node:crypto';

const KEPT_MAX = 4096;

/** Knows which records that come in are not kept, because they may carry a release. */
export interface WithheldBodies {
  /** A stretch of the guest's ciphertext was withheld. */
  add(sha256: string): void;
  has(body: Uint8Array): boolean;
}

/** Remembers the ciphertext that was lately withheld, so that it is known again when it comes back on another connection. */
export class WithheldHashes implements WithheldBodies {
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

/**
 * For a process that is one of several: the connection on which a release was withheld may be another's, so that nothing can be known
 * again, and nothing is kept (`docs/decisions/0003-what-is-withheld.md`).
 */
export const EVERY_BODY: WithheldBodies = { add: () => {}, has: () => true };
