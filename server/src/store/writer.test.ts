import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Value } from 'typebox/value';
import type { AttemptFacts } from '../ingest/attempt-facts.ts';
import { BootBook } from '../ingest/boot-book.ts';
import { composeDraft } from '../ingest/compose.ts';
import { preparedDatabase, surroundings } from '../ingest/testing/harness.ts';
import { attemptStory, NOON, type Story, type StoryOptions } from '../ingest/testing/story.ts';
import { leafHash, leafOf } from '../trust/leaf.ts';
import { newUuidV7 } from '../wire/ids.ts';
import { AttemptRecord } from '../wire/record.ts';
import type { Database } from './database.ts';
import type { Batch, Publication } from './publication.ts';
import { useTestServer } from './testing/embedded-postgres.ts';
import { AttemptWriter } from './writer.ts';

const server = useTestServer();
const BOOT = newUuidV7(NOON / 1000);
const AROUND = surroundings(new BootBook([]), () => 0);

async function open(t: TestContext): Promise<{ database: Database; writer: AttemptWriter }> {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  return { database, writer: new AttemptWriter(database.pool) };
}

function story(options: StoryOptions = {}): Story {
  return attemptStory({ bootId: BOOT, ...options });
}

/** `told`: how many of the guest's events are known. */
function factsOf({ id, gateway, supervisor }: Story, told = Number.POSITIVE_INFINITY): AttemptFacts {
  const open = gateway.find(fact => fact.kind === 'open') ?? null;
  return {
    id,
    open: open && (({ source: _, ...rest }) => rest)(open),
    gateway: gateway.filter(({ kind }) => kind !== 'open').filter(fact => 'id' in fact && fact.kind !== 'open'),
    guest: supervisor.filter(fact => fact.kind === 'guest').slice(0, told),
  };
}

function publication(facts: AttemptFacts): Publication {
  const address = { ip: '192.0.2.7', port: 40_000 };
  return { id: facts.id, draft: prior => composeDraft(facts, address, prior, AROUND) };
}

function batchOf(publications: readonly Publication[], rest: Partial<Batch> = {}): Batch {
  return {
    publications,
    alarms: [],
    selfTests: [],
    refusals: [],
    guestLost: [],
    progress: [],
    components: [],
    ...rest,
  };
}

const revisions = (database: Database) =>
  database.prisma.attempt.findMany({ orderBy: { change: 'asc' } }).then(rows =>
    rows.map(({ id, revision, seq, change, supersededChange }) => ({
      id,
      revision,
      seq: Number(seq),
      change: Number(change),
      superseded: supersededChange === null ? null : Number(supersededChange),
    })),
  );

test('the same facts a second time change nothing', async t => {
  const { database, writer } = await open(t);
  const stories = [story(), story({ ip: '2001:db8::1' })];
  const batch = batchOf(stories.map(one => publication(factsOf(one))));
  assert.deepEqual(await writer.write(batch), { published: 2, revised: 0, unchanged: 0, alarms: [] });
  const before = await database.prisma.attempt.findMany();
  assert.deepEqual(await writer.write(batch), { published: 0, revised: 0, unchanged: 2, alarms: [] });
  assert.deepEqual(await database.prisma.attempt.findMany(), before);
  assert.deepEqual((await database.prisma.counter.findFirstOrThrow()).change, 2n);
});

test('a part of what is known changes nothing either', async t => {
  const { database, writer } = await open(t);
  const one = story();
  await writer.write(batchOf([publication(factsOf(one))]));
  const { id, gateway } = factsOf(one);
  const tail = { id, open: null, gateway: gateway.slice(-1), guest: [] };
  assert.equal((await writer.write(batchOf([publication(tail)]))).unchanged, 1);
  assert.equal(await database.prisma.attempt.count(), 1);
});

