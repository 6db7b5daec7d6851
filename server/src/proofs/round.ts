import { bytesToHex } from '@noble/hashes/utils.js';
import type { Proof } from '../keys/proof.ts';
import { MerkleTree } from './merkle.ts';

/** A proof over many nonces at once, and the way from one of them to its root (RFC 6962 §2.1.1). */
export interface IncludedProof {
  readonly proof: Proof;
  readonly inclusion: Inclusion;
}

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  /** Siblings from the leaf to the root, hex. */
  readonly path: readonly string[];
}

interface Waiting {
  readonly nonce: Uint8Array;
  resolve(answer: IncludedProof): void;
  reject(error: unknown): void;
}

/**
 * Gathers the nonces of an interval and has their Merkle root signed once, for all of them. At most one question is open, and one
 * begins at least an interval after the one before, however many nonces come.
 */
export class ProofRounds {
  readonly #ask: (root: string) => Promise<Proof>;
  readonly #intervalMs: number;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(ask: (root: string) => Promise<Proof>, intervalMs: number) {
    this.#ask = ask;
    this.#intervalMs = intervalMs;
  }

  /** How many nonces wait for the next question. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the interval that this nonce (32 bytes) fell into is signed; rejects as the question does. */
  join(nonce: Uint8Array): Promise<IncludedProof> {
    const { promise, resolve, reject } = Promise.withResolvers<IncludedProof>();
    this.#waiting.push({ nonce, resolve, reject });
    if (!this.#running) this.#begin();
    return promise;
  }

  #begin(): void {
    this.#running = true;
    setTimeout(() => void this.#close(), this.#intervalMs);
  }

  async #close(): Promise<void> {
    const round = this.#waiting;
    this.#waiting = [];
    const tree = new MerkleTree(round.map(({ nonce }) => nonce));
    try {
      const proof = await this.#ask(bytesToHex(tree.root));
      for (const [index, { resolve }] of round.entries()) {
        resolve({ proof, inclusion: { index, size: tree.size, path: tree.path(index).map(bytesToHex) } });
      }
    } catch (error) {
      for (const { reject } of round) reject(error);
    }
    this.#running = false;
    if (this.#waiting.length > 0) this.#begin();
  }
}
