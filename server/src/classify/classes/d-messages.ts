import type { RecordSeen } from '../../tls/observation.ts';
import { HandshakeType } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { anomaly, type Look, placeOfRecord, recordPlace } from './look.ts';
import { disordered, isServerGuest, messages, skipped } from './message-order.ts';

/** Handshake messages that come in another order than they may. */
export const MESSAGES: readonly AttackClass[] = [
  {
    id: 'D07_message_skipping',
    title: 'Skipped message',
    explanation: 'Leaves a message out that the handshake needs, as the attacks on state machines do.',
    severity: 'attack',
    reference: 'CVE-2014-6593, CVE-2015-2318',
    confidence: 0.9,
    needs: 'wire',
    rule: skipped,
  },
  {
    id: 'D12_renegotiation',
    title: 'Renegotiation',
    explanation: 'Starts another handshake inside of a session.',
    severity: 'attack',
    reference: 'CVE-2009-3555, CVE-2011-1473',
    confidence: 0.9,
    needs: 'wire',
    rule: renegotiation,
  },
  {
    id: 'D13_renegotiation_flood',
    title: 'Flood of renegotiations',
    explanation: 'Starts handshakes inside of sessions again and again, to tire the target.',
    severity: 'attack',
    reference: 'CVE-2011-1473',
    confidence: 0.9,
    needs: 'window',
    rule: null,
  },
  {
    id: 'D09_role_confusion',
    title: 'Wrong role',
    explanation: 'Sends the hello of the other side.',
    severity: 'attack',
    reference: 'RFC 8446 §4.1.2 and §4.1.3',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const seen = anomaly(look, 'role_confusion');
      return seen && { text: 'its first message is the hello of the other role', at: placeOfRecord(look, seen) };
    },
  },
  {
    id: 'D10_duplicate_hello',
    title: 'Second hello',
    explanation: 'Sends another hello that nobody asked for.',
    severity: 'attack',
    reference: 'RFC 8446 §4.1.2',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const seen = anomaly(look, 'duplicate_hello');
      return seen && { text: 'another hello without a HelloRetryRequest', at: placeOfRecord(look, seen) };
    },
  },
  {
    id: 'D11_early_application_data',
    title: 'Data before the keys',
    explanation: 'Sends application data before keys can have been agreed.',
    severity: 'attack',
    reference: 'RFC 8446 §5.1',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const seen = anomaly(look, 'early_application_data');
      return seen && { text: 'application data before the ServerHello', at: placeOfRecord(look, seen) };
    },
  },
  {
    id: 'D08_wrong_order',
    title: 'Wrong order',
    explanation: 'Sends handshake messages in an order that no version has.',
    severity: 'attack',
    reference: 'RFC 8446 §4, RFC 5246 §7.4',
    confidence: 1,
    needs: 'wire',
    rule: disordered,
  },
];

function renegotiation(look: Look): Found | null {
  const asked = messages(look, 'in').find(({ type }) => type === HandshakeType.helloRequest);
  if (asked && !isServerGuest(look)) return { text: 'HelloRequest', at: recordPlace(asked.record) };
  const answered = look.seen.serverHello === null ? -1 : look.seen.records.findIndex(isAnswer(look));
  const again = look.seen.records.find(
    ({ dir, messages: types }, index) => answered >= 0 && index > answered && dir === 'in' && types.includes(1),
  );
  if (again && isServerGuest(look)) return { text: 'ClientHello after the ServerHello', at: recordPlace(again) };
  const { guest } = look.c;
  const told = guest.kinds.has('finished') && /got_?type: ?(ClientHello|HelloRequest)/.test(guest.tlsError ?? '');
  return found(told, 'the guest was sent a hello inside of the session');
}

/** The record of our ServerHello: the first, or where a HelloRetryRequest came before it, the second. */
function isAnswer({ seen }: Look): (record: RecordSeen) => boolean {
  let left = seen.helloRetryRequest ? 1 : 0;
  return ({ dir, messages: types }) => dir === 'out' && types.includes(HandshakeType.serverHello) && left-- === 0;
}
