import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { PinataError } from '../errors.ts';
import type { NetworkName } from './network.ts';
import { newSecretKey, parseSecretKey, type SecretKey, SecretKeyError } from './secret-key.ts';

const MAX_FILE_BYTES = 512;

/**
 * Reads a private key from a file that nobody else may read. The file's bytes are zeroed afterwards; the caller zeroes the key.
 * Throws SECRET_MISSING, SECRET_UNSAFE or SECRET_INVALID.
 */
export function readSecretFile(path: string, network: NetworkName): SecretKey {
  const fd = open(path);
  const bytes = new Uint8Array(MAX_FILE_BYTES);
  try {
    const why = unsafe(fd);
    if (why) throw new PinataError('SECRET_UNSAFE', { path, why });
    const length = readSync(fd, bytes);
    return parseSecretKey(bytes.subarray(0, length), network);
  } catch (error) {
    if (error instanceof SecretKeyError) throw new PinataError('SECRET_INVALID', { path, why: error.message });
    throw error;
  } finally {
    bytes.fill(0);
    closeSync(fd);
  }
}

/** Writes a new random key, as hex with mode 0600, where no file is yet. True if it did. */
export function makeSecretFile(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  const key = newSecretKey();
  try {
    writeSync(fd, `${Buffer.from(key).toString('hex')}\n`);
    fsyncSync(fd);
  } finally {
    key.fill(0);
    closeSync(fd);
  }
  return true;
}

// A symbolic link is followed: container engines hand secrets over as links. What counts is the file behind it.
function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new PinataError('SECRET_MISSING', { path });
    throw new PinataError('SECRET_UNSAFE', { path, why: `it cannot be opened (${codeOf(error)})` });
  }
}

function unsafe(fd: number): string | null {
  const { mode, uid, size } = fstatSync(fd);
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) return 'it is not a plain file';
  if ((mode & 0o077) !== 0) return `its mode is 0${(mode & 0o777).toString(8)}`;
  if (uid !== process.geteuid?.() && uid !== 0) return `it belongs to uid ${uid}`;
  if (size > MAX_FILE_BYTES) return `it is longer than ${MAX_FILE_BYTES} bytes`;
  return null;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
