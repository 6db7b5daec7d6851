import { OUTCOME_WORDS } from '../../../server/src/classify/words.ts';

/** One plain sentence for an outcome; one that this page does not know yet is shown by its name. */
export function outcomeWords(outcome: string): string {
  return (OUTCOME_WORDS as Readonly<Record<string, string>>)[outcome] ?? outcome.replaceAll('_', ' ');
}
