/** How far a connection to the guest is, by what can be seen of it. `over`: the guest has sent its FIN. */
export type Stage = 'handshake' | 'decided' | 'over';

/** Somebody who holds a place in a guest. */
export interface Holding {
  readonly network: string;
  /** When the place was given. */
  readonly sinceMs: number;
  /** Bytes from the attacker. */
  readonly bytesIn: number;
  readonly stage: Stage;
}

/** Somebody who waits for a place. */
export interface Claim {
  /** They brought a whole TLS record, as every honest client does at once. */
  readonly isWhole: boolean;
  /** Places that their network has, or would have. */
  readonly load: number;
  /** When they came. */
  readonly sinceMs: number;
}

/**
 * Who gives their place away, or null where nobody has to: first whoever the guest is through with. Of the others those who are in
 * their handshake for longer than `graceMs`, of the network that holds the most places, the one who has sent the least for the time.
 */
export function chooseVictim<H extends Holding>(holders: readonly H[], graceMs: number, nowMs: number): H | null {
  const over = holders.find(({ stage }) => stage === 'over');
  if (over) return over;
  const loads = countBy(holders, ({ network }) => network);
  const load = (holder: H) => loads.get(holder.network) ?? 0;
  const speed = (holder: H) => holder.bytesIn / (nowMs - holder.sinceMs);
  let victim: H | null = null;
  for (const holder of holders) {
    if (holder.stage !== 'handshake' || nowMs - holder.sinceMs < graceMs) continue;
    const isWorse =
      victim === null ||
      load(holder) > load(victim) ||
      (load(holder) === load(victim) && speed(holder) < speed(victim));
    if (isWorse) victim = holder;
  }
  return victim;
}

/** Sorts claims, the best first: who brought something whole, then whose network has less, then who came first. */
export function compareClaims(a: Claim, b: Claim): number {
  return Number(b.isWhole) - Number(a.isWhole) || a.load - b.load || a.sinceMs - b.sinceMs;
}

/** How many of `all` have each key. */
export function countBy<T>(all: Iterable<T>, keyOf: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}
