import { type Claim, chooseVictim, compareClaims, countBy, type Holding, type Stage } from './place-choice.ts';

/** How a guest's places in one role are shared out. */
export interface PlaceLimits {
  /** Of one network (IPv4 /24, IPv6 /48); of few places half at most. */
  perNetwork: number;
  /** So long a handshake may take before its place can be given to somebody else. */
  graceMs: number;
  /** So many may wait for a place, and so long. */
  waiting: number;
  waitMs: number;
  /** So long a place rests when it was left, because the guest hears of it later than we do. */
  restMs: number;
}

const WAITING_MAX = 64;
const REST_MS = 250;
/** After the grace, so that whoever was new when somebody came has given way before they are turned away. */
const WAIT_BEYOND_GRACE_MS = 1000;

export function placeLimits({ perNetwork, graceMs }: Pick<PlaceLimits, 'perNetwork' | 'graceMs'>): PlaceLimits {
  return {
    perNetwork,
    graceMs,
    waiting: WAITING_MAX,
    waitMs: graceMs + WAIT_BEYOND_GRACE_MS,
    restMs: REST_MS,
  };
}

/** What is known of a visitor while it is here. */
export interface Progress {
  bytesIn: number;
  /** A whole TLS record has come. */
  isWhole: boolean;
  stage: Stage;
}

/** Somebody who wants a place in a guest. */
export interface Visitor {
  readonly network: string;
  /** False once the attacker is gone. */
  isWanted(): boolean;
  progress(): Progress;
  /** Ends the attempt for somebody else's sake. */
  giveWay(): void;
}

/** A place that was given; it must be left. */
export interface Place {
  leave(): void;
}

interface Waiter {
  visitor: Visitor;
  sinceMs: number;
  answer: (place: Place | null) => void;
}

interface Held {
  visitor: Visitor;
  sinceMs: number;
}

/** Those who wait are looked after so often, besides whenever somebody comes or goes. */
const LOOK_MS = 50;

/**
 * The few places that a guest has in one role. When all are taken, or all that a network may have, a newcomer waits for a moment until
 * somebody leaves, or has been slow for so long that they have to.
 */
export class Places {
  readonly #size: number;
  readonly #perNetwork: number;
  readonly #limits: PlaceLimits;
  readonly #now: () => number;
  readonly #held = new Set<Held>();
  /** When places that were left are free again: until then the guest may not have noticed. */
  #freeAtMs: number[] = [];
  #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `now` in milliseconds from anywhere, never going back. */
  constructor(size: number, limits: PlaceLimits, now: () => number = () => performance.now()) {
    this.#size = size;
    this.#perNetwork = Math.min(limits.perNetwork, Math.ceil(size / 2));
    this.#limits = limits;
    this.#now = now;
  }

  /** Resolves with a place; or null where there was none to be had, or the visitor has gone. */
  take(visitor: Visitor): Promise<Place | null> {
    return new Promise(answer => {
      this.#waiting.push({ visitor, sinceMs: this.#now(), answer });
      this.look();
      if (this.#waiting.length > this.#limits.waiting) this.#turnAwayOne();
      this.#watch();
    });
  }

  /** Gives out what there is to give. */
  look(): void {
    if (this.#waiting.length === 0) return;
    this.#dismiss(({ visitor }) => !visitor.isWanted());
    this.#seat();
    if (this.#waiting.length === 0) return;
    this.#clear();
    const since = this.#now() - this.#limits.waitMs;
    this.#dismiss(({ sinceMs }) => sinceMs <= since);
  }

  /** Gives the free places to those who wait. */
  #seat(): void {
    const now = this.#now();
    while ((this.#freeAtMs[0] ?? now + 1) <= now) this.#freeAtMs.shift();
    let free = this.#size - this.#held.size - this.#freeAtMs.length;
    const loads = countBy(this.#held, networkOf);
    while (free-- > 0) {
      const next = sortedByClaim(this.#waiting, loads).find(waiter => loadOf(waiter, loads) < this.#perNetwork);
      if (!next) return;
      loads.set(networkOf(next), loadOf(next, loads) + 1);
      this.#waiting = this.#waiting.filter(waiter => waiter !== next);
      next.answer(this.#give(next.visitor));
    }
  }

  /**
   * Makes somebody leave for each who waits, if anybody has to, so that there will be a place for them. Whoever fills all that their
   * network may have displaces only their neighbours.
   */
  #clear(): void {
    let coming = this.#size - this.#held.size;
    const loads = countBy(this.#held, networkOf);
    for (const waiter of sortedByClaim(this.#waiting, loads)) {
      const network = networkOf(waiter);
      const isNetworkFull = loadOf(waiter, loads) >= this.#perNetwork;
      if (isNetworkFull || coming === 0) {
        const leaver = this.#endOne(held => !isNetworkFull || networkOf(held) === network);
        if (!leaver) continue;
        loads.set(networkOf(leaver), loadOf(leaver, loads) - 1);
        coming += 1;
      }
      loads.set(network, loadOf(waiter, loads) + 1);
      coming -= 1;
    }
  }

  #endOne(isCandidate: (held: Held) => boolean): Held | null {
    const candidates = [...this.#held].filter(isCandidate).map(asHolding);
    const victim = chooseVictim(candidates, this.#limits.graceMs, this.#now());
    if (!victim) return null;
    this.#free(victim.held);
    victim.held.visitor.giveWay();
    return victim.held;
  }

  #free(held: Held): boolean {
    const wasHeld = this.#held.delete(held);
    if (wasHeld) this.#freeAtMs.push(this.#now() + this.#limits.restMs);
    return wasHeld;
  }

  #dismiss(isThrough: (waiter: Waiter) => boolean): void {
    const through = this.#waiting.filter(isThrough);
    if (through.length === 0) return;
    this.#waiting = this.#waiting.filter(waiter => !through.includes(waiter));
    for (const { answer } of through) answer(null);
  }

  #give(visitor: Visitor): Place {
    const held: Held = { visitor, sinceMs: this.#now() };
    this.#held.add(held);
    const leave = () => {
      if (this.#free(held)) this.look();
    };
    return { leave };
  }

  /** Whose claim is the weakest, the networks of those who wait counted too; of equals the newest. */
  #turnAwayOne(): void {
    const loads = countBy([...this.#held, ...this.#waiting], networkOf);
    const weakest = sortedByClaim(this.#waiting, loads).at(-1);
    this.#dismiss(waiter => waiter === weakest);
  }

  /** A timer runs only while somebody waits. */
  #watch(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.look();
      this.#watch();
    }, LOOK_MS).unref();
  }
}

function networkOf({ visitor }: { visitor: Visitor }): string {
  return visitor.network;
}

function loadOf(one: { visitor: Visitor }, loads: ReadonlyMap<string, number>): number {
  return loads.get(one.visitor.network) ?? 0;
}

function asHolding(held: Held): Holding & { held: Held } {
  const { bytesIn, stage } = held.visitor.progress();
  return { network: held.visitor.network, sinceMs: held.sinceMs, bytesIn, stage, held };
}

function sortedByClaim(waiting: readonly Waiter[], loads: ReadonlyMap<string, number>): Waiter[] {
  const claims = waiting.map(waiter => {
    const { visitor, sinceMs } = waiter;
    const claim: Claim = { isWhole: visitor.progress().isWhole, load: loads.get(visitor.network) ?? 0, sinceMs };
    return { claim, waiter };
  });
  return claims.sort((a, b) => compareClaims(a.claim, b.claim)).map(({ waiter }) => waiter);
}
