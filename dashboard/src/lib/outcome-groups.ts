import type { Outcome } from '../../../server/src/wire/outcomes.ts';

/** Ways to end, told apart by who ended it; from the least to the most telling. */
export const GROUPS = [
  ['silent', 'no bytes'],
  ['not-tls', 'no TLS'],
  ['refused', 'refused by us'],
  ['left', 'ended by them'],
  ['timed-out', 'ended by time or limit'],
  ['fault', 'ended by us'],
  ['released', 'released'],
] as const;
export type Group = (typeof GROUPS)[number][0];

const GROUP_OF: Readonly<Record<Outcome, Group>> = {
  connect_only: 'silent',
  idle_timeout: 'silent',
  gateway_limited: 'silent',
  backend_unavailable: 'silent',
  callback_unreachable: 'silent',
  not_tls: 'not-tls',
  hello_incomplete: 'not-tls',
  hello_malformed: 'not-tls',
  version_refused: 'refused',
  parameters_refused: 'refused',
  hello_refused: 'refused',
  certificate_missing: 'refused',
  certificate_malformed: 'refused',
  certificate_untrusted: 'refused',
  certificate_unsuitable: 'refused',
  possession_failed: 'refused',
  finished_failed: 'refused',
  protocol_violation: 'refused',
  abandoned: 'left',
  refused_by_peer: 'left',
  left_before_release: 'left',
  handshake_timeout: 'timed-out',
  guest_limit: 'timed-out',
  guest_crash: 'fault',
  guest_silent_close: 'fault',
  target_restarted: 'fault',
  observer_lost: 'fault',
  released_self_test: 'released',
  released_relay: 'released',
  released_practice: 'released',
  released: 'released',
};

/** The group of an outcome; null for one that this page does not know yet. */
export function groupOf(outcome: string): Group | null {
  return outcome in GROUP_OF ? GROUP_OF[outcome as Outcome] : null;
}
