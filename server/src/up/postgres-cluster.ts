import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PinataError } from '../errors.ts';
import { type Account, confine } from './confine.ts';
import { handOver } from './hand-over.ts';

const OLD_SERVER_DEADLINE_MS = 30_000;
const POLL_MS = 20;
/** LOCK_FILE_LINE_PM_STATUS of PostgreSQL's src/include/utils/pidfile.h, counted from 0. */
const STATUS_LINE = 7;

/**
 * initdb, unlike the server, refuses a user without a name, and ours have numbers only. It runs as `nobody`, for whom the way in is
 * open so long, and what it made is handed over. (A user namespace would lend a name too, but containers and chroots have none.)
 */
const NAMED: Account = { uid: 65_534, gid: 65_534 };
const PASSAGE = 0o711;
const PRIVATE = 0o700;

export const SUPERUSER = 'postgres';

const run = promisify(execFile);

/** Makes the cluster unless it is there. It gets its final name when it is whole, so a killed initdb leaves nothing half. */
export async function createCluster(folder: string, initdb: string, account: Account | null): Promise<void> {
  const cluster = clusterOf(folder);
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const unfinished = `${cluster}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordCopy = `${cluster}.password`;
  await writeFile(passwordCopy, await readPassword(folder, SUPERUSER, account), { mode: 0o600 });
  if (account) {
    await chown(unfinished, NAMED.uid, NAMED.gid);
    await chown(passwordCopy, NAMED.uid, NAMED.gid);
    await chmod(folder, PASSAGE);
  }
  const options = ['--auth=scram-sha-256', `--pwfile=${passwordCopy}`, `--username=${SUPERUSER}`];
  const form = ['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'];
  const command = [initdb, '-D', unfinished, ...options, ...form];
  const argv = confine({ account: account && NAMED, deathSignal: 'KILL' }, command);
  await run(argv[0] ?? '', argv.slice(1), { cwd: unfinished, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } });
  await rm(passwordCopy);
  if (account) {
    await handOver(unfinished, account);
    await chmod(folder, PRIVATE);
  }
  await rename(unfinished, cluster);
}

/** Where the cluster itself is. */
export function clusterOf(folder: string): string {
  return join(folder, 'data');
}

/** The role's password, from its file (0600); made at first use. */
export async function readPassword(folder: string, role: string, account: Account | null): Promise<string> {
  const path = passwordFile(folder, role);
  if (existsSync(path)) return (await readFile(path, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  const unfinished = `${path}.new`;
  await writeFile(unfinished, `${password}\n`, { mode: 0o600 });
  if (account) await chown(unfinished, account.uid, account.gid);
  await rename(unfinished, path);
  return password;
}

/** The role's password, if it has been made. */
export async function knownPassword(folder: string, role: string): Promise<string | null> {
  const path = passwordFile(folder, role);
  return existsSync(path) ? (await readFile(path, 'utf8')).trim() : null;
}

function passwordFile(folder: string, role: string): string {
  return join(folder, `${role}.password`);
}

/**
 * A predecessor that was killed leaves its server shutting down, or a pid file whose number may by now be anybody's. The first is
 * waited for; the second is removed, because PostgreSQL itself would refuse to start next to any living process of that number.
 */
export async function waitForOldServer(folder: string): Promise<void> {
  const pidFile = join(clusterOf(folder), 'postmaster.pid');
  const deadline = Date.now() + OLD_SERVER_DEADLINE_MS;
  for (;;) {
    const pid = await firstLine(pidFile);
    if (pid === null) return;
    if (!isServerOf(clusterOf(folder), pid)) return rm(pidFile, { force: true });
    if (Date.now() > deadline) throw new PinataError('DATA_IN_USE', { pid, data: folder });
    await delay(POLL_MS);
  }
}

/** PostgreSQL works in its cluster's folder, which tells a living server from a recycled number. */
function isServerOf(cluster: string, pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

async function firstLine(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).split('\n')[0]?.trim() || null;
  } catch {
    return null;
  }
}

/** True once the server with this process id says in its pid file that it takes connections. */
export async function isReady(folder: string, pid: number): Promise<boolean> {
  const lines = await readFile(join(clusterOf(folder), 'postmaster.pid'), 'utf8').then(
    text => text.split('\n'),
    () => [],
  );
  return lines[0] === String(pid) && lines[STATUS_LINE]?.trim() === 'ready';
}
