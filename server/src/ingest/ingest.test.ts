import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Batch } from '../store/publication.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { AttemptWriter } from '../store/writer.ts';
import { ingestOn, memorySpools, preparedDatabase, until } from './testing/harness.ts';
import { clientHello } from './testing/hostile.ts';
import { attemptStory, beat, bootStory, type GuestEventBody, NOON, SECOND } from './testing/story.ts';

const server = useTestServer();

test('an attempt that both sides told of is one row with everything beside it', async t => {
  const { url } = await server.freshDatabase();
  const database = await preparedDatabase(t, url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  ingest.pipeline.start();
  t.after(() => ingest.pipeline.stop());

  const boot = bootStory('practice', NOON - 10 * SECOND);
  const story = attemptStory({ bootId: boot.bootId });
  spools.supervisor.append(...boot.facts, ...story.supervisor, beat(NOON + SECOND));
  spools.gateway.append(...story.gateway, beat(NOON + SECOND));
  await ingest.read();
  await until('the row is there', async () => (await database.prisma.attempt.count()) === 1);

  const row = await database.prisma.attempt.findFirstOrThrow();
  assert.equal(row.id, story.id);
  assert.equal(row.outcome, 'not_tls');
  assert.equal(row.seq, 1n);
  assert.equal(row.change, 1n);
  assert.equal(await database.prisma.attemptEvidence.count(), 1);
  const { srcIp } = await database.prisma.attemptPrivate.findFirstOrThrow();
  assert.equal(srcIp, '192.0.2.7');
  const rollup = await database.prisma.rollupMinute.findFirstOrThrow();
  assert.equal(rollup.attempts, 1n);
  assert.deepEqual(
    [spools.gateway.acked, spools.supervisor.acked],
    [spools.gateway.end, spools.supervisor.end],
    'nothing is held back',
  );
});

test('targets, boots and proofs are what the supervisor told', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const [prize, second] = [bootStory('prize', NOON), bootStory('prize', NOON + 10 * SECOND)];
  const proof = { root: 'aa'.repeat(32), message: 'bb'.repeat(32), signature: 'cc'.repeat(64) };
  const told = { target: 'prize', bootId: prize.bootId };
  spools.supervisor.append(...prize.facts, { kind: 'proof', t: NOON + SECOND, ...told, ...proof });
  spools.supervisor.append({ kind: 'lost', t: NOON + SECOND, ...told, count: 4 });
  await ingest.read();
  await ingest.pipeline.flush();
  const ready = await database.prisma.target.findUniqueOrThrow({ where: { name: 'prize' } });
  assert.deepEqual(
    [ready.state, ready.prize, ready.address, ready.network, ready.credentials],
    ['ready', true, 'a', 'regtest', null],
  );

  const end = { kind: 'end', t: NOON + 9 * SECOND, ...told, reason: 'crash', detail: 'panic' } as const;
  spools.supervisor.append(end, ...second.facts.slice(0, 1));
  await ingest.read();
  await ingest.pipeline.flush();
  const { boots, ...target } = await database.prisma.target.findUniqueOrThrow({
    where: { name: 'prize' },
    include: { boots: { orderBy: { startedUs: 'asc' }, include: { proofs: true } } },
  });
  assert.deepEqual([target.state, target.bootId], ['booting', second.bootId]);
  const [first] = boots;
  assert.deepEqual(
    [first?.id, first?.endReason, first?.endDetail, first?.lostEvents, first?.proofs.length],
    [prize.bootId, 'crash', 'panic', 4n, 1],
  );
  assert.equal(boots.length, 2);
});

test('VMs of a supervisor that was killed have ended with it, and what they served says so', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const boot = bootStory('practice', NOON - SECOND);
  const story = attemptStory({ bootId: boot.bootId, guestSilent: true, events: [{ kind: 'client_hello' }] });
  spools.supervisor.append(...boot.facts, ...story.supervisor, { kind: 'started', t: NOON + 60 * SECOND });
  spools.gateway.append(...story.gateway);
  await ingest.read();
  await ingest.pipeline.flush();
  const ended = await database.prisma.boot.findFirstOrThrow();
  const lastSign = Math.max(...boot.facts.map(({ t }) => t), ...story.supervisor.map(({ t }) => t));
  assert.deepEqual([ended.endReason, ended.endedUs], ['host', BigInt(lastSign)]);
  const row = await database.prisma.attempt.findFirstOrThrow();
  assert.equal(row.outcome, 'target_restarted');
});

