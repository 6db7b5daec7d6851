import { CHECKS, type CheckId, checkOf } from '../../../server/src/flow/checks.ts';
import type { AttemptRecord } from './generated/api.ts';

/** One hurdle on the way to the secret, and how it was met. */
export interface Hurdle {
  readonly name: string;
  readonly section: string;
  readonly state: 'passed' | 'failed' | 'not_reached';
  /** Why it failed, in the target's words; null where it did not, or nobody knows. */
  readonly why: string | null;
}

/** The last four hurdles by depth (`wire/outcomes.ts`). */
const HURDLES: readonly (readonly [depth: number, name: string, section: string])[] = [
  [4, 'A certificate is there', 'RFC 8446 §4.4.2'],
  [5, 'Its chain leads to the authority of the target, and it may be used here', 'RFC 5280 §6.1'],
  [6, 'A signature proves that its key is theirs', 'RFC 8446 §4.4.3'],
  [7, 'The Finished message matches', 'RFC 8446 §4.4.4'],
];

const CHAIN_CHECKS: ReadonlySet<CheckId> = new Set([
  'certificate_form',
  'certificate_version',
  'issuer',
  'signature',
  'validity',
  'usage',
  'basic_constraints',
  'name_constraints',
  'path_length',
  'revocation',
  'chain',
  'chain_limit',
]);

/** At which depth a check stands. */
function depthOf(check: CheckId): number | null {
  if (check === 'certificate_presence') return 4;
  if (CHAIN_CHECKS.has(check)) return 5;
  if (check === 'possession' || check === 'scheme') return 6;
  return check === 'finished' ? 7 : null;
}

/** How an attempt met the checks of its certificate: those it passed, the one that failed, and those it never came to. */
export function hurdlesOf({ result }: Pick<AttemptRecord, 'result'>): Hurdle[] {
  const alert = result.alertsSent.find(code => code !== 0) ?? null;
  const check = checkOf({ outcome: result.outcome, guestError: result.guestError, alert });
  const failedAt = check === null ? null : depthOf(check);
  return HURDLES.map(([depth, name, section]) => {
    if (check !== null && depth === failedAt) {
      return { name, section: CHECKS[check].section ?? section, state: 'failed', why: CHECKS[check].says };
    }
    return { name, section, state: result.depth >= depth ? 'passed' : 'not_reached', why: null };
  });
}
