import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { dockerSays } from './docker.ts';
import { rememberFirewall } from './firewall.ts';

const START_DEADLINE_MS = 60_000;
const POLL_MS = 250;

const run = promisify(execFile);

export interface Engine {
  stop(): Promise<void>;
}

/**
 * A Docker engine: the one that runs, or as root one that is started for this. Docker switches the machine to forwarding and
 * drops what is forwarded; stopping our own engine sets both back to what they were.
 */
export async function useEngine(): Promise<Engine> {
  if (await dockerSays('info')) return { stop: async () => {} };
  if (process.getuid?.() !== 0) throw new Error('no Docker engine answers, and only root can start one');
  const folder = await mkdtemp(join(tmpdir(), 'pinata-dockerd-'));
  const log = join(folder, 'log');
  const messages = openSync(log, 'a');
  const setBack = await rememberFirewall();
  const daemon = spawn('dockerd', [], { stdio: ['ignore', messages, messages], detached: true });
  closeSync(messages);
  const ended = once(daemon, 'exit');
  for (const deadline = Date.now() + START_DEADLINE_MS; !(await dockerSays('info')); await delay(POLL_MS)) {
    if (daemon.exitCode !== null || Date.now() > deadline) {
      throw new Error(`dockerd did not start:\n${await readFile(log, 'utf8')}`);
    }
  }
  return {
    stop: async () => {
      daemon.kill('SIGTERM');
      await ended;
      await setBack();
      await run('ip', ['link', 'delete', 'docker0']).catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
