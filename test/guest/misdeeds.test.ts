import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readConfig } from '../../server/src/config.ts';
import { verifyProof } from '../../server/src/keys/proof.ts';
import { LABEL } from './misdeed-image.ts';
import { assertDied, assertDiedAtBoot, FAULT, MisdeedMachine, PAGE, PLACED_FROM } from './misdeeds-machine.ts';
import { anyRoot } from './one-boot.ts';

// What the page tables and the allocator must refuse. Each misdeed is asked of the real kernel.

const machine = new MisdeedMachine();

const symbol = (name: string) => machine.image.symbol(name);

function assertWithin(address: number, start: string, end: string): void {
  assert.ok(address >= symbol(start) && address < symbol(end), `${address.toString(16)} in ${start}`);
}

test('without a misdeed the guest listens, proves and stops', async () => {
  const life = await machine.doing('', {
    whenServing: async ({ guest }) => {
      const root = anyRoot();
      const proof = await guest.prove(root);
      assert.equal(verifyProof(proof, { root, key: proof.key }), null);
      await guest.stop();
    },
  });
  assert.equal(life.served, true);
  assert.equal(life.why, 'stopped');
  assert.equal(life.end.detail, 'shutdown: guest-reset');
});

test('the shipped image knows no misdeeds', () => {
  const shipped = readFileSync(readConfig({}).settings.PINATA_IMAGE);
  const own = Buffer.from(machine.image.doing('').bytes);
  for (const words of [LABEL, 'as it was asked to', '/etc/passwd', 'All work and no play']) {
    assert.ok(own.includes(words), words);
    assert.ok(!shipped.includes(words), words);
  }
  assert.ok(shipped.includes('no virtio-rng'));
});

test('code cannot be written', async () => {
  const { address } = await machine.pageFault('write to code', FAULT.protectedWrite);
  assertWithin(address, '__text_start', '__text_end');
});

test('constants cannot be written', async () => {
  const { address } = await machine.pageFault('write to constants', FAULT.protectedWrite);
  assertWithin(address, '__rodata_start', '__rodata_end');
});

test('page tables cannot be written', async () => {
  const { address } = await machine.pageFault('write to a page table', FAULT.protectedWrite);
  assert.equal(address, symbol('__image_end'));
});

test('constants do not run', async () => {
  const { address, rip } = await machine.pageFault('run constants', FAULT.protectedFetch);
  assert.equal(address, rip);
  assertWithin(address, '__rodata_start', '__rodata_end');
});

test('data does not run', async () => {
  const { address, rip } = await machine.pageFault('run data', FAULT.protectedFetch);
  assert.equal(address, rip);
  assertWithin(address, '__data_start', '__data_end');
});

test('code, constants and data are elsewhere at each boot, and nothing is where they are linked to be', async () => {
  const places = async () => {
    const why = assertDied(await machine.doing('tell where the image is'));
    const found = /^panic: code at (0x[0-9a-f]+), constants at (0x[0-9a-f]+), data at (0x[0-9a-f]+) at /.exec(why);
    return (found ?? []).slice(1).map(Number);
  };
  const [one, other] = [await places(), await places()];
  assert.equal(one.length, 3);
  for (const [i, place] of one.entries()) {
    assert.ok(place >= PLACED_FROM, String(place));
    assert.notEqual(place, other[i]);
  }
  const { address } = await machine.pageFault('read where the image is linked', FAULT.absent);
  assert.equal(address, symbol('__text_start'));
});

test('on both sides of the image is an absent page', async () => {
  assert.equal((await machine.pageFault('read below the image', FAULT.absent)).address % PAGE, PAGE - 1);
  assert.equal((await machine.pageFault('read past the image', FAULT.absent)).address % PAGE, 0);
});

test('nothing is at address zero', async () => {
  assert.equal((await machine.pageFault('read null', FAULT.absent)).address, 0);
});

test('the heap does not run', async () => {
  const { address, rip } = await machine.pageFault('run the heap', FAULT.protectedFetch);
  assert.equal(address, rip);
  assert.ok(address >= PLACED_FROM, String(address));
});

test('the heap is elsewhere at each boot', async () => {
  const faults = [
    await machine.pageFault('run the heap', FAULT.protectedFetch),
    await machine.pageFault('run the heap', FAULT.protectedFetch),
  ];
  const [one, other] = faults.map(({ address }) => Math.floor(address / PAGE));
  assert.notEqual(one, other);
});

test('on both sides of the heap is an absent page', async () => {
  const before = await machine.pageFault('read below the heap', FAULT.absent);
  assert.equal(before.address % PAGE, PAGE - 1);
  const after = await machine.pageFault('read past the heap', FAULT.absent);
  for (const { address } of [before, after]) assert.ok(address >= PLACED_FROM, String(address));
});

test('a guest without memory ends, and still says why', async () => {
  const why = assertDied(await machine.doing('run out of memory'));
  assert.match(why, /^panic: memory allocation of 65536 bytes failed at /);
});

test('a panic is an end', async () => {
  const why = assertDied(await machine.doing('panic'));
  assert.match(why, /^panic: as it was asked to at image\/src\/misdeeds\/faults\.rs:/);
});

test('freed memory is zeroed', async () => {
  assert.match(assertDied(await machine.doing('read freed memory')), /^panic: 0 bytes of 4096 are left at /);
});

test('the audit finds page tables that are not as they should be', async () => {
  const hex = (address: number) => `0x${address.toString(16)}`;
  const somewhere = '0x[0-9a-f]+';
  const findings: [string, string][] = [
    ['map code writable', `${somewhere} is writable and executable`],
    ['map data executable', `${somewhere} is writable and executable`],
    ['map data as code', `code at ${somewhere}`],
    ['map constants writable', `${somewhere} is writable`],
    ['map tables writable', `${hex(symbol('__image_end'))} is writable`],
    ['map null', '0x0 is present'],
    ["map a page of the user's", `${somewhere} is ${somewhere}`],
    ["map the devices' guard", `${somewhere} is present`],
    ['map below the stack', `${somewhere} is present`],
    ['map above the stack', `${somewhere} is present`],
    ['map below the stack of faults', `${somewhere} is present`],
    ['map above the stack of faults', `${somewhere} is present`],
    ['map below the vault', `${somewhere} is present`],
    ['map above the vault', `${somewhere} is present`],
    ['map below the image', `${somewhere} is present`],
    ['map above the image', `${somewhere} is present`],
    ['map the image twice', `${hex(symbol('__text_start'))} is present`],
    ['map the heap twice', `${somewhere} is present`],
    ['map the stack twice', `${hex(symbol('main_stack'))} is present`],
    ['map the stack of faults twice', `${hex(symbol('fault_stack'))} is present`],
    ["map the vault's memory", `${hex(symbol('vault_pages'))} is present`],
    ['map the vault', `the vault at ${somewhere} is present`],
    ['map a page elsewhere', `${somewhere} is ${somewhere}`],
    ["map otherwise under the vault's root", `rights at ${somewhere}`],
    ["map more under the vault's root", `the roots differ at ${somewhere}`],
    ["map less under the vault's root", `the vault's root lacks ${somewhere}`],
  ];
  for (const [misdeed, finding] of findings) {
    const found = new RegExp(`^pinata: panic: page tables: ${finding} at boot/src/audit\\.rs:`);
    assertDiedAtBoot(await machine.doing(misdeed), found);
  }
});
