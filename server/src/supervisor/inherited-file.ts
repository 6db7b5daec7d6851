import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { newUuidV7 } from '../wire/ids.ts';

/**
 * Puts bytes into a file without a name, and gives its read-only descriptor for a child to inherit. So the child reads the
 * very bytes that were hashed, whatever becomes of the file that they came from. World-readable, because QEMU opens
 * `/dev/fd/N` anew under a user of its own; nobody else can reach a file that has no name.
 */
export function openUnnamed(folder: string, bytes: Uint8Array): number {
  const path = join(folder, `image-${newUuidV7(Date.now())}`);
  const writer = openSync(path, 'wx', 0o444);
  try {
    const reader = openSync(path, 'r');
    for (let done = 0; done < bytes.length; ) done += writeSync(writer, bytes, done);
    return reader;
  } finally {
    unlinkSync(path);
    closeSync(writer);
  }
}
