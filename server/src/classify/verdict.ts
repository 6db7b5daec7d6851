import type { Outcome } from '../wire/outcomes.ts';
import type { Case } from './case.ts';

/** An outcome and how sure it is: 1 where somebody who knows told it, at most 0.8 where it was read off the wire. */
export interface Verdict {
  outcome: Outcome;
  inferred: boolean;
  confidence: number;
}

/** Says how an attempt ended, or null if this rule does not know. Rules are asked in order. */
export type Rule = (c: Case) => Verdict | null;

/** Nothing that is only inferred is surer than this. */
const INFERRED_MAX = 0.8;

/** It was told, or is a plain fact. */
export function told(outcome: Outcome): Verdict {
  return { outcome, inferred: false, confidence: 1 };
}

/** It was read off the wire, because the guest did not tell. */
export function inferred(outcome: Outcome, confidence: number): Verdict {
  return { outcome, inferred: true, confidence: Math.min(confidence, INFERRED_MAX) };
}
