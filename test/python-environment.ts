import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-commands.ts';

/**
 * The folder of programs of a Python environment of its own (`.tools/<name>`) with the packages of a requirements file; made at first
 * use, and again when the file changes. Where the file names hashes, nothing else is installed.
 */
export function pythonPrograms(name: string, requirements: string): string {
  const folder = join(ROOT, '.tools', name);
  const programs = join(folder, 'bin');
  const mark = join(folder, 'complete');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return programs;
  makeEnvironment(folder);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  execFileSync(join(programs, 'python'), pip, { stdio: 'inherit' });
  writeFileSync(mark, wanted);
  return programs;
}

/** Debian keeps the module in a package of its own. */
function makeEnvironment(folder: string): void {
  const make = () => execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
  try {
    make();
  } catch {
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-venv'], { stdio: 'inherit' });
    make();
  }
}
