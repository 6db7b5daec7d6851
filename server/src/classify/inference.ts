import type { RecordSeen } from '../tls/observation.ts';
import { ContentType } from '../tls/protocol.ts';
import type { Case } from './case.ts';
import { inferred, type Rule, told, type Verdict } from './verdict.ts';

/**
 * Lengths of protected TLS 1.3 records (RFC 8446 §5.2: content, one byte of type, 16 of tag): an alert is 2 + 17; a Certificate
 * without certificates 4 + 4 + 17; a Finished 4 + 32 + 17, or 4 + 48 + 17 with a SHA-384 suite.
 */
const ALERT_LENGTH = 19;
const EMPTY_CERTIFICATE_LENGTH = 25;

/** How sure each guess is. An alert's code is not readable, so that one can only say who ended it. */
const SURE = { emptyCertificate: 0.8, refusedCertificate: 0.5, refusedByPeer: 0.6, left: 0.7, silent: 0.6 } as const;

/** What the sizes of protected records tell where the guest told nothing, or not to the end: its last word is how it closed. */
export const sizesTell: Rule = c => {
  const { observation } = c.evidence;
  if (c.guest.closedBy !== null || observation.serverHello === null) return null;
  const sealed = observation.records.filter(record => record.type === ContentType.applicationData);
  const alert = sealed.find(record => record.length === ALERT_LENGTH);
  if (alert?.dir === 'out') return ourAlert(sealed, alert);
  if (alert?.dir === 'in') return inferred('refused_by_peer', SURE.refusedByPeer);
  return null;
};

function ourAlert(sealed: RecordSeen[], alert: RecordSeen): Verdict {
  const before = sealed.slice(0, sealed.indexOf(alert)).filter(record => record.dir === 'in');
  const empty = before.some(record => record.length === EMPTY_CERTIFICATE_LENGTH);
  if (empty) return inferred('certificate_missing', SURE.emptyCertificate);
  return before.length > 0
    ? inferred('certificate_untrusted', SURE.refusedCertificate)
    : inferred('protocol_violation', SURE.refusedCertificate);
}

/** Nobody said a word: whoever closed has left. */
export function closerTells({ guest, guestLeft }: Case): Verdict {
  const outcome = guestLeft ? 'guest_silent_close' : 'abandoned';
  return guest.closedBy === null ? inferred(outcome, guestLeft ? SURE.silent : SURE.left) : told(outcome);
}
