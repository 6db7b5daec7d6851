import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../store/database.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { ingestOn, type MemorySpools, memorySpools, preparedDatabase } from './testing/harness.ts';
import { clientHello } from './testing/hostile.ts';
import { attemptStory, beat, bootStory, NOON, SECOND, type Story, told } from './testing/story.ts';

const server = useTestServer();
const BOOT = bootStory('practice', NOON - 10 * SECOND);
const REPLAY = 'F07_hello_replay';

test('a campaign goes on over a restart of ingest, and over revisions of its rows', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const stories = [0, 1, 2].map(index => attemptStory({ bootId: BOOT.bootId, at: NOON + index, sent: clientHello() }));
  const [first, second, third] = stories;
  assert.ok(first && second && third);
  spools.supervisor.append(...BOOT.facts);

  const before = await ingestOn(t, database, spools);
  await bring(before, spools, [first, second]);
  assert.deepEqual(await classesOf(database, first), []);
  assert.deepEqual(await classesOf(database, second), [REPLAY]);

  const after = await ingestOn(t, database, spools);
  await bring(after, spools, [third]);
  assert.deepEqual(await classesOf(database, third), [REPLAY]);

  const late = { id: second.id, target: 'practice', bootId: BOOT.bootId, t: NOON + 8 * SECOND };
  spools.supervisor.append(told({ kind: 'alert_received', code: 48 }, late), beat(NOON + 20 * SECOND));
  spools.gateway.append(beat(NOON + 20 * SECOND));
  await after.read();
  await after.pipeline.flush();
  const row = await database.prisma.attempt.findFirstOrThrow({ where: { id: second.id, supersededChange: null } });
  assert.deepEqual([row.revision, row.classes.includes(REPLAY)], [2, true]);
});

async function bring(
  ingest: Awaited<ReturnType<typeof ingestOn>>,
  spools: MemorySpools,
  stories: readonly Story[],
): Promise<void> {
  spools.supervisor.append(...stories.flatMap(({ supervisor }) => supervisor), beat(NOON + 5 * SECOND));
  spools.gateway.append(...stories.flatMap(({ gateway }) => gateway), beat(NOON + 5 * SECOND));
  await ingest.read();
  await ingest.pipeline.flush();
}

/** The classes of a row that come of others. */
async function classesOf({ prisma }: Database, { id }: Story): Promise<string[]> {
  const row = await prisma.attempt.findFirstOrThrow({ where: { id, supersededChange: null } });
  return row.classes.filter(name => name.startsWith('F'));
}
