import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Database } from '../store/database.ts';
import { readEvidence, type StoredEvidence } from '../store/evidence.ts';
import { publishSecrets } from '../store/handshake-secrets.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { type AttemptId, newAttemptId } from '../wire/ids.ts';
import { SecretPublication } from './secret-publication.ts';
import { ingestOn, type MemorySpools, memorySpools, preparedDatabase, SILENT, until } from './testing/harness.ts';
import { attemptStory, beat, bootStory, NOON, SECOND, type Story } from './testing/story.ts';

const server = useTestServer();
const CLIENT = 'c1'.repeat(32);
const SERVER = '5e'.repeat(32);
const CLIENT_RANDOM = 'a5'.repeat(32);
const SECRETS = { clientRandom: CLIENT_RANDOM, client: CLIENT, server: SERVER };
const OTHERS = { kind: 'handshake_secrets', clientRandom: CLIENT_RANDOM, client: SERVER, server: CLIENT } as const;
const TAG = createHash('sha256').update(Buffer.from(CLIENT, 'hex')).digest('hex');

interface World {
  database: Database;
  spools: MemorySpools;
  bootId: string;
}

async function worldOf(t: TestContext): Promise<World> {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const { bootId, facts } = bootStory('prize', NOON - 60 * SECOND);
  spools.supervisor.append({ kind: 'started', t: NOON - 61 * SECOND }, ...facts);
  spools.gateway.append({ kind: 'started', t: NOON - 61 * SECOND });
  return { database, spools, bootId };
}

/** A leg of the one session of these tests. */
function leg({ bootId }: World, guestRole: 'server' | 'client', at: number, selfTest: string | null = null): Story {
  return attemptStory({
    ...{ at, id: newAttemptId(at), target: 'prize', bootId, guestRole, channel: guestRole, selfTest },
    events: [
      { kind: 'handshake_secrets', ...SECRETS },
      { kind: 'session_tag', tag: TAG },
    ],
  });
}

/** Time goes on in both spools. */
function pass({ spools }: World, t: number): void {
  spools.gateway.append(beat(t));
  spools.supervisor.append(beat(t));
}

async function evidenceOf({ database }: World, id: AttemptId): Promise<StoredEvidence> {
  const found = await readEvidence(database.pool, id);
  assert.ok(found);
  return found;
}

test('secrets are held back until every connection that was open at the end has ended, also over a restart', async t => {
  const world = await worldOf(t);
  const { database, spools } = world;
  const first = leg(world, 'client', NOON);
  const second = leg(world, 'server', NOON + 1000);
  const [opened, rest] = [second.gateway.slice(0, 1), second.gateway.slice(1)];
  spools.gateway.append(...first.gateway.slice(0, 1), ...opened, ...first.gateway.slice(1));
  spools.supervisor.append(...first.supervisor);
  let ingest = await ingestOn(t, database, spools);
  const step = async () => {
    await ingest.read();
    await ingest.pipeline.flush();
    return publishSecrets(database.pool, ingest.assembler.legTimes, NOON);
  };
  await step();
  for (const later of [1, 10, 100]) {
    pass(world, NOON + later * SECOND);
    assert.equal(await step(), 0);
  }
  const held = await evidenceOf(world, first.id);
  assert.deepEqual([held.secretsState, held.secrets], ['held', null]);

  ingest = await ingestOn(t, database, spools);
  for (const later of [110, 120]) {
    pass(world, NOON + later * SECOND);
    assert.equal(await step(), 0, 'the other leg is still open');
  }
  spools.gateway.append(...rest.map(fact => ({ ...fact, t: NOON + 130 * SECOND })));
  spools.supervisor.append(...second.supervisor);
  for (const later of [131, 132, 140, 150]) {
    pass(world, NOON + later * SECOND);
    await step();
  }
  for (const { id } of [first, second]) {
    const { secretsState, secrets } = await evidenceOf(world, id);
    assert.deepEqual([secretsState, secrets], ['published', SECRETS]);
  }
});

