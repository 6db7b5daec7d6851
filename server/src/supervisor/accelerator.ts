import { PinataError } from '../errors.ts';
import { decodeGuestFrame } from '../wire/channel.ts';
import { FrameSplitter } from '../wire/channel-frames.ts';
import type { Accelerator, Hypervisor, RunningMachine } from './hypervisor.ts';
import type { GuestImage } from './image.ts';

const SELF_TEST_DEADLINE_MS = 1500;

export interface AcceleratorChoice {
  accelerator: Accelerator;
  /** Why, for the log. */
  why: string;
}

/**
 * Chooses what runs guest code, from the setting PINATA_ACCEL. KVM is believed only after a machine under it has run the real
 * image as far as its first word on the channel: there are hosts whose KVM starts a machine and then cannot run ordinary code.
 * One answer serves the whole life of the process, whose QEMU and CPU do not change. Throws CONFIG_INVALID, QEMU_UNUSABLE.
 */
export async function chooseAccelerator(
  setting: string,
  image: GuestImage,
  underKvm: () => { hypervisor: Hypervisor; place: number } | null,
): Promise<AcceleratorChoice> {
  if (setting === 'tcg') return { accelerator: 'tcg', why: 'as set' };
  if (setting !== 'kvm' && setting !== 'auto') {
    throw new PinataError('CONFIG_INVALID', { name: 'PINATA_ACCEL', why: 'it must be tcg, kvm or auto' });
  }
  const candidate = underKvm();
  const failure = candidate ? await selfTest(candidate, image) : 'there is no usable /dev/kvm';
  if (failure === null) return { accelerator: 'kvm', why: 'the self-test ran guest code' };
  if (setting === 'kvm') throw new PinataError('QEMU_UNUSABLE', { why: `KVM was asked for, but ${failure}` });
  return { accelerator: 'tcg', why: failure };
}

/** Null if the guest said hello, else what went wrong. */
async function selfTest(
  { hypervisor, place }: { hypervisor: Hypervisor; place: number },
  image: GuestImage,
): Promise<string | null> {
  try {
    const machine = await hypervisor.start({ name: 'selftest', place, image });
    const heard = await Promise.race([firstWord(machine), silence(machine)]);
    await machine.stop();
    return heard === 'hello' ? null : `under KVM the guest's first word is ${heard}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function firstWord(machine: RunningMachine): Promise<string> {
  const splitter = new FrameSplitter();
  return new Promise(resolve => {
    machine.channel.on('data', (bytes: Uint8Array) => {
      try {
        for (const frame of splitter.push(bytes)) resolve(decodeGuestFrame(frame).message.type);
      } catch {
        resolve('no frame');
      }
    });
  });
}

function silence(machine: RunningMachine): Promise<string> {
  return new Promise(resolve => {
    const deadline = setTimeout(() => resolve('silence'), SELF_TEST_DEADLINE_MS);
    void machine.ended.then(({ detail }) => {
      clearTimeout(deadline);
      resolve(`its end (${detail})`);
    });
  });
}
