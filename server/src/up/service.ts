import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { PinataError } from '../errors.ts';
import { openLog } from './log-file.ts';

const READY_FD = 3;
const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 15_000;

export interface Service {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
}

export interface RunningService {
  readonly pid: number;
  /** Settles when the process has ended; says how. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL for one that does not listen. Twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts one of our processes and waits until it says that it is ready on the descriptor that PINATA_READY_FD names.
 * It is in a session of its own, so that a Ctrl-C at the terminal reaches it only through us, in order.
 * Throws PROCESS_FAILED, START_TIMEOUT or the signal's reason, with the process gone.
 */
export async function startService(
  service: Service,
  signal?: AbortSignal,
  deadlineMs = READY_DEADLINE_MS,
): Promise<RunningService> {
  const { name, log } = service;
  const child = launch(service);
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (status, signal) => resolve(signal ? `signal ${signal}` : `status ${status}`));
  });
  const running = { pid: child.pid ?? 0, ended, stop: () => stop(child, ended) };
  const timeout = AbortSignal.timeout(deadlineMs);
  const failure = await Promise.race([
    whenReady(child).then(() => null),
    ended.then(why => new PinataError('PROCESS_FAILED', { process: name, why, log })),
    once(timeout, 'abort').then(
      () => new PinataError('START_TIMEOUT', { process: name, seconds: deadlineMs / 1000, log }),
    ),
    ...(signal ? [once(signal, 'abort').then(() => signal.reason)] : []),
  ]);
  if (failure === null) return running;
  await running.stop();
  throw failure;
}

function launch({ argv, env, cwd, log }: Service): ChildProcess {
  const messages = openLog(log);
  try {
    return spawn(argv[0] ?? '', argv.slice(1), {
      cwd,
      env: { ...env, PINATA_READY_FD: String(READY_FD) },
      detached: true,
      stdio: ['ignore', messages, messages, 'pipe'],
    });
  } finally {
    closeSync(messages);
  }
}

/** Settles when "ready" comes; never if the pipe closes without it, which the end of the process explains better. */
function whenReady(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    let text = '';
    child.stdio[READY_FD]?.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('ready\n')) resolve();
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(late);
}
