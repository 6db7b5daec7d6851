import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ERRORS, type ErrorCode, PinataError } from '../errors.ts';
import { BARE_ENVIRONMENT, confined } from './confinement.ts';
import type { Go, SecretAnswer, SecretOrder } from './secret-order.ts';

const PROGRAM = join(import.meta.dirname, 'secret-process.ts');
const DEADLINE_MS = 10_000;

/** One run of `secret-process.ts`, from outside. */
export class SecretChild {
  readonly #child: ChildProcess;

  /** `channel`: what it writes a provision to. `ahead`: its order comes later, and it has time to get ready for it. */
  constructor(channel: Duplex | null, cache: string, ...ahead: 'ahead'[]) {
    const [program = '', ...argv] = confined([process.execPath, PROGRAM, ...ahead], null);
    const isRead = channel?.readableFlowing;
    this.#child = spawn(program, argv, {
      stdio: ['pipe', 'pipe', 'inherit', channel ?? 'ignore'],
      env: { ...BARE_ENVIRONMENT, NODE_COMPILE_CACHE: cache },
    });
    // Node stops reading from a stream that it hands to a child; here both ends of it stay in use.
    if (isRead) channel?.resume();
    this.#child.stdin?.on('error', () => {});
    this.#child.on('error', () => {});
  }

  /** Whether it ended, or never began. */
  get isGone(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  tell(line: SecretOrder | Go): void {
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  /** Nothing more will be said to it: it ends. */
  dismiss(): void {
    this.#child.stdin?.end();
  }

  /** All that it will ever say, after the last order. It has a deadline from now on. */
  async answer(): Promise<SecretAnswer> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), DEADLINE_MS);
    const failed = new Promise<never>((_, reject) => this.#child.once('error', reject));
    if (!this.#child.stdout) throw new Error('its output is not piped');
    const said = await Promise.race([text(this.#child.stdout), failed]).finally(() => clearTimeout(deadline));
    if (!said) throw new Error('the process that reads the secret ended without a word');
    return JSON.parse(said) as SecretAnswer;
  }
}

/** The error that the process wrote down, as it was. */
export function knownError({ code, details }: { code: string; details: Record<string, string | number> }): Error {
  return code in ERRORS ? new PinataError(code as ErrorCode, details) : new Error(code);
}
