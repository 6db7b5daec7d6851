import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface Lock {
  release(): void;
}

/**
 * Takes an exclusive lock on a file, which is made if missing, and writes our process id into it. Null if another process has it.
 * The kernel keeps the lock with the open file and drops it when we die, so no lock can be stale. Node has no flock(2); the
 * helper locks the descriptor that it inherits, which is the same open file as ours.
 */
export function tryLock(path: string): Lock | null {
  const fd = openSync(path, 'a+', 0o644);
  const { status, error } = spawnSync('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] });
  if (status !== 0) {
    closeSync(fd);
    if (error) throw error;
    return null;
  }
  ftruncateSync(fd);
  writeSync(fd, `${process.pid}\n`);
  return { release: once(() => closeSync(fd)) };
}

/** The process id that the holder wrote. */
export function lockHolder(path: string): string {
  return readFileSync(path, 'utf8').trim() || 'unknown';
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
