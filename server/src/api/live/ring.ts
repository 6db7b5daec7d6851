import type { ListedAttempt } from '../snapshot.ts';

/**
 * The newest changes in memory, so that a stream resumes without a query of its own. Every `change` up to `cursor` has been; of
 * these it holds rows, by no means all: what it does not hold counts as skipped. Another life of the log is another ring.
 */
export class Ring {
  readonly #capacity: number;
  #rows: ListedAttempt[] = [];
  #cursor: number;

  /** Starts empty at `cursor`. */
  constructor(capacity: number, cursor: number) {
    this.#capacity = capacity;
    this.#cursor = cursor;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Takes the rows after the cursor up to `upTo`, ordered by `change`. */
  add(rows: readonly ListedAttempt[], upTo: number): void {
    this.#rows.push(...rows);
    this.#cursor = upTo;
    const excess = this.#rows.length - this.#capacity;
    if (excess > 0) this.#rows.splice(0, excess);
  }

  /** True if a stream that has seen everything up to `change` can go on from here: this log has come so far. */
  covers(change: number): boolean {
    return change <= this.#cursor;
  }

  /** The held rows after `change`. */
  after(change: number): readonly ListedAttempt[] {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle]?.change ?? 0) > change) high = middle;
      else low = middle + 1;
    }
    return this.#rows.slice(low);
  }
}
