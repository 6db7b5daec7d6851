import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSIFIER } from '../classify/classifier.ts';
import type { Database } from '../store/database.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { AttemptWriter } from '../store/writer.ts';
import { BootBook } from './boot-book.ts';
import { Reclassification } from './reclassification.ts';
import { ingestOn, memorySpools, preparedDatabase, SILENT, surroundings, until } from './testing/harness.ts';
import { attemptStory, beat, bootStory, NOON, SECOND } from './testing/story.ts';

const server = useTestServer();
const OLD = 'ab'.repeat(32);

test('old rows are revised where today says something else, once, and the rest stays as it is', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  await publish(t, database, 150);
  await pretendOlder(database, 100);

  const first = reclassification(database);
  first.start();
  await first.finished();
  const { state } = first;
  assert.deepEqual([state.seq, state.upTo, state.revised, state.running], [150, 150, 100, false]);
  const rows = await database.prisma.attempt.findMany({ orderBy: [{ seq: 'asc' }, { revision: 'asc' }] });
  assert.equal(rows.length, 250);
  const current = rows.filter(row => row.supersededChange === null);
  assert.equal(current.length, 150);
  assert.deepEqual([...new Set(current.map(row => row.primaryClass))], ['A03_http_plaintext']);
  assert.ok(current.every(row => Number(row.seq) > 100 || row.revision === 2));
  const shas = await classifiers(database);
  assert.deepEqual(
    shas,
    [
      [CLASSIFIER.sha256, 100],
      [OLD, 50],
    ].sort(),
    'what says the same keeps the rules that said it',
  );
  const { attempts } = await database.prisma.rollupMinute.findFirstOrThrow();
  assert.equal(attempts, 150n);

  const again = reclassification(database);
  again.start();
  await again.finished();
  assert.equal(await database.prisma.attempt.count(), 250);
});

test('stopped, it goes on where it was; rows that came meanwhile are left alone', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  await publish(t, database, 250);
  await pretendOlder(database, 250);
  const first = reclassification(database);
  first.start();
  await until('a batch is done', () => first.state.seq > 0);
  await first.stop();
  assert.ok(first.state.seq < 250);

  const second = reclassification(database);
  second.start();
  await second.finished();
  assert.deepEqual([second.state.seq, second.state.revised], [250, 250]);
  assert.equal(await database.prisma.attempt.count(), 500);
});

test('rules that come back after others begin at the first row; those that only begin again do not', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  await publish(t, database, 3, spools);
  const begin = async (classifier: string) => {
    const one = reclassification(database, classifier);
    one.start();
    await one.finished();
    const rows = await database.pool.query<{ seq: string; up_to: string }>(
      'select seq, up_to from reclassification where classifier = $1',
      [classifier],
    );
    return rows.rows.map(row => [row.seq, row.up_to].map(Number));
  };
  assert.deepEqual(await begin('first'), [[3, 3]]);
  await publish(t, database, 2, spools);
  assert.deepEqual(await begin('first'), [[3, 3]], 'what came meanwhile is its own');
  assert.deepEqual(await begin('second'), [[5, 5]]);
  await pretendOlder(database, 5);
  assert.deepEqual(await begin('first'), [[5, 5]]);
  const revised = await database.prisma.attempt.count({ where: { revision: 2 } });
  assert.equal(revised, 5);
});

function reclassification(database: Database, classifier?: string): Reclassification {
  const writer = new AttemptWriter(database.pool);
  return new Reclassification({
    ...{ pool: database.pool, writer, log: SILENT },
    ...(classifier === undefined ? {} : { classifier }),
    surroundings: { ...surroundings(new BootBook([]), () => 7), siteId: 'another site' },
  });
}

async function publish(
  t: Parameters<typeof ingestOn>[0],
  database: Database,
  count: number,
  spools = memorySpools(),
): Promise<void> {
  const ingest = await ingestOn(t, database, spools);
  const boot = bootStory('practice', NOON - 10 * SECOND);
  const before = await database.prisma.attempt.count();
  const stories = Array.from({ length: count }, () => attemptStory({ bootId: boot.bootId, at: NOON }));
  spools.supervisor.append(...boot.facts, ...stories.flatMap(({ supervisor }) => supervisor), beat(NOON + SECOND));
  spools.gateway.append(...stories.flatMap(({ gateway }) => gateway), beat(NOON + SECOND));
  await ingest.read();
  await ingest.pipeline.flush();
  assert.equal(await database.prisma.attempt.count(), before + count);
}

/** Makes rows look as if older rules had concluded them, and those up to `seq` as if these had not known any class. */
async function pretendOlder({ pool }: Database, seq: number): Promise<void> {
  await pool.query(`update attempt set record = jsonb_set(record, '{result,classifier,sha256}', to_jsonb($1::text))`, [
    OLD,
  ]);
  await pool.query(
    `update attempt set primary_class = null, classes = '{}',
       record = jsonb_set(jsonb_set(record, '{result,classes}', '[]'), '{result,primaryClass}', 'null') where seq <= $1`,
    [seq],
  );
}

async function classifiers({ pool }: Database): Promise<[string, number][]> {
  const { rows } = await pool.query<{ sha: string; count: number }>(
    `select record #>> '{result,classifier,sha256}' as sha, count(*)::int as count from attempt
     where superseded_change is null group by 1`,
  );
  return rows.map(({ sha, count }): [string, number] => [sha, count]).sort();
}
