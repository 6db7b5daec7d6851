import { join } from 'node:path';
import { PinataError } from '../errors.ts';
import { runCommand } from '../up/command.ts';

const SOURCE = join(import.meta.dirname, 'shifted-clock.c');
const DAY_S = 86_400;

/** Makes the library that shifts the clock, in `folder`; gives the variables under which programs see another day. */
export async function shiftedClock(folder: string, days: number): Promise<Record<string, string>> {
  const library = join(folder, 'shifted-clock.so');
  const status = await runCommand({ argv: ['cc', '-shared', '-fPIC', '-O1', '-o', library, SOURCE], cwd: folder });
  if (status !== 0) throw new PinataError('TOOL_MISSING', { tool: 'cc', install: 'apt-get install gcc libc6-dev' });
  // A list in which spaces separate: so the bare name, which is looked up.
  return { LD_PRELOAD: 'shifted-clock.so', LD_LIBRARY_PATH: folder, SHIFTED_CLOCK_S: String(days * DAY_S) };
}
