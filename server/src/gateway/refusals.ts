import type { Channel, Refused } from '../wire/facts.ts';
import { type Micros, nowMicros } from '../wire/ids.ts';

const MINUTE_US = 60_000_000;
const KEYS_MAX = 20_000;
/** What is not settled is lost when this process dies. */
const SETTLE_MS = 5000;

/** Sums connections above the published rate: per address, target, channel and minute, in a fact each few seconds. */
export class Refusals {
  readonly #append: (fact: Refused) => void;
  readonly #now: () => Micros;
  readonly #counts = new Map<string, Refused>();
  readonly #timer: NodeJS.Timeout;

  constructor(append: (fact: Refused) => void, now: () => Micros = nowMicros) {
    this.#append = append;
    this.#now = now;
    this.#timer = setInterval(() => this.flush(), SETTLE_MS).unref();
  }

  count(target: string, channel: Channel, ip: string): void {
    const t = this.#now();
    const minute = Math.floor(t / MINUTE_US) * MINUTE_US;
    const key = `${minute} ${target} ${channel} ${ip}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { kind: 'refused', t, minute, target, channel, ip, count: 1 });
    if (this.#counts.size > KEYS_MAX) this.flush();
  }

  /** Appends all sums. What comes later of the same minute is another one, to be added. */
  flush(): void {
    const t = this.#now();
    for (const refused of this.#counts.values()) this.#append({ ...refused, t });
    this.#counts.clear();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}
