import type { OpenedNameless } from '../evidence/transcript.ts';
import type { GuestTold, Opened } from '../wire/facts.ts';
import type { AttemptId, Micros } from '../wire/ids.ts';
import type { GatewayName, SpoolName } from '../wire/spools.ts';
import type { AttemptFacts, GatewayPart } from './attempt-facts.ts';
import { observe } from './observe.ts';
import { isDue, isLate, longOver, type SpoolTimes } from './publication-rule.ts';
import { guestGaveVerdict, releaseLikely } from './release-likely.ts';

/** What a fact costs in memory beside its bytes, about. */
const FACT_BYTES = 256;

/** One attempt while its facts come in. */
export class PendingAttempt {
  readonly id: AttemptId;
  /** Offset of its first fact in each spool: what holds back the acknowledgement. */
  readonly first = new Map<SpoolName, number>();
  /** Whose connection it is, once that is known. */
  gateway: GatewayName | null = null;
  /** The spool's time at its opening, which never goes back. */
  openedAt: Micros | null = null;
  /** The alarm has been raised for bytes that look like a release. */
  suspected = false;
  readonly #gateway: GatewayPart[] = [];
  readonly #guest: GuestTold[] = [];
  #open: OpenedNameless | null = null;
  #address: Opened['source'] | null = null;
  #endedAt: Micros | null = null;
  #lastSent: Micros | null = null;
  #reachedGuest = false;
  #guestClosed = false;
  #bytes = 0;
  #suspicion = { facts: -1, suspicious: false };

  constructor(id: AttemptId) {
    this.id = id;
  }

  get facts(): AttemptFacts {
    return { id: this.id, open: this.#open, gateway: this.#gateway, guest: this.#guest };
  }

  get open(): OpenedNameless | null {
    return this.#open;
  }

  get address(): Opened['source'] | null {
    return this.#address;
  }

  get ended(): boolean {
    return this.#endedAt !== null;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(spool: GatewayName, at: number, { source, ...open }: Opened, spoolTime: Micros): void {
    this.#note(spool, at);
    this.gateway = spool;
    this.openedAt = spoolTime;
    this.#address = source;
    this.#open = open;
    this.#bytes += FACT_BYTES;
  }

  addGateway(fact: GatewayPart): void {
    this.#gateway.push(fact);
    this.#bytes += FACT_BYTES + (fact.kind === 'data' ? fact.bytes.length : 0);
    if (fact.kind === 'dial' && fact.to === 'guest' && fact.ok) this.#reachedGuest = true;
    if (fact.kind === 'close') this.end(fact.t);
    if ((fact.kind === 'data' || fact.kind === 'withheld') && fact.dir === 'out') this.#lastSent = fact.t;
  }

  addGuest(at: number, fact: GuestTold): void {
    this.#note('supervisor', at);
    this.#guest.push(fact);
    this.#bytes += FACT_BYTES + (fact.event.kind === 'certificate' ? fact.event.chain.join('').length : 0);
    if (fact.event.kind === 'closed') this.#guestClosed = true;
  }

  /** Its connections are over. */
  end(t: Micros): void {
    this.#endedAt ??= t;
  }

  /** Whether it is published now. `bootOver`: the boot that served it has ended. */
  isDue(times: SpoolTimes, bootOver: boolean): boolean {
    if (!this.#open) return isLate(this.#lastT(), times);
    const waiting = {
      endedAt: this.#endedAt ?? longOver(this.openedAt ?? this.#open.t, times),
      reachedGuest: this.#reachedGuest,
      guestDone: this.#guestClosed || bootOver,
    };
    // Looking for a release costs a parse, so only those are looked at that would be published without it.
    return (
      isDue({ ...waiting, suspicious: false }, times) && isDue({ ...waiting, suspicious: this.isSuspicious() }, times)
    );
  }

  /** Whether the guest seems to have sent a release and has told nothing about its end. */
  isSuspicious(): boolean {
    if (guestGaveVerdict(this.#guest)) return false;
    if (this.#suspicion.facts !== this.#gateway.length) {
      this.#suspicion = { facts: this.#gateway.length, suspicious: releaseLikely(this.facts, observe(this.facts)) };
    }
    return this.#suspicion.suspicious;
  }

  /** When the guest last sent bytes, as far as is known. */
  get lastSent(): Micros | null {
    return this.#lastSent;
  }

  #note(spool: SpoolName, at: number): void {
    if (!this.first.has(spool)) this.first.set(spool, at);
  }

  #lastT(): Micros {
    return Math.max(this.#guest.at(-1)?.t ?? 0, this.#gateway.at(-1)?.t ?? 0);
  }
}
