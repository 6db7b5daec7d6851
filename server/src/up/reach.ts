import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOME } from '../config.ts';
import type { Account } from './confine.ts';

/** Home of what must lie outside a checkout that the service users cannot reach. */
const SHARED_FOLDER = '/var/lib/pinata';

/** True if a user can read (folders: pass through) every one of the paths; asked of the kernel, as that user. */
export function canReach(account: Account, paths: readonly string[]): boolean {
  const script = 'for path; do if [ -d "$path" ]; then test -x "$path"; else test -r "$path"; fi || exit 1; done';
  const user = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  return spawnSync('setpriv', [...user, 'sh', '-c', script, 'sh', ...paths]).status === 0;
}

/** The nearest folder at or above `path` that exists. */
export function existingPart(path: string): string {
  return existsSync(path) || path === '/' ? path : existingPart(dirname(path));
}

/** This checkout's own folder below /var/lib/pinata. */
export function sharedFolder(): string {
  return join(SHARED_FOLDER, createHash('sha256').update(HOME).digest('hex').slice(0, 12));
}
