import type { HeartbeatSeen } from '../../tls/observation.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { type Look, recordPlace } from './look.ts';

/** RFC 6520 §4: type(1) payload_length(2) before the payload, at least 16 bytes of padding behind it. */
const FRAME_BYTES = 3;
const PADDING_MIN_BYTES = 16;
const REQUEST = 1;
const RESPONSE = 2;

/** Heartbeats in the clear. None of the targets speaks them. */
export const HEARTBEAT: readonly AttackClass[] = [
  {
    id: 'D06_heartbleed_success',
    title: 'Heartbleed that worked',
    explanation: 'Was answered with more than it had sent: memory of the target.',
    severity: 'breach',
    reference: 'CVE-2014-0160',
    confidence: 0.9,
    needs: 'wire',
    rule: leaked,
  },
  {
    id: 'D04_heartbleed',
    title: 'Heartbleed',
    explanation: 'Sends a heartbeat that declares more than it carries, to be answered with memory.',
    severity: 'attack',
    reference: 'CVE-2014-0160, CAPEC-540',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const bad = requests(look).find(isOverdrawn);
      return bad ? { text: `declares ${bad.declared} bytes in a record of ${bad.length}`, at: recordPlace(bad) } : null;
    },
  },
  {
    id: 'D05_heartbeat_probe',
    title: 'Heartbeat',
    explanation: 'Sends a heartbeat in the clear, to see whether it is answered.',
    severity: 'probe',
    reference: 'RFC 6520 §3',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const [first] = from(look, 'in');
      return first && !requests(look).some(isOverdrawn)
        ? { text: `heartbeat of type ${first.type}`, at: recordPlace(first) }
        : null;
    },
  },
];

function leaked(look: Look): Found | null {
  const sent = Math.max(0, ...from(look, 'in').map(({ length }) => length));
  const answer = from(look, 'out').find(({ type, length }) => type === RESPONSE && length > sent);
  if (!answer || !requests(look).some(isOverdrawn)) return null;
  return found(true, `answered with ${answer.length} bytes`, recordPlace(answer));
}

/** A record too short for its own length field declares nothing, and is no request of any use. */
function isOverdrawn({ declared, length }: HeartbeatSeen): boolean {
  return declared !== null && FRAME_BYTES + declared + PADDING_MIN_BYTES > length && declared > 0;
}

function requests(look: Look): HeartbeatSeen[] {
  return from(look, 'in').filter(({ type }) => type === REQUEST);
}

function from({ seen }: Look, dir: 'in' | 'out'): HeartbeatSeen[] {
  return seen.heartbeats.filter(heartbeat => heartbeat.dir === dir);
}
