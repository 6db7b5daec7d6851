import Type from 'typebox';
import { Value } from 'typebox/value';
import type { HandshakeSecrets } from '../evidence/handshake-secrets.ts';
import type { CapturePorts } from '../evidence/synthesis.ts';
import { parseTranscript } from '../evidence/transcript.ts';
import { isEmbargoed } from '../flow/embargo.ts';
import { OUTCOMES } from '../wire/outcomes.ts';
import type { RowPage } from './export-file.ts';
import type { CapturedAttempt } from './formats/captures.ts';
import type { PublicAttempt } from './project.ts';

/** What is kept of an attempt, as far as it may be handed out. */
export interface KeptEvidence {
  readonly ipVersion: 4 | 6;
  /** JSON lines; null where they were erased. */
  readonly transcript: string | null;
  readonly secrets: HandshakeSecrets | null;
}

export interface EvidenceSource {
  /** Null for an attempt that is not known. */
  evidenceOf(id: string): Promise<KeptEvidence | null>;
  portsOf(target: string): CapturePorts;
  /** The targets with money behind them. */
  readonly prizes: ReadonlySet<string>;
  /** The moment by which an embargo is over or not, in microseconds. */
  readonly asOfUs: number;
}

const Embargoable = Type.Object({
  id: Type.String(),
  seq: Type.Integer(),
  startedAt: Type.String(),
  target: Type.String(),
  result: Type.Object({ depth: Type.Integer(), outcome: Type.Enum([...OUTCOMES]) }),
});

/** Pages of rows with their evidence. Attempts under embargo are left out, and those of which nothing is kept. */
export async function* capturePages(
  pages: AsyncIterable<RowPage<PublicAttempt>>,
  source: EvidenceSource,
): AsyncGenerator<RowPage<CapturedAttempt>, void, void> {
  for await (const { rows, lastSeq } of pages) {
    const captured = await Promise.all(rows.map(row => captureOf(row, source)));
    yield { rows: captured.filter(one => one !== null), lastSeq };
  }
}

async function captureOf(row: PublicAttempt, source: EvidenceSource): Promise<CapturedAttempt | null> {
  const { id, seq, target, result, startedAt } = Value.Parse(Embargoable, row);
  const about = { startedUs: Date.parse(startedAt) * 1000, result };
  if (isEmbargoed(about, { prize: source.prizes.has(target), nowUs: source.asOfUs })) return null;
  const kept = await source.evidenceOf(id);
  if (!kept?.transcript) return null;
  const { transcript, ipVersion, secrets } = kept;
  const place = { ipVersion, ports: source.portsOf(target), caller: seq };
  return { id, transcript: parseTranscript(transcript), place, secrets };
}
