import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { Qemu } from '../../server/src/supervisor/qemu.ts';
import { findQemu } from '../../server/src/supervisor/qemu-binary.ts';
import { buildMisdeedImage, type MisdeedImage } from './misdeed-image.ts';
import { type Life, type LifeOptions, live } from './one-boot.ts';
import { changedQemu } from './qemu-wrapper.ts';

/** Bits of a page fault's error code (Intel SDM vol. 3A §4.7). */
export const FAULT = { absent: 0, protectedRead: 1, write: 2, protectedWrite: 3, protectedFetch: 0x11 } as const;
export const PAGE = 4096;
/** Whatever is placed anew at each boot is above this, everything else below (`pinata-image/boot/src/placement.rs`). */
export const PLACED_FROM = 2 ** 39;

const PAGE_FAULT =
  /page fault error (0x[0-9a-f]+) address (?:image:)?(0x[0-9a-f]+) stack 0x[0-9a-f]+ at rip (?:image:)?(0x[0-9a-f]+)$/;
/** What the misdeeds of stacks say first. */
const STACK_TOLD = /^a stack at (0x[0-9a-f]+) to (0x[0-9a-f]+) /;

/** How a misdeed is asked for. */
export interface Asked extends LifeOptions {
  /** Changes QEMU's arguments on their way (`qemu-wrapper.ts`). */
  sed?: string | undefined;
}

/** The real kernel, in a build of its own that can be asked for misdeeds, under the supervisor's own code. */
export class MisdeedMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pinata-misdeeds-'));
  #image: MisdeedImage | null = null;
  #changes = 0;

  /** Leaves nothing behind when the tests of the file that made it are done. */
  constructor() {
    before(async () => {
      this.#image = await buildMisdeedImage();
    });
    after(() => rmSync(this.#folder, { recursive: true }));
  }

  get image(): MisdeedImage {
    if (!this.#image) throw new Error('not built before the tests');
    return this.#image;
  }

  /** Boots a guest that does it (nothing, for an empty name) and waits for its end. */
  async doing(misdeed: string, { sed, ...options }: Asked = {}): Promise<Life> {
    const binary = sed ? await changedQemu(this.#folder, `qemu-${this.#changes++}`, sed) : await findQemu();
    const qemu = new Qemu({ binary, accelerator: 'tcg', folder: this.#folder, user: () => null });
    return live(qemu, this.image.doing(misdeed), options);
  }

  /** A page fault that ended a guest which served: its address, and where the instruction is. */
  async pageFault(misdeed: string, error: number): Promise<{ address: number; rip: number }> {
    return pageFaultIn(assertDied(await this.doing(misdeed)), error);
  }
}

export function assertGone({ pid }: Life): void {
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
}

/** The end of a guest that served: in a `fault` frame and on the serial port the same, and by pvpanic. */
export function assertDied(life: Life): string {
  assert.equal(life.end.detail, 'panic', JSON.stringify(life));
  assert.equal(life.end.lastWords.replace(STACK_TOLD, ''), `pinata: ${life.why}`, JSON.stringify(life));
  assertGone(life);
  return life.why;
}

/** Before the channel is there, or without it: on the serial port and by pvpanic. */
export function assertDiedAtBoot(life: Life, reason: RegExp): void {
  assert.equal(life.served, false, JSON.stringify(life));
  assert.deepEqual([life.why, life.end.detail], ['panic', 'panic'], JSON.stringify(life));
  assert.match(life.end.lastWords, reason);
  assertGone(life);
}

/** Reads what is said of a page fault, which must have this error code. Addresses in the image are as the linker has them. */
export function pageFaultIn(why: string, error: number): { address: number; rip: number } {
  const [, found, address, rip] = PAGE_FAULT.exec(why) ?? [];
  assert.equal(Number(found), error, why);
  return { address: Number(address), rip: Number(rip) };
}

/** The first address of the stack that was misused, and the first after it. */
export function stackIn({ end }: Life): { start: number; end: number } {
  const [, from, to] = STACK_TOLD.exec(end.lastWords) ?? [];
  return { start: Number(from), end: Number(to) };
}
