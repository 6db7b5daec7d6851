import { readTranscript } from '../../evidence/transcript.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import { isEmbargoed } from '../../flow/embargo.ts';
import type { Flow } from '../../flow/flow.ts';
import { flowFromRecord } from '../../flow/from-record.ts';
import { flowFromTranscript } from '../../flow/from-transcript.ts';
import type { AttemptRecord } from '../../wire/record.ts';

/** What decides whether a flow is still the one that a client has. */
export interface FlowVersion {
  change: number;
  withheld: Flow['withheld'];
}

interface Row {
  change: number;
  record: AttemptRecord;
  prize: boolean | null;
  kept: boolean;
}

interface Evidence {
  transcript: Uint8Array | null;
}

/** A flow that was not made yet: making it may take some milliseconds. */
export interface PendingFlow extends FlowVersion {
  make(): Promise<Flow>;
}

/** The newest revision of an attempt, and what its flow is made of; null where there is no such attempt. */
export async function findFlow(database: Queryable, id: string, nowUs: number): Promise<PendingFlow | null> {
  const [row] = await database.query<Row>(
    `select a.change, a.record, t.prize, coalesce(length(e.transcript), 0) > 0 as kept
     from attempt a left join target t on t.name = a.target left join attempt_evidence e using (id)
     where a.id = $1 and a.superseded_change is null`,
    [id],
  );
  if (!row) return null;
  const { change, record, kept } = row;
  const withheld = withheldOf(record, { prize: row.prize === true, kept, nowUs });
  return {
    change,
    withheld,
    make: async () => (withheld ? flowFromRecord(record, withheld) : fromEvidence(database, record)),
  };
}

function withheldOf(
  record: AttemptRecord,
  { kept, ...rest }: { prize: boolean; kept: boolean; nowUs: number },
): Flow['withheld'] {
  if (isEmbargoed(record, rest)) return 'embargo';
  return kept ? null : 'not_kept';
}

async function fromEvidence(database: Queryable, record: AttemptRecord): Promise<Flow> {
  const [evidence] = await database.query<Evidence>('select transcript from attempt_evidence where id = $1', [
    record.id,
  ]);
  // It may have been erased since.
  if (!evidence?.transcript?.length) return flowFromRecord(record, 'not_kept');
  return flowFromTranscript(record, readTranscript(evidence.transcript));
}
