import { spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openLog } from './log-file.ts';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Everything it prints goes here too. */
  readonly log?: string;
  /** Called with each line that it prints. */
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. The exit status, or 127 if it could not be started. Aborting ends it and throws the reason. */
export async function runCommand(command: Command): Promise<number> {
  const { argv, cwd, env, say, signal } = command;
  signal?.throwIfAborted();
  const log = command.log === undefined ? null : openLog(command.log);
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', kill);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      if (log !== null) writeSync(log, `${line}\n`);
      say?.(line.trim());
    });
  }
  try {
    return await new Promise<number>(resolve => {
      child.once('error', () => resolve(127));
      child.once('close', status => resolve(status ?? 1));
    });
  } finally {
    signal?.removeEventListener('abort', kill);
    if (log !== null) closeSync(log);
    signal?.throwIfAborted();
  }
}
