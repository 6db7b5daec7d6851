import type { Pool, PoolClient } from 'pg';
import { extendDays } from '../store/attempt-days.ts';
import { insertAttempts, supersede } from '../store/attempt-rows.ts';
import { putCounters, takeCounters } from '../store/log-tables.ts';
import { RollupChanges } from '../store/rollups.ts';
import { sealRecord } from '../store/seal.ts';
import { inTransaction } from '../store/transaction.ts';
import { type AttemptId, isUuidV7 } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';

/** `erased`: what was private is gone, now or since an earlier call. */
export type Erasure = 'erased' | 'unknown';

/** Tables that hold nothing of an attempt but what is private, or what somebody asked to be shown. */
const WHOLE_TABLES = ['attempt_evidence', 'handshake_secret', 'attempt_private', 'attempt_credit'];

/**
 * Destroys what is private of an attempt, in all its revisions: address, salts, the texts that its sender chose, fine times, transcript,
 * handshake secrets, credit. What is public stays as it is, and so does every leaf with its hash; what the leaves commit to can be
 * shown by nobody any more. That it was erased is a revision of its own, so that followers and caches learn of it. May be repeated.
 */
export function eraseAttempt(pool: Pool, id: AttemptId): Promise<Erasure> {
  if (!isUuidV7(id)) return Promise.resolve('unknown');
  return inTransaction(pool, client => eraseIn(client, id));
}

async function eraseIn(client: PoolClient, id: AttemptId): Promise<Erasure> {
  // First, as the writer does: a revision of this very attempt may be on its way.
  const counters = await takeCounters(client);
  const { rows } = await client.query<{ revision: number; record: AttemptRecord }>(
    'select revision, record from attempt where id = $1 order by revision for update',
    [id],
  );
  const newest = rows.at(-1);
  if (!newest) return 'unknown';
  for (const table of WHOLE_TABLES) await client.query(`delete from ${table} where id = $1`, [id]);
  if (newest.record.erased) return 'erased';
  for (const { revision, record } of rows) await blank(client, revision, withoutPrivate(record));
  await publishErasure(client, withoutPrivate(newest.record), counters);
  return 'erased';
}

async function blank(client: PoolClient, revision: number, record: AttemptRecord): Promise<void> {
  await client.query(
    'update attempt set record = $3, started_us = $4, duration_us = $5 where id = $1 and revision = $2',
    [record.id, revision, JSON.stringify(record), record.startedUs, record.durationUs],
  );
}

async function publishErasure(
  client: PoolClient,
  record: AttemptRecord,
  counters: { seq: number; change: number },
): Promise<void> {
  counters.change += 1;
  const sealed = sealRecord(record, { seq: record.seq, revision: record.revision + 1, change: counters.change });
  const rollups = new RollupChanges();
  rollups.replace(record, sealed.record);
  await supersede(client, [sealed]);
  await insertAttempts(client, [sealed]);
  await rollups.write(client);
  await extendDays(client, [sealed.record]);
  await putCounters(client, counters);
}

const SECOND_US = 1_000_000;

/**
 * A record without what an erasure takes: the fields of tiers R and O, and the public texts that a leaf leaves out because an attacker
 * chooses them. Times that cannot be null become as coarse as the public one. Pure.
 */
export function withoutPrivate(record: AttemptRecord): AttemptRecord {
  const { source, hello, certificate, result } = record;
  const toSecond = (us: number) => Math.floor(us / SECOND_US) * SECOND_US;
  return {
    ...record,
    erased: true,
    startedUs: toSecond(record.startedUs),
    durationUs: toSecond(record.durationUs),
    offsets: {
      firstByte: null,
      hello: null,
      serverFlight: null,
      certificate: null,
      finished: null,
      alert: null,
      close: null,
    },
    source: { ...source, srcPrefix: null, srcIp: null, srcPort: null },
    hello: hello && { ...hello, alpn: [], sni: null, clientRandom: null },
    certificate: {
      ...certificate,
      subject: null,
      issuer: null,
      san: [],
      serial: null,
      notBefore: null,
      notAfter: null,
      eku: [],
    },
    result: {
      ...result,
      guestError: null,
      classes: result.classes.map(found => ({ ...found, evidence: '' })),
    },
  };
}
