import { CLOSURE_ALERTS } from '../classify/guest-story.ts';
import type { Outcome } from '../wire/outcomes.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { CHECKS, checkOf } from './checks.ts';
import type { Step, Stop } from './flow.ts';

const RELEASED = /^released/;

/** Ended by the other side. */
const BY_PEER: ReadonlySet<Outcome> = new Set([
  'connect_only',
  'hello_incomplete',
  'abandoned',
  'refused_by_peer',
  'left_before_release',
]);
/** Ended by what stands before the target. */
const BY_GATEWAY: ReadonlySet<Outcome> = new Set([
  'gateway_limited',
  'backend_unavailable',
  'callback_unreachable',
  'target_restarted',
  'observer_lost',
]);
/** Whose clock or limit it was, the record of the close says. */
const BY_WHO_CLOSED: ReadonlySet<Outcome> = new Set(['idle_timeout', 'handshake_timeout', 'guest_limit']);

/** Where it ended before its time, and by whose decision; null where the secret went out. */
export function stopOf({ result, transport }: AttemptRecord, steps: readonly Step[]): Stop | null {
  const { outcome, guestError } = result;
  if (RELEASED.test(outcome)) return null;
  const by = whoEnded(outcome, transport.close?.by ?? null);
  const alerts = by === 'target' ? result.alertsSent : by === 'peer' ? result.alertsReceived : [];
  const alert = alerts.find(code => !CLOSURE_ALERTS.has(code)) ?? null;
  const check = by === 'peer' ? null : checkOf({ outcome, guestError, alert });
  const { says = null, section = null } = check === null ? {} : CHECKS[check];
  return { step: stepOf(steps, by, alert), by, alert, check, says, section };
}

function whoEnded(outcome: Outcome, closedBy: 'peer' | 'guest' | 'gateway' | null): Stop['by'] {
  if (BY_PEER.has(outcome)) return 'peer';
  if (BY_GATEWAY.has(outcome)) return 'gateway';
  return BY_WHO_CLOSED.has(outcome) && closedBy === 'gateway' ? 'gateway' : 'target';
}

/** Where the alert is, or else where that side closed, or else the last that is known. */
function stepOf(steps: readonly Step[], by: Stop['by'], alert: number | null): number {
  const holdsAlert = ({ from, holds }: Step) =>
    from === by && holds.some(({ name, number }) => name === 'Alert' && number === alert);
  const alerted = alert === null ? -1 : steps.findIndex(holdsAlert);
  if (alerted >= 0) return alerted;
  const closed = steps.findIndex(({ kind }) => kind === 'close');
  return closed >= 0 ? closed : Math.max(0, steps.length - 1);
}
