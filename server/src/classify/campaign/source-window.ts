import type { Micros } from '../../wire/ids.ts';
import { Lru } from './lru.ts';
import { RecentSet, SlidingCount } from './sliding.ts';

const MINUTE_US = 60_000_000;
const TEN_MINUTES_US = 10 * MINUTE_US;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
/** Exchanges whose repetitions are counted at the same time. */
const EXCHANGES_MAX = 8;
const DIFFERENT_MAX = 32;

/** What one address did of late. */
export class SourceWindow {
  readonly connections = new SlidingCount(MINUTE_US);
  readonly garbage = new SlidingCount(MINUTE_US);
  readonly handshakes = new SlidingCount(MINUTE_US);
  readonly renegotiations = new SlidingCount(TEN_MINUTES_US);
  readonly malformed = new RecentSet(TEN_MINUTES_US, DIFFERENT_MAX);
  readonly ciphers = new RecentSet(TEN_MINUTES_US, DIFFERENT_MAX);
  readonly versions = new RecentSet(TEN_MINUTES_US, DIFFERENT_MAX);
  readonly jarm = new RecentSet(TEN_MINUTES_US, DIFFERENT_MAX);
  readonly crashes = new RecentSet(DAY_US, DIFFERENT_MAX);
  readonly #exchanges = new Lru<string, SlidingCount>(EXCHANGES_MAX);

  /** How often this exchange happened within the hour. */
  repeated(exchange: string, t: Micros): number {
    return this.#exchanges.ensure(exchange, () => new SlidingCount(HOUR_US)).add(t);
  }
}
