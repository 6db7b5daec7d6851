import type { BootFact } from '../store/boots.ts';
import type { LegTimes } from '../store/handshake-secrets.ts';
import type { Alarm, SpoolProgress } from '../store/publication.ts';
import type { Fact, GuestLost, GuestTold, ProofFailed, Refused, SelfTestRun } from '../wire/facts.ts';
import type { AttemptId, Micros } from '../wire/ids.ts';
import { type GatewayName, isGatewayName, type SpoolName } from '../wire/spools.ts';
import { servingBoot } from './attempt-facts.ts';
import type { BootBook } from './boot-book.ts';
import { PendingAttempt } from './pending-attempt.ts';
import { RELEASE_PATIENCE_US, type SpoolTimes } from './publication-rule.ts';
import { SpoolCursor } from './spool-cursor.ts';

const COUNT_MAX = 1_000_000_000;

/** A fact and where its line lies in its spool. */
export interface FactAt {
  fact: Fact;
  at: number;
  next: number;
}

/** What has become ready since the last time, in the order in which it was read. */
export interface Harvest {
  attempts: PendingAttempt[];
  boots: BootFact[];
  selfTests: SelfTestRun[];
  refusals: Refused[];
  guestLost: GuestLost[];
  alarms: Alarm[];
  /** To be stored together with all of the above. */
  progress: SpoolProgress[];
  /** There may be more that is due. */
  isFull: boolean;
}

/**
 * Joins the facts of all spools by attempt: those of one attempt are in one gateway's and in the supervisor's. It and says what is ready to be written. It knows no clock, no socket and no store.
 *
 * What is not written yet holds back `position`, so that a process that dies is given it again. Facts that come again do no harm:
 * those of attempts are joined with what is stored, the rest is left out below `head`.
 */
export class Assembler {
  readonly #pending = new Map<AttemptId, PendingAttempt>();
  readonly #gateways: readonly GatewayName[];
  readonly #cursors: ReadonlyMap<SpoolName, SpoolCursor>;
  readonly #boots: BootBook;
  #ready = emptyHarvest();
  #supervisorGone = false;
  #lateWithoutOpening = 0;

  constructor(boots: BootBook, stored: readonly SpoolProgress[], gateways: readonly GatewayName[] = ['gateway']) {
    const cursor = (name: SpoolName) => new SpoolCursor(name, stored.find(({ spool }) => spool === name) ?? null);
    this.#gateways = gateways;
    this.#boots = boots;
    this.#cursors = new Map([...gateways, 'supervisor' as const].map(name => [name, cursor(name)]));
  }

  cursor(spool: SpoolName): SpoolCursor {
    const cursor = this.#cursors.get(spool);
    if (!cursor) throw new RangeError(`${spool} is not followed`);
    return cursor;
  }

