import type { Spool } from '../spool/spool.ts';
import type { GuestTold, SupervisorFact } from '../wire/facts.ts';
import { type BootId, nowMicros } from '../wire/ids.ts';

/** More than any fact of a guest takes: 16 KiB of certificates in base64, and the rest. */
const FACT_ROOM_BYTES = 32 << 10;
/** Kept free for boots, ends, releases and losses when the spool is full of everything else. */
const KEPT_FREE_BYTES = 1 << 20;
/** Releases of one boot that are written even into that. More than one ends the round anyway. */
const URGENT_PER_BOOT = 64;
const BEAT_MS = 1000;

/**
 * Writes the supervisor's facts. It never waits: what a guest tells while the spool has no room is counted, and the count is
 * written as `lost` when there is room again.
 */
export class Recorder {
  readonly #spool: Spool;
  readonly #lost = new Map<BootId, { target: string; count: number }>();
  readonly #urgent = new Map<BootId, number>();
  readonly #beats: NodeJS.Timeout;

  constructor(spool: Spool) {
    this.#spool = spool;
    spool.reserve(KEPT_FREE_BYTES);
    spool.append({ kind: 'started', t: nowMicros() });
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
  }

  /** Writes at once what the supervisor itself has to say. */
  record(fact: Exclude<SupervisorFact, GuestTold>): void {
    // What a boot lost is told before its end at the latest, whatever room there is.
    if (fact.kind === 'end') this.#writeLost(fact.bootId);
    this.#spool.append(fact);
    this.#spool.flush();
    if (fact.kind === 'end') this.#urgent.delete(fact.bootId);
  }

  /** Takes one event of a guest; `flush` writes it. */
  told(fact: GuestTold): void {
    if (!this.#spool.hasRoom(FACT_ROOM_BYTES) && !this.#mayUseReserve(fact)) this.lost(fact.target, fact.bootId, 1);
    else this.#spool.append(fact);
  }

  /** Counts events that are missing. */
  lost(target: string, bootId: BootId, count: number): void {
    const before = this.#lost.get(bootId)?.count ?? 0;
    this.#lost.set(bootId, { target, count: before + count });
  }

  flush(): void {
    if (this.#spool.hasRoom(0)) for (const bootId of this.#lost.keys()) this.#writeLost(bootId);
    this.#spool.flush();
  }

  stop(): void {
    clearInterval(this.#beats);
    this.flush();
  }

  #beat(): void {
    this.#spool.append({ kind: 'beat', t: nowMicros() });
    this.flush();
  }

  #writeLost(bootId: BootId): void {
    const lost = this.#lost.get(bootId);
    if (!lost) return;
    this.#spool.append({ kind: 'lost', t: nowMicros(), bootId, ...lost });
    this.#lost.delete(bootId);
  }

  #mayUseReserve({ event, bootId }: GuestTold): boolean {
    if (event.kind !== 'released') return false;
    const used = this.#urgent.get(bootId) ?? 0;
    this.#urgent.set(bootId, used + 1);
    return used < URGENT_PER_BOOT;
  }
}
