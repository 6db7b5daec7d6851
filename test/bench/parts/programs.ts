import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramOptions {
  /** A core of its own, by number. */
  readonly core?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program that a bench runs beside itself. */
export class BenchProgram {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  }

  static start(argv: readonly string[], { core, env = process.env }: ProgramOptions = {}): BenchProgram {
    const pinned = core === undefined ? argv : ['taskset', '--cpu-list', String(core), ...argv];
    const [program = '', ...rest] = pinned;
    return new BenchProgram(spawn(program, rest, { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Runs a script with this Node. */
  static node(script: string, words: readonly string[] = [], options: ProgramOptions = {}): BenchProgram {
    return BenchProgram.start([process.execPath, script, ...words], options);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(' ')} ended`);
    return value;
  }

  /** Waits for a line that contains `text`. */
  async says(text: string): Promise<void> {
    while (!(await this.line()).includes(text));
    // Whoever is not read any more must not wait for it.
    this.#child.stdout?.resume();
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }
}
