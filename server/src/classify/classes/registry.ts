import type { Outcome } from '../../wire/outcomes.ts';
import type { Case } from '../case.ts';
import type { Conclusion } from '../evidence.ts';
import { PLAINTEXT } from './a-plaintext.ts';
import { SILENCE } from './a-silence.ts';
import { type AttackClass, SEVERITIES } from './attack-class.ts';
import { RECORD_LAYER } from './b-record-layer.ts';
import { CIPHERS } from './c-ciphers.ts';
import { KNOWN_TOOLS } from './c-known-tools.ts';
import { NAMES } from './c-names.ts';
import { OLDER_EXTENSIONS } from './c-older-extensions.ts';
import { SHAPE } from './c-shape.ts';
import { TLS13 } from './c-tls13.ts';
import { LEGACY, VERSIONS } from './c-versions.ts';
import { CHANGE_CIPHER } from './d-change-cipher.ts';
import { ENDINGS } from './d-endings.ts';
import { HEARTBEAT } from './d-heartbeat.ts';
import { MESSAGES } from './d-messages.ts';
import { CHAIN } from './e-chain.ts';
import { PROOF } from './e-proof.ts';
import { CAMPAIGNS } from './f-campaigns.ts';
import { OUR_SIDE } from './g-our-side.ts';
import { lookAt } from './look.ts';

const EVIDENCE_MAX_CHARS = 128;

/** Within one severity the most specific first: what was proved or broken, then what was said, then how it came. */
const BY_SUBJECT: readonly AttackClass[] = [
  ...[...OUR_SIDE, ...PROOF, ...CHAIN, ...CAMPAIGNS],
  ...[...HEARTBEAT, ...CHANGE_CIPHER, ...MESSAGES, ...ENDINGS],
  ...[...TLS13, ...SHAPE, ...VERSIONS, ...CIPHERS, ...OLDER_EXTENSIONS, ...LEGACY, ...NAMES],
  ...[...RECORD_LAYER, ...SILENCE, ...PLAINTEXT, ...KNOWN_TOOLS],
];

/** Every class there is, most severe first, then the most specific. */
export const CLASSES: readonly AttackClass[] = SEVERITIES.flatMap(severity =>
  BY_SUBJECT.filter(one => one.severity === severity),
);

const PLACES: ReadonlyMap<string, number> = new Map(CLASSES.map(({ id }, index) => [id, index]));

/** What the attempt looked like by itself: every class that matches, most severe first. */
export function classesOf(c: Case, outcome: Outcome): Conclusion['classes'] {
  const look = lookAt(c, outcome);
  const classes: Conclusion['classes'] = [];
  for (const { id, confidence, rule } of CLASSES) {
    const match = rule?.(look) ?? null;
    if (match !== null) classes.push({ id, confidence, evidence: shortened(match.text), at: match.at });
  }
  return classes;
}

/** Adds what a window found to what an attempt looked like by itself, each class once. */
export function addClasses(conclusion: Conclusion, more: readonly { id: string; evidence: string }[]): Conclusion {
  const known = new Set(conclusion.classes.map(({ id }) => id));
  const added = more.flatMap(({ id, evidence }) => {
    const one = CLASSES[PLACES.get(id) ?? -1];
    return one && !known.has(id) ? [{ id, confidence: one.confidence, evidence: shortened(evidence), at: null }] : [];
  });
  if (added.length === 0) return conclusion;
  const classes = [...conclusion.classes, ...added].sort((a, b) => (PLACES.get(a.id) ?? 0) - (PLACES.get(b.id) ?? 0));
  return { ...conclusion, classes, primaryClass: classes[0]?.id ?? null };
}

/** The class of that id; undefined if there is none (any more). */
export function classNamed(id: string): AttackClass | undefined {
  return CLASSES[PLACES.get(id) ?? -1];
}

function shortened(text: string): string {
  return text.slice(0, EVIDENCE_MAX_CHARS).toWellFormed();
}
