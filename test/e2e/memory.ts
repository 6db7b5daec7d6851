import { readFileSync } from 'node:fs';

/** The most resident memory that a process has ever had, in bytes (proc(5), VmHWM). */
export function peakMemory(pid: number): number {
  return read(pid, 'VmHWM');
}

/** The resident memory that a process has now, in bytes. */
export function memoryNow(pid: number): number {
  return read(pid, 'VmRSS');
}

function read(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kib === undefined) throw new Error(`process ${pid} tells no ${field}`);
  return Number(kib) * 1024;
}
