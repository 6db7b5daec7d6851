import type { ClientBase } from 'pg';
import type { Salts } from '../trust/commitment.ts';
import type { AttemptId } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { storeSecrets } from './handshake-secrets.ts';
import type { Draft, Prior } from './publication.ts';
import type { SealedRecord } from './seal.ts';

/** The newest stored revision of each of `ids` that has one. */
export async function readPriors(client: ClientBase, ids: readonly AttemptId[]): Promise<Map<AttemptId, Prior>> {
  const { rows } = await client.query<Prior & { id: AttemptId }>({
    name: 'read-priors',
    text: `
      select a.id, a.record, e.transcript, p.salts
      from attempt a left join attempt_evidence e using (id) left join attempt_private p using (id)
      where a.id = any($1::uuid[]) and a.superseded_change is null and a.id >= $2 and a.id <= $3`,
    values: [ids, ...boundsOf(ids)],
  });
  return new Map(rows.map(({ id, ...prior }) => [id, prior]));
}

/** Marks the revisions that are replaced. */
export async function supersede(client: ClientBase, replaced: readonly SealedRecord[]): Promise<void> {
  if (replaced.length === 0) return;
  await client.query(
    `update attempt a set superseded_change = n.change
     from unnest($1::uuid[], $2::int[], $3::bigint[]) as n (id, revision, change)
     where a.id = n.id and a.revision = n.revision and a.id >= $4 and a.id <= $5`,
    [
      replaced.map(({ record }) => record.id),
      replaced.map(({ record }) => record.revision - 1),
      replaced.map(({ record }) => record.change),
      ...boundsOf(replaced.map(({ record }) => record.id)),
    ],
  );
}

/** The least and the greatest: a list alone does not let PostgreSQL leave out the partitions of other days. */
function boundsOf(ids: readonly AttemptId[]): [least: AttemptId | undefined, greatest: AttemptId | undefined] {
  const sorted = [...ids].sort();
  return [sorted[0], sorted.at(-1)];
}

/** Columns of `attempt` that repeat what is in the record, so that they can be filtered by. */
export const COLUMNS: readonly [
  name: string,
  type: string,
  value: (record: AttemptRecord) => string | number | boolean | null,
][] = [
  ['id', 'uuid', record => record.id],
  ['revision', 'int', record => record.revision],
  ['seq', 'bigint', record => record.seq],
  ['change', 'bigint', record => record.change],
  ['started_us', 'bigint', record => record.startedUs],
  ['duration_us', 'bigint', record => record.durationUs],
  ['target', 'text', record => record.target],
  ['channel', 'text', record => record.channel],
  ['guest_role', 'text', record => record.guestRole],
  ['boot_id', 'uuid', record => record.bootId],
  ['depth', 'smallint', record => record.result.depth],
  ['outcome', 'text', record => record.result.outcome],
  ['inferred', 'boolean', record => record.result.inferred],
  ['primary_class', 'text', record => record.result.primaryClass],
  ['self_test', 'boolean', record => record.result.selfTest],
  ['src_token', 'text', record => record.source.srcToken],
  ['country', 'text', record => record.source.country],
  ['ja3', 'text', record => record.hello?.ja3 ?? null],
  ['ja4', 'text', record => record.hello?.ja4 ?? null],
  ['spki', 'text', record => record.certificate.leafSpkiSha256],
  ['claim_tag', 'text', record => record.result.claimTag],
  ['bytes_in', 'bigint', record => record.transport.bytesIn],
  ['bytes_out', 'bigint', record => record.transport.bytesOut],
];

/** `unnest` cannot give a list for each row, so the classes travel as JSON. */
const INSERT_ATTEMPTS = `
  insert into attempt (${COLUMNS.map(([name]) => name).join(', ')}, classes, record, leaf, leaf_hash)
  select ${COLUMNS.map(([name]) => name).join(', ')},
    array(select jsonb_array_elements_text(classes)), record, leaf, leaf_hash
  from unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')},
    $${COLUMNS.length + 1}::jsonb[], $${COLUMNS.length + 2}::jsonb[], $${COLUMNS.length + 3}::jsonb[],
    $${COLUMNS.length + 4}::text[])
  as n (${COLUMNS.map(([name]) => name).join(', ')}, classes, record, leaf, leaf_hash)`;

/** Inserts sealed records as new rows. */
export async function insertAttempts(client: ClientBase, sealed: readonly SealedRecord[]): Promise<void> {
  if (sealed.length === 0) return;
  await client.query({
    name: 'insert-attempts',
    text: INSERT_ATTEMPTS,
    values: [
      ...COLUMNS.map(([, , value]) => sealed.map(({ record }) => value(record))),
      sealed.map(({ record }) => JSON.stringify(record.result.classes.map(({ id }) => id))),
      sealed.map(({ record }) => JSON.stringify(record)),
      sealed.map(({ leaf }) => JSON.stringify(leaf)),
      sealed.map(({ record }) => record.leafHash),
    ],
  });
}

/** Inserts addresses and salts of new attempts. */
export async function insertPrivate(client: ClientBase, drafts: readonly Draft[]): Promise<void> {
  const rows = drafts.flatMap(({ record, private: hidden }) => (hidden ? [{ id: record.id, ...hidden }] : []));
  if (rows.length === 0) return;
  await client.query({
    name: 'insert-private',
    text: `
      insert into attempt_private (id, src_ip, src_port, salts)
      select * from unnest($1::uuid[], $2::inet[], $3::int[], $4::jsonb[])`,
    values: [
      rows.map(({ id }) => id),
      rows.map(({ ip }) => ip),
      rows.map(({ port }) => port),
      rows.map(({ salts }: { salts: Salts }) => JSON.stringify(salts)),
    ],
  });
}

/** Stores transcripts, of which a revision's replaces the one before, and secrets. */
export async function storeEvidence(client: ClientBase, drafts: readonly Draft[]): Promise<void> {
  if (drafts.length === 0) return;
  await client.query({
    name: 'store-evidence',
    text: `
      insert into attempt_evidence (id, transcript, bytes)
      select * from unnest($1::uuid[], $2::bytea[], $3::int[])
      on conflict (id) do update set transcript = excluded.transcript, bytes = excluded.bytes`,
    values: [
      drafts.map(({ record }) => record.id),
      drafts.map(({ evidence }) => Buffer.from(evidence.packed)),
      drafts.map(({ evidence }) => evidence.bytes),
    ],
  });
  await storeSecrets(
    client,
    drafts.flatMap(({ record, evidence }) => (evidence.secrets ? [{ id: record.id, ...evidence.secrets }] : [])),
  );
}
