import { join } from 'node:path';
import { BenchProgram, type ProgramOptions } from './programs.ts';

/** A load of plain connections. `lanes`: so many at any time, until so many seconds or attempts are over; `rate`: so many new ones a second; `hold`: opened, silent, kept. */
export type ConnectOrder = { readonly port: number } & (
  | { readonly kind: 'lanes'; readonly lanes: number; readonly seconds?: number; readonly attempts?: number }
  | { readonly kind: 'rate'; readonly perSecond: number; readonly seconds: number }
  | { readonly kind: 'hold'; readonly connections: number }
);

export interface ConnectResult {
  readonly good: number;
  readonly errors: number;
  /** Until the last had ended. */
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Of the generator itself. */
  readonly cpuSeconds: number;
}

/** The generator of plain connections: one process for all loads of a bench, so that none pays for its start. */
export class Connections {
  readonly #program: BenchProgram;

  constructor(options: ProgramOptions = {}) {
    this.#program = BenchProgram.node(join(import.meta.dirname, 'connect.ts'), [], options);
  }

  /** Throws where a connection did not end as it should. */
  async run(order: ConnectOrder): Promise<ConnectResult> {
    this.#program.write(JSON.stringify(order));
    const result = JSON.parse(await this.#program.line()) as ConnectResult;
    if (result.errors > 0) throw new Error(`${result.errors} of ${result.errors + result.good} connections failed`);
    return result;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
