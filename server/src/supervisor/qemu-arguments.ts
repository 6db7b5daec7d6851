import { GUEST_CLIENT_PORT, GUEST_SERVER_PORT } from '../wire/targets.ts';
import type { Accelerator, ForwardedPorts } from './hypervisor.ts';

/** The guest's only address in QEMU's user network. */
const GUEST_ADDRESS = '10.0.2.15';

/** What QEMU inherits, beside 0 (nothing), 1 and 2 (its own complaints). */
export const FD = { channel: 3, qmp: 4, image: 5, lastWords: 6 } as const;

export interface VmSettings {
  name: string;
  accelerator: Accelerator;
  memoryMiB: number;
}

/**
 * QEMU's whole command line. Nothing in it is secret, and it is the same for each boot of a target, so that its hash says
 * something. The guest's devices are those named here and no others; the host side of each is an inherited descriptor, so
 * that no other process finds a path to the channel, the monitor or the image.
 */
export function qemuArguments({ name, accelerator, memoryMiB }: VmSettings): string[] {
  return [
    ...['-name', `pinata-${name}`],
    ...['-M', MACHINE, ...ACCELERATORS[accelerator], '-smp', '1', '-m', `${memoryMiB}M`],
    // -S: it waits until the monitor says go, so that a guest's end is never taken for QEMU's failure to start.
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-S'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-kernel', `/dev/fd/${FD.image}`],
    ...['-chardev', `socket,id=qmp,fd=${FD.qmp}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `socket,id=words,fd=${FD.lastWords}`, '-serial', 'chardev:words'],
    ...['-global', 'virtio-mmio.force-legacy=false'],
    ...['-chardev', `socket,id=channel,fd=${FD.channel}`, '-device', 'virtio-serial-device,max_ports=2'],
    ...['-device', 'virtserialport,chardev=channel,nr=1,name=pinata'],
    ...['-device', 'virtio-rng-device', '-device', 'pvpanic'],
    ...['-netdev', `user,id=net,restrict=on,ipv6=off,${forwards(GUEST_SERVER_PORT)},${forwards(GUEST_CLIENT_PORT)}`],
    ...['-device', 'virtio-net-device,netdev=net'],
  ];
}

/** No option ROMs, timers or clocks of old PCs; and a core of QEMU leaves the guest's memory out. */
const MACHINE =
  'microvm,x-option-roms=off,pit=off,pic=off,rtc=off,isa-serial=on,acpi=off,dump-guest-core=off,mem-merge=off';

/**
 * tb-size: MiB of translated code; the default, a quarter of the host's memory, would grow for ever. arch-capabilities: a
 * register that the guest does not read, and that QEMU cannot set where KVM itself runs in a virtual machine.
 */
const ACCELERATORS: Readonly<Record<Accelerator, readonly string[]>> = {
  tcg: ['-accel', 'tcg,tb-size=64', '-cpu', 'max'],
  kvm: ['-accel', 'kvm', '-cpu', 'max,-arch-capabilities'],
};

/** QEMU listens on each host port with a backlog of one; with these, so many connections may come at once. */
const FORWARDS_PER_PORT = 16;

/** Host port 0: the system chooses a free one, and the monitor tells which (`parseForwards`). */
function forwards(guestPort: number): string {
  return Array(FORWARDS_PER_PORT).fill(`hostfwd=tcp:127.0.0.1:0-${GUEST_ADDRESS}:${guestPort}`).join(',');
}

/**
 * Reads the host ports out of the monitor's `info usernet`, whose lines look like
 * `TCP[HOST_FORWARD]  11  127.0.0.1 42847  10.0.2.15 10000  0  0`. Null where one is missing.
 */
export function parseForwards(usernet: string): ForwardedPorts | null {
  const hostPorts = (guestPort: number) => {
    const line = new RegExp(
      `TCP\\[HOST_FORWARD\\]\\s+\\d+\\s+127\\.0\\.0\\.1\\s+(\\d+)\\s+\\S+\\s+${guestPort}\\s`,
      'g',
    );
    return [...usernet.matchAll(line)].map(match => Number(match[1]));
  };
  const ports = { serverPorts: hostPorts(GUEST_SERVER_PORT), clientPorts: hostPorts(GUEST_CLIENT_PORT) };
  return Object.values(ports).every(list => list.length === FORWARDS_PER_PORT) ? ports : null;
}
