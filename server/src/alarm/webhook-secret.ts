import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { PinataError } from '../errors.ts';

/** Standard Webhooks 1.0: 24 to 64 bytes, base64, after this prefix. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const MIN_BYTES = 24;
const MAX_BYTES = 64;
const FILE_MODE = 0o600;
/** The newest and the one before it. */
const SECRETS_MAX = 2;

/**
 * The secrets of a file: one a line, the newest first. More than one is there while one replaces another: deliveries are signed with
 * each. Throws WEBHOOK_SECRET_INVALID.
 */
export function parseSecrets(text: string, path: string): Uint8Array[] {
  const invalid = (why: string) => new PinataError('WEBHOOK_SECRET_INVALID', { path, why });
  const lines = text.split('\n').flatMap(line => line.trim() || []);
  if (lines.length === 0) throw invalid('it is empty');
  return lines.map(line => {
    const given = line.startsWith(PREFIX) ? line.slice(PREFIX.length) : '';
    const secret = Buffer.from(given, 'base64');
    if (given === '' || secret.toString('base64') !== given) throw invalid(`a line is not ${PREFIX} and base64`);
    if (secret.length < MIN_BYTES || secret.length > MAX_BYTES)
      throw invalid(`a secret has ${MIN_BYTES} to ${MAX_BYTES} bytes`);
    return new Uint8Array(secret);
  });
}

/** Reads the file anew: whoever changes it changes the next delivery. Throws WEBHOOK_SECRET_INVALID. */
export async function readSecrets(path: string): Promise<Uint8Array[]> {
  return parseSecrets(await readText(path), path);
}

/** Makes the file unless it is there. */
export async function ensureSecret(path: string): Promise<void> {
  await writeFile(path, `${newSecret()}\n`, { flag: 'wx', mode: FILE_MODE }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Puts a new secret first and keeps the one before it for the time that the receiver needs. Gives the new one. */
export async function rotateSecret(path: string): Promise<string> {
  const before = (await readText(path)).split('\n').flatMap(line => line.trim() || []);
  const secret = newSecret();
  const lines = [secret, ...before].slice(0, SECRETS_MAX);
  await writeFile(`${path}.new`, `${lines.join('\n')}\n`, { mode: FILE_MODE });
  await rename(`${path}.new`, path);
  return secret;
}

function newSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new PinataError('WEBHOOK_SECRET_INVALID', { path, why: `it cannot be read (${error.code})` });
  });
}
