import { join } from 'node:path';
import { pythonPrograms } from '../python-environment.ts';

const REQUIREMENTS = join(import.meta.dirname, 'clients/requirements.txt');

/** A Python with the packages of `clients/requirements.txt`. */
export function python(): string {
  return join(pythonPrograms('python', REQUIREMENTS), 'python');
}
