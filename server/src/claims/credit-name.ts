import { filterText } from '../text-filter/text-filter.ts';
import type { WordList } from '../text-filter/words.ts';

/** One to 32 letters, digits, spaces, hyphens and underscores of ASCII; no space at an end. */
export const CREDIT_NAME = '^[A-Za-z0-9_-](?:[A-Za-z0-9 _-]{0,30}[A-Za-z0-9_-])?$';
const PATTERN = new RegExp(CREDIT_NAME);

/** True for a name that may stand on a public page: of the alphabet, and untouched by the text filter. */
export function isCreditName(name: string, words: WordList): boolean {
  return PATTERN.test(name) && filterText(name, words) === name;
}
