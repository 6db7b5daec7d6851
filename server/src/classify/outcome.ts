import type { Case } from './case.ts';
import { closerTells, sizesTell } from './inference.ts';
import { alertDecides, chainRejected, errorDecides, possessionRejected } from './refusal.ts';
import { inferred, type Rule, told, type Verdict } from './verdict.ts';

/** How the attempt ended: the first rule that knows decides; where none does, it is whoever closed. */
export function outcomeOf(c: Case): Verdict {
  for (const rule of RULES) {
    const verdict = rule(c);
    if (verdict !== null) return verdict;
  }
  return closerTells(c);
}

/** The secret went out. Who is to be alarmed depends on who took it, most harmless first. */
const released: Rule = c => {
  const { evidence, guest } = c;
  if (guest.released === null && (!evidence.releaseLikely || endedUnfinished(c))) return null;
  const verdict = guest.released === null ? inferred : told;
  const toItself = guest.released?.peerIsSelf === true;
  if (toItself) return verdict(evidence.selfTest ? 'released_self_test' : 'released_relay', 1);
  return verdict(evidence.prize ? 'released' : 'released_practice', 0.8);
};

/** The recording breaks off. */
const lost: Rule = ({ evidence }) => (evidence.close === null ? told('observer_lost') : null);

/** The gateway ended it, or could not bring it anywhere. */
const gatewayEnded: Rule = c => {
  const { close } = c.evidence;
  if (close?.end === 'callback_unreachable' || close?.end === 'gateway_limited') return told(close.end);
  if (c.guest.prefaceBad !== null) return told('backend_unavailable');
  return close?.end === 'backend_unavailable' && !c.reachedGuest ? told('backend_unavailable') : null;
};

const limited: Rule = ({ guest, bytesIn }) => {
  if (guest.limit === null) return null;
  if (guest.limit === 'handshake') return told(bytesIn === 0 ? 'idle_timeout' : 'handshake_timeout');
  if (guest.limit === 'release') return told('left_before_release');
  return told('guest_limit');
};

/** The boot ended under the attempt, before the guest had said its last word on it. */
const bootEnded: Rule = c => {
  const { bootEnd } = c.evidence;
  if (bootEnd === null || !c.reachedGuest || c.guest.closedBy !== null || refusedAlready(c)) return null;
  return told(bootEnd.reason === 'crash' ? 'guest_crash' : 'target_restarted');
};

/** The gateway gave its room to somebody else before the guest had decided. */
const evicted: Rule = c => (c.evidence.close?.end === 'evicted' && !refusedAlready(c) ? told('gateway_limited') : null);

const silent: Rule = c => {
  if (c.bytesIn > 0) return null;
  if (c.timedOut) return told('idle_timeout');
  return c.evidence.close?.end === 'shutdown' ? told('target_restarted') : told('connect_only');
};

const foreign: Rule = ({ evidence }) => (evidence.observation.looksLikeTls === false ? told('not_tls') : null);

/** SSLv2 is recognised, and is too old whatever it asks for. */
const ssl2: Rule = ({ evidence }) =>
  evidence.observation.anomalies.some(({ kind }) => kind === 'sslv2_hello' || kind === 'sslv2_compatible_hello')
    ? told('version_refused')
    : null;

const leftAfterFinished: Rule = ({ guest }) => (guest.kinds.has('finished') ? told('left_before_release') : null);

const lateEnd: Rule = c => {
  if (c.evidence.close?.end === 'shutdown') return told('target_restarted');
  return c.timedOut ? told('handshake_timeout') : null;
};

/** They left, or were cut off, before their hello was there. */
const unfinishedHello: Rule = ({ evidence, guest, guestLeft }) => {
  const { helloState } = evidence.observation;
  if (helloState === 'malformed') return guest.told ? told('hello_malformed') : inferred('hello_malformed', 0.8);
  const heard = evidence.open.guestRole === 'server' && guest.kinds.has('client_hello');
  const complete = helloState === 'complete' || heard;
  return complete || guestLeft ? null : told('hello_incomplete');
};

/** The guest's word stands above what can be read off the wire; facts of the gateway stand above both. */
const RULES: readonly Rule[] = [
  released,
  lost,
  gatewayEnded,
  limited,
  bootEnded,
  evicted,
  silent,
  foreign,
  ssl2,
  chainRejected,
  possessionRejected,
  alertDecides,
  leftAfterFinished,
  errorDecides,
  lateEnd,
  unfinishedHello,
  sizesTell,
];

function refusedAlready({ guest }: Case): boolean {
  return guest.chainRejected !== null || guest.possessionRejected !== null || guest.decidingAlert !== null;
}

/**
 * The guest told that it ended, or refused, before the handshake was complete. Sizes on the wire, which anybody can imitate, do not
 * outweigh that.
 */
function endedUnfinished(c: Case): boolean {
  return !c.guest.kinds.has('finished') && (c.guest.closedBy !== null || refusedAlready(c));
}
