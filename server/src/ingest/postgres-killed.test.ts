import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isServerGiven, ownPostgres } from '../store/testing/embedded-postgres.ts';
import { ingestOn, memorySpools, preparedDatabase, until } from './testing/harness.ts';
import { attemptStory, bootStory, NOON, SECOND } from './testing/story.ts';

const ATTEMPTS = 3000;
const KILLS = 3;

test('PostgreSQL is killed under load, again and again: every attempt is a row in the end, none twice', {
  skip: isServerGiven() && 'the given server is not ours to kill',
}, async t => {
  const server = ownPostgres(t);
  let postgres = await server.start();
  const database = await preparedDatabase(t, postgres.url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const boot = bootStory('practice', NOON - SECOND);
  spools.supervisor.append(...boot.facts);
  const stories = Array.from({ length: ATTEMPTS }, (_, index) =>
    attemptStory({ at: NOON + index * 1000, bootId: boot.bootId, ip: `198.51.100.${index % 200}` }),
  );
  ingest.pipeline.start();
  t.after(() => ingest.pipeline.stop());

  const part = ATTEMPTS / (KILLS + 1);
  for (let kill = 0; kill <= KILLS; kill++) {
    const { published, failures } = ingest.pipeline.counters;
    for (const story of stories.slice(kill * part, (kill + 1) * part)) {
      spools.supervisor.append(...story.supervisor);
      spools.gateway.append(...story.gateway);
    }
    await ingest.read();
    if (kill === KILLS) break;
    await until('a batch is under way', () => ingest.pipeline.counters.published > published);
    process.kill(postgres.pid, 'SIGKILL');
    await postgres.ended;
    await until('ingest noticed', () => ingest.pipeline.counters.failures > failures);
    postgres = await server.start();
  }
  await until(
    'everything is written',
    () => ingest.pipeline.counters.waiting === 0 && spools.gateway.acked === spools.gateway.end,
  );

  const rows = await database.prisma.attempt.findMany({ select: { id: true, revision: true, seq: true } });
  assert.deepEqual(rows.map(({ id }) => id).sort(), stories.map(({ id }) => id).sort());
  assert.ok(rows.every(({ revision }) => revision === 1));
  const sequence = rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b);
  assert.deepEqual(
    sequence,
    sequence.map((_, index) => index + 1),
  );
  const rollup = await database.prisma.rollupMinute.aggregate({ _sum: { attempts: true } });
  assert.equal(rollup._sum.attempts, BigInt(ATTEMPTS));
});
