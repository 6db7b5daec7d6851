import { ContentType } from '../../tls/protocol.ts';
import { RECORD_HEADER_BYTES } from '../../tls/record-reader.ts';
import { CLOSURE_ALERTS } from '../guest-story.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { anomaly, type Look, placeOfRecord } from './look.ts';

const WARNING = 1;
const FATAL = 2;
const WARNINGS_MIN = 5;
const BAD_RECORD_MAC = 20;

/** Alerts, and how an attempt goes wrong or ends. */
export const ENDINGS: readonly AttackClass[] = [
  {
    id: 'D19_finished_forgery',
    title: 'Forged Finished',
    explanation: 'Proves possession of a key, but the last message of its handshake does not fit.',
    severity: 'attack',
    reference: 'RFC 8446 §4.4.4',
    confidence: 0.9,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'finished_failed', 'Finished does not verify'),
  },
  {
    id: 'D20_mac_tampering',
    title: 'Tampered record',
    explanation: 'Sends an encrypted record that does not decrypt.',
    severity: 'attack',
    reference: 'RFC 8446 §5.2',
    confidence: 0.9,
    needs: 'guest',
    rule: tampered,
  },
  {
    id: 'D18_key_update_flood',
    title: 'Flood of key updates',
    explanation: 'Asks for new keys again and again, to tire the target.',
    severity: 'attack',
    reference: 'RFC 8446 §4.6.3',
    confidence: 0.9,
    needs: 'guest',
    rule: ({ c }) => found(/key_?update/i.test(c.guest.tlsError ?? ''), `the guest: ${c.guest.tlsError}`),
  },
  {
    id: 'D14_death_alert',
    title: 'Flood of warnings',
    explanation: 'Sends five warnings or more, which some servers work through without end.',
    severity: 'attack',
    reference: 'CVE-2016-8610',
    confidence: 1,
    needs: 'wire',
    rule: warnings,
  },
  {
    id: 'D15_malformed_alert',
    title: 'Malformed alert',
    explanation: 'Sends an alert of another length or level than there is.',
    severity: 'attack',
    reference: 'RFC 8446 §6',
    confidence: 1,
    needs: 'wire',
    rule: badAlert,
  },
  {
    id: 'D16_peer_rejected_us',
    title: 'Refused by the attacker',
    explanation: 'Ends the handshake with an alert of its own after it has seen our side, as clients do that check us.',
    severity: 'noise',
    reference: 'RFC 8446 §6.2',
    confidence: 1,
    needs: 'wire',
    rule: rejected,
  },
  {
    id: 'D17_abort_after_server_flight',
    title: 'Left after our first answer',
    explanation:
      'Takes our side of the handshake and leaves without a word, as fingerprinting and certificate collection do.',
    severity: 'noise',
    reference: 'CAPEC-224',
    confidence: 0.9,
    needs: 'wire',
    rule: left,
  },
];

/** rustls has one word for a record and for a Finished that do not fit; the alert tells them apart. */
function tampered({ c, outcome }: Look): Found | null {
  const told = /^(Decrypt(Error)?|cannot decrypt)/i.test(c.guest.tlsError ?? '') && outcome !== 'finished_failed';
  return found(c.alertsSent.includes(BAD_RECORD_MAC) || told, 'a record could not be decrypted');
}

function warnings(look: Look): Found | null {
  const seen = look.seen.alerts.filter(
    ({ from, level, code }) => from === 'attacker' && level === WARNING && !CLOSURE_ALERTS.has(code),
  );
  return found(seen.length >= WARNINGS_MIN, `${seen.length} warnings`, alertPlace(seen[0]));
}

function badAlert(look: Look): Found | null {
  const bad = anomaly(look, 'malformed_alert');
  if (bad) return { text: 'another length than two bytes', at: placeOfRecord(look, bad) };
  const odd = look.seen.alerts.find(({ from, level }) => from === 'attacker' && level !== WARNING && level !== FATAL);
  return odd ? { text: `level ${odd.level}`, at: alertPlace(odd) } : null;
}

function rejected(look: Look): Found | null {
  const { seen, c } = look;
  const alert = seen.alerts.find(({ from, code }) => from === 'attacker' && !CLOSURE_ALERTS.has(code));
  const code = alert?.code ?? c.alertsReceived.find(one => !CLOSURE_ALERTS.has(one));
  const answered = seen.serverHello !== null || c.guest.kinds.has('server_flight') || look.hello === null;
  return found(code !== undefined && answered, `alert ${code}`, alertPlace(alert));
}

function left(look: Look): Found | null {
  const { outcome, seen, hello } = look;
  if (outcome !== 'abandoned' || hello === null || seen.serverHello === null || seen.encryptedIn > 0) return null;
  const at = seen.records.findIndex(({ dir, type }) => dir === 'out' && type === ContentType.handshake);
  const answer = seen.records[at];
  // ChangeCipherSpec means nothing in TLS 1.3, and says nothing.
  const spoke = seen.records.some(
    ({ dir, type }, index) => index > at && dir === 'in' && type !== ContentType.changeCipherSpec,
  );
  if (spoke) return null;
  return { text: 'nothing came after the ServerHello', at: answer ? placeOfRecord(look, answer) : null };
}

function alertPlace(alert: { offset: number } | undefined) {
  return alert ? ({ dir: 'in', offset: alert.offset, length: RECORD_HEADER_BYTES + 2 } as const) : null;
}
