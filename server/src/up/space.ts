import { statfs } from 'node:fs/promises';
import { PinataError } from '../errors.ts';
import { existingPart } from './reach.ts';

const MIB = 1024 * 1024;
/** The database's files, two spools at work, a build and logs fit well into this. */
const NEED_MIB = 1024;

/** Throws DATA_NO_SPACE if the disk that holds (or will hold) `folder` has less room than a start needs. */
export async function checkSpace(folder: string, need = NEED_MIB): Promise<void> {
  const { bavail, bsize } = await statfs(existingPart(folder));
  const free = Math.floor((bavail * bsize) / MIB);
  if (free < need) throw new PinataError('DATA_NO_SPACE', { free, need, data: folder });
}
