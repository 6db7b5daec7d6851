import { isUnseen } from './visible.ts';

/** A text as it reads, and for each of its UTF-16 units the code point of the original that it came from. */
export interface Folded {
  readonly text: string;
  readonly origin: readonly number[];
}

const MARKS = /\p{M}/gu;
const SPACE = /\s/u;

/** Letters of other scripts that are drawn like Latin ones, as they are common in names that imitate. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{ а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p' },
  ...{ ѕ: 's', т: 't', у: 'y', х: 'x', ѵ: 'v', ԝ: 'w' },
  ...{ α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', ı: 'i', ɡ: 'g' },
};

/** Folds what only looks different: width, case, accents, look-alikes. What cannot be seen is dropped, so that it hides nothing. */
export function fold(text: string): Folded {
  const units: string[] = [];
  const origin: number[] = [];
  Array.from(text).forEach((character, index) => {
    for (const unit of foldedCharacter(character)) {
      units.push(unit);
      origin.push(index);
    }
  });
  return { text: units.join(''), origin };
}

function foldedCharacter(character: string): string[] {
  if (SPACE.test(character)) return [' '];
  if (isUnseen(character)) return [];
  const plain = character.normalize('NFKD').replace(MARKS, '').toLowerCase();
  return [...plain].flatMap(one => (LOOKALIKES[one] ?? one).split(''));
}
