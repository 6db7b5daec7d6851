import { findProcesses, isThere } from './processes.ts';

/**
 * Stops all processes below `root` whose command line matches, as a debugger would, while `act` runs; they may be killed by it. Throws
 * if there is none.
 */
export async function whileStalled<T>(root: number, pattern: RegExp, act: () => Promise<T>): Promise<T> {
  const pids = findProcesses(root, pattern).map(({ pid }) => pid);
  if (pids.length === 0) throw new Error(`no process matches ${pattern}`);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await act();
  } finally {
    for (const pid of pids) if (isThere(pid)) process.kill(pid, 'SIGCONT');
  }
}
