import { type Leaf, leafHash, leafOf } from '../trust/leaf.ts';
import type { AttemptRecord } from '../wire/record.ts';
import type { UnsealedRecord } from './publication.ts';

/** A record with its place in the log, and the leaf that its hash is of. */
export interface SealedRecord {
  record: AttemptRecord;
  leaf: Leaf;
}

/** Gives a record its numbers and its hash. Pure. */
export function sealRecord(
  unsealed: UnsealedRecord,
  place: { seq: number; revision: number; change: number },
): SealedRecord {
  const numbered = { ...unsealed, ...place };
  const leaf = leafOf(numbered);
  return { record: { ...numbered, leafHash: leafHash(leaf) }, leaf };
}
