import { ContentType } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { type Look, recordPlace } from './look.ts';

const INTERNAL_ERROR = 80;
const NO_APPLICATION_PROTOCOL = 120;
/** RFC 8446 §4.1.3: the end of a random that says "downgraded": `DOWNGRD` and the version. */
const SENTINEL = /444f574e47524(400|401)$/;

/** What our own side did. */
export const OUR_SIDE: readonly AttackClass[] = [
  {
    id: 'G05_data_before_authentication',
    title: 'Data before authentication',
    explanation: 'The target sent data before the other side was authenticated.',
    severity: 'breach',
    reference: 'RFC 8446 §4.4.4 and §5.1',
    confidence: 0.8,
    needs: 'guest',
    rule: tooEarly,
  },
  {
    id: 'G02_guest_crash',
    title: 'Crash',
    explanation: 'The target crashed during the attempt.',
    severity: 'fault',
    reference: null,
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome, c }) => found(outcome === 'guest_crash', c.evidence.bootEnd?.detail || 'crash'),
  },
  {
    id: 'G04_internal_error',
    title: 'Internal error',
    explanation: 'The target ended the attempt with an error of its own.',
    severity: 'fault',
    reference: 'RFC 8446 §6.2',
    confidence: 0.9,
    needs: 'guest',
    rule: ({ c }) =>
      found(
        c.alertsSent.includes(INTERNAL_ERROR) || /^(General|FailedToGet|internal)/i.test(c.guest.tlsError ?? ''),
        `the guest: ${c.guest.tlsError ?? 'alert 80'}`,
      ),
  },
  {
    id: 'G01_downgrade_sentinel',
    title: 'Sign of a downgrade',
    explanation: 'A ServerHello carries the mark of a server that was talked down to an older version.',
    severity: 'fault',
    reference: 'RFC 8446 §4.1.3',
    confidence: 1,
    needs: 'wire',
    rule: sentinel,
  },
  {
    id: 'G03_guest_silent_close',
    title: 'Closed without a word',
    explanation: 'The target closed the connection without an alert.',
    severity: 'note',
    reference: 'RFC 8446 §6.1',
    confidence: 0.8,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'guest_silent_close', 'no alert was sent'),
  },
  {
    id: 'G06_backend_unavailable',
    title: 'Target away',
    explanation: 'The target could not be reached.',
    severity: 'note',
    reference: null,
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'backend_unavailable', 'the guest was not reached'),
  },
  {
    id: 'G07_hrr_sent',
    title: 'Second hello asked for',
    explanation: 'The target asked for another hello, because no share was of a group that it has.',
    severity: 'note',
    reference: 'RFC 8446 §4.1.4',
    confidence: 1,
    needs: 'wire',
    rule: retried,
  },
  {
    id: 'G07_alpn_rejected',
    title: 'Protocol refused',
    explanation: 'The target speaks none of the application protocols that were offered.',
    severity: 'note',
    reference: 'RFC 7301 §3.2',
    confidence: 1,
    needs: 'guest',
    rule: ({ c }) => found(c.alertsSent.includes(NO_APPLICATION_PROTOCOL), 'alert 120 was sent'),
  },
];

function tooEarly({ c, seen }: Look): Found | null {
  const { kinds } = c.guest;
  const proved = kinds.has('chain_ok') && kinds.has('possession_ok') && kinds.has('finished');
  if (kinds.has('released') && !proved)
    return { text: 'released before it was told that somebody authenticated', at: null };
  const early = seen.anomalies.find(({ kind, dir }) => kind === 'early_application_data' && dir === 'out');
  const record = seen.records.find(({ dir, offset }) => dir === 'out' && offset === early?.offset);
  return record ? { text: 'application data before any key', at: recordPlace(record) } : null;
}

function sentinel({ seen }: Look): Found | null {
  const { serverHello } = seen;
  if (serverHello === null || !SENTINEL.test(serverHello.random)) return null;
  const record = seen.records.find(({ type, messages }) => type === ContentType.handshake && messages.includes(2));
  return { text: 'the random ends in DOWNGRD', at: record ? recordPlace(record) : null };
}

function retried({ seen, c, hello }: Look): Found | null {
  const record = seen.records.find(({ dir, messages }) => dir === 'out' && messages.includes(2));
  const retry = (seen.helloRetryRequest && hello !== null) || c.guest.kinds.has('hello_retry');
  return found(retry, 'HelloRetryRequest', record ? recordPlace(record) : null);
}
