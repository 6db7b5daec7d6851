import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PinataError } from '../errors.ts';
import type { GivenAuthority } from '../wire/channel-host.ts';
import type { PublishedCredentials } from '../wire/facts.ts';
import { writePracticeAuthority } from './authority-writer.ts';

const FILES = ['ca.pem', 'client.pem', 'client.key', 'server.pem', 'server.key'] as const;
/** It is made anew when less than this is left of it. */
const RENEW_BEFORE_MS = 30 * 86_400_000;

/** The practice target's authority, as its guest is given it and as people get it. */
export interface PracticeAuthority {
  readonly given: GivenAuthority;
  readonly credentials: PublishedCredentials;
}

/** Reads the authority in `folder`; makes it first where there is none, or where its time is nearly up. */
export async function practiceAuthority(folder: string, now: Date = new Date()): Promise<PracticeAuthority> {
  const kept = read(folder);
  if (kept && validUntil(kept) > now.getTime() + RENEW_BEFORE_MS) return parse(kept);
  const made = await writePracticeAuthority(now);
  write(folder, made);
  return parse(made);
}

function read(folder: string): PublishedCredentials | null {
  try {
    const text = (name: (typeof FILES)[number]) => readFileSync(join(folder, name), 'utf8');
    return {
      'ca.pem': text('ca.pem'),
      'client.pem': text('client.pem'),
      'client.key': text('client.key'),
      'server.pem': text('server.pem'),
      'server.key': text('server.key'),
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

// Whole or not at all: a folder with the files of two authorities would give every visitor certificates that do not fit.
function write(folder: string, credentials: PublishedCredentials): void {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  for (const name of FILES) writeFileSync(join(fresh, name), credentials[name], { mode: 0o600 });
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

function validUntil(credentials: PublishedCredentials): number {
  const ends = [credentials['ca.pem'], credentials['server.pem'], credentials['client.pem']].map(pem =>
    new X509Certificate(pem).validToDate.getTime(),
  );
  return Math.min(...ends);
}

function parse(credentials: PublishedCredentials): PracticeAuthority {
  const der = (pem: string) => new Uint8Array(new X509Certificate(pem).raw);
  return {
    credentials,
    given: {
      ca: der(credentials['ca.pem']),
      server: der(credentials['server.pem']),
      client: der(credentials['client.pem']),
      serverKey: scalar(credentials['server.key']),
      clientKey: scalar(credentials['client.key']),
    },
  };
}

/** The private scalar of a P-256 key, 32 bytes, big-endian. */
function scalar(pem: string): Uint8Array {
  const { crv, d } = createPrivateKey(pem).export({ format: 'jwk' });
  const bytes = new Uint8Array(Buffer.from(d ?? '', 'base64url'));
  if (crv === 'P-256' && bytes.length === 32) return bytes;
  throw new PinataError('CONFIG_INVALID', { name: 'the practice authority', why: 'its keys are not P-256' });
}
