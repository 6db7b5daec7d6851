import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Service, startService } from './service.ts';

const SAY_READY = 'echo ready >&$PINATA_READY_FD; ';

function shell(t: TestContext, script: string): Service {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-service-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const env = { PATH: process.env.PATH ?? '' };
  return { name: 'gateway', argv: ['bash', '-c', script], env, cwd: folder, log: join(folder, 'gateway.log') };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process is started when it says that it is ready, and stopped by SIGTERM', async t => {
  const service = shell(t, `trap 'echo bye; exit 0' TERM; ${SAY_READY} while :; do sleep 0.05; done`);
  const running = await startService(service);
  assert.ok(isAlive(running.pid));
  await running.stop();
  await running.stop();
  assert.equal(await running.ended, 'status 0');
  assert.equal(readFileSync(service.log, 'utf8'), 'bye\n');
});

test('one that ends before it is ready has failed, and its log is named', async t => {
  const service = shell(t, 'echo no such thing >&2; exit 3');
  await assert.rejects(startService(service), {
    code: 'PROCESS_FAILED',
    message: 'gateway ended: status 3.',
    remedy: `See ${service.log}.`,
  });
});

test('a program that is not there has failed', async t => {
  await assert.rejects(startService({ ...shell(t, ''), argv: ['/no/such/program'] }), { code: 'PROCESS_FAILED' });
});

test('one that is never ready is ended at the deadline', async t => {
  const service = shell(t, 'echo $$ ; exec sleep 600');
  await assert.rejects(startService(service, undefined, 300), { code: 'START_TIMEOUT' });
  assert.ok(!isAlive(Number(readFileSync(service.log, 'utf8'))));
});

test('one that is starting is ended when the start is given up', async t => {
  const service = shell(t, 'echo $$ ; exec sleep 600');
  const giveUp = new AbortController();
  const starting = startService(service, giveUp.signal);
  giveUp.abort(new Error('enough'));
  await assert.rejects(starting, { message: 'enough' });
});
