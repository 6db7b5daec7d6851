import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 16 * 1024 * 1024;
const KEPT = 3;
const TAIL_BYTES = 4096;

/** Opens a log for appending. One that is over 16 MiB is put aside first as `.1`, then `.2`, `.3`; older ones are dropped. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > MAX_BYTES) rotate(path);
  return openSync(path, 'a', 0o600);
}

function rotate(path: string): void {
  for (let number = KEPT - 1; number >= 1; number--) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
}

/** The last lines of a log, for a message on the screen. */
export function lastLines(path: string, count: number): string[] {
  if (!existsSync(path)) return [];
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').trimEnd().split('\n').slice(-count);
  } finally {
    closeSync(fd);
  }
}
