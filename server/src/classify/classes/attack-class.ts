import type { Look } from './look.ts';

/**
 * How much a class matters, most first: the secret went out or memory leaked; our side failed; an attempt to break something; a
 * search for weakness, or a failed proof of identity; background noise; a remark.
 */
export const SEVERITIES = ['breach', 'fault', 'attack', 'probe', 'noise', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where the evidence of a class lies: so many bytes at an offset of one direction of the transcript. */
export interface Place {
  /** `in`: from the attacker; `out`: from the guest. */
  dir: 'in' | 'out';
  offset: number;
  length: number;
}

/** A match of a class: what was seen, in at most 128 characters, and where; null where no byte shows it. */
export interface Found {
  text: string;
  at: Place | null;
}

/** One thing that an attempt can look like. */
export interface AttackClass {
  /** `C07_freak`: group, number and name. Public and never reused. */
  id: string;
  title: string;
  /** One sentence: what is done, or looked for. */
  explanation: string;
  severity: Severity;
  /** CVE, RFC section, CAPEC, or a paper or method with its year; null where none speaks of it. */
  reference: string | null;
  /** How sure a match is, 0 to 1. */
  confidence: number;
  /**
   * What it is read from: the bytes and times of the connection, what the guest told, or a window over many attempts. Those of a
   * window have no rule here: `campaign/` finds them.
   */
  needs: 'wire' | 'guest' | 'window';
  rule: ((look: Look) => Found | null) | null;
}

/** A match, or nothing. */
export function found(matches: boolean, text: string, at: Place | null = null): Found | null {
  return matches ? { text, at } : null;
}
