/** Bytes that a guest may say per second. Four times what it says under the heaviest load that was measured on it. */
const COST_PER_SECOND = 16 << 20;
/** What a frame costs beside its bytes, so that many small ones are bounded too: about 20,000 a second. */
const COST_PER_FRAME = 800;

/**
 * Bounds the work that one guest can make for its supervisor. A guest above its rate is read later, not disbelieved: its own
 * channel then fills, and it counts what it drops.
 */
export class Meter {
  #allowance = COST_PER_SECOND;
  #countedMs: number;

  constructor(nowMs: number) {
    this.#countedMs = nowMs;
  }

  /** Takes note of what was read; gives how many ms to wait before reading on, mostly 0. */
  spend(bytes: number, frames: number, nowMs: number): number {
    const earned = ((nowMs - this.#countedMs) * COST_PER_SECOND) / 1000;
    this.#countedMs = nowMs;
    this.#allowance = Math.min(COST_PER_SECOND, this.#allowance + earned) - bytes - frames * COST_PER_FRAME;
    return this.#allowance >= 0 ? 0 : Math.ceil((-this.#allowance * 1000) / COST_PER_SECOND);
  }
}
