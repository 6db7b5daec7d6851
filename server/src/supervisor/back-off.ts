const WINDOW_MS = 60_000;
const CRASHES_WITHOUT_DELAY = 2;
const LONGEST_DELAY_MS = 30_000;
const REMEMBERED = 16;

/**
 * How long a target rests after a crash: not at all after the first two in a minute, then 1, 2, 4 … 30 s. Minutes are counted
 * in time that the target was up, so that the rests themselves do not make its crashes look rare.
 */
export class BackOff {
  #upMs = 0;
  #crashes: number[] = [];

  /** Takes note of a crash of a guest that was up for `uptimeMs`; gives the delay in ms. */
  crashed(uptimeMs: number): number {
    this.ran(uptimeMs);
    this.#crashes = [...this.#crashes.filter(at => this.#upMs - at < WINDOW_MS), this.#upMs].slice(-REMEMBERED);
    const beyond = this.#crashes.length - CRASHES_WITHOUT_DELAY;
    return beyond <= 0 ? 0 : Math.min(1000 * 2 ** (beyond - 1), LONGEST_DELAY_MS);
  }

  /** Takes note of a guest that was up for `uptimeMs` and ended without a crash. */
  ran(uptimeMs: number): void {
    this.#upMs += Math.max(0, uptimeMs);
  }
}
