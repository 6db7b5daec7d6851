import type { HandshakeSecrets } from '../evidence/handshake-secrets.ts';
import type { Salts } from '../trust/commitment.ts';
import type { AttemptId, BootId, Micros } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';

/** A record without what the writer adds: its place in the log, and the hash of its leaf. */
export type UnsealedRecord = Omit<AttemptRecord, 'seq' | 'revision' | 'change' | 'leafHash'>;

/** What is to be stored of one attempt. */
export interface Draft {
  record: UnsealedRecord;
  /** What is never public. Null on a revision: it does not change. */
  private: { ip: string; port: number; salts: Salts } | null;
  /** The gzipped transcript, and its size before; the secrets that are not in it. */
  evidence: { packed: Uint8Array; bytes: number; secrets: HandshakeSecrets | null };
  alarm: Alarm | null;
}

/** The newest revision that is stored. The transcript or the salts may be gone for good. */
export interface Prior {
  record: AttemptRecord;
  transcript: Uint8Array | null;
  salts: Salts | null;
}

/**
 * One attempt that is ready to be published. `draft` is asked inside of the transaction: with null where the attempt is new, with
 * the newest revision where it is not; null is the answer when there is nothing (new) to say.
 */
export interface Publication {
  readonly id: AttemptId;
  draft(prior: Prior | null): Draft | null;
}

/** Something that must wake an operator. Raised once for each kind and attempt, or kind and cause. */
export interface Alarm {
  kind: 'released' | 'release_suspected' | 'self_test_failed' | 'self_test_stale' | 'proof_invalid';
  raisedUs: Micros;
  target: string | null;
  attemptId: AttemptId | null;
  detail: string;
  /** What it is about, where that is no attempt. */
  cause?: string;
}

/** Connections of one source in one minute that were not let in. */
export interface RefusalCount {
  minuteUs: Micros;
  target: string;
  channel: string;
  srcToken: string;
  attempts: number;
}

export interface SelfTestStarted {
  pair: string;
  target: string;
  bootId: BootId;
  startedUs: Micros;
  serverId: AttemptId;
  clientId: AttemptId;
  noCertificateId: AttemptId;
}

/** How far a spool has been taken once the batch is written. */
export interface SpoolProgress {
  spool: string;
  epoch: string;
  /** Nothing below it is needed any more. */
  position: number;
  /** Everything below it is in this batch or in an earlier one, or belongs to an attempt that begins at or above `position`. */
  head: number;
  beatUs: Micros;
  /** Facts known to be missing, in all. */
  lost: number;
}

export interface ComponentBeat {
  name: string;
  /** `up`: heard from; `unreachable`: its spool does not answer. */
  state: 'up' | 'unreachable';
  beatUs: Micros;
  detail: Readonly<Record<string, string | number | null>>;
}

/** What is written in one transaction. The lists that are added up name the spool that they came from. */
export interface Batch {
  publications: readonly Publication[];
  alarms: readonly Alarm[];
  selfTests: readonly SelfTestStarted[];
  refusals: readonly RefusalCount[];
  guestLost: readonly { bootId: BootId; count: number }[];
  progress: readonly SpoolProgress[];
  components: readonly ComponentBeat[];
}
