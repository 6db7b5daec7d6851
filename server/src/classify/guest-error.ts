import type { GuestStory } from './guest-story.ts';

const MAX_CHARS = 128;

/** The guest's own words for why, most telling first: `chain_rejected: …`; null if it gave none. */
export function guestErrorOf(guest: GuestStory): string | null {
  const words: [string, string | null][] = [
    ['chain_rejected', guest.chainRejected],
    ['possession_rejected', guest.possessionRejected],
    ['limit', guest.limit],
    ['tls_error', guest.tlsError],
    ['preface_bad', guest.prefaceBad],
  ];
  const found = words.find(([, text]) => text !== null);
  return found ? `${found[0]}: ${found[1]}`.slice(0, MAX_CHARS).toWellFormed() : null;
}
