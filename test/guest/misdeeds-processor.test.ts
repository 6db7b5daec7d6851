import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyProof } from '../../server/src/keys/proof.ts';
import { assertDied, assertDiedAtBoot, FAULT, MisdeedMachine, pageFaultIn } from './misdeeds-machine.ts';
import { anyRoot, type Served } from './one-boot.ts';
import { WITHOUT_ANY_ENTROPY, WITHOUT_ENTROPY, WITHOUT_GENERATOR, WITHOUT_USER_PROTECTIONS } from './qemu-wrapper.ts';

// What the guest asks of the processor and of the entropy device, and what it does without.

/** Bits of control register 4 (Intel SDM vol. 3A §2.5). */
const CR4 = { umip: 1 << 11, smep: 1 << 20, smap: 1 << 21 } as const;

const machine = new MisdeedMachine();

async function controlRegister4(sed?: string): Promise<number> {
  const why = assertDied(await machine.doing('tell control register 4', { sed }));
  return Number(/^panic: control register 4 is (0x[0-9a-f]+) at /.exec(why)?.[1]);
}

async function provesAndStops({ guest }: Served): Promise<void> {
  const root = anyRoot();
  const proof = await guest.prove(root);
  assert.equal(verifyProof(proof, { root, key: proof.key }), null);
  await guest.stop();
}

test('SMEP, SMAP and UMIP are set where the processor has them', async () => {
  const [having, lacking] = [await controlRegister4(), await controlRegister4(WITHOUT_USER_PROTECTIONS)];
  for (const [name, bit] of Object.entries(CR4)) {
    assert.equal(having & bit, bit, name);
    assert.equal(lacking & bit, 0, name);
  }
});

test('a page of the user can be neither read nor run where the processor has SMAP and SMEP', async () => {
  for (const [misdeed, error] of [
    ["read a page of the user's", FAULT.protectedRead],
    ["run a page of the user's", FAULT.protectedFetch],
  ] as const) {
    const life = await machine.doing(misdeed);
    assertDiedAtBoot(life, /^pinata: page fault/);
    pageFaultIn(life.end.lastWords, error);
    // On a processor that lacks them the same guest lives on: the misdeed is one.
    const whenServing = provesAndStops;
    assert.equal((await machine.doing(misdeed, { sed: WITHOUT_USER_PROTECTIONS, whenServing })).why, 'stopped');
  }
});

test('without an entropy device there is no guest', async () => {
  const life = await machine.doing('', { sed: WITHOUT_ENTROPY });
  assertDiedAtBoot(life, /^pinata: panic: no virtio-rng at hal\/src\/mmio\.rs:/);
});

test('without any entropy there is no guest either', async () => {
  const life = await machine.doing('', { sed: WITHOUT_ANY_ENTROPY });
  assertDiedAtBoot(life, /^pinata: panic: no virtio-rng at hal\/src\/mmio\.rs:/);
});

test('an entropy device is enough', async () => {
  const life = await machine.doing('', { sed: WITHOUT_GENERATOR, whenServing: provesAndStops });
  assert.equal(life.why, 'stopped');
});
