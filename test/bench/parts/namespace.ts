import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { confined } from '../../../server/src/supervisor/confinement.ts';
import { run } from '../../e2e/command.ts';

const TAP = 'tap0';
/** As QEMU's user network has it: the host's side of the guest's only link. */
const HOST_ADDRESS = '10.0.2.2/24';
const HOLDER = ['unshare', '--net', 'sh', '-c', 'echo made; exec sleep infinity'];

/** A network namespace with one tap device and nothing else. It has no name, and is gone with the last process in it. */
export interface TapNamespace {
  readonly tap: string;
  /** What runs a command inside. */
  readonly within: readonly string[];
  /** Ends the process that holds it. */
  release(): Promise<void>;
}

/** Makes a namespace that only root can make; throws with the reason where that is not possible. */
export async function makeTapNamespace(): Promise<TapNamespace> {
  if (process.getuid?.() !== 0) throw new Error('a tap device in a namespace of its own needs root');
  if (!existsSync('/dev/net/tun')) throw new Error('this kernel has no /dev/net/tun');
  const [program = '', ...argv] = confined(HOLDER, null);
  const holder = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit');
  const release = async () => {
    holder.kill('SIGKILL');
    await ended;
  };
  const made = await Promise.race([once(holder.stdout, 'data'), ended.then(() => null)]);
  if (!made) throw new Error('this host makes no network namespaces');
  const within = ['nsenter', `--net=/proc/${holder.pid}/ns/net`];
  try {
    for (const words of [
      'link set lo up',
      `tuntap add dev ${TAP} mode tap`,
      `address add ${HOST_ADDRESS} dev ${TAP}`,
      `link set ${TAP} up`,
    ]) {
      const { status, text } = await run(within[0] ?? '', [...within.slice(1), 'ip', ...words.split(' ')]);
      if (status !== 0) throw new Error(`ip ${words}: ${text.trim()}`);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { tap: TAP, within, release };
}
