import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { bootOf, get } from './api.ts';
import { type Finished, run } from './command.ts';
import { type Installation, ROOT, removeInstallation, startInstallation } from './installation.ts';
import { findProcesses } from './processes.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** The alarm must be heard of within this time. */
const ALARM_DEADLINE_MS = 10_000;

let it: Installation;
let receiver: WebhookReceiver;

before(async () => {
  receiver = await WebhookReceiver.start(() => it.data);
  it = await startInstallation({ env: { PINATA_WEBHOOK_URL: receiver.url, PINATA_SELF_TEST_S: '5' } });
});

after(async () => {
  await it?.stop();
  receiver?.stop();
  if (it) await removeInstallation(it);
});

/** One of the organisers' commands, as they type it. */
function admin(...words: string[]): Promise<Finished> {
  return run(join(ROOT, 'pinata'), ['admin', ...words], { env: { ...process.env, PINATA_DATA: it.data } });
}

async function done(...words: string[]): Promise<string> {
  const { status, text } = await admin(...words);
  assert.equal(status, 0, text);
  return text;
}

/** Whether a target lets somebody of 127.0.0.1 in. */
function isLetIn(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const end = (letIn: boolean) => {
      socket.destroy();
      resolve(letIn);
    };
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('data', () => end(true));
    // No record: the target's alert comes back.
    socket.on('connect', () => socket.write('hello, piñata\n'));
  });
}

test('a restart is a new boot, an announcement is public, a ban closes the ports, and all of it is in the log', async () => {
  const before = await bootOf(it, 'practice');
  await done('restart', 'practice');
  await until('another boot is ready', async () => (await bootOf(it, 'practice')) !== before);

  await done('announce', 'Maintenance at noon.', '--until', '2h');
  const { rows } = await get<{ rows: { text: string }[] }>(it, '/api/v1/announcements');
  assert.deepEqual(
    rows.map(({ text }) => text),
    ['Maintenance at noon.'],
  );
  const firstPage = async () => (await fetch(it.url)).text();
  await until('it is on the page, without a script too', async () => /Maintenance at noon/.test(await firstPage()));
  assert.match(await (await fetch(`${it.url}/feed.atom`)).text(), /Maintenance at noon\./);

  await until('it lets people in', () => isLetIn(it.ports.practice));
  await done('ban', '127.0.0.1', '--until', '1h', '--reason', 'floods from 127.0.0.1');
  await until('the gateway has heard', async () => !(await isLetIn(it.ports.practice)));
  assert.deepEqual((await get<{ bans: object }>(it, '/.well-known/pinata.json')).bans, { active: 1 });
  const [gateway] = findProcesses(it.process.pid ?? 0, /gateway\/main\.ts/);
  assert.ok(gateway);
  process.kill(gateway.pid, 'SIGKILL');
  await until('another gateway is there', () => {
    const [now] = findProcesses(it.process.pid ?? 0, /gateway\/main\.ts/);
    return now !== undefined && now.pid !== gateway.pid;
  });
  assert.equal(await isLetIn(it.ports.practice), false);
  await done('unban', '127.0.0.1');
  await until('it lets people in again', () => isLetIn(it.ports.practice));

  assert.notEqual((await admin('restart', 'nothing')).status, 0);
  const log = await done('log');
  assert.ok(!log.includes('127.0.0.1'), log);
  for (const said of [
    '"verb":"restart"',
    '"verb":"announce"',
    '"verb":"ban"',
    '"kind":"failed"',
    'floods from [address]',
  ])
    assert.ok(log.includes(said), said);
});

test('the log holds, until somebody edits it', async () => {
  assert.match(await done('log', '--verify'), /all \d+ entries hold/);
  const path = join(it.data, 'ingest', 'organisers.log');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"target":"practice"', '"target":"prize"'));
  const { status, stderr } = await admin('log', '--verify');
  assert.notEqual(status, 0);
  assert.match(stderr, /Entry 1 .*it was changed/);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"target":"prize"', '"target":"practice"'));
  assert.match(await done('log', '--verify'), /all \d+ entries hold/);
});

test('the webhook is told of a test at once, and of self-tests that have ceased', async () => {
  await done('webhook', 'test');
  assert.deepEqual(
    receiver.told.map(({ kind }) => kind),
    ['test'],
  );
  const [gateway] = findProcesses(it.process.pid ?? 0, /gateway\/main\.ts/);
  assert.ok(gateway);
  process.kill(gateway.pid, 'SIGSTOP');
  try {
    const stale = 5 * 2.5 * 1000;
    const isTold = () => receiver.told.filter(({ kind }) => kind === 'self_test_stale').length === 2;
    await until('both targets are stale, and the webhook knows', isTold, stale + 5_000 + ALARM_DEADLINE_MS);
  } finally {
    process.kill(gateway.pid, 'SIGCONT');
  }
  await until('the alarm is public', async () => {
    const { alarms } = await get<{ alarms: { kind: string }[] }>(it, '/status.json');
    return alarms.some(({ kind }) => kind === 'self_test_stale');
  });
  assert.equal(receiver.forged, 0);
});
