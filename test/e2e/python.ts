import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './installation.ts';

const FOLDER = join(ROOT, '.tools/python');
const REQUIREMENTS = join(import.meta.dirname, 'clients/requirements.txt');

/** A Python with the packages of `clients/requirements.txt`, in an environment of its own; made at first use. */
export function python(): string {
  const program = join(FOLDER, 'bin/python');
  if (!existsSync(join(FOLDER, 'complete'))) {
    makeEnvironment();
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], {
      stdio: 'inherit',
    });
    execFileSync('touch', [join(FOLDER, 'complete')]);
  }
  return program;
}

/** Debian keeps the module in a package of its own. */
function makeEnvironment(): void {
  const make = () => execFileSync('python3', ['-m', 'venv', '--clear', FOLDER], { stdio: 'inherit' });
  try {
    make();
  } catch {
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-venv'], { stdio: 'inherit' });
    make();
  }
}
