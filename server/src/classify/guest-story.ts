import type { GuestTold } from '../wire/facts.ts';
import type { GuestCloser, GuestEvent, GuestEventKind } from '../wire/guest-event.ts';

type Of<K extends GuestEventKind> = Extract<GuestEvent, { kind: K }>;

/** An alert that decided something, and who sent it. */
export interface DecidingAlert {
  by: 'guest' | 'attacker';
  code: number;
}

/** A connection as the guest told it. Where it said something twice, the first time counts. */
export interface GuestStory {
  /** It said more than that it accepted. */
  told: boolean;
  kinds: ReadonlySet<GuestEventKind>;
  certificate: Of<'certificate'> | null;
  released: Of<'released'> | null;
  prefaceBad: string | null;
  chainRejected: string | null;
  possessionRejected: string | null;
  tlsError: string | null;
  /** A limit that was hit before anything else had decided how it ends. */
  limit: string | null;
  closedBy: GuestCloser | null;
  alertsSent: number[];
  alertsReceived: number[];
  /** The first alert that ends a handshake, in the guest's order. */
  decidingAlert: DecidingAlert | null;
}

/** RFC 8446 §6.1: close_notify and user_canceled say goodbye; every other alert says what was wrong. */
export const CLOSURE_ALERTS: ReadonlySet<number> = new Set([0, 90]);

const REFUSALS: ReadonlySet<GuestEventKind> = new Set(['chain_rejected', 'possession_rejected', 'tls_error']);

/** Puts the guest's events of one attempt together. They come in the order of its frames. */
export function guestStory(events: readonly GuestTold[]): GuestStory {
  const told = events.map(({ event }) => event);
  const all = <K extends GuestEventKind>(kind: K) => told.filter((event): event is Of<K> => event.kind === kind);
  const first = <K extends GuestEventKind>(kind: K) => all(kind)[0] ?? null;
  return {
    told: told.some(({ kind }) => kind !== 'accepted'),
    kinds: new Set(told.map(({ kind }) => kind)),
    certificate: first('certificate'),
    released: first('released'),
    prefaceBad: first('preface_bad')?.reason ?? null,
    chainRejected: first('chain_rejected')?.reason ?? null,
    possessionRejected: first('possession_rejected')?.reason ?? null,
    tlsError: first('tls_error')?.what ?? null,
    limit: decidingLimit(told),
    closedBy: first('closed')?.by ?? null,
    alertsSent: all('alert_sent').map(({ code }) => code),
    alertsReceived: all('alert_received').map(({ code }) => code),
    decidingAlert: decidingAlert(told),
  };
}

function decidingLimit(told: readonly GuestEvent[]): string | null {
  const decided = told.find(event => event.kind === 'limit' || REFUSALS.has(event.kind) || isDecidingAlert(event));
  return decided?.kind === 'limit' ? decided.which : null;
}

function decidingAlert(told: readonly GuestEvent[]): DecidingAlert | null {
  const alert = told.find(isDecidingAlert);
  return alert ? { by: alert.kind === 'alert_sent' ? 'guest' : 'attacker', code: alert.code } : null;
}

function isDecidingAlert(event: GuestEvent): event is Of<'alert_sent' | 'alert_received'> {
  return (event.kind === 'alert_sent' || event.kind === 'alert_received') && !CLOSURE_ALERTS.has(event.code);
}
