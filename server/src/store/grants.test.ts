import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { preparedDatabase } from '../ingest/testing/harness.ts';
import { useTestServer } from './testing/embedded-postgres.ts';

const server = useTestServer();
const DENIED = { code: '42501' };

test('the reader sees every table but the private ones, and writes none', async t => {
  const { url, apiUrl } = await server.freshDatabase();
  const owner = await preparedDatabase(t, url);
  const reader = new pg.Client({ connectionString: apiUrl });
  await reader.connect();
  t.after(() => reader.end());
  const { rows } = await owner.pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and not relispartition`,
  );
  const names = rows.map(({ name }) => name);
  const hidden = ['attempt_private', 'handshake_secret', 'ban', 'webhook_delivery', '_prisma_migrations'];
  assert.ok(hidden.every(name => names.includes(name)));

  for (const name of names) {
    const read = reader.query(`select * from ${name} limit 1`);
    if (hidden.includes(name)) await assert.rejects(read, DENIED, name);
    else await read;
    await assert.rejects(reader.query(`delete from ${name}`), DENIED, name);
    await assert.rejects(reader.query(`truncate ${name}`), DENIED, name);
  }
  await assert.rejects(reader.query(`insert into counter default values`), DENIED);
  await assert.rejects(reader.query(`update attempt set outcome = 'released'`), DENIED);
  await assert.rejects(reader.query('create table mine ()'), DENIED);
});
