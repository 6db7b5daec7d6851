import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Pool } from 'pg';
import { preparedDatabase, SILENT } from '../ingest/testing/harness.ts';
import { raiseAlarms } from '../store/log-tables.ts';
import type { Alarm } from '../store/publication.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { inTransaction } from '../store/transaction.ts';
import { until } from '../testing/until.ts';
import { newAttemptId, nowMicros } from '../wire/ids.ts';
import { deliveryState } from './deliveries.ts';
import { post } from './post.ts';
import { pauseAfter } from './retry.ts';
import { signedHeaders } from './signature.ts';
import { Webhook, type WebhookOptions } from './webhook.ts';
import { ensureSecret, parseSecrets, readSecrets, rotateSecret } from './webhook-secret.ts';

const server = useTestServer();
/** The tests share it, one after the other. */
let database: ReturnType<typeof server.freshDatabase> | undefined;
const HOUR_MS = 3_600_000;
const DAY_US = 86_400_000_000;

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real HTTP server that answers what `status` says, and what it got. */
async function receiver(t: TestContext, status: (nth: number) => number, headers: Record<string, string> = {}) {
  const received: Received[] = [];
  const url = await listening(t, (request, response) => {
    let body = '';
    request.on('data', more => (body += more));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status(received.length), headers).end('an answer');
    });
  });
  return { received, url };
}

async function listening(t: TestContext, handler: RequestListener): Promise<string> {
  const http = createServer(handler).listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook?key=1`;
}

async function place(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-webhook-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  database ??= server.freshDatabase();
  const { pool } = await preparedDatabase(t, (await database).url);
  await pool.query('truncate alarm, webhook_delivery');
  const secretFile = join(folder, 'secret');
  await ensureSecret(secretFile);
  const sender = { site: 'here', url: 'http://pinata.example' };
  const open = (url: string, more: Partial<WebhookOptions> = {}): Webhook => {
    const webhook = new Webhook({ pool, url, secretFile, sender, log: SILENT, pauseAfter: () => 1, ...more });
    t.after(() => webhook.stop());
    return webhook;
  };
  return { pool, secretFile, open };
}

async function raise(pool: Pool, alarm: Partial<Alarm> = {}): Promise<string> {
  const attemptId = newAttemptId(nowMicros());
  const whole: Alarm = {
    ...{ kind: 'released', raisedUs: nowMicros(), target: 'prize', attemptId, detail: 'for operators alone' },
    ...alarm,
  };
  await inTransaction(pool, client => raiseAlarms(client, [whole]));
  return attemptId;
}

test('signs as the standard’s own libraries do', () => {
  // The test vector of the reference implementations (standard-webhooks, libraries/*: "sign").
  const [secret] = parseSecrets('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'it');
  assert.ok(secret);
  const delivery = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  const headers = signedHeaders(delivery, 1_614_265_330, [secret]);
  assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('an alarm is told once, after as many tries as it takes, with one id and a signature of its own time', async t => {
  const { pool, open, secretFile } = await place(t);
  const { received, url } = await receiver(t, nth => (nth < 4 ? 503 : 200));
  const attemptId = await raise(pool);
  const webhook = open(url);
  for (let looks = 0; looks < 8; looks++) {
    await webhook.flush();
    await until('its pause is over', async () => nothingWaitsLonger(pool));
  }
  assert.equal(received.length, 4);
  assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 1);
  const secrets = await readSecrets(secretFile);
  for (const { headers, body } of received) {
    const expected = signedHeaders(
      { id: String(headers['webhook-id']), body },
      Number(headers['webhook-timestamp']),
      secrets,
    );
    assert.equal(headers['webhook-signature'], expected['webhook-signature']);
    assert.ok(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 60);
    const { type, data } = JSON.parse(body) as { type: string; data: unknown };
    assert.equal(type, 'pinata.alarm');
    const link = `http://pinata.example/attempts/${attemptId}`;
    assert.deepEqual(data, { site: 'here', kind: 'released', target: 'prize', attemptId, link });
  }
  assert.deepEqual(await deliveryState(pool), { waiting: 0, delivered: 1, gaveUp: 0, lastAnswer: 'status 200' });
});

async function nothingWaitsLonger(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select from webhook_delivery where delivered_us is null and gave_up_us is null and next_us > $1',
    [nowMicros()],
  );
  return rowCount === 0;
}

test('what was not told before a restart is told after it, and what was told is not told again', async t => {
  const { pool, open } = await place(t);
  const { received, url } = await receiver(t, nth => (nth === 1 ? 200 : nth === 2 ? 500 : 204));
  const told = await raise(pool);
  await open(url).flush();
  const waiting = await raise(pool);
  const before = open(url);
  await before.flush();
  await before.stop();
  open(url).start();
  await until('the second is told', () => received.length === 3);
  const ids = received.map(({ body }) => (JSON.parse(body) as { data: { attemptId: string } }).data.attemptId);
  assert.deepEqual(ids, [told, waiting, waiting]);
  assert.equal(received[1]?.headers['webhook-id'], received[2]?.headers['webhook-id']);
});

