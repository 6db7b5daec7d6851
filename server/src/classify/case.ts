import type { Evidence } from './evidence.ts';
import { CLOSURE_ALERTS, type DecidingAlert, type GuestStory, guestStory } from './guest-story.ts';

/** One attempt as the rules look at it. */
export interface Case {
  evidence: Evidence;
  guest: GuestStory;
  /** Bytes from the attacker. */
  bytesIn: number;
  /** Codes of all alerts, the guest's word before the wire's. */
  alertsSent: number[];
  alertsReceived: number[];
  /** The first alert that ends a handshake. */
  decidingAlert: DecidingAlert | null;
  /** Time ran out, whoever's clock it was. */
  timedOut: boolean;
  /** The guest closed first, by its own word or else by the gateway's. */
  guestLeft: boolean;
  /** A connection to the guest was made for it. */
  reachedGuest: boolean;
}

const ALERTS_MAX = 16;

/** Looks the evidence over once, for all rules. */
export function makeCase(evidence: Evidence): Case {
  const { close, observation } = evidence;
  const guest = guestStory(evidence.guest);
  const seen = (from: 'attacker' | 'guest') => observation.alerts.filter(alert => alert.from === from).map(a => a.code);
  const sent = guest.alertsSent.length > 0 ? guest.alertsSent : seen('guest');
  const received = guest.alertsReceived.length > 0 ? guest.alertsReceived : seen('attacker');
  return {
    evidence,
    guest,
    bytesIn: close?.bytesIn ?? (observation.looksLikeTls === null ? 0 : 1),
    alertsSent: sent.slice(0, ALERTS_MAX),
    alertsReceived: received.slice(0, ALERTS_MAX),
    decidingAlert: guest.decidingAlert ?? alertOnTheWire(evidence),
    timedOut: guest.closedBy === 'timeout' || close?.how === 'timeout' || close?.end === 'idle_timeout',
    guestLeft: guest.closedBy === null ? close?.by === 'guest' : guest.closedBy === 'guest',
    reachedGuest: guest.kinds.size > 0 || evidence.dials.some(dial => dial.to === 'guest' && dial.ok),
  };
}

function alertOnTheWire({ observation }: Evidence): DecidingAlert | null {
  const alert = observation.alerts.find(({ code }) => !CLOSURE_ALERTS.has(code));
  return alert ? { by: alert.from, code: alert.code } : null;
}
