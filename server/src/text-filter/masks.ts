/** A part of a folded text, and what stands in its place. */
export interface Masked {
  readonly from: number;
  readonly to: number;
  readonly mark: string;
}

/** In the order of what wins where two overlap. Generous: a mask too many costs a look behind it, one too few costs somebody's address. */
const PATTERNS: readonly [mark: string, pattern: RegExp][] = [
  [
    '[link]',
    /(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{0,19}:\/\/|www\.|(?:javascript|data|mailto|vbscript|file|tel):)[^\s"'<>]+/g,
  ],
  ['[e-mail]', /[^\s@<>(),;:"=/]+@[^\s@<>(),;:"=/]+/g],
  // At least two colons and a digit; also the time of day and the colons of a fingerprint, which are no loss.
  ['[address]', /(?<![0-9a-z])(?=[0-9a-f:]*[0-9a-f])(?:[0-9a-f]{0,4}:){2,}[0-9a-f.%]*/g],
  // Dots, or the dashes and underscores of a provider's host names.
  ['[address]', /(?<![0-9])[0-9]{1,3}([.\-_])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])/g],
];

/** What looks like a link, an e-mail address or an IP address in a folded text. */
export function findMasked(folded: string): Masked[] {
  return PATTERNS.flatMap(([mark, pattern]) =>
    Array.from(folded.matchAll(pattern), ({ 0: found, index }) => ({ from: index, to: index + found.length, mark })),
  );
}
