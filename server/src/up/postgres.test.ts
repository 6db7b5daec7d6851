import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres } from './postgres.ts';

const UID = process.getuid?.() === 0 ? 64_991 : undefined;
const DEADLINE_MS = 20_000;

function folder(t: TestContext): string {
  const base = mkdtempSync(join(tmpdir(), 'pinata-postgres-'));
  chmodSync(base, 0o755);
  t.after(() => rmSync(base, { recursive: true, force: true }));
  return join(base, 'postgres');
}

async function start(t: TestContext, where: string, port?: number) {
  const postgres = await startPostgres({ folder: where, port, uid: UID });
  t.after(() => postgres.stop());
  return postgres;
}

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

test('what was written is there after a kill -9 and a new start on the same folder and port', async t => {
  const where = folder(t);
  const first = await start(t, where);
  await ask(first.url, 'create table kept (value int); insert into kept values (7)');
  process.kill(first.pid, 'SIGKILL');
  await first.ended;
  const second = await start(t, where, first.port);
  assert.equal(second.url, first.url);
  assert.deepEqual(await ask(second.url, 'select value from kept'), [{ value: 7 }]);
});

test('the reading role may connect and do nothing; passwords are asked for and kept closed', async t => {
  const where = folder(t);
  const postgres = await start(t, where);
  await ask(postgres.url, 'create table attempt (id int)');
  assert.deepEqual(await ask(postgres.apiUrl, 'select current_user as who'), [{ who: 'pinata_api' }]);
  await assert.rejects(ask(postgres.apiUrl, 'select * from attempt'), /permission denied/);
  await assert.rejects(ask(postgres.apiUrl, 'create table mine (id int)'), /permission denied/);
  await assert.rejects(ask(postgres.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1'), /password authentication failed/);
  for (const role of ['postgres', 'pinata', 'pinata_api']) {
    assert.equal(statSync(join(where, `${role}.password`)).mode & 0o777, 0o600);
  }
  assert.equal(statSync(where).mode & 0o777, 0o700);
});

test('a pid file whose number is by now somebody else’s does not stop a start', async t => {
  const where = folder(t);
  const first = await start(t, where);
  await first.stop();
  const other = spawn('sleep', ['600'], UID === undefined ? {} : { uid: UID, gid: UID });
  t.after(() => other.kill());
  const lines = [other.pid, join(where, 'data'), 1, first.port, '', '127.0.0.1', '', 'ready'];
  writeFileSync(join(where, 'data/postmaster.pid'), `${lines.join('\n')}\n`);
  const second = await start(t, where);
  assert.deepEqual(await ask(second.url, 'select 1 as one'), [{ one: 1 }]);
});

test('it ends when the process that started it is killed, and the next start waits for that', async t => {
  const where = folder(t);
  const source = `
    const { startPostgres } = await import(${JSON.stringify(import.meta.resolve('./postgres.ts'))});
    const { pid } = await startPostgres({ folder: ${JSON.stringify(where)}, uid: ${UID} });
    process.stdout.write(String(pid));
    setInterval(() => {}, 60_000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(parent.stdout, 'data', { signal: AbortSignal.timeout(DEADLINE_MS) });
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await start(t, where);
  await gone(Number(said));
});

async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await delay(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
  assert.fail(`process ${pid} is still there`);
}
