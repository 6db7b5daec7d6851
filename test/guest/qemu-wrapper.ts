import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findQemu, type QemuBinary } from '../../server/src/supervisor/qemu-binary.ts';

/** QEMU with some of its arguments changed on the way: by a shell script, so that the supervisor's own code starts it. */
export async function changedQemu(folder: string, name: string, sed: string): Promise<QemuBinary> {
  const { path: real, sha256 } = await findQemu();
  const path = join(folder, name);
  // No argument holds a space or a line end.
  await writeFile(path, `#!/bin/sh\nexec '${real}' $(printf '%s\\n' "$@" | sed -z '${sed}')\n`, { mode: 0o755 });
  return { path, sha256 };
}

/** Of QEMU's arguments, in a list with one per line. */
export const WITHOUT_ENTROPY = 's/-device\\nvirtio-rng-device\\n//';
export const UNRESTRICTED = 's/restrict=on/restrict=off/';
/** A processor without RDRAND and RDSEED. */
export const WITHOUT_GENERATOR = lacking('rdrand', 'rdseed');
export const WITHOUT_USER_PROTECTIONS = lacking('smep', 'smap', 'umip');
/** Neither the device nor the processor's generator. */
export const WITHOUT_ANY_ENTROPY = `${WITHOUT_ENTROPY};${WITHOUT_GENERATOR}`;

/** The same processor without some of its features. */
function lacking(...features: string[]): string {
  return `s/-cpu\\nmax/&${features.map(feature => `,-${feature}`).join('')}/`;
}
