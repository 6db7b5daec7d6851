import type { Micros } from '../../wire/ids.ts';

/**
 * How many there were within the last `spanUs`, about: the count of the running span, and of the one before as much as it still
 * overlaps. Two numbers, however many there are. What comes late counts as of now.
 */
export class SlidingCount {
  readonly #spanUs: number;
  #span = 0;
  #now = 0;
  #before = 0;

  constructor(spanUs: number) {
    this.#spanUs = spanUs;
  }

  /** One more at `t`; gives the count. */
  add(t: Micros): number {
    const span = Math.floor(t / this.#spanUs);
    if (span > this.#span) {
      this.#before = span === this.#span + 1 ? this.#now : 0;
      this.#now = 0;
      this.#span = span;
    }
    this.#now += 1;
    const passed = span < this.#span ? 0 : (t % this.#spanUs) / this.#spanUs;
    return Math.floor(this.#now + this.#before * (1 - passed));
  }
}

/** Different keys within the last `spanUs`, at most `max` of them. */
export class RecentSet {
  readonly #spanUs: number;
  readonly #max: number;
  readonly #seen = new Map<string, Micros>();

  constructor(spanUs: number, max: number) {
    this.#spanUs = spanUs;
    this.#max = max;
  }

  /** One more at `t`; gives how many different ones there are. */
  add(key: string, t: Micros): number {
    this.#seen.delete(key);
    this.#seen.set(key, t);
    for (const [old, at] of this.#seen) {
      if (t - at > this.#spanUs || this.#seen.size > this.#max) this.#seen.delete(old);
    }
    return this.#seen.size;
  }
}
