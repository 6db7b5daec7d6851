import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConfig } from '../../server/src/config.ts';
import { until } from '../../server/src/testing/until.ts';
import { ingestStatus } from './control.ts';
import { type Damage, flipBit, remove, tearTail, truncate } from './faults/damage.ts';
import { segmentNames, segmentsOf } from './faults/spool-files.ts';
import { allRows, type ClaimedRow } from './ledger.ts';
import { TALK, winner } from './peers/attacks.ts';
import { Line } from './peers/line.ts';
import { isThere, processTree } from './processes.ts';
import { whileStalled } from './stalled.ts';
import { Trial } from './trial.ts';

const LANES = 4;
/** One that is flipped in, one that is cut, one that is deleted, one that nothing happens to, and the newest. */
const SEGMENTS = 5;
/** Attempts in each lane that are in the newest one. */
const MORE = 3;

let trial: Trial;

before(async () => {
  trial = await Trial.start({ env: { PINATA_RATE_PER_ADDRESS: '1000000', PINATA_SPOOL_MIB: '256' } });
});

after(() => trial?.stop());

const layout = () => readConfig({ PINATA_DATA: trial.it.data }).layout;

describe('files of the spools are damaged while nothing runs', () => {
  let damages: Damage[];
  let known: Map<string, ClaimedRow>;
  let accepted: Set<string>;

  before(async () => {
    const old = new Set((await allRows(trial.it)).map(({ id }) => id));
    await whileStalled(trial.root, /ingest\/main\.ts/, async () => {
      await talkUntil(() => segmentNames(layout().gateway).length >= SEGMENTS);
      await killEverything();
    });
    const segments = segmentsOf(layout().gateway);
    accepted = new Set(segments.flatMap(({ lines }) => lines.flatMap(({ id }) => (id && !old.has(id) ? [id] : []))));
    const [first, second, third] = segments;
    const newest = segments.at(-1);
    const newestOfGuests = segmentsOf(join(layout().supervisor, 'spool')).at(-1);
    assert.ok(first && second && third && newest && newestOfGuests);
    damages = [
      flipBit('a bit is flipped in an end, in a closed segment', first, ['last', 'close']),
      truncate('a closed segment is cut off', second),
      remove('a segment is deleted', third),
      flipBit('a bit is flipped in an opening, in the newest segment', newest, ['first', 'open']),
      tearTail('the newest segment ends within a line', newest),
      flipBit('a bit is flipped in what a guest told', newestOfGuests, ['last', 'guest']),
    ];
    await trial.continue();
    const next = await winner(trial.serverPort, trial.client);
    await trial.observer.attempt(next.source);
    await until('nothing waits', async () => (await ingestStatus(trial.it)).waiting === 0, 60_000);
    known = new Map((await allRows(trial.it)).map(row => [row.id, row]));
  });

  test('every attempt of which nothing is gone is one row, exact', t => {
    const gone = new Set(damages.flatMap(({ gone }) => gone.map(({ id }) => id)));
    const whole = [...accepted].filter(id => !gone.has(id));
    t.diagnostic(`${accepted.size} attempts were accepted, of ${whole.length} every line is left`);
    assert.ok(whole.length > 0 && whole.length < accepted.size);
    for (const id of whole) {
      const row = known.get(id);
      assert.ok(row, `${id} is a row`);
      assert.equal(row.transport.bytesIn, TALK.length);
      assert.deepEqual([row.result.outcome, row.result.inferred], ['hello_malformed', false]);
    }
  });

  test('of the others there is a row where their opening is left, and it says what is not known', t => {
    t.diagnostic('| damage | lines gone | attempts | rows | without their end |');
    for (const { name, gone } of damages) {
      const ids = new Set(gone.flatMap(({ id }) => (id && accepted.has(id) ? [id] : [])));
      const lost = (kind: string) =>
        new Set(damages.flatMap(one => one.gone.filter(line => line.kind === kind).map(({ id }) => id)));
      const [openings, ends] = [lost('open'), lost('close')];
      const rows = [...ids].flatMap(id => known.get(id) ?? []);
      const observerLost = rows.filter(({ result }) => result.outcome === 'observer_lost');
      assert.equal(rows.length, [...ids].filter(id => !openings.has(id)).length, name);
      assert.equal(observerLost.length, rows.filter(({ id }) => ends.has(id)).length, name);
      t.diagnostic(`| ${name} | ${gone.length} | ${ids.size} | ${rows.length} | ${observerLost.length} |`);
    }
  });

  test('nothing is doubled, and the gaps are visible', () => {
    const rows = [...known.values()].sort((a, b) => a.seq - b.seq);
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      rows.map((_, i) => i + 1),
    );
    // The rest of one segment and the whole next one are a single gap.
    const gaps = damages.filter(({ gone }) => gone.length > 0).length - 1;
    const lostBefore = rows.at(-1)?.lostBefore ?? 0;
    assert.ok(lostBefore >= gaps, `${lostBefore} of ${gaps}`);
  });
});

describe('the newest segment is cut off behind what was read of it already', () => {
  test('what comes afterwards is recorded', async () => {
    await until('everything is read', async () => (await ingestStatus(trial.it)).waiting === 0);
    await killEverything();
    const newest = segmentsOf(layout().gateway).at(-1);
    assert.ok(newest && newest.lines.length > 0);
    truncateSync(newest.path, 0);
    await trial.continue();
    for (let i = 0; i < LANES; i++) {
      const line = await winner(trial.serverPort, trial.client);
      await trial.assertRow(line, { outcome: 'released_practice', depth: 8, alert: 0 });
    }
    const rows = await allRows(trial.it);
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
  });
});

/** Talks nonsense in several lanes until `isEnough`, and then a little more. */
async function talkUntil(isEnough: () => boolean): Promise<void> {
  const lane = async () => {
    for (let more = 0; more < MORE; more += isEnough() ? 1 : 0) {
      const line = await Line.open(trial.serverPort);
      await line.send(TALK);
      await line.finish();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function killEverything(): Promise<void> {
  const pids = processTree(trial.root).map(({ pid }) => pid);
  process.kill(trial.root, 'SIGKILL');
  await until('nothing runs', () => !pids.some(isThere), 30_000);
}
