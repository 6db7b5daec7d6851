import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOME } from '../config.ts';
import { PinataError } from '../errors.ts';
import { runCommand } from '../up/command.ts';
import { cargoPath, installCompiler, LINKER, pinnedVersion } from '../up/guest-image.ts';
import type { Builder } from '../up/prepare.ts';
import { ensureTools, findProgram } from '../up/tools.ts';

export const SOURCES = join(HOME, 'pinata-image');
/** Makes what cargo needs before it can read the sources. */
const PREPARE = join(SOURCES, 'prepare.sh');
/** What the image is built of and for; its build says the same. */
export const KERNEL = { package: 'pinata-image-kernel', target: 'x86_64-unknown-linux-gnu' } as const;

const MAX_OUTPUT_BYTES = 64 * 2 ** 20;

/** The pinned compiler as it is installed here. */
export interface Toolchain {
  /** `1.95.0` */
  readonly version: string;
  /** What `rustc --version` says after its name: version, commit and date. */
  readonly description: string;
  /** The machine it runs on, as in `x86_64-unknown-linux-gnu`. */
  readonly host: string;
  /** Its folder, with `bin` and `lib` in it. */
  readonly sysroot: string;
  /** The program behind `cargo +VERSION` and `rustc +VERSION`: rustup, which asks for its own name. */
  readonly proxy: string;
}

/**
 * Finds the compiler and the linker, installing what is missing as the image's build does, and makes the sources ready for cargo.
 * Throws RUST_MISSING, TOOL_MISSING or IMAGE_BUILD_FAILED.
 */
export async function ensureToolchain(builder: Builder): Promise<Toolchain> {
  await ensureTools(LINKER, line => builder.say(line));
  const log = join(builder.logs, 'image-build.log');
  const toolchain = await ensureCompiler(builder, log);
  const status = await runCommand({ argv: [PREPARE], cwd: SOURCES, env: { PATH: cargoPath() }, log });
  if (status !== 0) throw new PinataError('IMAGE_BUILD_FAILED', { log });
  return toolchain;
}

async function ensureCompiler(builder: Builder, log: string): Promise<Toolchain> {
  const version = await pinnedVersion();
  const found = await findToolchain(version);
  if (found) return found;
  const installed = (await installCompiler(builder, log)) ? await findToolchain(version) : null;
  if (!installed) throw new PinataError('RUST_MISSING', { version });
  return installed;
}

async function findToolchain(version: string): Promise<Toolchain | null> {
  const cargo = findProgram('cargo', cargoPath());
  if (!cargo) return null;
  try {
    const verbose = await ask('rustc', [`+${version}`, '-vV']);
    const sysroot = await ask('rustc', [`+${version}`, '--print', 'sysroot']);
    return {
      version,
      description: /^rustc (.+)$/m.exec(verbose)?.[1] ?? version,
      host: /^host: (.+)$/m.exec(verbose)?.[1] ?? KERNEL.target,
      sysroot: await realpath(sysroot.trim()),
      proxy: await realpath(cargo),
    };
  } catch {
    return null;
  }
}

/** Where cargo keeps what it has downloaded. */
export function cargoHome(): string {
  return process.env['CARGO_HOME'] ?? join(homedir(), '.cargo');
}

/** What `cargo` of the pinned version answers about the guest's sources, under the conditional flags that its build sets. */
export async function askCargo({ version }: Toolchain, args: readonly string[]): Promise<string> {
  const script = await readFile(join(SOURCES, 'build.sh'), 'utf8');
  const flags = [...script.matchAll(/'(--cfg=[^']+)'/g)].map(match => match[1]);
  return ask('cargo', [`+${version}`, ...args], { CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') });
}

async function ask(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], {
    cwd: SOURCES,
    env: { ...process.env, PATH: cargoPath(), ...env },
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}
