import type { Pool, PoolClient } from 'pg';
import type { AttemptRecord } from '../wire/record.ts';
import { extendDays } from './attempt-days.ts';
import { insertAttempts, insertPrivate, readPriors, storeEvidence, supersede } from './attempt-rows.ts';
import { Firsts } from './firsts.ts';
import {
  addGuestLost,
  addRefusals,
  putComponents,
  putCounters,
  putProgress,
  raiseAlarms,
  readProgress,
  takeCounters,
} from './log-tables.ts';
import type { Alarm, Batch, Draft, Prior } from './publication.ts';
import { addRefusalRollups, RollupChanges } from './rollups.ts';
import { type SealedRecord, sealRecord } from './seal.ts';
import { insertSelfTests, judgeSelfTests } from './self-tests.ts';
import { inTransaction } from './transaction.ts';

/** What a batch came to. */
export interface Written {
  /** Attempts that were published for the first time, and revisions of others. */
  published: number;
  revised: number;
  /** Publications that had nothing new to say. */
  unchanged: number;
  /** The alarms that nobody was told of before. */
  alarms: Alarm[];
}

/**
 * The one writer of the attempt log. Each batch is one transaction: counters, rows, roll-ups, and how far the spools were taken.
 * A batch may be written again after any failure, also one that hit its commit: what is there already is recognised.
 */
export class AttemptWriter {
  readonly #pool: Pool;
  readonly #firsts = new Firsts();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async write(batch: Batch): Promise<Written> {
    const { written, settle } = await inTransaction(this.#pool, client => writeBatch(client, batch, this.#firsts));
    settle();
    return written;
  }
}

interface Change {
  draft: Draft;
  prior: Prior | null;
}

/** `settle` is to be called once this is committed. */
async function writeBatch(
  client: PoolClient,
  batch: Batch,
  firsts: Firsts,
): Promise<{ written: Written; settle: () => void }> {
  const counters = await takeCounters(client);
  const changes = await draftAll(client, batch);
  const sealed = changes.map(change => seal(change, counters));
  let settle = () => {};
  if (changes.length > 0) {
    await store(client, changes, sealed);
    settle = await firsts.write(
      client,
      sealed.map(({ record }) => record),
    );
    await putCounters(client, counters);
  }
  if (!(await isRepeated(client, batch))) {
    await addRefusals(client, batch.refusals);
    await addRefusalRollups(client, batch.refusals);
    await addGuestLost(client, batch.guestLost);
  }
  await insertSelfTests(client, batch.selfTests);
  const alarms = await raiseAlarms(client, [...batch.alarms, ...(await alarmsOf(client, changes))]);
  await putProgress(client, batch.progress);
  await putComponents(client, batch.components);
  const revised = changes.filter(({ prior }) => prior).length;
  const unchanged = batch.publications.length - changes.length;
  return { written: { published: changes.length - revised, revised, unchanged, alarms }, settle };
}

async function draftAll(client: PoolClient, { publications }: Batch): Promise<Change[]> {
  if (publications.length === 0) return [];
  const priors = await readPriors(
    client,
    publications.map(({ id }) => id),
  );
  return publications.flatMap(({ id, draft: draftOf }) => {
    const prior = priors.get(id) ?? null;
    const draft = draftOf(prior);
    return draft ? [{ draft, prior }] : [];
  });
}

/** Takes the next numbers. A revision keeps its `seq`. */
function seal({ draft, prior }: Change, counters: { seq: number; change: number }): SealedRecord {
  counters.change += 1;
  if (!prior) counters.seq += 1;
  return sealRecord(draft.record, {
    seq: prior?.record.seq ?? counters.seq,
    revision: (prior?.record.revision ?? 0) + 1,
    change: counters.change,
  });
}

async function store(client: PoolClient, changes: readonly Change[], sealed: readonly SealedRecord[]): Promise<void> {
  const drafts = changes.map(({ draft }) => draft);
  const rollups = new RollupChanges();
  changes.forEach(({ prior }, index) => {
    rollups.replace(prior?.record ?? null, recordAt(sealed, index));
  });
  await supersede(
    client,
    sealed.filter(({ record }) => record.revision > 1),
  );
  await insertAttempts(client, sealed);
  await insertPrivate(client, drafts);
  await storeEvidence(client, drafts);
  await rollups.write(client);
  await extendDays(
    client,
    sealed.map(({ record }) => record),
  );
}

function recordAt(sealed: readonly SealedRecord[], index: number): AttemptRecord {
  const found = sealed[index];
  if (!found) throw new RangeError(`no sealed record ${index}`);
  return found.record;
}

/** True if this batch is in the database already: its commit succeeded, but the answer was lost. */
async function isRepeated(client: PoolClient, { progress, refusals, guestLost }: Batch): Promise<boolean> {
  if (refusals.length === 0 && guestLost.length === 0) return false;
  const stored = new Map((await readProgress(client)).map(row => [row.spool, row]));
  return progress.every(({ spool, epoch, head }) => {
    const row = stored.get(spool);
    return row?.epoch === epoch && row.head >= head;
  });
}

async function alarmsOf(client: PoolClient, changes: readonly Change[]): Promise<Alarm[]> {
  const released = changes.flatMap(({ draft }) => (draft.alarm ? [draft.alarm] : []));
  const tested = changes.filter(({ draft }) => draft.record.result.selfTest).map(({ draft }) => draft.record);
  if (tested.length === 0) return released;
  const failed = await judgeSelfTests(
    client,
    tested.map(({ id }) => id),
  );
  const raisedUs = Math.max(...tested.map(({ startedUs, durationUs }) => startedUs + durationUs));
  return [
    ...released,
    ...failed.map(({ target, serverId, detail }): Alarm => {
      return { kind: 'self_test_failed', raisedUs, target, attemptId: serverId, detail };
    }),
  ];
}
