import type { Pool } from 'pg';
import { type HandshakeSecrets, withoutSecrets } from '../evidence/handshake-secrets.ts';
import { encodeTranscript, readTranscript } from '../evidence/transcript.ts';
import type { AttemptId } from '../wire/ids.ts';

/** What is kept of an attempt beside its record, as far as it may be handed out. */
export interface StoredEvidence {
  target: string;
  ipVersion: 4 | 6;
  /** What the record's commitment is to, without any secret: JSON lines. Null where it was erased. */
  transcript: string | null;
  /** `held`: there are some, and a connection that was open when this one ended may still be. `none`: the guest told none. */
  secretsState: 'published' | 'held' | 'none';
  /** Null unless published. */
  secrets: HandshakeSecrets | null;
}

interface Row {
  target: string;
  ipVersion: 4 | 6;
  packed: Uint8Array | null;
  clientRandom: string | null;
  client: string;
  server: string;
  published: boolean;
}

/** Reads the evidence of an attempt; null where there is no such attempt. Needs a role that may see the secrets. */
export async function readEvidence(pool: Pick<Pool, 'query'>, id: AttemptId): Promise<StoredEvidence | null> {
  const { rows } = await pool.query<Row>(
    `select a.target, (a.record #>> '{source,ipVersion}')::int as "ipVersion", e.transcript as packed,
       s.client_random as "clientRandom", s.client, s.server, s.published_us is not null as published
     from attempt a left join attempt_evidence e using (id) left join handshake_secret s using (id)
     where a.id = $1 and a.superseded_change is null`,
    [id],
  );
  const [row] = rows;
  if (!row) return null;
  const { target, ipVersion, packed } = row;
  return { target, ipVersion, transcript: packed && transcriptOf(packed), ...secretsOfRow(row) };
}

/** Deletes what is kept beside attempts whose ids are from `from` up to and without `to`. May be repeated. */
export async function deleteEvidence(
  pool: Pick<Pool, 'query'>,
  { from, to }: { from: AttemptId; to: AttemptId },
): Promise<void> {
  for (const table of ['attempt_evidence', 'handshake_secret', 'attempt_private', 'attempt_credit', 'moderation']) {
    await pool.query(`delete from ${table} where id >= $1 and id < $2`, [from, to]);
  }
}

function transcriptOf(packed: Uint8Array): string {
  const lines = readTranscript(packed).map(line => (line.kind === 'guest' ? withoutSecrets(line) : line));
  return encodeTranscript(lines).toString('utf8');
}

function secretsOfRow({
  clientRandom,
  client,
  server,
  published,
}: Row): Pick<StoredEvidence, 'secretsState' | 'secrets'> {
  if (clientRandom === null) return { secretsState: 'none', secrets: null };
  if (!published) return { secretsState: 'held', secrets: null };
  return { secretsState: 'published', secrets: { clientRandom, client, server } };
}
