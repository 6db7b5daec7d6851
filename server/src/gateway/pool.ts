import type { GuestRole } from '../wire/facts.ts';
import type { Origin } from './address.ts';
import { Counts } from './counts.ts';
import { RateCounter } from './rate-counter.ts';
import { Silent } from './silent.ts';

export interface PoolLimits {
  /** Open connections per address; per network. */
  perAddress: number;
  perNetwork: number;
  /** New connections per address and minute. */
  ratePerMinute: number;
  /** Open connections while the guest is the server; while it is the client. */
  server: number;
  client: number;
  /** Open connections in all. */
  total: number;
  /** So long somebody may be silent before their room can be given to somebody else. */
  graceMs: number;
}

/** One connection that was admitted. */
export interface Stay {
  /** It is silent. Until it has spoken, `giveWay` may be called for somebody else's sake, and must end it. */
  listen(giveWay: () => void): void;
  spoke(): void;
  /** Must be called once it is over; again is fine. */
  leave(): void;
}

/** `limited`: over a cap, which is worth a row. `refused`: over the published rate, which is only counted. */
export type Admission = Stay | 'limited' | 'refused';

/**
 * Counts the connections to one target. Each target has its own, so that a flood of one cannot starve another. When there is no room
 * for a newcomer, somebody who has said nothing goes.
 */
export class Pool {
  readonly #limits: PoolLimits;
  readonly #rates: RateCounter;
  readonly #silent: Silent;
  readonly #open = { server: 0, client: 0 };
  readonly #byAddress = new Counts();
  readonly #byNetwork = new Counts();

  /** `now` in milliseconds from anywhere, never going back. */
  constructor(limits: PoolLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#rates = new RateCounter(limits.ratePerMinute, now);
    this.#silent = new Silent(limits.graceMs, now);
  }

  /** Judges a new connection, and counts it if it is admitted. */
  enter(origin: Origin, role: GuestRole): Admission {
    if (!this.#rates.isWithin(origin.address)) return 'refused';
    return this.#isWithinCaps(origin) && this.#makeRoom(origin, role) ? this.#admit(origin, role) : 'limited';
  }

  #isWithinCaps({ address, network }: Origin): boolean {
    const { perAddress, perNetwork } = this.#limits;
    return this.#byAddress.of(address) < perAddress && this.#byNetwork.of(network) < perNetwork;
  }

  /** Only where the guest is the server is anybody silent: else it speaks first. */
  #makeRoom({ network }: Origin, role: GuestRole): boolean {
    const isRoleFull = this.#open[role] >= this.#limits[role];
    const isFull = this.#open.server + this.#open.client >= this.#limits.total;
    if (!isRoleFull && !isFull) return true;
    if (isRoleFull && role === 'client') return false;
    return this.#silent.endOne(this.#byNetwork.of(network));
  }

  #admit({ address, network }: Origin, role: GuestRole): Stay {
    this.#open[role] += 1;
    this.#byAddress.add(address, 1);
    this.#byNetwork.add(network, 1);
    let spoke = () => {};
    let isOver = false;
    return {
      listen: giveWay => {
        spoke = this.#silent.add(network, giveWay);
      },
      spoke: () => spoke(),
      leave: () => {
        if (isOver) return;
        isOver = true;
        spoke();
        this.#open[role] -= 1;
        this.#byAddress.add(address, -1);
        this.#byNetwork.add(network, -1);
      },
    };
  }
}
