import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '../../server/src/config.ts';
import { verifyProof } from '../../server/src/keys/proof.ts';
import { Qemu } from '../../server/src/supervisor/qemu.ts';
import { findQemu, type QemuBinary } from '../../server/src/supervisor/qemu-binary.ts';
import { buildMisdeedImage, LABEL, type MisdeedImage } from './misdeed-image.ts';
import { anyRoot, type Life, live } from './one-boot.ts';
import { changedQemu, WITHOUT_ENTROPY } from './qemu-wrapper.ts';

// Each misdeed is asked of the real kernel, in a build of its own that contains them, under the supervisor's own code.

/** Bits of a page fault's error code (Intel SDM vol. 3A §4.7). */
const FAULT = { absent: 0, write: 2, protectedWrite: 3, protectedFetch: 0x11 } as const;
const PAGE = 4096;
/** Above everything else (`pinata-image/boot/src/layout.rs`). */
const HEAP_FROM = 2 ** 32;

const folder = mkdtempSync(join(tmpdir(), 'pinata-misdeeds-'));
let image: MisdeedImage;
let binary: QemuBinary;

before(async () => {
  [image, binary] = await Promise.all([buildMisdeedImage(), findQemu()]);
});
after(() => rmSync(folder, { recursive: true }));

const qemu = (changed = binary) => new Qemu({ binary: changed, accelerator: 'tcg', folder, user: () => null });
const doing = (misdeed: string) => live(qemu(), image.doing(misdeed));

function assertGone({ pid }: Life): void {
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
}

/** The end of a guest that served: in a `fault` frame and on the serial port the same, and by pvpanic. */
function assertDied(life: Life): string {
  assert.equal(life.end.detail, 'panic', JSON.stringify(life));
  assert.equal(life.end.lastWords, `pinata: ${life.why}`);
  assertGone(life);
  return life.why;
}

/** Before the channel is there: on the serial port and by pvpanic. */
function assertDiedAtBoot(life: Life, reason: RegExp): void {
  assert.equal(life.served, false, JSON.stringify(life));
  assert.deepEqual([life.why, life.end.detail], ['panic', 'panic'], JSON.stringify(life));
  assert.match(life.end.lastWords, reason);
  assertGone(life);
}

/** Expects a page fault and gives its address and that of the instruction. */
function pageFault(life: Life, error: number): { address: number; rip: number } {
  const why = assertDied(life);
  const [, found, address, rip] =
    /^page fault error (0x[0-9a-f]+) address (0x[0-9a-f]+) stack 0x[0-9a-f]+ at rip (0x[0-9a-f]+)$/.exec(why) ?? [];
  assert.equal(Number(found), error, why);
  return { address: Number(address), rip: Number(rip) };
}

function assertWithin(address: number, start: string, end: string | number): void {
  const to = typeof end === 'string' ? image.symbol(end) : image.symbol(start) + end;
  assert.ok(address >= image.symbol(start) && address < to, `${address.toString(16)} in ${start}`);
}

test('without a misdeed the guest listens, proves and stops', async () => {
  const life = await live(qemu(), image.doing(''), async guest => {
    const root = anyRoot();
    const proof = await guest.prove(root);
    assert.equal(verifyProof(proof, { root, key: proof.key }), null);
    await guest.stop();
  });
  assert.equal(life.served, true);
  assert.equal(life.why, 'stopped');
  assert.equal(life.end.detail, 'shutdown: guest-reset');
});

test('the shipped image knows no misdeeds', () => {
  const shipped = readFileSync(readConfig({}).settings.PINATA_IMAGE);
  const own = Buffer.from(image.doing('').bytes);
  for (const words of [LABEL, 'as it was asked to', '/etc/passwd', 'All work and no play']) {
    assert.ok(own.includes(words), words);
    assert.ok(!shipped.includes(words), words);
  }
  assert.ok(shipped.includes('no virtio-rng'));
});

test('code cannot be written', async () => {
  const { address } = pageFault(await doing('write to code'), FAULT.protectedWrite);
  assertWithin(address, '__text_start', '__text_end');
});

test('constants cannot be written', async () => {
  const { address } = pageFault(await doing('write to constants'), FAULT.protectedWrite);
  assertWithin(address, '__rodata_start', '__rodata_end');
});

