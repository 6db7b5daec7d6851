import type { Load, LoadOrder, LoadResult, Way } from './load.ts';
import { cpuSeconds, median } from './report.ts';

/** One kind of load on one server, measured several times. */
export class Series {
  readonly #rounds: { result: LoadResult; serverCpu: number }[] = [];

  add(result: LoadResult, serverCpu: number): void {
    this.#rounds.push({ result, serverCpu });
  }

  /** Attempts per second that ended as they should: the median of the rounds, as all that follow unless they say otherwise. */
  get rate(): number {
    return this.#median(({ result }) => result.good / result.seconds);
  }

  /** Processor time of the server's QEMU per attempt, ms. */
  get serverMs(): number {
    return this.#median(({ result, serverCpu }) => (serverCpu / count(result)) * 1000);
  }

  /** Of one core. */
  get serverShare(): number {
    return this.#median(({ result, serverCpu }) => serverCpu / result.seconds);
  }

  /** Processor time of the load generator per attempt, ms. */
  get clientMs(): number {
    return this.#median(({ result }) => (result.cpuSeconds / count(result)) * 1000);
  }

  get medianMs(): number {
    return this.#median(({ result }) => result.medianMs);
  }

  /** The slowest attempt of all rounds. */
  get slowestMs(): number {
    return Math.max(...this.#rounds.map(({ result }) => result.slowestMs));
  }

  /** Of all rounds. */
  get failed(): number {
    return this.#rounds.reduce((sum, { result }) => sum + result.bad, 0);
  }

  /** What went wrong, with how often it did. */
  get failures(): string {
    const counts = new Map<string, number>();
    for (const { result } of this.#rounds) {
      for (const [what, times] of Object.entries(result.errors)) counts.set(what, (counts.get(what) ?? 0) + times);
    }
    return [...counts].map(([what, times]) => `${what} × ${times}`).join(', ');
  }

  #median(of: (round: { result: LoadResult; serverCpu: number }) => number): number {
    return median(this.#rounds.map(of));
  }
}

const count = ({ good, bad }: LoadResult) => good + bad;

export interface Contest {
  readonly load: Load;
  readonly server: { readonly pid: number; readonly way: Way };
  readonly order: LoadOrder;
  readonly series: Series;
}

/** Gives each its turn in each round: what disturbs the machine for a while then disturbs all of them. */
export async function takeTurns(contests: readonly Contest[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { load, server, order, series } of contests) {
      const before = cpuSeconds(server.pid);
      const result = await load.run(server.way, order);
      series.add(result, cpuSeconds(server.pid) - before);
    }
  }
}
