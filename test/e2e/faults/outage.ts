import { setTimeout as delay } from 'node:timers/promises';
import type { Installation } from '../installation.ts';
import { pidOf } from './victims.ts';

const POSTGRES = { name: 'PostgreSQL', pattern: /bin\/postgres / };

/** PostgreSQL is killed and stays away for `ms`: who would start it again stands still. The targets are served all the time. */
export async function withoutPostgres(it: Installation, ms: number, progress: () => Promise<void>): Promise<void> {
  const root = it.process.pid ?? 0;
  process.kill(root, 'SIGSTOP');
  try {
    process.kill(await pidOf(it, POSTGRES), 'SIGKILL');
    await delay(ms);
    await progress();
  } finally {
    process.kill(root, 'SIGCONT');
  }
}
