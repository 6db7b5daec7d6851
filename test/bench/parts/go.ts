import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../e2e/command.ts';
import { cacheFolder } from './cache.ts';

const BUILD_DEADLINE_MS = 300_000;
/** Where Go is usually put, and where it is not in PATH. */
const GO_PATH = `${process.env.PATH}:/usr/local/go/bin:${join(homedir(), 'go/bin')}`;

/** Builds the Go program of a folder and gives its path. Throws if there is no Go (1.24 or newer), or it does not compile. */
export async function buildGo(folder: string, name: string): Promise<string> {
  const program = join(cacheFolder('go'), name);
  const built = await run('go', ['build', '-o', program, '.'], {
    cwd: folder,
    env: { ...process.env, PATH: GO_PATH },
    deadlineMs: BUILD_DEADLINE_MS,
  }).catch((error: Error) => ({ status: 1, text: error.message }));
  if (built.status !== 0) throw new Error(`${name} needs Go 1.24 or newer and did not build: ${built.text.trim()}`);
  return program;
}
