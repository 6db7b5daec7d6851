import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { get, newestSeq } from './api.ts';
import { allRows, assertLedger } from './ledger.ts';
import { startLoad } from './load.ts';
import { peakMemory } from './memory.ts';
import { asClient, TALK, winner } from './peers/attacks.ts';
import { issueLeaf } from './peers/issue.ts';
import { Line } from './peers/line.ts';
import type { Credentials } from './peers/script.ts';
import { ScriptedClient } from './peers/scripted-client.ts';
import { findProcesses } from './processes.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { whileStalled } from './stalled.ts';
import { type Expected, Trial } from './trial.ts';

/*
 * Items 9 to 12 of the list in regressions.test.ts: nobody writes down what happens.
 *
 *  9  ingest or api stalls              → attempts go on; their rows appear when it goes on
 *     the supervisor stalls             → attempts go on; the guest counts what it cannot tell
 * 10  …while many big certificates come → its channel is full: `lost` is public, a release is told all the same, memory stays
 * 11  PostgreSQL stalls                 → attempts go on; no row is lost, none is two (killed: faults.test.ts)
 * 12  the spool is full                 → practice refuses to accept first, then prize; nothing accepted is lost; both accept again
 *     the disk is full, or nearly       → both refuse to accept; the same
 */

const MIB = 1 << 20;
/** The smallest that may be set. */
const SPOOL_MIB = 16;
/** Less than a spool leaves to others on its disk, and enough for these others. */
const NEARLY_FULL_BYTES = 48 * MIB;
/** More than the guest's queue, QEMU's buffers and the socket's hold together. */
const BIG_CERTIFICATES = 80;
const BIG_CERTIFICATE_BYTES = 14_000;
const LANES = 8;
const ATTEMPTS_WITHOUT_ANSWER = 40;
const ATTEMPTS_IN_A_STALL = 200;
/** Several times what a spool holds. */
const TALKS_MAX = 500;
const QEMU_PEAK_BYTES = 96 * MIB;

const released: Expected = { outcome: 'released_practice', depth: 8, alert: 0, class: 'E17_secret_released' };
const unsuitable: Expected = { outcome: 'certificate_unsuitable', depth: 4, alert: 43, class: 'E07_wrong_eku' };

let disk: SmallDisk | null;
let trial: Trial;
let big: Credentials;

before(async () => {
  disk = mountSmallDisk();
  const env = { PINATA_SPOOL_MIB: String(SPOOL_MIB) };
  trial = await Trial.start({ env, ...(disk ? { within: disk.folder } : {}) });
  big = await issueLeaf(trial.it.authority, 'server', { padding: BIG_CERTIFICATE_BYTES });
});

after(async () => {
  disk?.widen();
  await trial?.stop();
  disk?.remove();
});

