import { type AttackClass, found } from './attack-class.ts';
import type { Look } from './look.ts';

const SCAN_MAX_US = 2_000_000;
const HOLD_MIN_US = 10_000_000;
const SLOW_HELLO_US = 10_000_000;
const SLOW_READS = 8;
const SLOW_GAP_US = 1_000_000;

/** What says nothing, or hardly anything. */
export const SILENCE: readonly AttackClass[] = [
  {
    id: 'A15_slowloris_handshake',
    title: 'Slow handshake',
    explanation: 'Draws out its first message to hold a place for as long as it can.',
    severity: 'attack',
    reference: 'CVE-2007-6750, CAPEC-227',
    confidence: 0.9,
    needs: 'wire',
    rule: slowHello,
  },
  {
    id: 'A16_connection_flood',
    title: 'Flood of connections',
    explanation: 'Opens connections from one address at half of the published rate or more.',
    severity: 'attack',
    reference: 'CAPEC-125',
    confidence: 0.9,
    needs: 'window',
    rule: null,
  },
  {
    id: 'A02_idle_hold',
    title: 'Idle connection',
    explanation: 'Keeps a connection open for ten seconds or more without saying a word.',
    severity: 'noise',
    reference: 'CAPEC-227',
    confidence: 0.9,
    needs: 'wire',
    rule: look => found(look.c.bytesIn === 0 && heldUs(look) >= HOLD_MIN_US, `no byte in ${seconds(heldUs(look))} s`),
  },
  {
    id: 'A01_port_scan_connect',
    title: 'Port scan',
    explanation: 'Connects, says nothing and leaves within two seconds.',
    severity: 'noise',
    reference: 'CAPEC-301',
    confidence: 0.9,
    needs: 'wire',
    rule: look =>
      found(
        look.outcome === 'connect_only' && leftByItself(look) && heldUs(look) < SCAN_MAX_US,
        'no byte, closed within 2 s',
      ),
  },
];

function slowHello(look: Look) {
  const { reads, close } = look.c.evidence;
  const [first] = reads;
  const last = reads.at(-1);
  if (!first || !last || look.seen.looksLikeTls === false || look.seen.helloState === 'malformed') return null;
  const at = { dir: 'in', offset: 0, length: last.at + last.length } as const;
  const open = look.seen.helloState !== 'complete';
  const drawnOut = (close?.t ?? last.t) - first.t;
  if (open && drawnOut >= SLOW_HELLO_US) return { text: `first message incomplete after ${seconds(drawnOut)} s`, at };
  const untilHello = reads.filter(read => read.at < (look.seen.hello?.bytes ?? Number.POSITIVE_INFINITY));
  const gap = ((untilHello.at(-1)?.t ?? 0) - first.t) / (untilHello.length - 1);
  return found(
    untilHello.length >= SLOW_READS && gap > SLOW_GAP_US,
    `${untilHello.length} reads, ${seconds(gap)} s apart`,
    at,
  );
}

function heldUs({ c }: Look): number {
  const { open, close } = c.evidence;
  return close === null ? 0 : close.t - open.t;
}

function leftByItself({ c }: Look): boolean {
  return c.evidence.close?.by === 'peer';
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(1);
}
