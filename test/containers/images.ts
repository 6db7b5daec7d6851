import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { linkLibraries, postgresBinaries } from '../../server/src/up/postgres-binaries.ts';
import { docker, dockerSays } from './docker.ts';

const BASE = 'debian:bookworm-slim';
const PULL_DEADLINE_S = '30';
export const POSTGRES_IMAGE = 'pinata-test/postgres:18';
/** What the compose file calls the images of a test run. */
export const TAG = 'test';
const PROCESSES = ['gateway', 'ingest', 'api', 'supervisor'];

export const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Sees to it that the base image is there: from its registry, or where that cannot be reached made from Debian's packages. */
export async function ensureBase(): Promise<void> {
  if (await dockerSays('image', 'inspect', BASE)) return;
  const pulled = await run('timeout', [PULL_DEADLINE_S, 'docker', 'pull', '--quiet', BASE]).then(
    () => true,
    () => false,
  );
  if (pulled) return;
  const folder = await mkdtemp(join(tmpdir(), 'pinata-debootstrap-'));
  try {
    await run('debootstrap', ['--variant=minbase', 'bookworm', folder], { maxBuffer: 64 * 1024 * 1024 });
    const archive = spawn('tar', ['--directory', folder, '--create', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const load = spawn('docker', ['import', '--change', 'CMD ["bash"]', '-', BASE], {
      stdio: [archive.stdout, 'ignore', 'inherit'],
    });
    const [status] = await once(load, 'exit');
    if (status !== 0) throw new Error(`docker import ended with ${status}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builds the image that stands for the official PostgreSQL. */
export async function buildPostgres(): Promise<void> {
  await ensureBase();
  const binaries = postgresBinaries();
  await linkLibraries(binaries);
  const context = await mkdtemp(join(tmpdir(), 'pinata-postgres-image-'));
  try {
    await cp(join(import.meta.dirname, 'postgres'), context, { recursive: true });
    await cp(join(binaries, 'native'), join(context, 'native'), { recursive: true, verbatimSymlinks: true });
    await docker('build', '--quiet', '--tag', POSTGRES_IMAGE, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Builds the project's own images from a fresh copy of it, which is left in `stage`. */
export async function buildProcesses(stage: string): Promise<void> {
  await ensureBase();
  await run(join(ROOT, 'pinata'), ['stage', '--out', stage], { maxBuffer: 64 * 1024 * 1024 });
  for (const name of PROCESSES) {
    // Debian's mirror is reached as the machine itself reaches it.
    await docker('build', '--quiet', '--network=host', '--target', name, '--tag', `pinata/${name}:${TAG}`, stage);
  }
}
