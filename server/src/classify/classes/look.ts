import { withoutGrease } from '../../tls/grease.ts';
import type { Anomaly, ClientHello, RecordSeen, ServerHello, TlsObservation } from '../../tls/observation.ts';
import { Version } from '../../tls/protocol.ts';
import { RECORD_HEADER_BYTES } from '../../tls/record-reader.ts';
import type { Outcome } from '../../wire/outcomes.ts';
import type { Case } from '../case.ts';
import { type CertificateFault, certificateFault, faultOfAlert } from '../certificate-reason.ts';
import type { Place } from './attack-class.ts';
import { type Presented, presented } from './presented.ts';
import { type Offered, offeredSuites } from './suites.ts';

/** What a rule looks at: one attempt, its outcome, and what most rules would have to look for first. */
export interface Look {
  c: Case;
  outcome: Outcome;
  /** What was wrong with the certificates. */
  fault: CertificateFault | null;
  seen: TlsObservation;
  /** The attacker's ClientHello; null where the guest is the client. */
  hello: ClientHello | null;
  /** The attacker's ServerHello; null where the guest is the server. */
  answer: ServerHello | null;
  /** The suites of `hello`, looked up. */
  suites: readonly Offered[];
  /** The attacker's first bytes, at most 32. */
  start: Buffer;
  /** The certificates that the guest was shown. */
  chain: readonly Presented[];
}

export function lookAt(c: Case, outcome: Outcome): Look {
  const { evidence, guest } = c;
  const { observation: seen, open } = evidence;
  const isServer = open.guestRole === 'server';
  const hello = isServer ? seen.clientHello : null;
  return {
    ...{ c, outcome, seen, fault: faultOf(c) },
    hello,
    suites: hello ? offeredSuites(hello.ciphers) : [],
    answer: isServer ? null : seen.serverHello,
    start: Buffer.from(seen.firstBytes, 'hex'),
    chain: presented(guest.certificate?.chain ?? []),
  };
}

function faultOf({ guest }: Case): CertificateFault | null {
  const alert = guest.decidingAlert?.by === 'guest' ? guest.decidingAlert.code : undefined;
  return guest.chainRejected === null ? faultOfAlert(alert) : certificateFault(guest.chainRejected, alert);
}

/** The first finding of a kind in the attacker's bytes. */
export function anomaly({ seen }: Look, ...kinds: readonly string[]): Anomaly | null {
  return seen.anomalies.find(({ kind, dir }) => dir === 'in' && kinds.includes(kind)) ?? null;
}

/** A whole record: header and body. */
export function recordPlace({ dir, offset, length }: Pick<RecordSeen, 'dir' | 'offset' | 'length'>): Place {
  return { dir, offset, length: RECORD_HEADER_BYTES + length };
}

/** The record that begins at an offset of a direction, or its header where it is not described any more. */
export function placeOfRecord({ seen }: Look, { dir, offset }: Pick<Anomaly, 'dir' | 'offset'>): Place {
  const record = seen.records.find(one => one.dir === dir && one.offset === offset);
  return record ? recordPlace(record) : { dir, offset, length: RECORD_HEADER_BYTES };
}

/** Versions that the attacker's hello offers, GREASE left out. */
export function offeredVersions({ hello }: Look): number[] {
  if (hello === null) return [];
  const listed = withoutGrease(hello.supportedVersions);
  return listed.length > 0 ? listed : [hello.legacyVersion];
}

/** The newest version that the attacker's hello offers; null without a hello. */
export function bestVersion(look: Look): number | null {
  const offered = offeredVersions(look);
  return offered.length > 0 ? Math.max(...offered) : null;
}

/** TLS 1.2 or older is among what the hello offers. */
export function offersOlder(look: Look): boolean {
  return offeredVersions(look).some(version => version < Version.tls13);
}

/** `0x0304` */
export function hex4(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