test('those of a session without another leg, and of a self-test, are published soon after', async t => {
  const world = await worldOf(t);
  const { database, spools } = world;
  const stories = [
    leg(world, 'server', NOON),
    leg(world, 'server', NOON + SECOND, 'pair'),
    leg(world, 'client', NOON + SECOND, 'pair'),
  ];
  spools.gateway.append(...stories.flatMap(({ gateway }) => gateway).toSorted((a, b) => a.t - b.t));
  spools.supervisor.append(...stories.flatMap(({ supervisor }) => supervisor));
  const ingest = await ingestOn(t, database, spools);
  await ingest.read();
  await ingest.pipeline.flush();
  const publication = new SecretPublication({
    pool: database.pool,
    times: () => ingest.assembler.legTimes,
    log: SILENT,
  });
  t.after(() => publication.stop());
  let now = NOON + 2 * SECOND;
  await until('all are published', async () => {
    now += SECOND;
    pass(world, now);
    await ingest.read();
    const states = await Promise.all(stories.map(({ id }) => evidenceOf(world, id)));
    return states.every(({ secretsState }) => secretsState === 'published');
  });
});

test('no secret is in a transcript, a record or a leaf, and a revision keeps what was stored', async t => {
  const world = await worldOf(t);
  const { database, spools } = world;
  const story = leg(world, 'server', NOON);
  const late = story.supervisor.slice(-1);
  spools.gateway.append(...story.gateway);
  spools.supervisor.append(...story.supervisor.slice(0, -1), beat(NOON + 10 * SECOND));
  spools.gateway.append(beat(NOON + 10 * SECOND));
  const ingest = await ingestOn(t, database, spools);
  const step = async () => {
    await ingest.read();
    await ingest.pipeline.flush();
  };
  await step();
  spools.supervisor.append(...late.map(fact => ({ ...fact, t: NOON + 11 * SECOND })));
  pass(world, NOON + 20 * SECOND);
  await step();
  const { rows } = await database.pool.query<{ record: object; leaf: object; transcript: Buffer }>(
    'select record, leaf, transcript from attempt join attempt_evidence using (id) order by revision',
  );
  assert.equal(rows.length, 2, 'a row and its revision');
  for (const { record, leaf, transcript } of rows) {
    const text = `${JSON.stringify([record, leaf])}${gunzipSync(transcript)}`;
    assert.ok(text.includes('handshake_secrets'), 'that there were some is said');
    for (const secret of [CLIENT, SERVER]) assert.ok(!text.includes(secret));
  }
  const { rows: stored } = await database.pool.query('select client, server from handshake_secret');
  assert.deepEqual(stored, [{ client: CLIENT, server: SERVER }]);
});

test('secrets that come after everything else are stored too', async t => {
  const world = await worldOf(t);
  const { database, spools } = world;
  const story = leg(world, 'server', NOON);
  const secrets = story.supervisor.filter(fact => fact.kind === 'guest' && fact.event.kind === 'handshake_secrets');
  spools.gateway.append(...story.gateway);
  spools.supervisor.append(...story.supervisor.filter(fact => !secrets.includes(fact)));
  const ingest = await ingestOn(t, database, spools);
  await ingest.read();
  await ingest.pipeline.flush();
  assert.equal((await evidenceOf(world, story.id)).secretsState, 'none');
  spools.supervisor.append(...secrets);
  pass(world, NOON + 20 * SECOND);
  await ingest.read();
  await ingest.pipeline.flush();
  assert.equal((await evidenceOf(world, story.id)).secretsState, 'held');

  spools.supervisor.append(...secrets.map(fact => ({ ...fact, event: { ...OTHERS, us: 1 } })));
  pass(world, NOON + 40 * SECOND);
  await ingest.read();
  await ingest.pipeline.flush();
  const { rows } = await database.pool.query('select client, server from handshake_secret');
  assert.deepEqual(rows, [{ client: CLIENT, server: SERVER }], 'and stay');
});
