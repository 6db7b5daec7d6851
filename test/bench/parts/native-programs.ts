import { copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureToolchain } from '../../../server/src/image/toolchain.ts';
import { cargoPath } from '../../../server/src/up/guest-image.ts';
import { ensureTools, type Tool } from '../../../server/src/up/tools.ts';
import { run } from '../../e2e/command.ts';
import { cacheFolder } from './cache.ts';
import { buildGo } from './go.ts';

const SOURCES = join(import.meta.dirname, '../native');
const NAME = 'pinata-native-bench';
const BUILD_DEADLINE_MS = 900_000;
/** What compiles aws-lc and finds OpenSSL. */
const TOOLS: Tool[] = [
  { program: 'cmake', debian: 'cmake' },
  { program: 'pkg-config', debian: 'pkg-config libssl-dev' },
];

/** Paths of the programs that measure libraries on this machine; null where one cannot be built, which is said. */
export interface NativePrograms {
  /** With graviola's curves; the other libraries in Rust are in it too. */
  readonly rust: string;
  readonly rustcrypto: string;
  /** The version of OpenSSL's library, where `rust` has it. */
  readonly libssl: string | null;
  readonly go: string | null;
}

/** Builds what was not built before. Throws where there is no Rust. */
export async function buildNativePrograms(say: (line: string) => void): Promise<NativePrograms> {
  const { version } = await ensureToolchain({ logs: tmpdir(), signal: new AbortController().signal, say });
  await ensureTools(TOOLS, say);
  const found = await run('pkg-config', ['--modversion', 'libssl']);
  const libssl = found.status === 0 ? found.stdout.trim() : null;
  if (!libssl) say('libssl is left out: its headers are missing (apt-get install libssl-dev)');
  const withLibssl = libssl ? ['libssl'] : [];
  say('building the native programs; the first time takes minutes');
  const rust = await buildRust(version, 'graviola', withLibssl);
  const rustcrypto = await buildRust(version, 'rustcrypto', ['rustcrypto', ...withLibssl]);
  const go = await buildGo(join(SOURCES, 'go'), 'native').catch((error: Error) => {
    say(`Go is left out: ${error.message}`);
    return null;
  });
  return { rust, rustcrypto, libssl, go };
}

/**
 * cargo writes all variants to one place: each is copied before the next. Not `--locked`: the lock follows what the guest's crates
 * depend on.
 */
async function buildRust(version: string, variant: string, features: readonly string[]): Promise<string> {
  const folder = cacheFolder('native');
  const argv = [`+${version}`, 'build', '--release', '--features', features.join(), '--target-dir', folder];
  const env = { ...process.env, PATH: cargoPath() };
  const { status, text } = await run('cargo', argv, { cwd: SOURCES, env, deadlineMs: BUILD_DEADLINE_MS });
  if (status !== 0) throw new Error(`the native programs do not build: ${text.slice(-2000)}`);
  const program = join(folder, `${NAME}-${variant}`);
  copyFileSync(join(folder, 'release', NAME), program);
  return program;
}
