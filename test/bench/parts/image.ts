import { tmpdir } from 'node:os';
import { type GuestImage, readImage } from '../../../server/src/supervisor/image.ts';
import { BUILT_IMAGE, ensureImage } from '../../../server/src/up/guest-image.ts';
import { lockBuilds } from '../../../server/src/up/prepare.ts';

/** The image that the present sources make, built first where they have changed. */
export async function builtImage(say: (line: string) => void): Promise<GuestImage> {
  const builder = { logs: tmpdir(), signal: new AbortController().signal, say };
  const lock = await lockBuilds(builder);
  try {
    await ensureImage(builder);
  } finally {
    lock.release();
  }
  return readImage(BUILT_IMAGE);
}
