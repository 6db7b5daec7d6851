import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** The middle of the values; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** The least of the values that so large a part of them (0 to 1) does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** What a number is worth depends on where it was taken. */
export function printMachine(title: string): void {
  const [load] = loadavg();
  console.log(`\n# ${title}\nmachine: ${cpus().length} × ${cpus()[0]?.model.trim()}, load before: ${load?.toFixed(1)}`);
}

const OTHERS_WATCHED_MS = 1000;

/** Watches the machine for a moment before a bench starts: what others take from it, all figures lack. In percent of all cores. */
export async function printOthers(): Promise<void> {
  const before = busySeconds();
  await new Promise(resolve => setTimeout(resolve, OTHERS_WATCHED_MS));
  const share = (busySeconds() - before) / (OTHERS_WATCHED_MS / 1000) / cpus().length;
  console.log(`taken by others before: ${(share * 100).toFixed(0)} % of all cores`);
}

/** CPU time that all cores have spent on something since the machine started (proc(5), /proc/stat: user, nice, system). */
function busySeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1, 4) ?? [];
  return fields.reduce((sum, field) => sum + Number(field), 0) / TICKS_PER_SECOND;
}

/** One line: name, value, and where there is a goal, whether it is met. */
export function printFigure(name: string, value: string, goal?: { text: string; met: boolean }): void {
  console.log(
    `${name.padEnd(46)} ${value.padStart(14)}${goal ? `   ${goal.met ? 'met' : 'NOT MET'} (goal ${goal.text})` : ''}`,
  );
}

/** Runs each of the contenders once per round, in turn, and gives the median of each. */
export async function interleaved<K extends string>(
  rounds: number,
  contenders: Record<K, () => Promise<number>>,
): Promise<Record<K, number>> {
  const names = Object.keys(contenders) as K[];
  const results = new Map<K, number[]>(names.map(name => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results.get(name)?.push(await contenders[name]());
  }
  return Object.fromEntries(names.map(name => [name, median(results.get(name) ?? [])])) as Record<K, number>;
}

const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, user and system, in seconds (proc(5), fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Peak resident memory of a process in MiB. */
export function peakMiB(pid: number): number {
  const kib = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
