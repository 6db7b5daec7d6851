import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PinataError } from '../errors.ts';
import { confine } from './confine.ts';
import { freePorts } from './free-port.ts';
import { linkLibraries, postgresBinaries } from './postgres-binaries.ts';
import { clusterOf, createCluster, isReady, readPassword, SUPERUSER, waitForOldServer } from './postgres-cluster.ts';
import { createRoles, OWNER, READER } from './postgres-roles.ts';

const HOST = '127.0.0.1';
const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
const POLL_MS = 20;

export interface PostgresOptions {
  /** Holds the cluster in `data/` and the passwords, 0600, beside it. Made if missing. */
  folder: string;
  /** Port on 127.0.0.1; 0 or left out: a free one. */
  port?: number | undefined;
  /** Numeric user and group that it runs as. Needed as root, whom PostgreSQL refuses. */
  uid?: number | undefined;
  /** File that its messages are appended to; left out: they are dropped. */
  log?: string | undefined;
  /** Folder of the npm package with the binaries. */
  binaries?: string | undefined;
}

export interface RunningPostgres {
  /** As `pinata`, the owner of the database `pinata`. */
  readonly url: string;
  /** As `pinata_api`, which may do nothing until it is granted something. */
  readonly apiUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the server has ended, for whatever reason; says how. */
  readonly ended: Promise<string>;
  /** Fast shutdown: sessions are cut, data is safe. Twice is fine. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of the npm package on its own folder, with roles and database. It ends when this process ends; a server
 * that a killed predecessor left behind is waited for. Throws PROCESS_FAILED or START_TIMEOUT.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { folder, uid } = options;
  const account = uid === undefined ? null : { uid, gid: uid };
  const binaries = options.binaries ?? postgresBinaries();
  const program = (name: string) => join(binaries, 'native/bin', name);

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
  await linkLibraries(binaries);
  await waitForOldServer(folder);
  await createCluster(folder, program('initdb'), account);

  const port = options.port || (await freePorts(HOST));
  const argv = confine({ account, deathSignal: 'INT' }, [
    program('postgres'),
    '-D',
    clusterOf(folder),
    ...settings(port),
  ]);
  const child = launch(argv, folder, options.log);
  const ended = once(child, 'exit').then(([status, signal]) => (signal ? `signal ${signal}` : `status ${status}`));
  const end = () => stop(child, ended);
  try {
    await whenReady(folder, child, options.log);
    const password = (role: string) => readPassword(folder, role, account);
    const url = async (role: string, database: string) =>
      `postgresql://${role}:${await password(role)}@${HOST}:${port}/${database}`;
    await createRoles(await url(SUPERUSER, SUPERUSER), {
      owner: await password(OWNER),
      reader: await password(READER),
    });
    const [ownerUrl, apiUrl] = [await url(OWNER, OWNER), await url(READER, OWNER)];
    return { url: ownerUrl, apiUrl, port, pid: child.pid ?? 0, ended, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

function settings(port: number): string[] {
  const values = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '60',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %u ',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** In a session of its own, so that a Ctrl-C at the terminal reaches it only through us. */
function launch(argv: string[], folder: string, log: string | undefined): ChildProcess {
  const messages = log === undefined ? null : openSync(log, 'a', 0o600);
  try {
    return spawn(argv[0] ?? '', argv.slice(1), {
      cwd: folder,
      env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      detached: true,
      stdio: ['ignore', messages ?? 'ignore', messages ?? 'ignore'],
    });
  } finally {
    if (messages !== null) closeSync(messages);
  }
}

async function whenReady(folder: string, child: ChildProcess, log = 'its log'): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (!(await isReady(folder, child.pid ?? -1))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const why = `status ${child.exitCode ?? child.signalCode}`;
      throw new PinataError('PROCESS_FAILED', { process: 'PostgreSQL', why, log });
    }
    if (Date.now() > deadline) {
      throw new PinataError('START_TIMEOUT', { process: 'PostgreSQL', seconds: READY_DEADLINE_MS / 1000, log });
    }
    await delay(POLL_MS);
  }
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  const late = setTimeout(() => child.kill('SIGQUIT'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(late);
}
