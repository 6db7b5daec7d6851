import assert from 'node:assert/strict';
import { until } from '../../../server/src/testing/until.ts';
import type { Installation } from '../installation.ts';
import { findProcesses } from '../processes.ts';
import { whileStalled } from '../stalled.ts';

/** A process of an installation, by its command line. PostgreSQL is several; the first is the one that the others hang on. */
export interface Victim {
  readonly name: string;
  readonly pattern: RegExp;
  /** It only matters when a guest boots, so that one must. */
  readonly atBoot?: true;
}

const PRIZE_MACHINE = /qemu-system-x86_64.*prize/;

export const VICTIMS: readonly Victim[] = [
  { name: 'gateway', pattern: /gateway\/main\.ts/ },
  { name: 'ingest', pattern: /ingest\/main\.ts/ },
  { name: 'api', pattern: /api\/main\.ts/ },
  { name: 'PostgreSQL', pattern: /bin\/postgres |postgres: / },
  { name: 'supervisor', pattern: /supervisor\/main\.ts/ },
  { name: 'the prize’s QEMU', pattern: PRIZE_MACHINE },
  { name: 'practice’s QEMU', pattern: /qemu-system-x86_64.*practice/ },
  { name: 'the process that reads the secret', pattern: /secret-process\.ts/, atBoot: true },
];

export function pidsOf(it: Installation, { pattern }: Victim): number[] {
  return findProcesses(it.process.pid ?? 0, pattern).map(({ pid }) => pid);
}

/** The first process of a victim, once it is there. */
export async function pidOf(it: Installation, victim: Victim): Promise<number> {
  await until(`${victim.name} runs`, () => pidsOf(it, victim).length > 0, 60_000);
  const [pid] = pidsOf(it, victim);
  assert.ok(pid);
  return pid;
}

/** SIGKILL; resolves when another one runs. */
export async function killed(it: Installation, victim: Victim): Promise<void> {
  const pid = await pidOf(it, victim);
  process.kill(pid, 'SIGKILL');
  if (victim.atBoot) await rebooted(it);
  await until(
    `another ${victim.name} runs`,
    () => pidsOf(it, victim).some(other => other !== pid),
    60_000,
    () => it.screen(),
  );
}

/** Stopped while `act` runs, as by a debugger. */
export async function stopped(it: Installation, victim: Victim, act: () => Promise<unknown>): Promise<void> {
  await pidOf(it, victim);
  await whileStalled(it.process.pid ?? 0, victim.pattern, act);
}

/** The prize’s machine ends, so that the next boot needs its secret. */
export async function rebooted(it: Installation): Promise<void> {
  process.kill(await pidOf(it, { name: 'the prize’s QEMU', pattern: PRIZE_MACHINE }), 'SIGKILL');
}
