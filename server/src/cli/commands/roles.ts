import { setTimeout as delay } from 'node:timers/promises';
import { PinataError } from '../../errors.ts';
import { createRoles, OWNER, READER } from '../../up/postgres-roles.ts';
import type { Command } from '../command.ts';

const DEADLINE_MS = 60_000;
const POLL_MS = 500;

export const roles: Command = {
  usage: 'roles',
  summary: 'make the database and its two roles in a PostgreSQL of your own (DATABASE_… variables)',
  flags: {},
  words: { min: 0, max: 0 },
  run: async ({ env, print }) => {
    const url = needed(env, 'DATABASE_SUPERUSER_URL');
    const passwords = {
      owner: needed(env, 'DATABASE_OWNER_PASSWORD'),
      reader: needed(env, 'DATABASE_READER_PASSWORD'),
    };
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      try {
        await createRoles(url, passwords);
        break;
      } catch (error) {
        if (Date.now() > deadline) throw new PinataError('DATABASE_UNAVAILABLE', {}, { cause: error });
        await delay(POLL_MS);
      }
    }
    print(`database ${OWNER}, roles ${OWNER} and ${READER}`);
    return 0;
  },
};

function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new PinataError('CONFIG_INVALID', { name, why: 'it must be set' });
  return value;
}
