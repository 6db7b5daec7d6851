interface Listener {
  sinceMs: number;
  giveWay: () => void;
}

/** A newcomer's network must have so many connections less for a silent one to go before its grace is over. */
const UNFAIR = 2;

/** Those who connected and have said nothing yet, by network. They are the first to go when there is no room. */
export class Silent {
  readonly #graceMs: number;
  readonly #now: () => number;
  /** The oldest of each network first. */
  readonly #byNetwork = new Map<string, Set<Listener>>();

  constructor(graceMs: number, now: () => number) {
    this.#graceMs = graceMs;
    this.#now = now;
  }

  /** Gives back how to take it out again. */
  add(network: string, giveWay: () => void): () => void {
    const listener: Listener = { sinceMs: this.#now(), giveWay };
    const neighbours = this.#byNetwork.get(network) ?? new Set();
    this.#byNetwork.set(network, neighbours.add(listener));
    return () => {
      neighbours.delete(listener);
      if (neighbours.size === 0 && this.#byNetwork.get(network) === neighbours) this.#byNetwork.delete(network);
    };
  }

  /**
   * Ends the oldest of the network that has the most here, for a newcomer whose network has `load` connections. False where there is
   * nobody, or nobody who is silent for long while the newcomer's network has hardly less.
   */
  endOne(load: number): boolean {
    let most: Set<Listener> | null = null;
    for (const listeners of this.#byNetwork.values()) if (listeners.size > (most?.size ?? 0)) most = listeners;
    const [oldest] = most ?? [];
    if (!most || !oldest) return false;
    const isLate = this.#now() - oldest.sinceMs >= this.#graceMs;
    if (!isLate && most.size < load + UNFAIR) return false;
    oldest.giveWay();
    return true;
  }
}
