import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { until } from '../../server/src/testing/until.ts';
import { type Finished, run } from './command.ts';
import { type Installation, ROOT } from './installation.ts';

const PUBLISHED_DEADLINE_MS = 40_000;

/** `./pinata evidence`, on an installation. */
export function evidence(installation: Installation, ...args: string[]): Promise<Finished> {
  const env = { ...process.env, PINATA_DATA: installation.data };
  return run(join(ROOT, 'pinata'), ['evidence', ...args], { env });
}

/** What `./pinata evidence` writes of an attempt. */
export async function exportOf(
  installation: Installation,
  id: string,
  format: 'pcapng' | 'transcript',
): Promise<{ bytes: Buffer; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-evidence-'));
  try {
    const file = join(folder, 'file');
    const { status, text } = await evidence(installation, id, '--format', format, '--out', file);
    if (status !== 0) throw new Error(text);
    return { bytes: await readFile(file), said: text };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An installation's database as its owner. */
export async function ownerOf({ data, ports }: Installation): Promise<pg.Client> {
  const password = await readFile(join(data, 'postgres', 'pinata.password'), 'utf8');
  const user = { user: 'pinata', password: password.trim(), database: 'pinata' };
  const client = new pg.Client({ host: '127.0.0.1', port: ports.postgres, ...user });
  await client.connect();
  return client;
}

/** Waits until the secrets of these attempts are published. */
export async function secretsPublished(database: pg.Client, ids: readonly string[]): Promise<void> {
  await until(
    'the secrets are published',
    async () => {
      const { rowCount } = await database.query(
        'select from handshake_secret where id = any($1::uuid[]) and published_us is not null',
        [ids],
      );
      return rowCount === ids.length;
    },
    PUBLISHED_DEADLINE_MS,
  );
}
