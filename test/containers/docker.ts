import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Runs `docker` with these arguments; gives what it prints. Throws with its messages. */
export async function docker(...args: string[]): Promise<string> {
  // The classic builder: it needs no plugin, which Debian does not package.
  const { stdout } = await run('docker', args, {
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
    maxBuffer: MAX_OUTPUT,
  });
  return stdout.trim();
}

/** True if `docker` succeeds with these arguments. */
export function dockerSays(...args: string[]): Promise<boolean> {
  return docker(...args).then(
    () => true,
    () => false,
  );
}
