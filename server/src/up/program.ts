import { join } from 'node:path';
import { HOME, type Layout } from '../config.ts';
import { PinataError } from '../errors.ts';
import { canReach, sharedFolder } from './reach.ts';
import type { Accounts } from './roles.ts';
import { copyBelow } from './runnable-copy.ts';

/** What the processes are run from. */
export interface Program {
  readonly home: string;
  readonly node: string;
  readonly image: string;
}

/** One file of each kind that the processes read; if they can read these they can read all. */
const SAMPLES = [
  'server/src/main.ts',
  'server/package.json',
  'node_modules/pg/package.json',
  'dashboard/dist/.sources',
];

/** This checkout, or, where the service users cannot read it, a copy of what is needed. */
export async function settleProgram(image: string, accounts: Accounts | null): Promise<Program> {
  const here: Program = { home: HOME, node: process.execPath, image };
  if (!accounts) return here;
  const samples = [...SAMPLES.map(path => join(HOME, path)), process.execPath, image];
  if (canReach(accounts.api, samples)) return here;
  const copy = await copyBelow(sharedFolder(), image);
  if (!canReach(accounts.api, [copy.node, copy.image])) {
    throw new PinataError('DATA_UNREACHABLE', { data: copy.home });
  }
  return copy;
}

/** The entry point of one of our processes. */
export function entryPoint(program: Program, role: string): string {
  return join(program.home, 'server/src', role, 'main.ts');
}

/** Where a process's messages go. */
export function logOf(layout: Layout, name: string): string {
  return join(layout.logs, `${name}.log`);
}