test('late facts make a revision: same seq, next change, the old row superseded, roll-ups moved', async t => {
  const { database, writer } = await open(t);
  const [late, other] = [story({ guestSilent: true }), story()];
  await writer.write(batchOf([publication(factsOf(late, 0)), publication(factsOf(other))]));
  const first = await database.prisma.attempt.findFirstOrThrow({ where: { id: late.id } });
  const told = { id: late.id, open: null, gateway: [], guest: factsOf(late).guest };
  assert.equal((await writer.write(batchOf([publication(told)]))).revised, 1);

  assert.deepEqual(await revisions(database), [
    { id: late.id, revision: 1, seq: 1, change: 1, superseded: 3 },
    { id: other.id, revision: 1, seq: 2, change: 2, superseded: null },
    { id: late.id, revision: 2, seq: 1, change: 3, superseded: null },
  ]);
  const second = await database.prisma.attempt.findFirstOrThrow({ where: { id: late.id, revision: 2 } });
  assert.notEqual(second.leafHash, first.leafHash);
  const alertsOf = ({ record }: typeof first) => Value.Parse(AttemptRecord, record).result.alertsSent;
  assert.deepEqual([alertsOf(first), alertsOf(second)], [[], [50]]);
  const rollups = await database.prisma.rollupMinute.findMany({ where: { attempts: { not: 0 } } });
  assert.equal(
    rollups.reduce((sum, { attempts }) => sum + attempts, 0n),
    2n,
  );
  assert.equal(await database.prisma.attemptPrivate.count(), 2);
});

test('a transaction that is aborted leaves no gap in seq and no trace', async t => {
  const { database, writer } = await open(t);
  await writer.write(batchOf([publication(factsOf(story()))]));
  const broken: Publication = {
    id: story().id,
    draft: () => {
      throw new Error('broken on purpose');
    },
  };
  await assert.rejects(writer.write(batchOf([publication(factsOf(story())), broken])), /broken on purpose/);
  await writer.write(batchOf([publication(factsOf(story()))]));
  const rows = await revisions(database);
  assert.deepEqual(
    rows.map(({ seq, change }) => [seq, change]),
    [
      [1, 1],
      [2, 2],
    ],
  );
  assert.equal(await database.prisma.attemptEvidence.count(), 2);
});

test('two writers at once take different numbers', async t => {
  const { database } = await open(t);
  const write = () => new AttemptWriter(database.pool).write(batchOf([publication(factsOf(story()))]));
  await Promise.all(Array.from({ length: 8 }, write));
  const rows = await revisions(database);
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test('counts are added once when a batch whose commit was not answered is written again', async t => {
  const { database, writer } = await open(t);
  const progress = { spool: 'gateway', epoch: 'e', position: 100, head: 100, beatUs: NOON, lost: 0 };
  const refusal = { minuteUs: NOON, target: 'prize', channel: 'server', srcToken: 'aa'.repeat(16), attempts: 5 };
  const batch = batchOf([], { refusals: [refusal], progress: [progress] });
  await writer.write(batch);
  await writer.write(batch);
  assert.equal((await database.prisma.refusal.findFirstOrThrow()).attempts, 5n);
  await writer.write(batchOf([], { refusals: [refusal], progress: [{ ...progress, position: 200, head: 200 }] }));
  assert.equal((await database.prisma.refusal.findFirstOrThrow()).attempts, 10n);
});

test('an alarm is raised once for each kind and attempt', async t => {
  const { writer } = await open(t);
  const alarm = { kind: 'released', raisedUs: NOON, target: 'prize', attemptId: story().id, detail: '' } as const;
  assert.equal((await writer.write(batchOf([], { alarms: [alarm] }))).alarms.length, 1);
  assert.equal((await writer.write(batchOf([], { alarms: [alarm] }))).alarms.length, 0);
  const suspected = { ...alarm, kind: 'release_suspected' } as const;
  assert.equal((await writer.write(batchOf([], { alarms: [suspected] }))).alarms.length, 1);
});

test('the stored leaf is what the record says, and its hash is in both', async t => {
  const { database, writer } = await open(t);
  await writer.write(batchOf([publication(factsOf(story()))]));
  const { rows } = await database.pool.query('select record, leaf, leaf_hash from attempt');
  const [{ record, leaf, leaf_hash: hash }] = rows;
  assert.equal(record.leafHash, hash);
  assert.equal(leafHash(leaf), hash);
  assert.equal(leafHash(leafOf(record)), hash);
});
