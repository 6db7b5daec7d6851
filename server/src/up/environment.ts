import type { SettingName, Settings } from '../config.ts';
import { type Accounts, describeAccounts, type Role } from './roles.ts';

/** Settings that only some roles get to see. */
const CONFINED: Partial<Record<SettingName, readonly Role[]>> = {
  PINATA_DATABASE_URL: ['ingest'],
  PINATA_API_DATABASE_URL: ['api'],
  PINATA_PRIZE_SECRET: ['supervisor'],
  PINATA_WEBHOOK_URL: ['ingest'],
  PINATA_WEBHOOK_SECRET: ['ingest'],
};

/** The whole environment of one of the processes: every setting that is its business, spelled out, and nothing of ours but PATH. */
export function environmentOf(role: Role, settings: Settings, accounts: Accounts | null): Record<string, string> {
  const values = Object.entries(settings)
    .filter(([name]) => (CONFINED[name as SettingName] ?? [role]).includes(role))
    .map(([name, value]) => [name, typeof value === 'boolean' ? String(Number(value)) : String(value)]);
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    ...Object.fromEntries(values),
    ...(accounts ? { PINATA_ROLE_UIDS: describeAccounts(accounts) } : {}),
  };
}
