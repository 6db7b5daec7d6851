import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HOME } from '../config.ts';
import { PinataError } from '../errors.ts';
import { type Command, runCommand } from './command.ts';
import { type Lock, tryLock } from './lock.ts';
import { hashSources, unlessDone } from './sources.ts';

const LOCK_POLL_MS = 200;

export interface Builder {
  /** Folder for the builders' own output. */
  readonly logs: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Takes the lock under which this checkout's generated files are made, so that two installations can share one checkout. */
export async function lockBuilds(builder: Builder): Promise<Lock> {
  const path = join(HOME, '.tools/build.lock');
  await mkdir(dirname(path), { recursive: true });
  // Whoever may not write here builds nothing either; what is up to date still runs.
  if (!(await isWritable(path))) return { release: () => {} };
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    builder.say('another pinata is building here');
    await delay(LOCK_POLL_MS, undefined, { signal: builder.signal });
  }
}

function isWritable(path: string): Promise<boolean> {
  return access(existsSync(path) ? path : dirname(path), constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Makes Prisma's client where its schema changed. */
export async function generateClient(builder: Builder): Promise<boolean> {
  const sources = await hashSources(['package-lock.json', 'server/prisma/schema.prisma'].map(path => join(HOME, path)));
  return unlessDone(join(HOME, 'server/src/store/generated/.sources'), sources, () =>
    npmRun('generate', 'server', builder),
  );
}

/** Builds the dashboard where its sources, or what it shares with the server, changed. */
export async function buildDashboard(builder: Builder): Promise<boolean> {
  const shared = [
    'server/src/api/snapshot.ts',
    ...['wire', 'classify', 'flow', 'keys', 'proofs', 'trust'].map(name => `server/src/${name}`),
  ];
  const sources = await hashSources(['package-lock.json', 'dashboard', ...shared].map(path => join(HOME, path)));
  return unlessDone(join(HOME, 'dashboard/dist/.sources'), sources, () => npmRun('build', 'dashboard', builder));
}

async function npmRun(script: string, workspace: string, builder: Builder): Promise<void> {
  const log = join(builder.logs, `${workspace}-${script}.log`);
  const command: Command = {
    argv: ['npm', 'run', '--silent', script, '--workspace', workspace],
    cwd: HOME,
    env: { PATH: toolPath(), NO_COLOR: '1' },
    log,
    say: line => builder.say(line),
    signal: builder.signal,
  };
  const status = await runCommand(command);
  if (status !== 0) {
    throw new PinataError('PROCESS_FAILED', {
      process: `npm run ${script} (${workspace})`,
      why: `status ${status}`,
      log,
    });
  }
}

/** Our own Node and npm first. */
export function toolPath(): string {
  return [dirname(process.execPath), join(HOME, '.tools/node_modules/.bin'), process.env.PATH].join(':');
}
