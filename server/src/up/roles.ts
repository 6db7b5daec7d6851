import type { Account } from './confine.ts';

/** The processes that `up` starts, in this order; they are stopped in the reverse. */
export const ROLES = ['postgres', 'supervisor', 'ingest', 'gateway', 'api'] as const;
export type Role = (typeof ROLES)[number];

/** How many above PINATA_UID_BASE each role's user is. The supervisor gives its VMs 16 and up. */
const UID_OFFSET: Record<Role, number> = { postgres: 1, supervisor: 2, ingest: 3, gateway: 4, api: 5 };

/** What a role may still do that root may: the supervisor starts, signals and stops VMs under users of their own. */
export const CAPABILITIES: Record<Role, readonly string[]> = {
  postgres: [],
  supervisor: ['setuid', 'setgid', 'kill'],
  ingest: [],
  gateway: [],
  api: [],
};

export type Accounts = Readonly<Record<Role, Account>>;

/** One user per role, numbered from `base`. */
export function accountsFrom(base: number): Accounts {
  const account = (role: Role): Account => ({ uid: base + UID_OFFSET[role], gid: base + UID_OFFSET[role] });
  return {
    postgres: account('postgres'),
    supervisor: account('supervisor'),
    ingest: account('ingest'),
    gateway: account('gateway'),
    api: account('api'),
  };
}

/** The text of PINATA_ROLE_UIDS: tells a process that the roles have users of their own, and which. */
export function describeAccounts(accounts: Accounts): string {
  return ROLES.map(role => `${role}=${accounts[role].uid}`).join(',');
}
