import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PinataError } from '../errors.ts';
import { chooseAccelerator } from './accelerator.ts';
import { ScriptedHypervisor } from './scripted-guest.fixture.ts';

const hasCode = (code: string) => (error: unknown) => error instanceof PinataError && error.code === code;

test('KVM is believed only after the guest said its first word', async () => {
  const image = { bytes: new Uint8Array(), sha256: '' };
  const under = (hypervisor: ScriptedHypervisor) => () => ({ hypervisor, place: 15 });
  const honest = new ScriptedHypervisor();
  const silent = new ScriptedHypervisor(() => ({ hello: () => null }));
  assert.equal((await chooseAccelerator('auto', image, under(honest))).accelerator, 'kvm');
  assert.equal((await chooseAccelerator('auto', image, under(silent))).accelerator, 'tcg');
  assert.equal((await chooseAccelerator('auto', image, () => null)).accelerator, 'tcg');
  assert.equal((await chooseAccelerator('tcg', image, under(honest))).accelerator, 'tcg');
  await assert.rejects(
    chooseAccelerator('kvm', image, () => null),
    hasCode('QEMU_UNUSABLE'),
  );
  await assert.rejects(
    chooseAccelerator('xen', image, () => null),
    hasCode('CONFIG_INVALID'),
  );
});
