/**
 * What a guest tells about one connection, as decoded from its channel (`pinata-image/channel.cddl`) and as stored in the
 * supervisor's spool. Byte strings are base64 in the spool's JSON. `us` is the guest's own monotonic clock in microseconds.
 */
export type GuestEvent = { us: number } & (
  | { kind: 'accepted'; port: number }
  | { kind: 'preface_bad'; port: number; reason: string }
  | { kind: 'client_hello' }
  | { kind: 'hello_retry' }
  | { kind: 'server_flight' }
  | { kind: 'certificate'; chain: string[]; sha256: string; count: number }
  | { kind: 'chain_ok' }
  | { kind: 'chain_rejected'; reason: string }
  | { kind: 'possession_ok'; scheme: number }
  | { kind: 'possession_rejected'; scheme: number; reason: string }
  | { kind: 'finished'; suite: number; group: number }
  | { kind: 'released'; bytes: number; peerIsSelf: boolean }
  | { kind: 'alert_sent'; code: number }
  | { kind: 'alert_received'; code: number }
  | { kind: 'limit'; which: string }
  | { kind: 'tls_error'; what: string }
  | { kind: 'closed'; by: GuestCloser }
  /** In a transcript the secrets are null: they are kept apart from it. */
  | { kind: 'handshake_secrets'; clientRandom: string; client: string | null; server: string | null }
  | { kind: 'session_tag'; tag: string }
);

/** Who ended a connection, in the guest's view. `closed` is always the last event of a connection. */
export type GuestCloser = 'peer' | 'guest' | 'reset' | 'timeout';

export type GuestEventKind = GuestEvent['kind'];
