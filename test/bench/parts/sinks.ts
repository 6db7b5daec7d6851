import { join } from 'node:path';
import { BenchProgram } from './programs.ts';

/** Backends that answer at once; all on one core. */
export class Sinks {
  readonly #core: number;
  readonly #programs: BenchProgram[] = [];

  constructor(core: number) {
    this.#core = core;
  }

  /** The port of a new one, which expects so many bytes of preface. */
  async open(preface: number): Promise<number> {
    const program = BenchProgram.node(join(import.meta.dirname, 'sink.ts'), [String(preface)], { core: this.#core });
    this.#programs.push(program);
    return Number(await program.line());
  }

  async stop(): Promise<void> {
    for (const program of this.#programs) await program.stop();
  }
}
