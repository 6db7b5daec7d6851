import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256Hex } from '../../server/src/supervisor/digest.ts';
import type { GuestImage } from '../../server/src/supervisor/image.ts';
import { ROOT, TEST_PATH } from '../run-commands.ts';

const run = promisify(execFile);
const IMAGE = join(ROOT, 'pinata-image/target/misdeeds.elf');
/** In front of the place for a misdeed's name (`pinata-image/boot/src/misdeeds.rs`). */
export const LABEL = 'pinata misdeed: ';
const SLOT_BYTES = 128;

/** The image of the guest's tests: the shipped one's sources, and what it may be asked to do wrong. */
export interface MisdeedImage {
  /** The image that does it; with an empty name one that does nothing. */
  doing(misdeed: string): GuestImage;
  /** An address of the linker's. Throws if there is no such symbol. */
  symbol(name: string): number;
}

/** Builds it, unless it is up to date. */
export async function buildMisdeedImage(): Promise<MisdeedImage> {
  const env = { ...process.env, PATH: TEST_PATH };
  await run(join(ROOT, 'pinata-image/build.sh'), ['--misdeeds'], { env, maxBuffer: 1 << 24 });
  const [image, { stdout }] = await Promise.all([readFile(IMAGE), run('nm', [IMAGE], { env, maxBuffer: 1 << 24 })]);
  const symbols = new Map(
    [...stdout.matchAll(/^([0-9a-f]+) \w (\S+)$/gm)].map(([, address = '', name = '']) => [
      name,
      Number(`0x${address}`),
    ]),
  );
  return {
    doing: misdeed => {
      const bytes = Uint8Array.from(image);
      const at = image.indexOf(`${LABEL}\0`);
      if (at < 0 || LABEL.length + misdeed.length > SLOT_BYTES) throw new Error(`no place for: ${misdeed}`);
      bytes.set(Buffer.from(misdeed), at + LABEL.length);
      return { bytes, sha256: sha256Hex(bytes) };
    },
    symbol: name => {
      const address = symbols.get(name);
      if (address === undefined) throw new Error(`no symbol ${name}`);
      return address;
    },
  };
}
