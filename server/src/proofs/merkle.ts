// The Merkle tree of RFC 6962 §2.1, for the server and for browsers: nothing here needs Node.
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

/** §2.1: leaves and inner nodes are hashed under different prefixes, so that neither can be shown as the other. */
const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** SHA-256 of no bytes: the root of the empty tree. */
const EMPTY_ROOT = sha256(new Uint8Array());

/** The hash of one entry as a leaf. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF_PREFIX, entry));
}

/** The hash of two subtrees' parent. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE_PREFIX, left, right));
}

/** A tree over entries, with every node computed once. */
export class MerkleTree {
  /** From the leaves up to the root; a node without a sibling stands in the row above unchanged. */
  readonly #rows: readonly (readonly Uint8Array[])[];

  constructor(entries: readonly Uint8Array[]) {
    let row = entries.map(leafHash);
    const rows = [row];
    while (row.length > 1) {
      row = parentsOf(row);
      rows.push(row);
    }
    this.#rows = rows;
  }

  get size(): number {
    return this.#rows[0]?.length ?? 0;
  }

  /** MTH (§2.1), 32 bytes. */
  get root(): Uint8Array {
    return this.#rows.at(-1)?.[0] ?? EMPTY_ROOT;
  }

  /** PATH (§2.1.1): the siblings from leaf `index` to the root. Throws RangeError where there is no such leaf. */
  path(index: number): Uint8Array[] {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) throw new RangeError(`no leaf ${index}`);
    return this.#rows.flatMap((row, height) => row[siblingOf(index >>> height)] ?? []);
  }
}

/**
 * The root that a leaf's hash and its path lead to, in a tree of `size` leaves (RFC 9162 §2.1.3.2). Null where the path has not the
 * length that this place in such a tree demands.
 */
export function rootOfPath(
  leaf: Uint8Array,
  place: { readonly index: number; readonly size: number },
  path: readonly Uint8Array[],
): Uint8Array | null {
  const { index, size } = place;
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return null;
  let node = leaf;
  let at = index;
  let last = size - 1;
  let used = 0;
  for (; last > 0; at >>>= 1, last >>>= 1) {
    // The last of an odd row has no sibling.
    if (at === last && at % 2 === 0) continue;
    const sibling = path[used++];
    if (!sibling) return null;
    node = at % 2 === 0 ? nodeHash(node, sibling) : nodeHash(sibling, node);
  }
  return used === path.length ? node : null;
}

function parentsOf(row: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < row.length; at += 2) {
    const [left, right] = [row[at], row[at + 1]];
    if (left) parents.push(right ? nodeHash(left, right) : left);
  }
  return parents;
}

function siblingOf(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1;
}
