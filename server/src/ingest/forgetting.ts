import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { idAt } from '../export/attempt-filter.ts';
import { isUuidV7, uuidMillis } from '../wire/ids.ts';

const DAY_MS = 86_400_000;
/** Rows at a time, so that the writer never waits long for a lock. */
const STEP_ROWS = 5000;
const QUARANTINED = /^(.+)\.json$/;
const FORGOTTEN = 'no longer kept';

/** What the job did. */
export interface Forgotten {
  /** Attempts whose address is gone. */
  addresses: number;
  /** Quarantined attempts whose error text, which may name an address, is gone. */
  quarantined: number;
}

/**
 * Takes the addresses of attempts that began more than `days` before `nowMs`, as long as there are any. With an address goes the salt
 * of the commitment to it. May be repeated.
 */
export async function forgetAddresses(
  { pool, quarantine }: { pool: Pool; quarantine: string },
  nowMs: number,
  days: number,
): Promise<Forgotten> {
  const beforeMs = nowMs - days * DAY_MS;
  const addresses = await forgetRows(pool, beforeMs);
  // Until then the old versions of these rows lie in the table's files.
  if (addresses > 0) await pool.query('vacuum attempt_private');
  return { addresses, quarantined: await forgetQuarantined(quarantine, beforeMs) };
}

async function forgetRows(pool: Pool, beforeMs: number): Promise<number> {
  for (let sum = 0; ; ) {
    const { rowCount } = await pool.query(
      `update attempt_private set src_ip = null, src_port = null, salts = jsonb_set(salts, '{source}', 'null')
       where id in (select id from attempt_private where src_ip is not null and id < $1 order by id limit ${STEP_ROWS})`,
      [idAt(beforeMs)],
    );
    sum += rowCount ?? 0;
    if ((rowCount ?? 0) < STEP_ROWS) return sum;
  }
}

/** The facts in these files name no address; the error beside them quotes whatever could not be stored. */
async function forgetQuarantined(folder: string, beforeMs: number): Promise<number> {
  const files = await readdir(folder).catch(() => []);
  let sum = 0;
  for (const file of files) {
    const id = file.match(QUARANTINED)?.[1] ?? '';
    if (!isUuidV7(id) || uuidMillis(id) >= beforeMs) continue;
    const path = join(folder, file);
    const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof kept !== 'object' || kept === null || ('why' in kept && kept.why === FORGOTTEN)) continue;
    await writeFile(`${path}.new`, JSON.stringify({ ...kept, why: FORGOTTEN }), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
    sum += 1;
  }
  return sum;
}
