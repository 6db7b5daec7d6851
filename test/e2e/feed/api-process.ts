import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../server/src/testing/until.ts';
import { freeRun } from '../free-ports.ts';
import { ROOT } from '../installation.ts';

const START_MS = 60_000;

/** The api as a process of its own over a test's database. */
export interface ApiProcess {
  readonly port: number;
  readonly pid: () => number;
  /** kill -9, and another one on the same port, ready. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it, ready. `wrapper` is a command to run it under, such as `taskset`. */
export async function startApiProcess(
  databaseUrl: string,
  options: { wrapper?: readonly string[]; env?: Record<string, string> } = {},
): Promise<ApiProcess> {
  const port = await freeRun(1);
  const data = await mkdtemp(join(tmpdir(), 'pinata-api-process-'));
  const [program = process.execPath, ...before] = [...(options.wrapper ?? []), process.execPath];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(program, [...before, join(ROOT, 'server/src/api/main.ts')], {
      env: {
        ...process.env,
        PINATA_DATA: data,
        PINATA_HTTP_PORT: String(port),
        PINATA_API_DATABASE_URL: databaseUrl,
        PINATA_LOG_LEVEL: 'silent',
        ...options.env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until('the api is ready', () => isReady(port, child), START_MS);
    return child;
  };
  let child = await start();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    port,
    pid: () => child.pid ?? 0,
    killAndRestart: async () => {
      await end('SIGKILL');
      child = await start();
    },
    stop: async () => {
      await end('SIGTERM');
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function isReady(port: number, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) throw new Error(`the api ended with ${exitCode}`);
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.status === 200;
}
