import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOMY = '2G';
const TRIES_MAX = 50;

/** A disk of its own, in memory, that can be made full and roomy again without writing to it. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves so much room, counted from what is on it now. */
  leave(bytes: number): void;
  widen(): void;
  remove(): void;
}

/** Mounts one; null where this user may not. */
export function mountSmallDisk(): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-disk-'));
  const mount = (options: string) => run('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
  try {
    mount(`size=${ROOMY},mode=755`);
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    leave: bytes => {
      for (let tries = 0; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder);
        try {
          return mount(`remount,size=${(blocks - bfree) * bsize + bytes}`);
        } catch (error) {
          // Somebody wrote meanwhile: it cannot be smaller than what is on it.
          if (tries === TRIES_MAX) throw error;
        }
      }
    },
    widen: () => mount(`remount,size=${ROOMY}`),
    remove: () => {
      run('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function run(program: string, args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
