import type { TranscriptLine } from '../evidence/transcript.ts';
import type { RecordSeen, TlsObservation } from '../tls/observation.ts';
import { RECORD_HEADER_BYTES } from '../tls/record-reader.ts';
import type { Data, Direction, Withheld } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';

/** A stretch of one direction: one record, or bytes that are in none. */
export interface Piece {
  readonly dir: Direction;
  readonly t: Micros;
  readonly offset: number;
  readonly bytes: number;
  readonly record: RecordSeen | null;
  /** False where it ends before the length that its record declares. */
  readonly complete: boolean;
  /** Some of it was not kept, since it may have held the secret. */
  readonly sealed: boolean;
}

type Stretch = Data | Withheld;

/** What went over the wire, in its order. */
export function piecesOf(lines: readonly TranscriptLine[], observation: TlsObservation): Piece[] {
  const stretches = lines.filter(line => line.kind === 'data' || line.kind === 'withheld');
  const pieces = (['in', 'out'] as const).flatMap(dir => {
    const mine = stretches.filter(line => line.dir === dir);
    const records = observation.records.filter(record => record.dir === dir);
    return piecesOfDirection(dir, mine, records);
  });
  // Records of one microsecond stand as the parser met them; what is no record comes after.
  const met = new Map(observation.records.map((record, order) => [record, order]));
  const orderOf = ({ record }: Piece) => (record ? met.get(record) : undefined) ?? met.size;
  return pieces.sort((a, b) => a.t - b.t || orderOf(a) - orderOf(b));
}

function piecesOfDirection(dir: Direction, stretches: readonly Stretch[], records: readonly RecordSeen[]): Piece[] {
  const end = Math.max(0, ...stretches.map(line => line.at + lengthOf(line)));
  const pieces: Piece[] = [];
  let covered = 0;
  const fill = (to: number) => {
    if (to > covered) pieces.push(...loose(dir, covered, to, stretches));
    covered = Math.max(covered, to);
  };
  for (const record of records) {
    fill(record.offset);
    const declared = record.offset + RECORD_HEADER_BYTES + record.length;
    const reached = Math.max(record.offset, Math.min(declared, end));
    pieces.push({
      ...{ dir, t: record.t, offset: record.offset, bytes: reached - record.offset, record },
      complete: reached === declared,
      sealed: stretches.some(line => isSealed(line) && overlaps(line, record.offset, reached)),
    });
    covered = Math.max(covered, reached);
  }
  fill(end);
  return pieces;
}

/** Bytes that no record covers: those that were kept back by themselves, since they are ciphertext. */
function loose(dir: Direction, from: number, to: number, stretches: readonly Stretch[]): Piece[] {
  const pieces: Piece[] = [];
  for (const line of stretches) {
    const start = Math.max(from, line.at);
    const bytes = Math.min(to, line.at + lengthOf(line)) - start;
    if (bytes <= 0) continue;
    const sealed = isSealed(line);
    const last = pieces.at(-1);
    if (last?.sealed === sealed) pieces[pieces.length - 1] = { ...last, bytes: last.bytes + bytes };
    else pieces.push({ dir, t: line.t, offset: start, bytes, record: null, complete: true, sealed });
  }
  return pieces;
}

function isSealed(line: Stretch): boolean {
  return line.kind === 'withheld' && line.why === 'ciphertext';
}

function overlaps(line: Stretch, from: number, to: number): boolean {
  return line.at < to && line.at + lengthOf(line) > from;
}

function lengthOf(line: Stretch): number {
  if (line.kind === 'withheld') return line.length;
  // Base64 of n bytes has 4 characters for each 3, padding included.
  const padding = line.bytes.endsWith('==') ? 2 : line.bytes.endsWith('=') ? 1 : 0;
  return (line.bytes.length / 4) * 3 - padding;
}
