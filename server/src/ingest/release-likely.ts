import type { RecordSeen, TlsObservation } from '../tls/observation.ts';
import type { GuestTold } from '../wire/facts.ts';
import type { AttemptFacts } from './attempt-facts.ts';

const APPLICATION_DATA = 23;
/** Lengths of encrypted records (RFC 8446 §5.2: content, type, 16 bytes of tag) that are not a release: an alert, a Finished. */
const ALERT_RECORD = 19;
const FINISHED_RECORDS: ReadonlySet<number> = new Set([53, 69]);

/**
 * Whether the guest sent something after its Finished that is longer than an alert. As a server that is any encrypted record after
 * the attacker's first one; as a client any but its first flight. What the gateway withheld as ciphertext counts by its length.
 * Errs on the side of "yes". Pure.
 */
export function releaseLikely(facts: AttemptFacts, observation: TlsObservation): boolean {
  return longWithheld(facts) || longRecord(facts, observation);
}

/** The gateway keeps record headers, so what it withheld is a record's body. */
function longWithheld(facts: AttemptFacts): boolean {
  return facts.gateway.some(
    fact => fact.kind === 'withheld' && fact.dir === 'out' && fact.why === 'ciphertext' && isLong(fact),
  );
}

function longRecord(facts: AttemptFacts, observation: TlsObservation): boolean {
  const asServer = facts.open?.guestRole !== 'client';
  const encrypted = observation.records.filter(({ type }) => type === APPLICATION_DATA);
  const begin = asServer ? encrypted.findIndex(({ dir }) => dir === 'in') : 0;
  if (begin < 0) return false;
  const sent = encrypted.slice(begin).filter(({ dir }) => dir === 'out');
  return (asServer ? sent : sent.slice(1)).some(isLong);
}

function isLong({ length }: Pick<RecordSeen, 'length'>): boolean {
  return length > ALERT_RECORD && !FINISHED_RECORDS.has(length);
}

/** Whether the guest itself told how it ended, so that nothing needs to be guessed. */
export function guestGaveVerdict(guest: readonly GuestTold[]): boolean {
  return guest.some(({ event }) => VERDICTS.has(event.kind));
}

const VERDICTS: ReadonlySet<string> = new Set(['released', 'closed', 'alert_sent', 'tls_error', 'limit']);
