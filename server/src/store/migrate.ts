import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientBase } from 'pg';
import { PinataError } from '../errors.ts';

/** The advisory lock that Prisma Migrate takes, so that the two never run at once. */
const PRISMA_MIGRATE_LOCK = 72_707_369;

const MIGRATIONS_TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

/** Where the migrations are: one folder each, named by time, with `migration.sql`. */
export const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Applies the migrations that are missing, in order, one transaction each, and records them as Prisma Migrate does, so that its
 * command line may take over at any time. Needs one connection that is not shared meanwhile. Returns the names it applied.
 * Throws DATABASE_NEWER for a migration that was edited after it was applied, or that this version does not know.
 */
export async function migrate(client: ClientBase, folder: string = MIGRATIONS): Promise<string[]> {
  await client.query('select pg_advisory_lock($1)', [PRISMA_MIGRATE_LOCK]);
  try {
    await client.query(MIGRATIONS_TABLE);
    const known = await readMigrations(folder);
    const applied = await readApplied(client);
    refuseForeign(known, applied);
    const missing = known.filter(({ name }) => !applied.has(name));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [PRISMA_MIGRATE_LOCK]);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
  return Promise.all(
    names.sort().map(async name => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function readApplied(client: ClientBase): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map(row => [row.migration_name, row.checksum]));
}

function refuseForeign(known: Migration[], applied: Map<string, string>): void {
  const checksums = new Map(known.map(({ name, checksum }) => [name, checksum]));
  for (const [name, checksum] of applied) {
    if (checksums.get(name) !== checksum) throw new PinataError('DATABASE_NEWER', { name });
  }
}

async function apply(client: ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
