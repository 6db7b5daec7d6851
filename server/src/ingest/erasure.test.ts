import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { publicAttempt, type StoredAttempt } from '../export/attempt-pages.ts';
import { putCredit } from '../store/credit.ts';
import type { Database } from '../store/database.ts';
import { readEvidence } from '../store/evidence.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { ROLLUPS } from '../store/testing/rebuild-rollups.ts';
import { addressNeedles, type Needle, searchTables, textNeedle } from '../store/testing/search-tables.ts';
import { AttemptWriter } from '../store/writer.ts';
import { commitToBytes, commitToJson, type Salts } from '../trust/commitment.ts';
import { type Leaf, leafHash, leafOf } from '../trust/leaf.ts';
import { newUuidV7, nowMicros } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { BootBook } from './boot-book.ts';
import { eraseAttempt } from './erasure.ts';
import { Reclassification } from './reclassification.ts';
import { ingestOn, memorySpools, preparedDatabase, SILENT, surroundings } from './testing/harness.ts';
import { clientHello } from './testing/hostile.ts';
import { attemptStory, beat, bootStory, NOON, SECOND, told } from './testing/story.ts';

const server = useTestServer();
const IP = '203.0.113.77';
const SECRET = 'c1'.repeat(32);
const MARKERS = ['sni-marker.example', 'alpn-marker', 'subject-marker', 'error-marker', 'Credit Marker', SECRET];

interface Row {
  revision: number;
  record: AttemptRecord;
  leaf: Leaf;
  leaf_hash: string;
  superseded: boolean;
}

