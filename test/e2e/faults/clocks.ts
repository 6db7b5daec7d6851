import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../server/src/testing/until.ts';
import { findProgram } from '../../../server/src/up/tools.ts';
import type { Installation } from '../installation.ts';
import { killed, VICTIMS } from './victims.ts';

/** Where Debian's package `faketime` puts what is loaded into a program. */
const LIBRARIES = '/usr/lib';
const LIBRARY = 'faketime/libfaketimeMT.so.1';

/** How much a clock that was set may be off. */
const TOLERANCE_S = 60;

/** Where shared memory has its names, and where the wrapper notes process ids. */
const SHARED = '/dev/shm';
const PIDS = 'pids';

/** The processes whose clock can be set, by the names of their folders of sources. */
export const CLOCKS = ['gateway', 'supervisor', 'ingest', 'api'] as const;
export type ClockName = (typeof CLOCKS)[number];

/** A wall clock for each process of an installation, set while it runs. The clock that never jumps is left alone, as by a real jump. */
export interface Clocks {
  /** For the environment of `pinata up`. */
  readonly path: string;
  /** Sets a clock so many seconds ahead of the machine's, or behind it. */
  set(name: ClockName, seconds: number): void;
  remove(): void;
}

/**
 * `up` starts each process through `setpriv`, which it looks for in PATH: here it finds one that loads the library first. Nothing of
 * this is in what ships.
 */
export function makeClocks(): Clocks {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-clocks-'));
  chmodSync(folder, 0o755);
  const set = (name: ClockName, seconds: number) =>
    writeFileSync(join(folder, name), `${seconds < 0 ? '' : '+'}${seconds}\n`);
  for (const name of CLOCKS) set(name, 0);
  const setpriv = findProgram('setpriv');
  if (setpriv === null) throw new Error('install util-linux');
  const places = { FOLDER: folder, LIBRARY: findLibrary(), SETPRIV: setpriv, SHARED, PIDS };
  const text = Object.entries(places).reduce((made, [word, path]) => made.replaceAll(word, path), WRAPPER);
  writeFileSync(join(folder, 'setpriv'), text, { mode: 0o755 });
  return { path: `${folder}:${process.env.PATH}`, set, remove: () => removeAll(folder) };
}

/** Killed processes leave what the library shares. */
function removeAll(folder: string): void {
  const noted = join(folder, PIDS);
  for (const pid of existsSync(noted) ? readFileSync(noted, 'utf8').trim().split('\n') : []) {
    for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(join(SHARED, name), { force: true });
  }
  rmSync(folder, { recursive: true });
}

/**
 * The library is loaded when the process is its own user already, because it shares memory under the process id's name with whoever
 * loaded it before; what an earlier process of that id left there is removed.
 */
const WRAPPER = `#!/bin/sh
for entry; do :; done
case "$entry" in */server/src/*/main.ts) ;; *) exec SETPRIV "$@" ;; esac
name="\${entry%/main.ts}"
rm -f SHARED/faketime_shm_$$ SHARED/sem.faketime_sem_$$
echo $$ >>FOLDER/PIDS
left=$#
while [ $left -gt 2 ]; do set -- "$@" "$1"; shift; left=$((left - 1)); done
node="$1"
shift 2
exec SETPRIV "$@" env LD_PRELOAD=LIBRARY FAKETIME_TIMESTAMP_FILE="FOLDER/\${name##*/}" FAKETIME_CACHE_DURATION=1 DONT_FAKE_MONOTONIC=1 \\
  "$node" "$entry"
`;

function findLibrary(): string {
  const found = readdirSync(LIBRARIES)
    .map(name => join(LIBRARIES, name, LIBRARY))
    .find(existsSync);
  if (!found) throw new Error('install faketime');
  return found;
}

/**
 * Sets a process's clock while it runs, and then kills it, so that its successor lives in another time than all others: in between a
 * process goes on with the clock that never jumps.
 */
export async function jump(
  it: Installation,
  { clocks, name, seconds }: { clocks: Clocks; name: ClockName; seconds: number },
  progress: () => Promise<void>,
): Promise<void> {
  const victim = VICTIMS.find(one => one.name === name);
  if (!victim) throw new Error(`no process is called ${name}`);
  clocks.set(name, seconds);
  await progress();
  await killed(it, victim);
  await until('its time is another', () => Math.abs(aheadOf(it, name) - seconds) < TOLERANCE_S, 30_000);
}

/** How many seconds a process is ahead of us, by what it last wrote to its log. */
function aheadOf({ data }: Installation, name: ClockName): number {
  const lines = readFileSync(join(data, 'log', `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n');
  const [, time] = /"time":(\d+)/.exec(lines.at(-1) ?? '') ?? [];
  return (Number(time) - Date.now()) / 1000;
}
