import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Running } from '../process.ts';
import { openSpool } from '../spool/spool.ts';
import { chooseAccelerator } from './accelerator.ts';
import { Board } from './board.ts';
import { canChangeUser, type MachineUser } from './confinement.ts';
import { serveControl } from './control.ts';
import { readImage } from './image.ts';
import { Keeper } from './keeper.ts';
import { serveProofs } from './proofs.ts';
import { Qemu } from './qemu.ts';
import { findQemu } from './qemu-binary.ts';
import { Recorder } from './recorder.ts';
import { serveRestarts } from './restarts.ts';
import { planTargets } from './targets.ts';

const FIRST_READY_DEADLINE_MS = 30_000;
/** Users from this offset on belong to machines; those below it to the processes. */
const FIRST_MACHINE_USER = 16;
const SELF_TEST_PLACE = 15;

/** Starts the supervisor; resolves when every target has been ready once. */
export async function startSupervisor(config: Config, log: Logger): Promise<Running> {
  const { settings, layout } = config;
  const ownUsers = canChangeUser();
  const [binary, image] = await Promise.all([findQemu(), readImage(settings.PINATA_IMAGE)]);
  // After what may fail: it makes files.
  const plans = await planTargets(config, ownUsers);
  mkdirSync(layout.supervisor, { recursive: true, mode: 0o700 });

  const kvmGid = groupOf('/dev/kvm');
  const qemu = (accelerator: 'tcg' | 'kvm') =>
    new Qemu({
      binary,
      accelerator,
      folder: layout.supervisor,
      user: place =>
        ownUsers ? machineUser(settings.PINATA_UID_BASE, place, accelerator === 'kvm' ? kvmGid : null) : null,
    });
  const { accelerator, why } = await chooseAccelerator(settings.PINATA_ACCEL, image, () =>
    kvmGid === null ? null : { hypervisor: qemu('kvm'), place: SELF_TEST_PLACE },
  );
  log.info({ accelerator, why, ownUsers }, 'accelerator chosen');

  const spool = await openSpool({
    folder: join(layout.supervisor, 'spool'),
    name: 'supervisor',
    capBytes: settings.PINATA_SPOOL_MIB << 20,
    onTrouble: error => log.error({ err: error }, 'spool'),
  });
  const recorder = new Recorder(spool);
  const board = new Board(plans.map(({ name }) => name));
  const keepers = new Map(
    plans.map(plan => {
      const keeper = new Keeper({
        plan,
        hypervisor: qemu(accelerator),
        readImage: () => readImage(settings.PINATA_IMAGE),
        recorder,
        plannedRestartMs: settings.PINATA_PLANNED_RESTART_S * 1000,
        show: state => board.show(state),
        log,
      });
      return [plan.name, keeper] as const;
    }),
  );

  const open: { close(): Promise<unknown> }[] = [];
  const stop = async () => {
    await Promise.all(open.map(socket => socket.close()));
    await Promise.all([...keepers.values()].map(keeper => keeper.stop()));
    recorder.stop();
    await board.close();
    await spool.close();
  };
  try {
    await spool.serve(layout.sockets.supervisorSpool);
    await board.serve(layout.sockets.targets);
    open.push(await serveControl(layout.sockets.supervisorControl, keepers));
    open.push(await serveProofs(layout.sockets.supervisorProofs, keepers));
    open.push(await serveRestarts(layout.sockets.supervisorRestarts, keepers));
    await Promise.all([...keepers.values()].map(keeper => keeper.start(FIRST_READY_DEADLINE_MS)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function machineUser(base: number, place: number, kvmGid: number | null): MachineUser {
  const id = base + FIRST_MACHINE_USER + place;
  return { uid: id, gid: id, kvmGid };
}

function groupOf(path: string): number | null {
  try {
    return statSync(path).gid;
  } catch {
    return null;
  }
}
