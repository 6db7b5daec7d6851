import type { TlsObservation } from '../tls/observation.ts';
import type { Closed, Dialled, Ended, GuestTold, Opened, Ready } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import type { Outcome } from '../wire/outcomes.ts';
import type { Place } from './classes/attack-class.ts';

/** One read of the attacker's bytes, as the gateway noted it: how many, at which offset, and when. */
export interface Read {
  at: number;
  length: number;
  t: Micros;
}

/** All that is known of one attempt when it is concluded. */
export interface Evidence {
  /** True where the target's secret is worth money. */
  prize: boolean;
  /** Without the address, which decides nothing. */
  open: Omit<Opened, 'source'>;
  close: Closed | null;
  dials: Dialled[];
  observation: TlsObservation;
  /** The attacker's reads one by one; the gateway gathers those after the 256th. */
  reads: readonly Read[];
  guest: GuestTold[];
  /** How the boot that served it ended, if it ended before the attempt did. */
  bootEnd: Ended | null;
  /** What that boot published of itself, its certificates above all. */
  ready: Pick<Ready, 'ca' | 'server' | 'client'> | null;
  /** Bytes from the guest after its Finished went over the wire (seen or withheld). */
  releaseLikely: boolean;
  /** The id was registered as part of a self-test beforehand. */
  selfTest: boolean;
  /** Host names of this installation, in small letters. */
  ownNames: readonly string[];
}

export interface Conclusion {
  depth: number;
  outcome: Outcome;
  inferred: boolean;
  confidence: number;
  /** The guest's own words for why, or null. */
  guestError: string | null;
  alertsSent: number[];
  alertsReceived: number[];
  /** `at`: where in the transcript the evidence lies; null where no byte shows it. */
  classes: { id: string; confidence: number; evidence: string; at: Place | null }[];
  primaryClass: string | null;
}
