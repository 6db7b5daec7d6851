import { copyFileSync, existsSync, readdirSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
const LOG = /\.log$/;
const PUT_ASIDE = /\.log\.(\d+|aged)$/;
/** Beside those that are put aside for their size. */
const AGED = '.aged';

/** Ages the logs now and each hour, until it is told to stop. */
export function keepLogsYoung(folder: string, days: number): { stop(): void } {
  const age = () => ageLogs(folder, days, Date.now());
  age();
  const timer = setInterval(age, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/**
 * Sees to it that no line of the logs in `folder` gets older than `days`: a log in use is put aside when it is half that old, and what was
 * put aside is deleted when it has been there as long. Processes go on appending to the file that they have open. May be repeated.
 */
export function ageLogs(folder: string, days: number, nowMs: number): void {
  const halfMs = (days * DAY_MS) / 2;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    if (PUT_ASIDE.test(name) && nowMs - statSync(path).mtimeMs >= halfMs) rmSync(path);
    else if (LOG.test(name) && nowMs - begunMs(path) >= halfMs) putAside(path, nowMs);
  }
}

/** When the first line of a log can have been written: when it was last emptied, or made. */
function begunMs(path: string): number {
  const aged = `${path}${AGED}`;
  const { birthtimeMs, mtimeMs } = statSync(path);
  return Math.max(birthtimeMs > 0 ? birthtimeMs : mtimeMs, existsSync(aged) ? statSync(aged).mtimeMs : 0);
}

/** The file stays the one that is open, and its writers append: a line between the two calls can be lost. */
function putAside(path: string, nowMs: number): void {
  const aged = `${path}${AGED}`;
  copyFileSync(path, aged);
  truncateSync(path);
  utimesSync(aged, nowMs / 1000, nowMs / 1000);
}
