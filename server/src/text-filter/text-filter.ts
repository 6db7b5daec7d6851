import { fold } from './fold.ts';
import { findMasked, type Masked } from './masks.ts';
import { joinWithin, visibleCharacters } from './visible.ts';
import type { WordList } from './words.ts';

/**
 * Text that a stranger chose, made fit to be shown. Pure. It is no sanitiser: whoever shows the result still escapes it for where it
 * is shown.
 */

/** Lengths in UTF-16 units. */
const FILTERED_MAX = 128;
const WHOLE_MAX = 512;

/** What everybody sees: unseen characters as escapes; addresses, links and listed words as marks; cut to 128. */
export function filterText(text: string, words: WordList): string {
  const folded = fold(text);
  const masked = withoutOverlaps([...findMasked(folded.text), ...words.find(folded.text)]);
  const pieces = visibleCharacters(text);
  for (const { from, to, mark } of masked) {
    const first = folded.origin[from] ?? 0;
    const last = folded.origin[to - 1] ?? first;
    pieces.fill('', first, last + 1);
    pieces[first] = mark;
  }
  return joinWithin(pieces, FILTERED_MAX);
}

/** What is seen by who asked for it: everything, unseen characters as escapes, cut to 512. */
export function wholeText(text: string): string {
  return joinWithin(visibleCharacters(text), WHOLE_MAX);
}

/** Where two overlap, the first in the list stays. */
function withoutOverlaps(found: readonly Masked[]): Masked[] {
  const kept: Masked[] = [];
  for (const one of found) {
    if (!kept.some(other => one.from < other.to && other.from < one.to)) kept.push(one);
  }
  return kept;
}
