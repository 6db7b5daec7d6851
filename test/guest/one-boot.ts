import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { PracticeAuthority } from '../../server/src/keys/practice-authority.ts';
import { newSecretKey } from '../../server/src/keys/secret-key.ts';
import { Guest } from '../../server/src/supervisor/guest.ts';
import type { Hypervisor, MachineEnd, RunningMachine } from '../../server/src/supervisor/hypervisor.ts';
import type { GuestImage } from '../../server/src/supervisor/image.ts';
import type { Provider } from '../../server/src/supervisor/provider.ts';
import { type BootOrder, makeProvisioning, newPrefaceKey } from '../../server/src/supervisor/provisioning.ts';
import { certificatesOf } from '../../server/src/supervisor/target-plan.ts';
import { GUEST_LIMITS } from '../../server/src/supervisor/targets.ts';
import type { GuestEvent } from '../../server/src/wire/guest-event.ts';
import { newUuidV7 } from '../../server/src/wire/ids.ts';

const LIFE_MAX_MS = 10_000;

/** Gives each guest a key of its own, from this process. */
export const openProvider: Provider = {
  prepare: (order: BootOrder, channel: Duplex) => {
    const provisioning = makeProvisioning(order, newSecretKey());
    return {
      give: async seq => {
        channel.write(provisioning.frame(seq));
        return provisioning.given;
      },
      abandon: () => {},
    };
  },
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

/** A guest that listens, and what is needed to speak with it. */
export interface Served {
  guest: Guest;
  address: RunningMachine['address'];
  prefaceKey: Uint8Array;
  /** The kinds of events that it told so far. */
  told: readonly GuestEvent['kind'][];
}

export interface LifeOptions {
  /** Run on a guest that listens. Either it ends the guest, or the guest comes to its end by itself. */
  whenServing?: ((served: Served) => Promise<void>) | undefined;
  provider?: Provider | undefined;
  authority?: PracticeAuthority | undefined;
}

/** Boots an image under the supervisor's own code until its end. */
export async function live(
  hypervisor: Hypervisor,
  image: GuestImage,
  { whenServing = async () => {}, provider = openProvider, authority }: LifeOptions = {},
): Promise<Life> {
  const target = 'test';
  const bootId = newUuidV7(Date.now());
  const machine = await hypervisor.start({ name: target, place: 0, image });
  const prefaceKey = newPrefaceKey();
  const order: BootOrder = {
    ...{ target, bootId, prize: false, network: 'regtest', publicUrl: 'http://127.0.0.1', limits: GUEST_LIMITS },
    ...{ imageSha256: image.sha256, prefaceKey, authority: authority?.given ?? null },
  };
  const provision = provider.prepare(order, machine.channel);
  const { imageSha256 } = order;
  const told: GuestEvent['kind'][] = [];
  const guest = new Guest(
    machine,
    { target, bootId, imageSha256, provision, certificates: certificatesOf(authority ?? null) },
    { told: (_seq, _id, { kind }) => told.push(kind), lost: () => {}, flush: () => {} },
  );
  const deadline = setTimeout(() => guest.condemn('it lived on'), LIFE_MAX_MS);
  const served = await guest.ready.then(
    () => whenServing({ guest, address: machine.address, prefaceKey, told }).then(() => true),
    () => false,
  );
  const said = await guest.ended;
  clearTimeout(deadline);
  const end = await machine.ended;
  return { served, why: said.replace(/; last words: .*$/s, ''), end, pid: machine.pid };
}

/** A root to be proved, hex. */
export const anyRoot = (): string => randomBytes(32).toString('hex');
