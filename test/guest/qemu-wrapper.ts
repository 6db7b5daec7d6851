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

/** `-device`, in a list with an argument per line. */
export const WITHOUT_ENTROPY = 's/-device\\nvirtio-rng-device\\n//';
export const UNRESTRICTED = 's/restrict=on/restrict=off/';
