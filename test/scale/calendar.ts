import type { Micros } from '../../server/src/wire/ids.ts';
import { Dice } from './dice.ts';

const HOUR_US = 3_600_000_000;
const HOURS_A_DAY = 24;
/** One hour in so many is a burst, and so much louder. */
const BURST_EVERY = 40;
const BURST_FACTOR = 8;

/** When each of `attempts` attempts begins: in order, over some days, busier by day than by night, with loud hours among them. */
export class Calendar {
  readonly #startUs: Micros;
  /** Attempts before each hour. */
  readonly #before: Float64Array;

  constructor(options: { seed: number; attempts: number; days: number; endUs: Micros }) {
    const { seed, attempts, days, endUs } = options;
    const hours = days * HOURS_A_DAY;
    this.#startUs = endUs - hours * HOUR_US;
    const weights = Array.from({ length: hours }, (_, hour) => weightOf(seed, hour));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#before = new Float64Array(hours + 1);
    let sum = 0;
    for (const [hour, weight] of weights.entries()) {
      sum += weight;
      this.#before[hour + 1] = (sum / total) * attempts;
    }
  }

  /** Start of the attempt with this number, from 0. */
  startOf(index: number): Micros {
    const hour = this.#hourOf(index);
    const [from = 0, to = 1] = this.#before.subarray(hour, hour + 2);
    const within = Math.min(0.999_999, Math.max(0, (index - from) / (to - from)));
    return this.#startUs + Math.floor((hour + within) * HOUR_US);
  }

  #hourOf(index: number): number {
    let low = 0;
    let high = this.#before.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#before[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function weightOf(seed: number, hour: number): number {
  const dice = new Dice(seed, hour);
  const tide = 1 + 0.5 * Math.sin((2 * Math.PI * hour) / HOURS_A_DAY);
  return tide * (0.5 + dice.next()) * (dice.below(BURST_EVERY) === 0 ? BURST_FACTOR : 1);
}
