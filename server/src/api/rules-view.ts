import Type from 'typebox';
import { RULES, type Rules } from '../trust/rules.ts';
import type { Terms } from '../trust/terms.ts';

const closed = { additionalProperties: false } as const;
const Rule = Type.Object({ id: Type.String(), name: Type.String(), says: Type.String() }, closed);
const Sentences = Type.Array(Type.String());

/** The rules of the game, for machines. */
export const RulesView = Type.Object(
  {
    terms: Type.Object(
      { text: Type.String(), sha256: Type.String({ description: 'the termsSha256 of attempts made under them' }) },
      closed,
    ),
    win: Type.String(),
    inScope: Type.Array(Rule),
    outOfScope: Type.Array(Rule),
    safeHarbour: Sentences,
    claim: Type.Array(Rule),
    embargo: Type.Object({ days: Type.Integer(), says: Sentences }, closed),
    notShown: Sentences,
  },
  { ...closed, title: 'Rules' },
);

/** The rules with the terms that records name. Pure. */
export function rulesView({ text, sha256 }: Terms): Rules & { terms: Terms } {
  return { terms: { text, sha256 }, ...RULES };
}
