import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { MIGRATIONS, migrate } from './migrate.ts';
import { useTestServer } from './testing/embedded-postgres.ts';

const server = useTestServer();

async function clientOf(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(() => client.end());
  return client;
}

function copyOfMigrations(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-migrations-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(MIGRATIONS, folder, { recursive: true });
  return folder;
}

function addMigration(folder: string, sql: string): string {
  const name = '29990101000000_later';
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'migration.sql'), sql);
  return name;
}

test('migrations are applied once, in order, also by two at the same time', async t => {
  const { url } = await server.freshDatabase();
  const folder = copyOfMigrations(t);
  const later = addMigration(folder, 'create table later ();');
  const applied = await Promise.all([migrate(await clientOf(t, url), folder), migrate(await clientOf(t, url), folder)]);
  assert.equal(applied.flat().at(-1), later);
  assert.equal(new Set(applied.flat()).size, applied.flat().length);
  assert.deepEqual(await migrate(await clientOf(t, url), folder), []);
});

test('a migration that was edited after it was applied is DATABASE_NEWER', async t => {
  const client = await clientOf(t, (await server.freshDatabase()).url);
  const folder = copyOfMigrations(t);
  const [first = ''] = await migrate(client, folder);
  appendFileSync(join(folder, first, 'migration.sql'), '-- edited');
  await assert.rejects(migrate(client, folder), { code: 'DATABASE_NEWER' });
});

test('a migration that this version does not know is DATABASE_NEWER', async t => {
  const client = await clientOf(t, (await server.freshDatabase()).url);
  const folder = copyOfMigrations(t);
  const later = addMigration(folder, 'create table later ();');
  await migrate(client, folder);
  rmSync(join(folder, later), { recursive: true });
  await assert.rejects(migrate(client, folder), { code: 'DATABASE_NEWER' });
});

test('a migration that fails leaves nothing behind and is tried again', async t => {
  const client = await clientOf(t, (await server.freshDatabase()).url);
  const folder = copyOfMigrations(t);
  const later = addMigration(folder, 'create table later (); select 1 / 0;');
  await assert.rejects(migrate(client, folder), /division by zero/);
  writeFileSync(join(folder, later, 'migration.sql'), 'create table later ();');
  assert.deepEqual(await migrate(client, folder), [later]);
});
