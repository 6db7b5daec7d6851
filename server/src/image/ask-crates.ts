import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinCrates, type LinkedCrate, TREE_FORMAT } from './linked-crates.ts';
import { askCargo, KERNEL, SOURCES, type Toolchain } from './toolchain.ts';

/** Normal dependencies of the image for its target; macros run in the compiler, and are not linked. */
const IMAGE_ONLY = ['--package', KERNEL.package, '--target', KERNEL.target, '--edges', 'normal,no-proc-macro'];

/** The crates that the image is linked from, the standard library's aside. */
export async function askLinkedCrates(toolchain: Toolchain): Promise<LinkedCrate[]> {
  const [tree, metadata, lock] = await Promise.all([
    askCargo(toolchain, ['tree', '--locked', ...IMAGE_ONLY, '--prefix', 'depth', '--format', TREE_FORMAT]),
    askCargo(toolchain, ['metadata', '--locked', '--format-version', '1', '--filter-platform', KERNEL.target]),
    readFile(join(SOURCES, 'Cargo.lock'), 'utf8'),
  ]);
  return joinCrates({ tree, metadata: JSON.parse(metadata), lock });
}
