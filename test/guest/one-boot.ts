import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { newSecretKey } from '../../server/src/keys/secret-key.ts';
import { Guest } from '../../server/src/supervisor/guest.ts';
import type { Hypervisor, MachineEnd } from '../../server/src/supervisor/hypervisor.ts';
import type { GuestImage } from '../../server/src/supervisor/image.ts';
import type { Provider } from '../../server/src/supervisor/provider.ts';
import { type BootOrder, makeProvisioning, newPrefaceKey } from '../../server/src/supervisor/provisioning.ts';
import { GUEST_LIMITS } from '../../server/src/supervisor/targets.ts';
import { newUuidV7 } from '../../server/src/wire/ids.ts';

const LIFE_MAX_MS = 10_000;

/** Gives each guest a key of its own, from this process. */
export const openProvider: Provider = {
  prepare: (order: BootOrder, channel: Duplex) => ({
    give: async seq => {
      const provisioning = makeProvisioning(order, newSecretKey());
      channel.write(provisioning.frame(seq));
      return provisioning.given;
    },
    abandon: () => {},
  }),
};

/** How one boot went. */
export interface Life {
  /** It listened, and for long enough that this was noticed. */
  served: boolean;
  /** The first reason for its end that the supervisor heard of: the text of a `fault` frame, where there was one. */
  why: string;
  end: MachineEnd;
  pid: number;
}

/**
 * Boots an image under the supervisor's own code until its end. `whenServing` is run on a guest that listens, and ends it; without
 * it the guest must come to its end by itself.
 */
export async function live(
  hypervisor: Hypervisor,
  image: GuestImage,
  whenServing: (guest: Guest) => Promise<void> = async () => {},
): Promise<Life> {
  const target = 'test';
  const bootId = newUuidV7(Date.now());
  const machine = await hypervisor.start({ name: target, place: 0, image });
  const order: BootOrder = {
    ...{ target, bootId, prize: false, network: 'regtest', publicUrl: 'http://127.0.0.1', limits: GUEST_LIMITS },
    ...{ imageSha256: image.sha256, prefaceKey: newPrefaceKey(), authority: null },
  };
  const provision = openProvider.prepare(order, machine.channel);
  const { imageSha256 } = order;
  const guest = new Guest(
    machine,
    { target, bootId, imageSha256, provision, certificates: null },
    { told: () => {}, lost: () => {}, flush: () => {} },
  );
  const deadline = setTimeout(() => guest.condemn('it lived on'), LIFE_MAX_MS);
  const served = await guest.ready.then(
    () => whenServing(guest).then(() => true),
    () => false,
  );
  const said = await guest.ended;
  clearTimeout(deadline);
  const end = await machine.ended;
  return { served, why: said.replace(/; last words: .*$/s, ''), end, pid: machine.pid };
}

/** A root to be proved, hex. */
export const anyRoot = (): string => randomBytes(32).toString('hex');
