/** A ration per key: `capacity` at once, one more each `refillMs`. Keys that are full again are forgotten. */
export class TokenBuckets {
  readonly #capacity: number;
  readonly #refillMs: number;
  readonly #keysMax: number;
  readonly #now: () => number;
  /** Per key, when its bucket would be full again. */
  readonly #fullAt = new Map<string, number>();

  constructor(capacity: number, refillMs: number, keysMax = 100_000, now: () => number = Date.now) {
    this.#capacity = capacity;
    this.#refillMs = refillMs;
    this.#keysMax = keysMax;
    this.#now = now;
  }

  /** Takes one token, or answers false. */
  take(key: string): boolean {
    const now = this.#now();
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now) + this.#refillMs;
    if (fullAt - now > this.#capacity * this.#refillMs) return false;
    this.#fullAt.set(key, fullAt);
    if (this.#fullAt.size > this.#keysMax) this.#forget(now);
    return true;
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    for (const key of this.#fullAt.keys()) {
      if (this.#fullAt.size <= this.#keysMax) return;
      this.#fullAt.delete(key);
    }
  }
}
