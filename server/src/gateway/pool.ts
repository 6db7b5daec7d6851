import type { GuestRole } from '../wire/facts.ts';

export interface PoolLimits {
  /** Open connections per address. */
  perAddress: number;
  /** New connections per address and minute. */
  ratePerMinute: number;
  /** Open connections while the guest is the server; while it is the client. */
  server: number;
  client: number;
  /** Open connections in all. */
  total: number;
}

/** `limited`: over a cap, which is worth a row. `refused`: over the published rate, which is only counted. */
export type Admission = 'admitted' | 'limited' | 'refused';

const MINUTE_MS = 60_000;

/** Counts the connections to one target. Each target has its own, so that a flood of one cannot starve another. */
export class Pool {
  readonly #limits: PoolLimits;
  readonly #now: () => number;
  readonly #open = { server: 0, client: 0 };
  readonly #openByAddress = new Map<string, number>();
  #rates = new Map<string, number>();
  #minute = 0;

  constructor(limits: PoolLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Judges a new connection, and counts it if it is admitted: it must then `leave`. */
  enter(address: string, role: GuestRole): Admission {
    if (!this.#withinRate(address)) return 'refused';
    const mine = this.#openByAddress.get(address) ?? 0;
    const { server, client } = this.#open;
    const isFull =
      mine >= this.#limits.perAddress ||
      this.#open[role] >= this.#limits[role] ||
      server + client >= this.#limits.total;
    if (isFull) return 'limited';
    this.#open[role] += 1;
    this.#openByAddress.set(address, mine + 1);
    return 'admitted';
  }

  leave(address: string, role: GuestRole): void {
    this.#open[role] -= 1;
    const left = (this.#openByAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#openByAddress.set(address, left);
    else this.#openByAddress.delete(address);
  }

  #withinRate(address: string): boolean {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#rates = new Map();
    }
    const count = (this.#rates.get(address) ?? 0) + 1;
    this.#rates.set(address, count);
    return count <= this.#limits.ratePerMinute;
  }
}