/** Attacks one after the other in several lanes, as long as `next` gives one. */
async function inLanes<T>(next: () => Promise<T> | null): Promise<T[]> {
  const done: T[] = [];
  const lane = async () => {
    for (let one = next(); one !== null; one = next()) done.push(await one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return done;
}

describe('the log stalls', () => {
  /** What is asked of them while they stall, and that they must not answer then. */
  const stalls: [string, RegExp, () => Promise<unknown>][] = [
    ['ingest', /ingest\/main\.ts/, async () => trial.observer.attempt((await win()).source)],
    ['api', /api\/main\.ts/, () => newestSeq(trial.it)],
  ];
  const win = () => winner(trial.serverPort, trial.client);
  for (const [name, pattern, ask] of stalls) {
    test(`${name}: attempts go on, and are rows when it does`, async () => {
      const lines = await whileStalled(trial.root, pattern, async () => {
        const answer = ask().then(() => 'answered');
        let left = ATTEMPTS_WITHOUT_ANSWER;
        const lines = await inLanes(() => (left-- > 0 ? win() : null));
        assert.equal(await Promise.race([answer, 'it stalls']), 'it stalls');
        return lines;
      });
      for (const line of lines) await trial.assertRow(line, released);
      await trial.assertSurvived();
    });
  }

  test('the supervisor, while big certificates fill the guest’s channel: what is lost is counted, a release is told', async t => {
    let left = BIG_CERTIFICATES;
    const { lines, won } = await whileStalled(trial.root, /supervisor\/main\.ts/, async () => ({
      lines: await inLanes(() => (left-- > 0 ? asClient(trial.serverPort, big) : null)),
      won: await winner(trial.serverPort, trial.client),
    }));
    const { result } = (await trial.observer.attempt(won.source, ({ record }) => !record.result.inferred)).record;
    assert.deepEqual([result.outcome, result.depth], [released.outcome, released.depth]);
    assert.equal(lines.length, BIG_CERTIFICATES);
    const counts = await trial.tally(lines);
    t.diagnostic(`rows of ${BIG_CERTIFICATES}: ${JSON.stringify(counts)}`);
    await until('the loss is public', async () => {
      const { rows } = await get<{ rows: { id: string; lostEvents: number }[] }>(trial.it, '/api/v1/boots');
      return rows.some(({ id, lostEvents }) => id === trial.boots.practice && lostEvents > 0);
    });
    await trial.assertRow(await asClient(trial.serverPort, big), unsuitable);
    for (const { pid } of findProcesses(trial.root, /qemu-system-x86_64/)) assert.ok(peakMemory(pid) < QEMU_PEAK_BYTES);
    await trial.assertSurvived();
  });

  test('PostgreSQL: every attempt is one row when it goes on', async () => {
    const load = startLoad(trial.it.ports.prize, 4);
    try {
      await whileStalled(trial.root, /postgres( |:)/, async () => {
        const answer = trial.observer.boots('prize').then(() => 'answered');
        await until('attempts go on', () => load.ended.size >= ATTEMPTS_IN_A_STALL, 60_000);
        assert.equal(await Promise.race([answer, 'it stalls']), 'it stalls');
      });
    } finally {
      await load.stop();
    }
    await assertLedger(trial.it, [load]);
    await trial.assertSurvived();
  });
});

describe('no room', () => {
  test('in the spool: practice refuses first, then prize; what was accepted is a row, and both accept again', async () => {
    const { prize, practice } = trial.it.ports;
    const accepted = await whileStalled(trial.root, /ingest\/main\.ts/, async () => {
      const atPractice = await fill(practice);
      assert.ok(atPractice.length > 0);
      assert.ok(await isServed(prize), 'prize still accepts');
      const atPrize = await fill(prize);
      assert.ok(!(await isServed(practice)));
      return [...atPractice, ...atPrize];
    });
    await until('both accept again', async () => (await isServed(practice)) && (await isServed(prize)));
    for (const { source } of accepted) await trial.observer.attempt(source);
    await trial.assertSurvived();
  });

  for (const [name, bytes] of [
    ['nearly', NEARLY_FULL_BYTES],
    ['truly', 0],
  ] as const) {
    test(`on the disk, which is ${name} full: both refuse, who is in is served and recorded, and both accept again`, async t => {
      if (!disk) return t.skip('only root may mount a disk');
      const { prize, practice } = trial.it.ports;
      const halfway = await Promise.all(Array.from({ length: LANES }, () => ScriptedClient.connect(practice)));
      for (const client of halfway) await client.negotiate();
      disk.leave(bytes);
      for (const port of [prize, practice]) await until('it refuses', async () => !(await isServed(port)));
      for (const client of halfway) {
        await client.line.send(client.sealed(Buffer.concat(client.flight(trial.client))));
        assert.match(await client.document(), /^pinata release 1/);
        await client.line.finish();
      }
      disk.widen();
      for (const port of [prize, practice]) await until('it accepts again', () => isServed(port), 60_000);
      for (const { line } of halfway) {
        const { result } = (await trial.observer.attempt(line.source, ({ record }) => record.result.depth === 8))
          .record;
        assert.equal(result.outcome, 'released_practice');
      }
      const rows = await allRows(trial.it);
      assert.deepEqual(
        rows.map(({ seq }) => seq),
        rows.map((_, i) => i + 1),
      );
      await trial.assertSurvived();
    });
  }
});

/** Talks until nobody is accepted any more; gives those who were answered. */
async function fill(port: number): Promise<Line[]> {
  let isOpen = true;
  let count = 0;
  const talk = async () => {
    if (count === TALKS_MAX) throw new Error(`after ${count} attempts there is still room`);
    // Many addresses: nobody is kept out by a rate.
    const line = await Line.open(port, `127.0.7.${1 + (count++ % 200)}`).catch(() => null);
    if (line === null) isOpen = false;
    await line?.send(TALK);
    await line?.finish();
    return line;
  };
  const lines = await inLanes(() => (isOpen ? talk() : null));
  return lines.filter(line => line !== null).filter(line => line.received > 0);
}

/** Whether a target answers a connection. */
async function isServed(port: number): Promise<boolean> {
  const line = await Line.open(port).catch(() => null);
  await line?.send(TALK.subarray(-8));
  await line?.finish();
  return line !== null && line.received > 0;
}