async function rowsOf({ pool }: Database, id: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select revision, record, leaf, leaf_hash, superseded_change is not null as superseded from attempt
     where id = $1 order by revision`,
    [id],
  );
  return rows;
}

/** An attempt in two revisions with everything private that there can be, and one beside it that nobody erases. */
async function twoAttempts(t: TestContext) {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const { bootId, facts } = bootStory('practice', NOON - 10 * SECOND);
  const sent = clientHello({ sni: 'sni-marker.example', alpn: ['alpn-marker'] });
  const story = attemptStory({
    ...{ bootId, ip: IP, sent, guestSilent: true, at: NOON + 123_456 },
    events: [
      { kind: 'client_hello' },
      { kind: 'handshake_secrets', clientRandom: 'a5'.repeat(32), client: SECRET, server: SECRET },
      { kind: 'tls_error', what: 'error-marker' },
    ],
  });
  const other = attemptStory({ bootId, ip: '203.0.113.78', sent: clientHello({ sni: 'other.example' }) });
  spools.supervisor.append(...facts, ...story.supervisor, ...other.supervisor, beat(NOON + 20 * SECOND));
  spools.gateway.append(...story.gateway, ...other.gateway, beat(NOON + 20 * SECOND));
  const publish = async () => {
    await ingest.read();
    await ingest.pipeline.flush();
  };
  await publish();
  const late = (code: number) => {
    const event = { kind: 'alert_sent', code } as const;
    const at = NOON + code * SECOND;
    spools.supervisor.append(told(event, { id: story.id, target: 'practice', bootId, t: at }), beat(at + 10 * SECOND));
    spools.gateway.append(beat(at + 10 * SECOND));
    return publish();
  };
  await late(50);
  await database.pool.query(
    `update attempt set record = jsonb_set(record, '{certificate,subject}', '"CN=subject-marker"') where id = $1`,
    [story.id],
  );
  await putCredit(database.pool, story.id, { name: 'Credit Marker', setUs: nowMicros() });
  return { database, id: story.id, other: other.id, late };
}

async function saltsOf({ pool }: Database, id: string): Promise<Salts> {
  const { rows } = await pool.query<{ salts: Salts }>('select salts from attempt_private where id = $1', [id]);
  assert.ok(rows[0]);
  return rows[0].salts;
}

test('an erasure leaves every leaf as it was and nothing that its commitments could be opened with', async t => {
  const { database, id, other } = await twoAttempts(t);
  const before = await rowsOf(database, id);
  assert.deepEqual(
    before.map(({ revision }) => revision),
    [1, 2],
  );
  const [newest] = before.slice(-1);
  assert.ok(newest);
  const salts = await saltsOf(database, id);
  const transcript = (await readEvidence(database.pool, id))?.transcript ?? '';
  const { commitments } = newest.record;
  assert.equal(commitToJson(salts.source ?? '', { ip: IP, port: 40_000 }), commitments.source, 'it can be opened');
  assert.equal(commitToBytes(salts.transcript, Buffer.from(transcript)), commitments.transcript);
  const needles: Needle[] = [
    ...addressNeedles(IP),
    ...MARKERS.map(textNeedle),
    ...[salts.source ?? '', salts.research, salts.transcript].map(textNeedle),
  ];
  const found = await searchTables(database.pool, needles);
  for (const { name } of needles.filter(needle => needle.name !== `${IP} as bytes`)) {
    assert.ok(
      found.some(place => place.endsWith(name)),
      `the search finds ${name} while it is there`,
    );
  }

  assert.equal(await eraseAttempt(database.pool, id), 'erased');

  assert.deepEqual(await searchTables(database.pool, needles), []);
  const after = await rowsOf(database, id);
  assert.deepEqual(
    after.map(({ revision, superseded }) => [revision, superseded]),
    [
      [1, true],
      [2, true],
      [3, false],
    ],
  );
  for (const [index, row] of after.entries()) {
    assert.equal(leafHash(row.leaf), row.leaf_hash, 'the hash is of the leaf');
    assert.deepEqual(leafOf(row.record), row.leaf, 'and the leaf is still that of the record');
    if (before[index]) assert.equal(row.leaf_hash, before[index].leaf_hash, 'as it was published');
    assert.equal(row.record.erased, true);
    assert.deepEqual(row.record.commitments, (before[index] ?? newest).record.commitments);
    assert.equal(row.record.startedUs % 1_000_000, 0);
  }
  const [kept] = await rowsOf(database, other);
  assert.equal(kept?.record.hello?.sni, 'other.example', 'nobody else’s is touched');
  assert.ok(await saltsOf(database, other));
});

test('what is exported says that it was erased', async t => {
  const { database, id } = await twoAttempts(t);
  const exported = async () => {
    const { rows } = await database.pool.query<StoredAttempt>(
      'select seq, revision, change, leaf_hash, record from attempt where superseded_change is null order by seq',
    );
    return rows.map(row => publicAttempt(row)).map(row => [row.id === id, row.erased, row.revision]);
  };
  assert.deepEqual((await exported()).sort(), [
    [false, false, 1],
    [true, false, 2],
  ]);
  await eraseAttempt(database.pool, id);
  assert.deepEqual((await exported()).sort(), [
    [false, false, 1],
    [true, true, 3],
  ]);
});

test('it may be repeated, counts nothing anew, and nothing that comes later brings anything back', async t => {
  const { database, id, late } = await twoAttempts(t);
  assert.equal(await eraseAttempt(database.pool, id), 'erased');
  assert.equal(await eraseAttempt(database.pool, id), 'erased');
  await late(80);
  const job = new Reclassification({
    ...{ pool: database.pool, writer: new AttemptWriter(database.pool), log: SILENT, classifier: 'others' },
    surroundings: surroundings(new BootBook([]), () => 0),
  });
  job.start();
  await job.finished();
  assert.equal((await rowsOf(database, id)).length, 3);
  assert.deepEqual(await searchTables(database.pool, MARKERS.map(textNeedle)), []);
  for (const [table, counted] of Object.entries(ROLLUPS)) {
    const { rows } = await database.pool.query(
      `(table ${table} except ${counted}) union all (${counted} except table ${table})`,
    );
    assert.deepEqual(
      rows.filter(row => Number(row.attempts ?? 1) !== 0),
      [],
      table,
    );
  }
});

test('what is no attempt is unknown', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  assert.equal(await eraseAttempt(database.pool, newUuidV7(Date.now())), 'unknown');
  assert.equal(await eraseAttempt(database.pool, "'; drop table attempt; --"), 'unknown');
});
