import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  pid: number;
  parent: number;
  argv: string[];
  environment: string;
}

/** Every process below `root`, itself included, as the kernel tells it. */
export function processTree(root: number): ProcessInfo[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(read);
  const found = new Map<number, ProcessInfo>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const info of all) {
      if (!found.has(info.pid) && (info.pid === root || found.has(info.parent))) {
        found.set(info.pid, info);
        grew = true;
      }
    }
  }
  return [...found.values()];
}

/** The processes below `root` whose command line matches. */
export function findProcesses(root: number, pattern: RegExp): ProcessInfo[] {
  return processTree(root).filter(info => pattern.test(info.argv.join(' ')));
}

/** Whether a process runs, or is still ending: its first thread may be gone while others hold its sockets open. */
export function isThere(pid: number): boolean {
  return read(String(pid)).length > 0 || threadsOf(pid) > 1;
}

function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function read(name: string): ProcessInfo[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return [];
    return [
      {
        pid: Number(name),
        parent: Number(fields[1]),
        argv: readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0').slice(0, -1),
        environment: readFileSync(`/proc/${name}/environ`, 'latin1'),
      },
    ];
  } catch {
    return []; // it ended while we looked
  }
}
