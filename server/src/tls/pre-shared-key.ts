import type { ByteCursor } from './byte-cursor.ts';
import type { PskOffer } from './observation.ts';

const LISTED_MAX = 16;

/** Reads what a client's pre_shared_key extension offers (RFC 8446 §4.2.11). Null if it does not parse. */
export function readPskOffer(body: ByteCursor): PskOffer | null {
  const identities = body.vector16();
  let count = 0;
  let shortest = Number.POSITIVE_INFINITY;
  while (identities.remaining > 0) {
    shortest = Math.min(shortest, identities.vector16().remaining);
    identities.take(4);
    if (!identities.ok) return null;
    count++;
  }
  const binders = body.vector16();
  const lengths: number[] = [];
  while (binders.remaining > 0) {
    lengths.push(binders.vector8().remaining);
    if (!binders.ok) return null;
  }
  if (!body.finished || count === 0 || lengths.length === 0) return null;
  const listed = lengths.slice(0, LISTED_MAX);
  return {
    identities: count,
    binders: lengths.length,
    shortestIdentity: shortest,
    binderLengths: listed,
    isLast: false,
  };
}
