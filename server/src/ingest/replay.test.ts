import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Database } from '../store/database.ts';
import type { Batch } from '../store/publication.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { AttemptWriter, type Written } from '../store/writer.ts';
import { leafHash } from '../trust/leaf.ts';
import type { Fact, Refused } from '../wire/facts.ts';
import { ingestOn, type MemorySpools, memorySpools, preparedDatabase } from './testing/harness.ts';
import { clientHello } from './testing/hostile.ts';
import { attemptStory, beat, bootStory, NOON, SECOND, type Story } from './testing/story.ts';

const server = useTestServer();

/** How one step of ingest goes: as it should, or how it dies. */
type Fate = 'written' | 'killed before' | 'killed after' | 'commit not answered';

/** A writer whose process is killed around the next commit, or that loses its answer. */
class FatefulWriter {
  readonly #writer: AttemptWriter;
  fate: Fate = 'written';
  /** Kills the process, as far as there is one. */
  kill: () => void = () => {};

  constructor(writer: AttemptWriter) {
    this.#writer = writer;
  }

  async write(batch: Batch): Promise<Written> {
    const { fate } = this;
    this.fate = 'written';
    if (fate === 'killed before') return this.#die();
    const written = await this.#writer.write(batch);
    if (fate === 'killed after') return this.#die();
    if (fate === 'commit not answered') throw new Error('the answer was lost');
    return written;
  }

  #die(): never {
    this.kill();
    throw new Error('killed');
  }
}

/** Two spools full of attempts that overlap, with a second process of the gateway in the middle, and everything else there is. */
function fillSpools(spools: MemorySpools, seeds: readonly number[]): Story[] {
  const practice = bootStory('practice', NOON - 60 * SECOND);
  const stories = seeds.map((seed, index) =>
    attemptStory({
      at: NOON + index * 50_000,
      bootId: practice.bootId,
      ip: `192.0.2.${seed % 5}`,
      sent: seed % 3 === 0 ? clientHello({ sni: `host-${seed}` }) : Buffer.from(`GET /${seed}`),
      guestSilent: seed % 4 === 1,
    }),
  );
  const isCut = (index: number) => seeds[index] === undefined || (seeds[index] ?? 0) % 7 === 6;
  const gateway = stories.flatMap(({ gateway: facts }, index) => (isCut(index) ? facts.slice(0, -1) : facts));
  const refusals: Refused[] = seeds.map((seed, index) => ({
    kind: 'refused',
    t: NOON + index * 50_000,
    minute: NOON,
    target: 'practice',
    channel: 'server',
    ip: `192.0.2.${seed % 3}`,
    count: 1,
  }));
  const end = NOON + seeds.length * 50_000 + SECOND;
  const byTime = (facts: Fact[]) => facts.toSorted((a, b) => a.t - b.t);
  spools.gateway.append({ kind: 'started', t: NOON - SECOND }, ...byTime([...gateway, ...refusals]));
  spools.gateway.append({ kind: 'started', t: end }, beat(end + 10 * SECOND));
  spools.supervisor.append({ kind: 'started', t: NOON - 61 * SECOND }, ...practice.facts);
  spools.supervisor.append(...byTime(stories.flatMap(({ supervisor }) => supervisor)));
  spools.supervisor.append(
    { kind: 'lost', t: end, target: 'practice', bootId: practice.bootId, count: 3 },
    beat(end + 10 * SECOND),
  );
  return stories;
}

async function empty({ pool }: Database): Promise<void> {
  await pool.query(
    `truncate attempt, attempt_private, attempt_evidence, attempt_day, attempt_value_day, rollup_minute, rollup_hour, rollup_day, rollup_class_day,
       rollup_country_day, rollup_refusal, refusal, spool_position, alarm, self_test, proof, boot,
       target, component, first_seen, webhook_delivery;
     update counter set seq = 0, change = 0`,
  );
}

test('however often and wherever ingest dies, each attempt is one row, once, and each count is right', async t => {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const steps = fc.array(
    fc.record({
      gateway: fc.integer({ min: 0, max: 40 }),
      supervisor: fc.integer({ min: 0, max: 40 }),
      fate: fc.constantFrom<Fate>('written', 'killed before', 'killed after', 'commit not answered'),
    }),
    { maxLength: 12 },
  );
  const seeds = fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(seeds, steps, async (numbers, plan) => {
      await empty(database);
      const spools = memorySpools();
      const stories = fillSpools(spools, numbers);
      const writer = new FatefulWriter(new AttemptWriter(database.pool));
      const start = async () => {
        const started = await ingestOn(t, database, spools, { writer });
        writer.kill = () => void started.pipeline.stop();
        return started;
      };
      let ingest = await start();
      for (const { gateway, supervisor, fate } of plan) {
        await ingest.read({ gateway, supervisor });
        writer.fate = fate;
        await ingest.pipeline.flush();
        if (fate.startsWith('killed')) ingest = await start();
      }
      writer.fate = 'written';
      await ingest.read();
      await ingest.pipeline.flush();
      await check(database, stories, numbers);
      assert.equal(spools.gateway.acked, spools.gateway.end);
      assert.equal(spools.supervisor.acked, spools.supervisor.end);
    }),
    { numRuns: 25 },
  );
});

async function check(database: Database, stories: readonly Story[], seeds: readonly number[]): Promise<void> {
  const rows = await database.prisma.attempt.findMany({ orderBy: { seq: 'asc' } });
  assert.deepEqual(rows.map(({ id }) => id).sort(), stories.map(({ id }) => id).sort());
  assert.ok(rows.every(({ revision, supersededChange }) => revision === 1 && supersededChange === null));
  assert.deepEqual(
    rows.map(({ seq }) => Number(seq)),
    rows.map((_, index) => index + 1),
  );
  const { rows: leaves } = await database.pool.query('select leaf, leaf_hash from attempt');
  for (const { leaf, leaf_hash: hash } of leaves) assert.equal(leafHash(leaf), hash);
  const rollup = await database.prisma.rollupMinute.aggregate({ _sum: { attempts: true } });
  assert.equal(rollup._sum.attempts, BigInt(stories.length));
  const refusals = await database.prisma.refusal.aggregate({ _sum: { attempts: true } });
  assert.equal(refusals._sum.attempts, BigInt(seeds.length));
  assert.equal((await database.prisma.boot.findFirstOrThrow()).lostEvents, 3n);
  const lost = rows.filter(({ outcome }) => outcome === 'observer_lost').length;
  assert.equal(lost, seeds.filter(seed => seed % 7 === 6).length);
  assert.equal(await database.prisma.attemptEvidence.count(), stories.length);
  assert.equal(await database.prisma.attemptPrivate.count(), stories.length);
}
