import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ERRORS, type ErrorCode, PinataError } from '../errors.ts';
import type { NetworkName } from '../keys/network.ts';
import { BARE_ENVIRONMENT, confined } from './confinement.ts';
import type { PreparedProvision, Provider } from './provider.ts';
import type { BootOrder, Given } from './provisioning.ts';
import { type SecretAnswer, type SecretOrder, toWire } from './secret-order.ts';

const PROGRAM = join(import.meta.dirname, 'secret-process.ts');
const DEADLINE_MS = 10_000;

/** Provisions guests from a secret file through a process of its own for each, which alone reads it. */
export class SecretProvider implements Provider {
  readonly file: string;
  readonly #cache: string;

  /** `cache`: a folder that only the supervisor can write, where Node keeps the program compiled: half of its start-up time. */
  constructor(file: string, cache: string) {
    this.file = file;
    this.#cache = cache;
  }

  prepare(boot: BootOrder, channel: Duplex): PreparedProvision {
    const child = start({ kind: 'provide', file: this.file, boot: toWire(boot) }, channel, this.#cache);
    // Node stops reading from a stream that it hands to a child; here both ends of it stay in use.
    channel.resume();
    const answered = answerOf(child);
    answered.catch(() => {});
    return {
      give: async seq => {
        child.stdin?.end(`${JSON.stringify({ seq })}\n`);
        return givenIn(await answered);
      },
      abandon: () => child.stdin?.end(),
    };
  }
}

/** Reads a secret file once, after making one where `make` says so and none is. Rejects with SECRET_MISSING, SECRET_UNSAFE or SECRET_INVALID. */
export async function checkSecret(file: string, network: NetworkName, make: boolean, cache: string): Promise<void> {
  const child = start({ kind: 'check', file, network, make }, null, cache);
  child.stdin?.end();
  const answer = await answerOf(child);
  if ('error' in answer) throw known(answer.error);
}

function start(order: SecretOrder, channel: Duplex | null, cache: string): ChildProcess {
  const [program = '', ...argv] = confined([process.execPath, PROGRAM], null);
  const child = spawn(program, argv, {
    stdio: ['pipe', 'pipe', 'inherit', channel ?? 'ignore'],
    env: { ...BARE_ENVIRONMENT, NODE_COMPILE_CACHE: cache },
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  child.stdin?.on('error', () => {});
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  return child;
}

async function answerOf(child: ChildProcess): Promise<SecretAnswer> {
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  if (!child.stdout) throw new Error('its output is not piped');
  const said = await Promise.race([text(child.stdout), failed]);
  if (!said) throw new Error('the process that reads the secret ended without a word');
  return JSON.parse(said) as SecretAnswer;
}

function givenIn(answer: SecretAnswer): Given {
  if ('error' in answer) throw known(answer.error);
  if ('given' in answer) return answer.given;
  throw new Error('the process that reads the secret gave another answer');
}

function known({ code, details }: { code: string; details: Record<string, string | number> }): Error {
  return code in ERRORS ? new PinataError(code as ErrorCode, details) : new Error(code);
}
