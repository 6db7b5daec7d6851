/** What an attempt is called: exactly one outcome and one depth. No import, so that the dashboard can carry it. */
export const OUTCOMES = [
  'connect_only',
  'idle_timeout',
  'gateway_limited',
  'backend_unavailable',
  'callback_unreachable',
  'not_tls',
  'hello_incomplete',
  'hello_malformed',
  'version_refused',
  'parameters_refused',
  'hello_refused',
  'certificate_missing',
  'certificate_malformed',
  'certificate_untrusted',
  'certificate_unsuitable',
  'possession_failed',
  'finished_failed',
  'protocol_violation',
  'abandoned',
  'refused_by_peer',
  'left_before_release',
  'handshake_timeout',
  'guest_limit',
  'guest_crash',
  'guest_silent_close',
  'target_restarted',
  'observer_lost',
  'released_self_test',
  'released_relay',
  'released_practice',
  'released',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Depth 0 to 8: how far an attempt got. */
export const DEPTHS = [
  'connected',
  'spoke',
  'hello',
  'negotiated',
  'certificate',
  'chain',
  'possession',
  'finished',
  'released',
] as const;
export type DepthName = (typeof DEPTHS)[number];
