import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../e2e/command.ts';
import { cacheFolder } from './cache.ts';

const FETCH_DEADLINE_MS = 120_000;

/** The folder with the files of a Debian package, which is fetched and unpacked, not installed. Fetched once. */
export async function unpackedPackage(name: string): Promise<string> {
  const folder = join(cacheFolder('debian'), name);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh);
  await apt(['download', name], fresh);
  const archive = readdirSync(fresh).find(file => file.endsWith('.deb'));
  if (!archive) throw new Error(`apt-get download ${name} left no package`);
  const { status, text } = await run('dpkg-deb', ['--extract', archive, '.'], { cwd: fresh });
  if (status !== 0) throw new Error(`${archive} does not unpack: ${text.trim()}`);
  rmSync(join(fresh, archive));
  renameSync(fresh, folder);
  return folder;
}

/** The first package that a metapackage depends on: the current one of several that follow each other. */
export async function currentOf(metapackage: string): Promise<string> {
  const said = await run('apt-cache', ['depends', metapackage]);
  const name = /Depends: (\S+)/.exec(said.stdout)?.[1];
  if (!name) throw new Error(`apt knows no ${metapackage}`);
  return name;
}

/** Runs apt-get; once more with new lists, where it did not work and we may fetch them. */
async function apt(argv: string[], cwd: string): Promise<void> {
  const attempt = () => run('apt-get', ['--quiet', ...argv], { cwd, deadlineMs: FETCH_DEADLINE_MS });
  let done = await attempt();
  if (done.status !== 0 && process.getuid?.() === 0) {
    await run('apt-get', ['--quiet', 'update'], { deadlineMs: FETCH_DEADLINE_MS });
    done = await attempt();
  }
  if (done.status !== 0) throw new Error(`apt-get ${argv.join(' ')}: ${done.text.trim().split('\n').at(-1)}`);
}
