import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockHolder, tryLock } from './lock.ts';

const DEADLINE_MS = 10_000;

function lockPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'lock');
}

/** Another process that takes the lock, says so and stays. */
async function holder(t: TestContext, path: string) {
  const source = `
    const { tryLock } = await import(${JSON.stringify(import.meta.resolve('./lock.ts'))});
    process.stdout.write(tryLock(${JSON.stringify(path)}) ? 'held' : 'refused');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(DEADLINE_MS) });
  return { child, said: String(said) };
}

test('a lock is refused to a second process, which learns who has it', async t => {
  const path = lockPath(t);
  const { child, said } = await holder(t, path);
  assert.equal(said, 'held');
  assert.equal(tryLock(path), null);
  assert.equal(lockHolder(path), String(child.pid));
});

test('the lock of a killed process is free at once', async t => {
  const path = lockPath(t);
  const { child } = await holder(t, path);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = tryLock(path);
  assert.ok(lock);
  assert.equal(lockHolder(path), String(process.pid));
  lock.release();
});

test('a released lock can be taken again, and releasing twice is fine', async t => {
  const path = lockPath(t);
  const lock = tryLock(path);
  lock?.release();
  lock?.release();
  const { said } = await holder(t, path);
  assert.equal(said, 'held');
});
