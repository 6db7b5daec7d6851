import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '../../server/src/testing/until.ts';
import { makeAuthority, type TestAuthority } from './authority.ts';
import { freeRun } from './free-ports.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const START_DEADLINE_MS = 300_000;
const STOP_DEADLINE_MS = 30_000;

/** A whole installation of its own: temp data, free ports, real PostgreSQL, real QEMU. */
export interface Installation {
  readonly data: string;
  readonly url: string;
  readonly ports: { http: number; prize: number; practice: number; callback: number; postgres: number };
  /** The practice authority that the test made with openssl, its CA key included. */
  readonly authority: TestAuthority;
  readonly screen: () => string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts `./pinata up` and waits until it says that it is ready. `env` overrides; `continueFrom` goes on with what an older one left;
 * `within` is the folder to make a new one's in.
 */
export async function startInstallation(
  options: { env?: Record<string, string>; continueFrom?: Installation; within?: string } = {},
): Promise<Installation> {
  const before = options.continueFrom;
  const data = before?.data ?? (await makeDataFolder(options.within ?? tmpdir()));
  const authority = before?.authority ?? (await makeAuthority(join(data, '..', 'authority')));
  if (!before) await giveAuthority(authority, data);
  const ports = before?.ports ?? (await freePorts());
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    PINATA_DATA: data,
    PINATA_HTTP_PORT: String(ports.http),
    PINATA_PRIZE_PORT: String(ports.prize),
    PINATA_PRACTICE_PORT: String(ports.practice),
    PINATA_CALLBACK_PORT: String(ports.callback),
    PINATA_POSTGRES_PORT: String(ports.postgres),
    ...options.env,
  };
  const child = spawn(join(ROOT, 'pinata'), ['up'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (text += chunk));
  const url = `http://127.0.0.1:${ports.http}`;
  const installation: Installation = {
    data,
    url,
    ports,
    authority,
    process: child,
    screen: () => text,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await until(
        'the installation has stopped',
        () => child.exitCode !== null || child.signalCode !== null,
        STOP_DEADLINE_MS,
        () => text,
      );
    },
  };
  await until(
    'the installation is ready',
    async () => {
      if (child.exitCode !== null) throw new Error(`pinata up ended with ${child.exitCode}:\n${text}`);
      return (await readyState(url)) === 'ready';
    },
    START_DEADLINE_MS,
    () => text,
  );
  return installation;
}

/** Removes what an installation left on disk. */
export async function removeInstallation(installation: Installation): Promise<void> {
  await rm(join(installation.data, '..'), { recursive: true, force: true });
}

const GIVEN_FILES = ['ca.pem', 'client.pem', 'client.key', 'server.pem', 'server.key'];

async function giveAuthority(authority: TestAuthority, data: string): Promise<void> {
  const folder = join(data, 'secrets', 'practice-authority');
  await mkdir(folder, { recursive: true });
  for (const name of GIVEN_FILES) await copyFile(authority.file(name), join(folder, name));
}

async function makeDataFolder(within: string): Promise<string> {
  const base = await mkdtemp(join(within, 'pinata-e2e-'));
  await chmod(base, 0o755);
  return join(base, 'data');
}

async function readyState(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/status.json`, { signal: AbortSignal.timeout(2_000) });
    const status = (await response.json()) as { targets?: { state: string }[] };
    const states = status.targets?.map(target => target.state) ?? [];
    return states.length >= 2 && states.every(state => state === 'ready') ? 'ready' : 'starting';
  } catch {
    return 'down';
  }
}

async function freePorts() {
  const base = await freeRun(9);
  return { prize: base, practice: base + 3, http: base + 6, callback: base + 7, postgres: base + 8 };
}
