import type { Load } from './load.ts';
import type { ServingMachine } from './machine.ts';
import { median } from './report.ts';

/** Times of several boots of one kind; medians, in ms from the start of QEMU. */
export class Boots<M extends ServingMachine> {
  readonly #start: () => Promise<M>;
  readonly #machines: M[] = [];
  readonly #handshakes: number[] = [];

  constructor(start: () => Promise<M>) {
    this.#start = start;
  }

  /** Boots one, ends it again; with a load generator, after a first mutual handshake. */
  async once(load: Load | null): Promise<void> {
    const machine = await this.#start();
    try {
      if (load) {
        const { good, errors } = await load.run(machine.way, { kind: 'mutual', lanes: 1, attempts: 1 });
        if (good !== 1) throw new Error(`the first handshake failed: ${Object.keys(errors).join()}`);
        this.#handshakes.push(performance.now() - machine.startedMs);
      }
      this.#machines.push(machine);
    } finally {
      await machine.stop();
    }
  }

  get listeningMs(): number {
    return this.ms(machine => machine.listeningMs);
  }

  get handshakeMs(): number {
    return median(this.#handshakes);
  }

  ms(of: (machine: M) => number): number {
    return median(this.#machines.map(of));
  }
}
