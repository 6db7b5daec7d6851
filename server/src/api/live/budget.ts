const SECOND_MS = 1000;

/** How many rows a stream may still show: never more than so many in any second, and never more than so many at once. */
export class Budget {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #spent: { atMs: number; rows: number }[] = [];

  constructor(perSecond: number, atOnce: number) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
  }

  /** Rows that may be shown now. */
  available(nowMs: number): number {
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < SECOND_MS);
    const spent = this.#spent.reduce((sum, { rows }) => sum + rows, 0);
    return Math.min(this.#atOnce, this.#perSecond - spent);
  }

  spend(rows: number, nowMs: number): void {
    if (rows > 0) this.#spent.push({ atMs: nowMs, rows });
  }
}
