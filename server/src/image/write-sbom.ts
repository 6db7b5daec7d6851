import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { askLinkedCrates } from './ask-crates.ts';
import { type StandardCrate, sbom } from './sbom.ts';
import { KERNEL, type Toolchain } from './toolchain.ts';

const STANDARD: StandardCrate['name'][] = ['core', 'alloc', 'compiler_builtins'];

/** The bill of materials of the image at `path`, which was built from the sources here. */
export async function readSbom(toolchain: Toolchain, path: string) {
  const { version, description } = toolchain;
  return sbom({
    image: { name: basename(path), sha256: hashOf(await readFile(path)) },
    kernel: KERNEL.package,
    target: KERNEL.target,
    rustc: { version, description },
    standard: await Promise.all(STANDARD.map(name => readStandard(toolchain, name))),
    crates: await askLinkedCrates(toolchain),
  });
}

/** Writes it; gives how many components it has. */
export async function writeSbom(toolchain: Toolchain, image: string, file: string): Promise<number> {
  const document = await readSbom(toolchain, image);
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
  return document.components.length;
}

async function readStandard({ sysroot }: Toolchain, name: StandardCrate['name']): Promise<StandardCrate> {
  const folder = join(sysroot, 'lib/rustlib', KERNEL.target, 'lib');
  const file = (await readdir(folder)).find(file => file.startsWith(`lib${name}-`) && file.endsWith('.rlib'));
  if (!file) throw new Error(`there is no ${name} in ${folder}`);
  return { name, sha256: hashOf(await readFile(join(folder, file))) };
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
