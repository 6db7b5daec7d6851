import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PinataError } from '../errors.ts';
import { runCommand } from './command.ts';

/** Something that is installed outside the project: the program that shows it is there, and the Debian package that brings it. */
export interface Tool {
  readonly program: string;
  readonly debian: string;
}

export const QEMU: Tool = { program: 'qemu-system-x86_64', debian: 'qemu-system-x86' };

/** The first executable of that name in PATH, or null. */
export function findProgram(name: string, path: string = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {}
  }
  return null;
}

/** The line that installs tools on Debian. */
export function installLine(tools: readonly Tool[]): string {
  const packages = [...new Set(tools.map(tool => tool.debian))];
  return `apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/**
 * Installs those of the tools that are missing, saying so, if we are root on a Debian; else throws TOOL_MISSING (QEMU_MISSING for
 * QEMU) with the exact line to run.
 */
export async function ensureTools(tools: readonly Tool[], say: (line: string) => void): Promise<void> {
  const missing = () => tools.filter(tool => findProgram(tool.program) === null);
  const wanted = missing();
  if (wanted.length === 0) return;
  if (process.getuid?.() === 0 && findProgram('apt-get')) {
    say(`installing ${wanted.map(tool => tool.debian).join(', ')}: ${installLine(wanted)}`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runCommand({ argv: ['apt-get', 'update', '--quiet'], cwd: '/', env });
    await runCommand({ argv: [...installLine(wanted).split(' '), '--yes', '--quiet'], cwd: '/', env, say });
  }
  const left = missing()[0];
  if (!left) return;
  if (left.program === QEMU.program) throw new PinataError('QEMU_MISSING');
  throw new PinataError('TOOL_MISSING', { tool: left.program, install: installLine(missing()) });
}
