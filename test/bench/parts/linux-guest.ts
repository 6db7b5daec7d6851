import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { confined } from '../../../server/src/supervisor/confinement.ts';
import { findQemu } from '../../../server/src/supervisor/qemu-binary.ts';
import { GUEST_SERVER_PORT } from '../../../server/src/wire/targets.ts';
import { freeRun } from '../../e2e/free-ports.ts';
import type { BootFiles } from './linux-boot-files.ts';
import { DOCUMENT_REQUEST, LISTENING_WORD } from './linux-init.ts';
import { LOAD_SOURCE, type ServingMachine } from './machine.ts';

const MEMORY_MIB = 128;
/** As many as our guest is given. */
const FORWARDS = 16;
const BOOT_DEADLINE_MS = 60_000;

/**
 * What one would otherwise take for this: Linux with `openssl s_server`, under the same QEMU, processor and user network as our
 * guest; its translated code is left unbounded, which favours its speed. Resolves once it listens.
 */
export async function startLinuxGuest(files: BootFiles): Promise<ServingMachine> {
  const { path } = await findQemu();
  const first = await freeRun(FORWARDS);
  const ports = Array.from({ length: FORWARDS }, (_, index) => first + index);
  const forwards = ports.map(port => `hostfwd=tcp:127.0.0.1:${port}-10.0.2.15:${GUEST_SERVER_PORT}`).join(',');
  const argv = [
    ...['-name', 'pinata-bench-linux', '-M', 'q35', '-accel', 'tcg', '-cpu', 'max'],
    ...['-smp', '1', '-m', `${MEMORY_MIB}M`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', files.kernel, '-initrd', files.initramfs, '-append', 'console=ttyS0 quiet panic=-1'],
    ...['-netdev', `user,id=net,restrict=on,ipv6=off,${forwards}`, '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-device', 'virtio-rng-pci'],
  ];
  const [program = '', ...rest] = confined([path, ...argv], null);
  const startedMs = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const listeningMs = (await whenListening(child)) - startedMs;
    return {
      pid: child.pid ?? 0,
      way: { host: '127.0.0.1', ports, turns: true, source: LOAD_SOURCE, request: DOCUMENT_REQUEST },
      memoryMiB: MEMORY_MIB,
      startedMs,
      listeningMs,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `performance.now()` of the moment at which the guest says that it listens. */
function whenListening(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why: string) => reject(new Error(`the Linux guest ${why}: ${said.slice(-500)}`));
    const deadline = setTimeout(() => fail('did not start in time'), BOOT_DEADLINE_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        said += chunk;
        if (!said.includes(LISTENING_WORD)) return;
        clearTimeout(deadline);
        resolve(performance.now());
      });
    }
    child.once('error', error => fail(`could not be started (${error.message})`));
    child.once('exit', () => fail('ended'));
  });
}
