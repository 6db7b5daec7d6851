import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { type AttackClass, SEVERITIES } from '../classify/classes/attack-class.ts';
import { ruleWords } from '../classify/classes/rule-words.ts';
import examples from '../classify/fixtures/examples.json' with { type: 'json' };
import { nullable } from '../wire/nullable.ts';
import { ClassCounts } from './queries/classes.ts';

const closed = { additionalProperties: false } as const;

/** A class as it is published. */
export const ClassView = Type.Object(
  {
    id: Type.String(),
    group: Type.String({ description: 'A to G' }),
    title: Type.String(),
    severity: Type.Enum([...SEVERITIES], { description: 'most severe first' }),
    informational: Type.Boolean({ description: 'a remark on what is ordinary' }),
    explanation: Type.String(),
    rule: Type.String({ description: 'what is looked at, in words' }),
    readFrom: Type.Enum(['wire', 'guest', 'window'], {
      description: 'bytes and times of the connection, what the target told, or many attempts together',
    }),
    confidence: Type.Number({ description: 'how sure a match is, 0 to 1' }),
    reference: nullable(
      Type.String({ description: 'CVE, RFC, CAPEC, or a paper or method with its year; null where none speaks of it' }),
    ),
    counts: ClassCounts,
  },
  { ...closed, title: 'Class' },
);
export type ClassView = Static<typeof ClassView>;

const Excerpt = Type.Object(
  {
    dir: Type.Enum(['in', 'out'], { description: 'in: from the attacker' }),
    offset: Type.Integer({ description: 'of the first byte shown, in its direction' }),
    total: Type.Integer({ description: 'bytes of that direction' }),
    hex: Type.String(),
    at: nullable(
      Type.Object(
        { offset: Type.Integer(), length: Type.Integer() },
        { ...closed, description: 'where the evidence lies; it may go on beyond what is shown' },
      ),
    ),
  },
  closed,
);

/** What the rule is tested with. */
export const ClassExample = Type.Object(
  {
    what: Type.String(),
    tool: nullable(Type.String({ description: 'the program that made it; null where it was made for the test' })),
    evidence: Type.String({ description: 'what the rule saw' }),
    bytes: nullable(Excerpt),
    guest: Type.Array(Type.String(), { description: 'what the target told, in order' }),
    attempts: nullable(Type.Integer({ description: 'where it takes many, how many these were' })),
    seconds: nullable(Type.Integer()),
  },
  closed,
);
export type ClassExample = Static<typeof ClassExample>;

const EXAMPLES: Readonly<Record<string, unknown>> = examples;

export function classView(one: AttackClass, counts: ClassCounts): ClassView {
  const { id, title, severity, explanation, needs, confidence, reference } = one;
  return {
    ...{ id, group: id.slice(0, 1), title, severity, informational: severity === 'note', explanation },
    ...{ rule: ruleWords(id) ?? explanation, readFrom: needs, confidence, reference, counts },
  };
}

/** The example of a class; null where there is none of that id. */
export function classExample(id: string): ClassExample | null {
  const example = EXAMPLES[id];
  return Check(ClassExample, example) ? example : null;
}
