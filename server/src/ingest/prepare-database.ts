import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { grantReader } from '../store/grants.ts';
import { migrate } from '../store/migrate.ts';
import { ensurePartitions } from '../store/partitions.ts';

const DEADLINE_MS = 60_000;
const RETRY_MS = 250;
/** PostgreSQL's class of "cannot connect now", and the system's ways to say that nobody answers. */
const NOT_YET = /^(57P03|57P01|08\w{3}|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/;

/** Brings the database to this version: migrations, the reader's rights, the partitions of today and tomorrow. Waits for it to answer. */
export async function prepareDatabase({ pool }: Database, log: Logger): Promise<void> {
  await answering(() => pool.query('select'));
  const client = await pool.connect();
  try {
    const applied = await migrate(client);
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
    if (!(await grantReader(client))) log.warn('the role of the api is missing: the api cannot read');
    await ensurePartitions(client, Date.now());
  } finally {
    client.release();
  }
}

/** Tries until the database answers; other errors than "not yet" end it at once. */
async function answering(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'ECONNRESET';
      if (!NOT_YET.test(code)) throw error;
      if (performance.now() > deadline) throw new PinataError('DATABASE_UNAVAILABLE', {}, { cause: error });
      await delay(RETRY_MS);
    }
  }
}