for (const { what, legs, alert, passed } of [
  { what: 'passes', legs: true, alert: 116, passed: true },
  { what: 'fails when a leg is released to somebody else', legs: false, alert: 116, passed: false },
  { what: 'fails when the third is refused for another reason', legs: true, alert: 40, passed: false },
]) {
  test(`a self-test ${what}`, async t => {
    const database = await preparedDatabase(t, (await server.freshDatabase()).url);
    const spools = memorySpools();
    const ingest = await ingestOn(t, database, spools);
    const boot = bootStory('practice', NOON - SECOND);
    const pair = 'self-test-1';
    const released: GuestEventBody[] = [
      { kind: 'finished', suite: 0x1301, group: 0x001d },
      { kind: 'released', bytes: 400, peerIsSelf: legs },
    ];
    const common = { bootId: boot.bootId, selfTest: pair, sent: clientHello() };
    const three = {
      serverId: attemptStory({ ...common, events: released }),
      clientId: attemptStory({ ...common, events: released }),
      noCertificateId: attemptStory({ ...common, events: [{ kind: 'alert_sent', code: alert }] }),
    };
    const { serverId, clientId, noCertificateId } = three;
    const ids = { serverId: serverId.id, clientId: clientId.id, noCertificateId: noCertificateId.id };
    const run = { kind: 'self_test', t: NOON, target: 'practice', bootId: boot.bootId, pair, ...ids } as const;
    spools.supervisor.append(...boot.facts, ...Object.values(three).flatMap(({ supervisor }) => supervisor));
    spools.gateway.append(run, ...serverId.gateway, ...clientId.gateway);
    await ingest.read();
    await ingest.pipeline.flush();
    assert.equal((await database.prisma.selfTest.findFirstOrThrow()).passed, null);
    spools.gateway.append(...noCertificateId.gateway);
    await ingest.read();
    await ingest.pipeline.flush();
    assert.equal((await database.prisma.selfTest.findFirstOrThrow()).passed, passed);
    assert.equal(await database.prisma.alarm.count({ where: { kind: 'self_test_failed' } }), passed ? 0 : 1);
  });
}

test('an attempt that cannot be stored is set aside, and holds nobody up', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const boot = bootStory('practice', NOON - SECOND);
  const [good, bad] = [attemptStory({ bootId: boot.bootId }), attemptStory({ bootId: boot.bootId, ip: 'no address' })];
  spools.supervisor.append(...boot.facts, ...bad.supervisor, ...good.supervisor);
  spools.gateway.append(...bad.gateway, ...good.gateway);
  await ingest.read();
  await ingest.pipeline.flush();
  const rows = await database.prisma.attempt.findMany();
  assert.deepEqual(
    rows.map(({ id, seq }) => [id, seq]),
    [[good.id, 1n]],
  );
  assert.deepEqual(readdirSync(ingest.quarantine), [`${bad.id}.json`]);
  assert.equal(ingest.pipeline.counters.quarantined, 1);
});

test('while the store is away nothing is acknowledged, and the feeds are stopped at a bound', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const real = new AttemptWriter(database.pool);
  const store = { isAway: true };
  const writer = {
    write: (batch: Batch) => (store.isAway ? Promise.reject(new Error('away')) : real.write(batch)),
  };
  const ingest = await ingestOn(t, database, spools, { writer, backlog: { attempts: 100, bytes: 1 << 20 } });
  const boot = bootStory('practice', NOON - SECOND);
  const stories = Array.from({ length: 300 }, () => attemptStory({ bootId: boot.bootId }));
  spools.supervisor.append(...boot.facts, ...stories.flatMap(({ supervisor }) => supervisor));
  spools.gateway.append(...stories.flatMap(({ gateway }) => gateway), beat(NOON + 10 * SECOND));
  ingest.pipeline.start();
  t.after(() => ingest.pipeline.stop());

  const size = 400;
  let taken = 0;
  const reading = (async () => {
    for (const facts = spools.gateway.from(0); taken < facts.length; taken += size) {
      await ingest.pipeline.take('gateway', facts.slice(taken, taken + size));
    }
  })();
  const told = ingest.pipeline.take('supervisor', spools.supervisor.from(0));
  await until('the store was tried twice', () => ingest.pipeline.counters.failures >= 2);
  assert.equal(spools.gateway.acked, 0);
  assert.ok(taken < spools.gateway.from(0).length, 'the feed is stopped');
  store.isAway = false;
  await Promise.all([reading, told]);
  await until('all are rows', async () => (await database.prisma.attempt.count()) === stories.length);
});
