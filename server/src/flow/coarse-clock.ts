import { createHash } from 'node:crypto';
import type { Micros } from '../wire/ids.ts';

const SECOND_US = 1_000_000;

/** Whole seconds since the connection was accepted. */
export type CoarseClock = (t: Micros) => number;

/**
 * A clock that can be published. Where a second ends is drawn once per attempt, from the hash of a transcript that nobody could foresee:
 * an attacker cannot aim a message at the edge of a second, which would make of the edge a fine instrument (docs/decisions/0012).
 */
export function coarseClock(openedAt: Micros, transcript: Uint8Array): CoarseClock {
  const drawn = createHash('sha256').update('pinata/flow/second/v1').update(transcript).digest().readUInt32BE(0);
  const shift = Math.floor((drawn / 2 ** 32) * SECOND_US);
  return t => Math.max(0, Math.floor((t - openedAt + shift) / SECOND_US));
}
