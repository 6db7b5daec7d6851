import { readFileSync } from 'node:fs';

/** Bits of a capability set (linux/capability.h). */
const CAP_KILL = 5;
const CAP_SETGID = 6;
const CAP_SETUID = 7;

/** The whole environment of what is started: the supervisor's own is nobody else's business. */
export const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } as const;

/** The user that a machine runs under: `null` means the supervisor's own. */
export type MachineUser = { uid: number; gid: number; kvmGid: number | null } | null;

/**
 * Whether this process may start others under users of their own, and end them again: it is root, or it was given the three
 * capabilities in its ambient set (what is merely effective would not outlive the exec of `setpriv`).
 */
export function canChangeUser(status: string = readFileSync('/proc/self/status', 'utf8')): boolean {
  const set = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  const held = uid === '0' ? set('CapEff') : set('CapAmb');
  return [CAP_KILL, CAP_SETGID, CAP_SETUID].every(bit => (held >> BigInt(bit)) & 1n);
}

/**
 * The command that starts `argv` so that it dies with its parent, can gain no privileges and keeps none. Dropping the
 * inheritable set drops the ambient one with it, so nothing of the supervisor's three capabilities is left.
 */
export function confined(argv: readonly string[], user: MachineUser): string[] {
  const common = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--inh-caps=-all'];
  if (!user) return [...common, ...argv];
  const groups = user.kvmGid === null ? ['--clear-groups'] : ['--groups', String(user.kvmGid)];
  return [...common, '--reuid', String(user.uid), '--regid', String(user.gid), ...groups, ...argv];
}
