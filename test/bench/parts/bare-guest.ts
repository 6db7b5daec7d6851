import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PracticeAuthority } from '../../../server/src/keys/practice-authority.ts';
import { Guest } from '../../../server/src/supervisor/guest.ts';
import type { GuestImage } from '../../../server/src/supervisor/image.ts';
import { type BootOrder, newPrefaceKey } from '../../../server/src/supervisor/provisioning.ts';
import { Qemu } from '../../../server/src/supervisor/qemu.ts';
import { findQemu, type QemuBinary } from '../../../server/src/supervisor/qemu-binary.ts';
import { certificatesOf } from '../../../server/src/supervisor/target-plan.ts';
import { GUEST_LIMITS } from '../../../server/src/supervisor/targets.ts';
import { newUuidV7 } from '../../../server/src/wire/ids.ts';
import { GUEST_SERVER_PORT } from '../../../server/src/wire/targets.ts';
import { openProvider } from '../../guest/one-boot.ts';
import { LOAD_SOURCE, type ServingMachine } from './machine.ts';

const TARGET = 'bench';

/** A guest of ours with nothing around it but the supervisor's own code: no gateway, no database, nothing recorded. */
export interface BareGuest extends ServingMachine {
  /** From the start of QEMU until its monitor had set the machine going. */
  readonly hypervisorMs: number;
}

export interface BareGuestOptions {
  readonly image: GuestImage;
  /** Null: the authority is born in the guest, and nobody has a certificate of it. */
  readonly authority: PracticeAuthority | null;
  readonly binary?: QemuBinary;
}

/** Boots a guest and resolves once it listens. */
export async function startBareGuest({ image, authority, binary }: BareGuestOptions): Promise<BareGuest> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
  const qemu = new Qemu({ binary: binary ?? (await findQemu()), accelerator: 'tcg', folder, user: () => null });
  const machine = await qemu.start({ name: TARGET, place: 0, image });
  const hypervisorMs = performance.now() - machine.startedMs;
  // QEMU has the image's descriptor by now.
  rmSync(folder, { recursive: true });
  const bootId = newUuidV7(Date.now());
  const order: BootOrder = {
    ...{ target: TARGET, bootId, prize: false, network: 'regtest', publicUrl: 'http://127.0.0.1' },
    ...{ limits: GUEST_LIMITS, imageSha256: image.sha256, prefaceKey: newPrefaceKey() },
    authority: authority?.given ?? null,
  };
  const guest = new Guest(
    machine,
    {
      ...{ target: TARGET, bootId, imageSha256: image.sha256, certificates: certificatesOf(authority) },
      provision: openProvider.prepare(order, machine.channel),
    },
    { told: () => {}, lost: () => {}, flush: () => {} },
  );
  const { bootUs } = await guest.ready;
  return {
    pid: machine.pid,
    way: {
      ...{ host: machine.address.host, ports: machine.address.serverPorts, turns: true, source: LOAD_SOURCE },
      ...{ prefaceKey: Buffer.from(order.prefaceKey).toString('hex'), guestPort: GUEST_SERVER_PORT },
    },
    memoryMiB: machine.facts.memoryMiB,
    startedMs: machine.startedMs,
    listeningMs: bootUs / 1000,
    hypervisorMs,
    stop: () => guest.stop(),
  };
}
