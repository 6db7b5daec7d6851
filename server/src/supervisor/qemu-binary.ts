import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PinataError } from '../errors.ts';

const PROGRAM = 'qemu-system-x86_64';

export interface QemuBinary {
  readonly path: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
}

/** Finds QEMU in the search path and hashes it. Throws QEMU_MISSING. */
export async function findQemu(searchPath: string = process.env.PATH ?? ''): Promise<QemuBinary> {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, PROGRAM);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return hashed(await realpath(path));
  }
  throw new PinataError('QEMU_MISSING');
}

async function hashed(path: string): Promise<QemuBinary> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, sha256: hash.digest('hex') };
}
