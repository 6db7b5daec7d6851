import { type ChildProcess, spawn } from 'node:child_process';

const DEADLINE_MS = 40_000;

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Both, in the order of arrival. */
  text: string;
}

export interface RunOptions {
  input?: string | Buffer;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Leave standard input open until this appears in the output. */
  holdInputUntil?: RegExp;
  deadlineMs?: number;
}

/** Runs a program to its end and gives what it printed. Ends it at the deadline, which is an error. */
export async function run(program: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const seen = collect(child);
  child.stdin?.on('error', () => undefined);
  if (options.input !== undefined) child.stdin?.write(options.input);
  if (options.holdInputUntil === undefined) child.stdin?.end();
  else {
    const pattern = options.holdInputUntil;
    const look = () => pattern.test(seen.text) && child.stdin?.end();
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
  }
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${program} ${args.join(' ')} did not end:\n${seen.text}`));
    }, options.deadlineMs ?? DEADLINE_MS);
    child.once('error', error => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('close', status => {
      clearTimeout(deadline);
      resolve({ status, ...seen });
    });
  });
}

/** Starts a program that goes on until the caller ends it. */
export function start(
  program: string,
  args: string[],
  options: { cwd?: string } = {},
): { child: ChildProcess; seen: Omit<Finished, 'status'> } {
  const child = spawn(program, args, { cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  return { child, seen: collect(child) };
}

function collect(child: ChildProcess): Omit<Finished, 'status'> {
  const seen = { stdout: '', stderr: '', text: '' };
  child.stdout?.on('data', chunk => {
    seen.stdout += chunk;
    seen.text += chunk;
  });
  child.stderr?.on('data', chunk => {
    seen.stderr += chunk;
    seen.text += chunk;
  });
  return seen;
}
