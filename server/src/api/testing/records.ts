import fc from 'fast-check';
import { arbitraryRecord } from '../../export/testing/arbitrary-record.ts';
import type { Draft, UnsealedRecord } from '../../store/publication.ts';
import { AttemptWriter, type Written } from '../../store/writer.ts';
import { newAttemptId } from '../../wire/ids.ts';
import type { Outcome } from '../../wire/outcomes.ts';
import type { AttemptRecord } from '../../wire/record.ts';
import type { TestDatabase } from './test-database.ts';

/** What a test says about an attempt; everything else is hostile chance, the same for the same seed. */
export interface Wanted {
  readonly id?: string;
  readonly startedUs?: number;
  readonly target?: string;
  readonly channel?: AttemptRecord['channel'];
  readonly depth?: number;
  readonly outcome?: Outcome;
  readonly selfTest?: boolean;
  readonly country?: string;
  readonly ja4?: string;
  readonly spki?: string;
  readonly bootId?: string | null;
  readonly claimTag?: string;
  readonly classes?: readonly string[];
  readonly alpn?: readonly string[];
}

const PUBLISH_AT_ONCE = 500;

/** Records from chance, then made to be what is wanted. */
export function makeRecords(wanted: readonly Wanted[], seed = 1): UnsealedRecord[] {
  const samples = fc.sample(arbitraryRecord, { numRuns: wanted.length, seed });
  return wanted.map((want, index) => shape(samples[index] as AttemptRecord, want, index));
}

function shape(sample: AttemptRecord, want: Wanted, index: number): UnsealedRecord {
  const { seq: _seq, revision: _revision, change: _change, leafHash: _leafHash, ...record } = sample;
  const startedUs = want.startedUs ?? Date.now() * 1000 + index;
  const { hello } = record;
  return {
    ...record,
    id: want.id ?? newAttemptId(startedUs),
    startedUs,
    startedAt: `${new Date(Math.floor(startedUs / 1e6) * 1000).toISOString().slice(0, 19)}Z`,
    target: want.target ?? 'practice',
    channel: want.channel ?? 'server',
    guestRole: (want.channel ?? 'server') === 'server' ? 'server' : 'client',
    bootId: want.bootId ?? null,
    source: { ...record.source, country: want.country ?? 'ZZ' },
    hello: hello && { ...hello, ja4: want.ja4 ?? hello.ja4, alpn: [...(want.alpn ?? hello.alpn)] },
    certificate: { ...record.certificate, leafSpkiSha256: want.spki ?? null },
    result: {
      ...record.result,
      depth: want.depth ?? 2,
      outcome: want.outcome ?? 'abandoned',
      selfTest: want.selfTest ?? false,
      claimTag: want.claimTag ?? null,
      classes: (want.classes ?? []).map(id => ({ id, confidence: 1, evidence: '' })),
      primaryClass: want.classes?.[0] ?? null,
    },
  };
}

/** Publishes records through the real writer, new ones and revisions alike. */
export async function publish(
  database: Pick<TestDatabase, 'owner'>,
  records: readonly UnsealedRecord[],
): Promise<Written[]> {
  const writer = new AttemptWriter(database.owner.pool);
  const written: Written[] = [];
  for (let at = 0; at < records.length; at += PUBLISH_AT_ONCE) {
    const publications = records.slice(at, at + PUBLISH_AT_ONCE).map(record => ({
      id: record.id,
      draft: (): Draft => ({
        record,
        private: null,
        evidence: { packed: new Uint8Array(), bytes: 0, secrets: null },
        alarm: null,
      }),
    }));
    written.push(await writer.write({ ...EMPTY_BATCH, publications }));
  }
  return written;
}

export const EMPTY_BATCH = {
  publications: [],
  alarms: [],
  selfTests: [],
  refusals: [],
  guestLost: [],
  progress: [],
  components: [],
} as const;
