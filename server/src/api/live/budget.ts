/** How many rows a stream may still show: a token bucket. */
export class Budget {
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /** Starts full with one second's worth. */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#at = nowMs;
  }

  /** Whole rows that may be shown now. */
  available(nowMs: number): number {
    const gained = (Math.max(0, nowMs - this.#at) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained);
    this.#at = nowMs;
    return Math.floor(this.#tokens);
  }

  spend(rows: number): void {
    this.#tokens -= rows;
  }
}