test('what never answers holds up neither what is new nor the one who stops', async t => {
  const { pool, open } = await place(t);
  const got: string[] = [];
  const url = await listening(t, (request, response) => {
    got.push(String(request.headers['webhook-id']));
    if (got.length > 1) response.end();
  });
  await raise(pool);
  const webhook = open(url);
  webhook.start();
  await until('the first waits for its answer', () => got.length === 1);
  await raise(pool);
  await until('the second is told', async () => (await deliveryState(pool)).delivered === 1);
  assert.equal(new Set(got).size, 2, 'the first is not tried a second time meanwhile');
  await webhook.stop();
  const { rows } = await pool.query(
    'select tries, delivered_us is null as waits from webhook_delivery order by made_us',
  );
  assert.deepEqual(rows[0], { tries: 0, waits: true }, 'nobody knows what came of it');
});

test('a redirect is not followed, an answer that never comes is given up, and neither is accepted', async t => {
  const elsewhere = await receiver(t, () => 200);
  const moved = await receiver(t, () => 307, { location: elsewhere.url });
  const headers = signedHeaders({ id: 'x', body: '{}' }, 1, []);
  assert.deepEqual(await post(moved.url, '{}', headers), { accepted: false, answer: 'status 307' });
  assert.equal(elsewhere.received.length, 0);
  const silent = await listening(t, () => {});
  assert.deepEqual(await post(silent, '{}', headers, { timeoutMs: 100 }), { accepted: false, answer: 'timeout' });
  const drips = await listening(t, (_request, response) => {
    response.writeHead(200).write('x');
  });
  assert.deepEqual(await post(drips, '{}', headers), { accepted: true, answer: 'status 200' });
  assert.deepEqual(await post('http://127.0.0.1:1/', '{}', headers), { accepted: false, answer: 'ECONNREFUSED' });
});

test('alarms of days ago are history, and an alarm without an attempt is raised and told once for its cause', async t => {
  const { pool, open } = await place(t);
  const { received, url } = await receiver(t, () => 200);
  await raise(pool, { raisedUs: nowMicros() - 2 * DAY_US });
  const silence: Partial<Alarm> = { kind: 'self_test_stale', attemptId: null, cause: 'prize 1' };
  await raise(pool, silence);
  await raise(pool, silence);
  await raise(pool, { ...silence, cause: 'prize 2' });
  const webhook = open(url);
  await webhook.flush();
  await webhook.flush();
  const links = received.map(({ body }) => (JSON.parse(body) as { data: { link: string } }).data.link);
  assert.deepEqual(links, ['http://pinata.example/status', 'http://pinata.example/status']);
});

test('a test is tried at once, and fails as it failed', async t => {
  const { pool, open } = await place(t);
  const { received, url } = await receiver(t, nth => (nth === 1 ? 200 : 400));
  const webhook = open(url);
  assert.equal((await webhook.test()).answer, 'status 200');
  assert.equal((JSON.parse(received[0]?.body ?? '') as { type: string }).type, 'pinata.test');
  await assert.rejects(webhook.test(), { code: 'WEBHOOK_FAILED' });
  assert.equal((await deliveryState(pool)).waiting, 1);
});

test('pauses double from five seconds to an hour, for about a day, and then it is given up', async t => {
  const pauses = Array.from({ length: 40 }, (_, index) => pauseAfter(index + 1));
  assert.deepEqual(pauses.slice(0, 4), [5_000, 10_000, 20_000, 40_000]);
  const all = pauses.filter(pause => pause !== null);
  assert.ok(all.every(pause => pause <= HOUR_MS));
  const total = all.reduce((sum, pause) => sum + pause, 0);
  assert.ok(total > 20 * HOUR_MS && total < 28 * HOUR_MS, String(total / HOUR_MS));

  const { pool, open } = await place(t);
  const { received, url } = await receiver(t, () => 500);
  await raise(pool);
  const webhook = open(url, { pauseAfter: tries => (tries < 2 ? 0 : null) });
  for (let looks = 0; looks < 4; looks++) await webhook.flush();
  assert.equal(received.length, 2);
  assert.equal((await deliveryState(pool)).gaveUp, 1);
});

test('after a rotation messages are signed with the new secret and the one before; a file that is no secret is an error', async t => {
  const { secretFile, open, pool } = await place(t);
  const [first] = await readSecrets(secretFile);
  assert.equal(statSync(secretFile).mode & 0o077, 0);
  const shown = await rotateSecret(secretFile);
  assert.ok(readFileSync(secretFile, 'utf8').startsWith(`${shown}\n`));
  const after = await readSecrets(secretFile);
  assert.deepEqual([after.length, after[1]], [2, first]);
  await rotateSecret(secretFile);
  assert.deepEqual((await readSecrets(secretFile))[1], after[0], 'the oldest is gone');
  const { received, url } = await receiver(t, () => 200);
  await open(url).test();
  assert.equal(String(received[0]?.headers['webhook-signature']).split(' ').length, 2);

  for (const text of ['', 'hello', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_!!!!'])
    assert.throws(() => parseSecrets(text, 'it'), { code: 'WEBHOOK_SECRET_INVALID' }, text);
  writeFileSync(secretFile, 'nonsense');
  chmodSync(secretFile, 0o600);
  await assert.rejects(open(url).test(), { code: 'WEBHOOK_FAILED' });
  assert.equal((await deliveryState(pool)).lastAnswer, 'WEBHOOK_SECRET_INVALID');
});
