import type { GuestEvent } from './guest-event.ts';
import type { AttemptId, BootId, Micros } from './ids.ts';

/** The lines of the two spools. Each has `t`, the wall clock of its process; byte strings are base64, hashes are hex. */
export type GatewayFact = Started | Beat | Opened | Dialled | Data | Withheld | Closed | Refused | SelfTestRun;

export type SupervisorFact = Started | Beat | Booted | Ready | GuestTold | GuestLost | Ended | Proved | ProofFailed;

export type Fact = GatewayFact | SupervisorFact;

/** How the attacker came in. `callback`: the gateway dialled back to them. */
export type Channel = 'server' | 'callback' | 'client';

/** The TLS role that the guest plays on a connection. */
export type GuestRole = 'server' | 'client';

/**
 * The first line of each process that owns a spool: whatever its predecessor left open (connections of the gateway, VMs of the
 * supervisor) is over.
 */
export interface Started {
  kind: 'started';
  t: Micros;
}

/** Written each second by each spool's owner: "everything that happened before `t` is above this line". */
export interface Beat {
  kind: 'beat';
  t: Micros;
}

/** A TCP connection was accepted and named. Written before anything else happens to it. */
export interface Opened {
  kind: 'open';
  t: Micros;
  id: AttemptId;
  target: string;
  channel: Channel;
  guestRole: GuestRole;
  /** Null while no guest is up. */
  bootId: BootId | null;
  source: { ip: string; port: number };
  /** The pair's name, when the gateway itself made this connection as a self-test. */
  selfTest: string | null;
}

/** The guest was dialled for this attempt, or the initiator for a callback. */
export interface Dialled {
  kind: 'dial';
  t: Micros;
  id: AttemptId;
  to: 'guest' | 'initiator';
  ok: boolean;
  /** System error code, when not ok. */
  error?: string;
}

/** Bytes seen on the wire: `in` is from the attacker, `out` is from the guest. `at` is the offset in that direction. */
export interface Data {
  kind: 'data';
  t: Micros;
  id: AttemptId;
  dir: Direction;
  at: number;
  bytes: string;
}

export type Direction = 'in' | 'out';

/** Bytes that were seen but are not kept: over the transcript's cap, or ciphertext that could hold a secret. */
export interface Withheld {
  kind: 'withheld';
  t: Micros;
  id: AttemptId;
  dir: Direction;
  at: number;
  length: number;
  sha256: string;
  why: 'ciphertext' | 'cap';
}

/** The connection is over on both sides. Written before our own FIN. */
export interface Closed {
  kind: 'close';
  t: Micros;
  id: AttemptId;
  end: CloseReason;
  by: CloseParty;
  how: CloseManner;
  bytesIn: number;
  bytesOut: number;
}

/**
 * `done`: a party ended it. The rest are the gateway's own reasons; `evicted` had room that somebody else needed more, `gateway_limited`
 * never had any.
 */
export type CloseReason =
  | 'done'
  | 'idle_timeout'
  | 'gateway_limited'
  | 'evicted'
  | 'backend_unavailable'
  | 'callback_unreachable'
  | 'shutdown';

export type CloseParty = 'peer' | 'guest' | 'gateway';
export type CloseManner = 'fin' | 'rst' | 'timeout';

/** Connections from one address, above the published rate; all of a minute together are its sum. */
export interface Refused {
  kind: 'refused';
  t: Micros;
  /** Start of the minute. */
  minute: Micros;
  target: string;
  channel: Channel;
  ip: string;
  count: number;
}

/** A self-test was started: the guest's client role relayed into its server role, and one connection without certificate. */
export interface SelfTestRun {
  kind: 'self_test';
  t: Micros;
  target: string;
  bootId: BootId;
  pair: string;
  serverId: AttemptId;
  clientId: AttemptId;
  noCertificateId: AttemptId;
}

export type BootReason = 'start' | 'planned' | 'crash' | 'request';

/** A VM was started. */
export interface Booted {
  kind: 'boot';
  t: Micros;
  target: string;
  bootId: BootId;
  reason: BootReason;
  imageSha256: string;
  accelerator: 'tcg' | 'kvm';
  qemuVersion: string;
  qemuSha256: string;
  argvSha256: string;
  memoryMiB: number;
}

/** A guest listens. Certificates are base64 DER; keys are x-only, hex (BIP-340). */
export interface Ready {
  kind: 'ready';
  t: Micros;
  target: string;
  bootId: BootId;
  authority: 'born' | 'given';
  ca: string;
  server: string;
  client: string;
  keys: { role: 'vault' | 'heap'; xOnly: string }[];
  /** From the start of QEMU to this frame. */
  bootUs: number;
  limits: GuestLimits;
  /** Derived from the vault key's public half. Null where the key is not money (practice). */
  prize: PrizePublic | null;
  /** PEM files of a given authority, which are published on purpose. Null where the authority was born in the guest. */
  credentials: PublishedCredentials | null;
}

/** The practice target's certificates and keys, PEM, under the names of the files that people get. */
export interface PublishedCredentials {
  'ca.pem': string;
  'client.pem': string;
  'client.key': string;
  'server.pem': string;
  'server.key': string;
}

/** The public side of the money: BIP-341 key-path output of the vault key. */
export interface PrizePublic {
  network: 'mainnet' | 'testnet' | 'signet' | 'regtest';
  address: string;
  descriptor: string;
  internalKey: string;
  outputKey: string;
}

/** What the guest enforces; provisioned by the supervisor, published as it is. */
export interface GuestLimits {
  placesServer: number;
  placesClient: number;
  handshakeMs: number;
  releaseMs: number;
  bytesBeforeAuthentication: number;
  chainMax: number;
  signaturesMax: number;
}

/** One event of one connection. `id` is null where the preface gave none. */
export interface GuestTold {
  kind: 'guest';
  t: Micros;
  target: string;
  bootId: BootId;
  /** The channel frame's sequence number. */
  seq: number;
  id: AttemptId | null;
  event: GuestEvent;
}

/** The guest dropped `count` events because its channel was full, or frames are missing between two sequence numbers. */
export interface GuestLost {
  kind: 'lost';
  t: Micros;
  target: string;
  bootId: BootId;
  count: number;
}

/** A VM ended. */
export interface Ended {
  kind: 'end';
  t: Micros;
  target: string;
  bootId: BootId;
  reason: 'crash' | 'planned' | 'request' | 'host';
  /** For a crash: the guest's own reason (panic, fault) or QEMU's exit. */
  detail: string;
}

/** The guest proved possession: a BIP-340 signature over tagged_hash("pinata/proof/v1", …). All hex. */
export interface Proved {
  kind: 'proof';
  t: Micros;
  target: string;
  bootId: BootId;
  root: string;
  message: string;
  signature: string;
}

/** The guest was asked for a proof, and what it answered does not hold. */
export interface ProofFailed {
  kind: 'proof_failed';
  t: Micros;
  target: string;
  bootId: BootId;
  why: string;
}
