const MINUTE_MS = 60_000;
/** Whoever has more addresses than this comes unrated until the next minute: every attempt of theirs is a row. */
const KEYS_MAX = 100_000;

/** Counts by key within each minute. */
export class RateCounter {
  readonly #perMinute: number;
  readonly #now: () => number;
  #counts = new Map<string, number>();
  #minute = 0;

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Counts one more; false where that is too many in this minute. */
  isWithin(key: string): boolean {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > 1 || this.#counts.size < KEYS_MAX) this.#counts.set(key, count);
    return count <= this.#perMinute;
  }
}