  /** Those that are followed. */
  get spools(): SpoolName[] {
    return [...this.#cursors.keys()];
  }

  /** How far time has come in the gateways' spools: in the one that is the furthest behind. */
  get gatewayTime(): Micros {
    return Math.min(...this.#gateways.map(name => this.cursor(name).time));
  }

  /** Facts known to be missing so far, in all spools. */
  get lost(): number {
    return [...this.#cursors.values()].reduce((sum, { lost }) => sum + lost, 0);
  }

  get waiting(): number {
    return this.#pending.size;
  }

  /** What is known of the end of connections. */
  get legTimes(): LegTimes {
    const latestUs = this.gatewayTime;
    let settledUs = latestUs;
    for (const { openedAt } of this.#pending.values()) if (openedAt !== null) settledUs = Math.min(settledUs, openedAt);
    return { settledUs, latestUs };
  }

  /** Facts of the gateway that belong to no attempt that is known: those of published ones that are read again. */
  get withoutOpening(): number {
    return this.#lateWithoutOpening;
  }

  /** About how many bytes wait for another spool: a gateway's are ended and wait for the guest, the supervisor's for their opening. */
  backlog(spool: SpoolName): { attempts: number; bytes: number } {
    let attempts = 0;
    let bytes = 0;
    for (const attempt of this.#pending.values()) {
      if (spool === 'supervisor' ? attempt.open === null : attempt.ended && attempt.gateway === spool) {
        attempts += 1;
        bytes += attempt.bytes;
      }
    }
    return { attempts, bytes };
  }

  /** A spool begins at an offset. If it is not the one from before, whatever its owner held open is over. */
  start(spool: SpoolName, start: { epoch: string; from: number; lost: boolean }): void {
    const cursor = this.cursor(spool);
    const another = cursor.start(start);
    if (another && spool !== 'supervisor') this.#endOpen(spool, cursor.time);
  }

  /** The supervisor's spool has not answered for long, or answers again. */
  supervisorGone(gone: boolean): void {
    this.#supervisorGone = gone;
  }

  take(spool: SpoolName, { fact, at, next }: FactAt): void {
    const cursor = this.cursor(spool);
    const before = cursor.time;
    const { known, counted } = cursor.take(at, next, fact.t);
    if (known) return;
    switch (fact.kind) {
      case 'beat':
        return;
      case 'open':
        if (isGatewayName(spool)) this.#attempt(fact.id).begin(spool, at, fact, cursor.time);
        return;
      case 'dial':
      case 'data':
      case 'withheld':
      case 'close': {
        const attempt = this.#pending.get(fact.id);
        if (attempt?.open) attempt.addGateway(fact);
        else this.#lateWithoutOpening += 1;
        return;
      }
      case 'guest':
        this.#takeGuest(at, fact);
        return;
      case 'started':
        if (spool !== 'supervisor') this.#endOpen(spool, fact.t);
        else if (!counted) this.#ready.boots.push(...this.#boots.endRunning(fact.t, before));
        return;
      default:
        if (!counted) this.#count(fact);
    }
  }

  /** Takes out what is due, at most so many attempts and bytes (one attempt more, to be exact), and everything else that is ready. */
  harvest(maxAttempts: number, maxBytes: number): Harvest {
    const times = {
      gateway: this.gatewayTime,
      supervisor: this.cursor('supervisor').time,
      supervisorGone: this.#supervisorGone,
    };
    for (const attempt of this.#pending.values()) this.#suspect(attempt, times);
    const ready = this.#ready;
    this.#ready = emptyHarvest();
    let bytes = 0;
    for (const attempt of this.#pending.values()) {
      ready.isFull = ready.attempts.length >= maxAttempts || bytes > maxBytes;
      if (ready.isFull) break;
      if (!attempt.isDue(times, this.#bootOver(attempt))) continue;
      ready.attempts.push(attempt);
      bytes += attempt.bytes;
    }
    for (const { id } of ready.attempts) this.#pending.delete(id);
    for (const [spool, cursor] of this.#cursors) {
      const progress = cursor.progress(this.#held(spool));
      if (progress) ready.progress.push(progress);
    }
    return ready;
  }

  #attempt(id: AttemptId): PendingAttempt {
    const known = this.#pending.get(id);
    if (known) return known;
    const attempt = new PendingAttempt(id);
    this.#pending.set(id, attempt);
    return attempt;
  }

  #takeGuest(at: number, fact: GuestTold): void {
    if (fact.id === null) return;
    this.#attempt(fact.id).addGuest(at, fact);
    const { event, target, t } = fact;
    if (event.kind !== 'released' || event.peerIsSelf || !this.#boots.isPrize(target)) return;
    const detail = `the guest released ${event.bytes} bytes`;
    this.#ready.alarms.push({ kind: 'released', raisedUs: t, target, attemptId: fact.id, detail });
  }

  /** Facts that stand for themselves: each is counted once. */
  #count(fact: Refused | SelfTestRun | GuestLost | BootFact | ProofFailed): void {
    switch (fact.kind) {
      case 'refused':
        this.#ready.refusals.push(fact);
        return;
      case 'self_test':
        this.#ready.selfTests.push(fact);
        return;
      case 'lost':
        this.cursor('supervisor').missed(plausible(fact.count));
        this.#ready.guestLost.push({ ...fact, count: plausible(fact.count) });
        return;
      case 'proof_failed':
        this.#ready.alarms.push(proofAlarm(fact));
        return;
      case 'boot':
        this.#boots.boot(fact);
        break;
      case 'ready':
        this.#boots.ready(fact);
        break;
      case 'end':
        this.#boots.end(fact);
        break;
      case 'proof':
        break;
    }
    this.#ready.boots.push(fact);
  }

  /** The gateway that held them is gone: connections that it did not close ended with it, and nobody saw how. */
  #endOpen(gateway: GatewayName, t: number): void {
    for (const attempt of this.#pending.values()) if (attempt.gateway === gateway) attempt.end(t);
  }

  /** The boot has ended, and all that its guest told before has been read. */
  #bootOver({ facts }: PendingAttempt): boolean {
    const end = this.#boots.find(servingBoot(facts))?.end ?? null;
    return end !== null && this.cursor('supervisor').time >= end.t;
  }

  /** Raises the alarm for bytes that look like a release, long before the connection may end. */
  #suspect(attempt: PendingAttempt, times: SpoolTimes): void {
    const { open } = attempt;
    if (!open || open.selfTest !== null || !this.#boots.isPrize(open.target) || attempt.suspected) return;
    const sent = attempt.lastSent;
    if (sent === null || times.supervisor < sent + RELEASE_PATIENCE_US || !attempt.isSuspicious()) return;
    attempt.suspected = true;
    const detail = 'bytes that may be a release left, and the guest told nothing';
    this.#ready.alarms.push({
      kind: 'release_suspected',
      raisedUs: sent,
      target: open.target,
      attemptId: attempt.id,
      detail,
    });
  }

  /** The first offset of a spool that an unpublished attempt still needs. */
  #held(spool: SpoolName): number | null {
    let held: number | null = null;
    for (const { first } of this.#pending.values()) {
      const at = first.get(spool);
      if (at !== undefined && (held === null || at < held)) held = at;
    }
    return held;
  }
}

/** One for each boot: whoever holds a guest could have as many wrong proofs made as there are questions. */
function proofAlarm({ t, target, bootId, why }: ProofFailed): Alarm {
  return { kind: 'proof_invalid', raisedUs: t, target, attemptId: null, detail: why, cause: bootId };
}

/** A count that a guest named itself: a hostile one may say anything, and must not overflow what it is added to. */
function plausible(count: number): number {
  return Number.isSafeInteger(count) ? Math.min(Math.max(count, 0), COUNT_MAX) : 1;
}

/** Nothing is ready. */
export function emptyHarvest(): Harvest {
  return {
    attempts: [],
    boots: [],
    selfTests: [],
    refusals: [],
    guestLost: [],
    alarms: [],
    progress: [],
    isFull: false,
  };
}