test('page tables cannot be written', async () => {
  const { address } = pageFault(await doing('write to a page table'), FAULT.protectedWrite);
  assert.equal(address, image.symbol('__image_end'));
});

test('the heap does not run', async () => {
  const { address, rip } = pageFault(await doing('run the heap'), FAULT.protectedFetch);
  assert.equal(address, rip);
  assert.ok(address >= HEAP_FROM, String(address));
});

test('the heap is elsewhere at each boot', async () => {
  const lives = [await doing('run the heap'), await doing('run the heap')];
  const [one, other] = lives.map(life => Math.floor(pageFault(life, FAULT.protectedFetch).address / PAGE));
  assert.notEqual(one, other);
});

test('constants do not run', async () => {
  const { address, rip } = pageFault(await doing('run constants'), FAULT.protectedFetch);
  assert.equal(address, rip);
  assertWithin(address, '__rodata_start', '__rodata_end');
});

test('the stack does not run', async () => {
  const { address, rip } = pageFault(await doing('run the stack'), FAULT.protectedFetch);
  assert.equal(address, rip);
  assertWithin(address, 'main_stack_guard', 'main_stack_top');
});

test('nothing is at address zero', async () => {
  assert.equal(pageFault(await doing('read null'), FAULT.absent).address, 0);
});

test('a stack that overflows meets its guard page', async () => {
  const { address } = pageFault(await doing('overflow the stack'), FAULT.write);
  assertWithin(address, 'main_stack_guard', PAGE);
});

test('after the heap comes an absent page', async () => {
  const { address } = pageFault(await doing('read past the heap'), FAULT.absent);
  assert.ok(address >= HEAP_FROM, String(address));
});

test('the vault cannot be read outside its two functions', async () => {
  assert.equal(pageFault(await doing('read the vault'), FAULT.absent).address, image.symbol('vault_pages'));
});

test('the vault cannot be written outside its two functions', async () => {
  assert.equal(pageFault(await doing('write to the vault'), FAULT.write).address, image.symbol('vault_pages'));
});

test('a guest without memory ends, and still says why', async () => {
  assert.match(assertDied(await doing('run out of memory')), /^panic: memory allocation of 65536 bytes failed at /);
});

test('a panic is an end', async () => {
  assert.match(assertDied(await doing('panic')), /^panic: as it was asked to at image\/src\/misdeeds\/faults\.rs:/);
});

test('freed memory is zeroed', async () => {
  assert.match(assertDied(await doing('read freed memory')), /^panic: 0 bytes of 4096 are left at /);
});

test('without an entropy device there is no guest', async () => {
  const lacking = await changedQemu(folder, 'qemu-without-entropy', WITHOUT_ENTROPY);
  assertDiedAtBoot(await live(qemu(lacking), image.doing('')), /^pinata: panic: no virtio-rng at hal\/src\/mmio\.rs:/);
});

test('the audit finds page tables that are not as they should be', async () => {
  const hex = (address: number) => `0x${address.toString(16)}`;
  const text = hex(image.symbol('__text_start'));
  const neighbour = hex(image.symbol('vault_pages') - PAGE);
  const findings: [string, string][] = [
    ['map code writable', `${text} is writable and executable`],
    ['map data executable', '0x[0-9a-f]+ is writable and executable'],
    ['map data as code', 'code at 0x[0-9a-f]+'],
    ['map constants writable', `${hex(image.symbol('__rodata_start'))} is writable`],
    ['map tables writable', `${hex(image.symbol('__image_end'))} is writable`],
    ['map null', '0x0 is present'],
    ["map a stack's guard", `${hex(image.symbol('main_stack_guard'))} is present`],
    ["map the devices' guard", '0x[0-9a-f]+ is present'],
    ['map the heap twice', '0x[0-9a-f]+ is present'],
    ['map the vault', `the vault at ${hex(image.symbol('vault_pages'))} is present`],
    ['map a page elsewhere', '0x[0-9a-f]+ is 0x[0-9a-f]+'],
    ["map otherwise under the vault's root", `the roots differ at ${neighbour}`],
    ["map less under the vault's root", "the vault's root lacks pages"],
  ];
  for (const [misdeed, finding] of findings) {
    assertDiedAtBoot(
      await doing(misdeed),
      new RegExp(`^pinata: panic: page tables: ${finding} at boot/src/audit\\.rs:`),
    );
  }
});
