import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { buildGo } from './go.ts';

/** How a TLS server is reached by the load generator. */
export interface Way {
  readonly host: string;
  /** All alike; taken in turn. */
  readonly ports: readonly number[];
  /** Hex, and the guest's own port: where each connection must begin with a preface. */
  readonly prefaceKey?: string;
  readonly guestPort?: number;
  /** Sent after the handshake, to servers that say nothing unasked. */
  readonly request?: string;
  /** The address whose source ports are used in turn; without, the system chooses. */
  readonly source?: string;
  /** One unfinished dial per port. */
  readonly turns?: boolean;
}

export type Group = 'X25519' | 'X25519MLKEM768';

/** `mutual` must end in an answer, `refused` (no certificate) in the alert certificate_required, `garbage` in any end. */
export interface LoadOrder {
  readonly kind: 'mutual' | 'refused' | 'garbage';
  readonly group?: Group;
  readonly lanes: number;
  /** One of these two. */
  readonly seconds?: number;
  readonly attempts?: number;
}

export interface LoadResult {
  readonly good: number;
  readonly bad: number;
  /** Until the last attempt had ended. */
  readonly seconds: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  /** Of the load generator itself. */
  readonly cpuSeconds: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly suite: string;
}

const SOURCES = join(import.meta.dirname, 'load');
/** More than one thread of it would only take time from the server beside it. */
const ENVIRONMENT = { GOMAXPROCS: '1' };

/** The load generator: one process for all loads of a bench, so that none pays for its start. */
export class Load {
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, version: string) {
    this.#child = child;
    this.#answers = answers;
    this.version = version;
  }

  /** `folder` holds ca.pem, client.pem and client.key. `within`: a command that runs it somewhere else. */
  static async start(folder: string, within: readonly string[] = []): Promise<Load> {
    const [program = '', ...argv] = [...within, await buildGo(SOURCES, 'load'), folder];
    const child = spawn(program, argv, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...ENVIRONMENT } });
    const lines: Interface = createInterface({ input: child.stdout });
    const answers = lines[Symbol.asyncIterator]();
    const { version } = JSON.parse(await nextLine(answers)) as { version: string };
    return new Load(child, answers, version);
  }

  async run(way: Way, order: LoadOrder): Promise<LoadResult> {
    this.#child.stdin?.write(`${JSON.stringify({ group: 'X25519', ...way, ...order })}\n`);
    return JSON.parse(await nextLine(this.#answers)) as LoadResult;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('the load generator ended');
  return value;
}
